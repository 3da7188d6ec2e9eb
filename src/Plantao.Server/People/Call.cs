using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;

namespace Plantao.People;

/// <summary>Who asks, when, and under which correlation id: what an endpoint needs to know of its request.</summary>
public sealed record Call(Caller Caller, DateTimeOffset At, string Correlation)
{
    /// <summary>What the journal names as actor.</summary>
    public string By => Caller.Id;

    /// <summary>The person behind the call. Only where the endpoint needs <see cref="Right.OwnAccount"/>.</summary>
    public string UserId => Caller.UserId ?? throw new InvalidOperationException("This call is nobody's own.");

    public static ValueTask<Call> BindAsync(HttpContext http) =>
        new(new Call(http.Caller(), http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), http.Correlation()));

    /// <summary>The refusal for somebody who may see it and may not do it.</summary>
    public Refusal NotAllowed(Right right) => new("not-allowed", $"{Caller.Name} may not do this here: it needs the right {right}.", 403);
}

/// <summary>Lists are given out in parts.</summary>
public static class Listing
{
    /// <summary>How many items a part has unless said, and at most.</summary>
    public const int Usual = 50, Most = 200;

    public static Refusal? Fault(int? limit) => limit is null or (>= 1 and <= Most) ? null : new("bad-limit", $"The limit is 1 to {Most}.", 400);

    public static int Count(int? limit) => limit ?? Usual;

    /// <summary>A part of a list.</summary>
    /// <param name="rows">One more than <paramref name="count"/>, when there is more.</param>
    /// <param name="key">What the next part begins after.</param>
    public static Part<TView> Part<TRow, TView>(IReadOnlyList<TRow> rows, int count, Func<TRow, TView> view, Func<TRow, string> key) =>
        new([.. rows.Take(count).Select(view)], rows.Count > count ? key(rows[count - 1]) : null);
}

/// <summary>Scopes as the API writes them.</summary>
public static class ScopeWords
{
    /// <summary>read, alerts, incidents, oncall, runs, flags, comms, releases, definitions, admin.</summary>
    public static IReadOnlyList<string> Words(this Scope scopes) =>
        [.. Enum.GetValues<Scope>().Where(s => s is not Scope.None and not Scope.All && scopes.HasFlag(s)).Select(s => s.ToString().ToLowerInvariant())];

    /// <returns>All of them together; <see langword="null"/> when one is unknown, or none is given.</returns>
    public static Scope? Parse(IReadOnlyList<string> words)
    {
        var scopes = Scope.None;
        foreach (var word in words)
        {
            var one = Scope.All.Words().Contains(word, StringComparer.Ordinal) ? Enum.Parse<Scope>(word, ignoreCase: true) : Scope.None;
            if (one is Scope.None) return null;
            scopes |= one;
        }

        return scopes is Scope.None ? null : scopes;
    }
}
