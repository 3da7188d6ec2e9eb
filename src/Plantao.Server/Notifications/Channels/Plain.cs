using System.Globalization;
using System.Text;

namespace Plantao.Notifications.Channels;

/// <summary>Makes text from outside fit for a message, before the channel's own encoding, which comes last.</summary>
public static class Plain
{
    /// <summary>One line: line breaks and tabs become a space, controls and what re-orders text vanish, and a longer one ends in an ellipsis.</summary>
    /// <param name="most">Length in UTF-16 units, at least 1.</param>
    public static string Line(string? text, int most) => Fit(text, most, lines: false);

    /// <summary>Several lines, each as in <see cref="Line"/>, apart by a line feed.</summary>
    public static string Lines(string? text, int most) => Fit(text, most, lines: true);

    /// <summary>What may stand in a header: ASCII letters, digits and <c>. _ ~ : / + = -</c>; all else is left out, and what passes 128 characters.</summary>
    public static string Token(string? text) =>
        string.Concat((text ?? "").Where(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or ':' or '/' or '+' or '=' or '-').Take(128));

    /// <summary>Cuts where the encoded text would pass the limit, never inside an encoded character.</summary>
    /// <param name="encode">Encodes one character; what it returns is measured by <paramref name="measure"/>.</param>
    public static string Encode(string text, int most, Func<Rune, string> encode, Func<string, int> measure)
    {
        var result = new StringBuilder(text.Length);
        var pieces = new Stack<(int Length, int Size)>();
        int size = 0, ellipsis = measure("…");
        foreach (var rune in text.EnumerateRunes())
        {
            var piece = encode(rune);
            var grown = measure(piece);
            if (size + grown > most)
            {
                while (size + ellipsis > most && pieces.TryPop(out var last)) (result.Length, size) = (result.Length - last.Length, size - last.Size);
                return result.Append('…').ToString();
            }

            result.Append(piece);
            pieces.Push((piece.Length, grown));
            size += grown;
        }

        return result.ToString();
    }

    static string Fit(string? text, int most, bool lines)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var result = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.AsSpan().EnumerateRunes())
        {
            if (rune.Value == '\n' && lines) result.Append('\n');
            else if (Rune.IsWhiteSpace(rune) || rune.Value is '\u2028' or '\u2029') result.Append(rune.Value == '\r' && lines ? "" : " ");
            else if (!Vanishes(rune)) result.Append(rune.ToString());
            if (result.Length > most) break;
        }

        if (result.Length > most)
        {
            result.Length = most - (char.IsLowSurrogate(result[most - 1]) ? 2 : 1);
            result.Append('…');
        }

        return result.ToString().Trim();
    }

    /// <summary>Controls, and the marks that show text in another order than it is in (a file name, a host).</summary>
    static bool Vanishes(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C or 0xFEFF or 0x00AD;
}
