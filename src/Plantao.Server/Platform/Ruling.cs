namespace Plantao.Platform;

/// <summary>Why something was not done.</summary>
/// <param name="Code">Stable, lower-case, hyphenated: the last part of the problem's type, <c>/problems/{code}</c>.</param>
/// <param name="Message">A sentence for a person: what happened, what was kept, what to do next.</param>
/// <param name="Status">The HTTP status that fits: 409 unless said.</param>
public sealed record Refusal(string Code, string Message, int Status = 409);

/// <summary>What happened, or why it did not.</summary>
public readonly struct Ruling<T>
{
    readonly T? value;
    readonly Refusal? refusal;

    Ruling(T? value, Refusal? refusal) => (this.value, this.refusal) = (value, refusal);

    /// <summary>Whether it happened.</summary>
    public bool Allowed => refusal is null;

    /// <summary>What happened.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => refusal is null ? value! : throw new InvalidOperationException($"Refused: {refusal.Code}. {refusal.Message}");

    /// <summary>Why it did not happen.</summary>
    /// <exception cref="InvalidOperationException">It was allowed.</exception>
    public Refusal Refusal => refusal ?? throw new InvalidOperationException("Not refused.");

    public static implicit operator Ruling<T>(T value) => new(value, null);
    public static implicit operator Ruling<T>(Refusal refusal) => new(default, refusal);
}
