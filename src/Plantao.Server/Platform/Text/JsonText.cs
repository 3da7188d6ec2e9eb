using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Plantao.Platform.Text;

/// <summary>Reads JSON that was sent by programs we did not write.</summary>
/// <remarks>
/// A body whose structure parses is read even when its text is bad (failures.md I2). Refused: deeper than <see cref="Depth"/>, comments,
/// trailing commas, anything after the value. Of a member given twice the last counts. Numbers keep their spelling, so 1e999 is no error.
/// </remarks>
public static class JsonText
{
    /// <summary>How deep a body may nest.</summary>
    public const int Depth = 32;

    /// <summary>How every reader of a body from outside is set.</summary>
    public static JsonReaderOptions Reading => new() { MaxDepth = Depth, CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false };

    /// <summary>Makes text readable without touching the structure: skips a byte order mark, and puts U+FFFD in place of bad UTF-8 and of escaped surrogates that stand alone.</summary>
    /// <returns>The bytes themselves, without a copy, when they are well formed. Afterwards no string of the body throws when it is read.</returns>
    public static ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        if (!Utf8.IsValid(body)) body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body));

        return body.IndexOf("\\u"u8) < 0 ? body : RepairEscapes(body);
    }

    /// <summary>Reads a whole body as one value.</summary>
    /// <param name="document">To be disposed by the caller.</param>
    /// <param name="problem">Why it cannot be read, with the line and place; for a person.</param>
    public static bool TryParse(ReadOnlySpan<byte> body, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? problem)
    {
        document = null;
        var reader = new Utf8JsonReader(Repair(body), Reading);
        try
        {
            document = JsonDocument.ParseValue(ref reader);
            reader.Read();   // throws when something follows the value
            problem = null;
            return true;
        }
        catch (JsonException wrong)
        {
            document?.Dispose();
            document = null;
            problem = FormattableString.Invariant($"The body is not JSON that can be read (line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}; at most {Depth} levels deep).");
            return false;
        }
    }

    /// <summary>An escape and its U+FFFD have the same length, so the copy is changed in place.</summary>
    static ReadOnlySpan<byte> RepairEscapes(ReadOnlySpan<byte> body)
    {
        byte[]? copy = null;
        for (var at = 0; at < body.Length;)
        {
            var next = body[at..].IndexOf((byte)'\\');
            if (next < 0) break;
            at += next;

            if (Escaped(body, at) is not { } unit || !char.IsSurrogate(unit)) at += 2;
            else if (char.IsHighSurrogate(unit) && Escaped(body, at + 6) is { } low && char.IsLowSurrogate(low)) at += 12;
            else
            {
                copy ??= body.ToArray();
                "\\ufffd"u8.CopyTo(copy.AsSpan(at));
                at += 6;
            }
        }
        return copy ?? body;
    }

    /// <summary>The code unit of the <c>\uXXXX</c> that begins at a place, if one does.</summary>
    static char? Escaped(ReadOnlySpan<byte> body, int at)
    {
        if (at + 6 > body.Length || body[at] != '\\' || body[at + 1] != 'u') return null;

        var unit = 0;
        foreach (var digit in body.Slice(at + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return null;
            unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        return (char)unit;
    }
}
