using System.Globalization;

namespace Plantao.Definitions;

/// <summary>A place in a file.</summary>
/// <param name="File">Path inside its pack, with forward slashes.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
public sealed record Position(string File, int Line, int Column)
{
    /// <summary>Of what was not read from a file.</summary>
    public static Position Nowhere { get; } = new("", 0, 0);
}

/// <summary>What is wrong in a file, where, and what would be right.</summary>
/// <param name="Suggestion">What to do about it; <see langword="null"/> when the message says all.</param>
public sealed record Problem(string File, int Line, int Column, string Message, string? Suggestion = null)
{
    public Problem(Position at, string message, string? suggestion = null) : this(at.File, at.Line, at.Column, message, suggestion) { }

    /// <summary><c>file:line:column: message (suggestion)</c>, as editors and compilers write it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}") + (Suggestion is null ? "" : $" ({Suggestion})");
}
