using System.Buffers;
using System.Globalization;
using System.Text;

namespace Plantao.Platform.Text;

/// <summary>The one place where text from outside becomes text we keep: stored, shown, sent on, and read at 3 a.m.</summary>
/// <remarks>
/// What cannot be stored or would deceive a reader goes: U+0000 and the other C0 and C1 controls, controls of writing
/// direction (Unicode TR 36, 2.8), invisible characters inside words. Lone surrogates become U+FFFD. What is left is NFC, trimmed and
/// no longer than asked. Applying it twice changes nothing. Takes time in proportion to the limit, whatever the text.
/// </remarks>
public static class TextNormaliser
{
    /// <summary>The longest run of combining marks that is kept: that of the Stream-Safe Text Format (Unicode TR 15, 13).</summary>
    /// <remarks>Ordering a run of marks takes time in the square of its length, so it is cut before NFC.</remarks>
    const int MarksInARow = 30;

    const char Replacement = '\uFFFD';
    const char ZeroWidthNonJoiner = '\u200C';
    const char ZeroWidthJoiner = '\u200D';

    static readonly SearchValues<char> PlainInLine = SearchValues.Create(Printable);
    static readonly SearchValues<char> PlainInLines = SearchValues.Create(Printable + "\n\t");

    static string Printable => string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code));

    /// <summary>One line: a title, a label's name. Line ends and tabs become one space each.</summary>
    /// <param name="limit">The most UTF-16 characters that come back, the ellipsis included. From 1.</param>
    /// <returns>Empty when nothing is left. The same instance when there was nothing to change.</returns>
    public static string Line(string? text, int limit) => Normalise(text, limit, lines: false);

    /// <summary>Several lines: a description, a comment. Line ends become <c>\n</c>; tabs stay.</summary>
    /// <inheritdoc cref="Line"/>
    public static string Lines(string? text, int limit) => Normalise(text, limit, lines: true);

    /// <summary>A key that another program chose: its characters are its identity, so only what no database takes is replaced by U+FFFD.</summary>
    /// <returns>The same instance when there was nothing to change.</returns>
    public static string Key(string key) => WellFormed(key).Replace('\0', Replacement);

    /// <summary>Cuts at the end of a text element (what a reader sees as one character), and says so with an ellipsis.</summary>
    /// <param name="limit">The most UTF-16 characters that come back, the ellipsis included. From 1.</param>
    /// <remarks>An element that is longer than the limit by itself is cut between its code points.</remarks>
    public static string Cut(string text, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        if (text.Length <= limit) return text;

        var end = 0;
        while (end < limit)
        {
            var element = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            if (end + element > limit - 1) break;
            end += element;
        }
        if (end == 0 && limit > 1) end = char.IsHighSurrogate(text[limit - 2]) ? limit - 2 : limit - 1;

        return string.Concat(text.AsSpan(0, end).TrimEnd(), "…");
    }

    static string Normalise(string? text, int limit, bool lines)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (!text.AsSpan().ContainsAnyExcept(lines ? PlainInLines : PlainInLine)) return Cut(text.Trim(), limit);

        var beyond = (long)limit * 4 + 256;   // what a hostile sender adds on top is not worth the time
        var whole = text.Length <= beyond;
        if (!whole) text = text[..(int)(char.IsHighSurrogate(text[(int)beyond - 1]) ? beyond - 1 : beyond)];

        // NFC may bring out an ASCII letter or put two marks side by side; the second pass sees what a reader will.
        var composed = Filter(WellFormed(text), lines).Normalize(NormalizationForm.FormC);
        var normal = Filter(composed, lines).Normalize(NormalizationForm.FormC).Trim();
        return Cut(whole ? normal : normal + "…", limit);
    }

    /// <summary>Lone surrogates and noncharacters, on which <see cref="string.Normalize()"/> throws, become U+FFFD.</summary>
    static string WellFormed(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uFFFF')) return text;

        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())   // yields U+FFFD for a surrogate without its other half
            kept.Append((rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF ? Rune.ReplacementChar : rune);

        return kept.ToString();
    }

    static string Filter(string text, bool lines)
    {
        var kept = new StringBuilder(text.Length);
        var last = new Rune(' ');
        var joiner = '\0';
        var marks = 0;

        for (var at = 0; at < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, at);
            at += rune.Utf16SequenceLength;

            if (rune.Value == '\r' && at < text.Length && text[at] == '\n') continue;   // the line ends at the \n
            if (IsLineEnd(rune)) rune = lines ? new Rune('\n') : new Rune(' ');
            else if (rune.Value == '\t') rune = lines ? rune : new Rune(' ');
            else if (rune.Value is ZeroWidthNonJoiner or ZeroWidthJoiner)
            {
                joiner = (char)rune.Value;
                continue;
            }
            else if (IsDropped(rune)) continue;

            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks > MarksInARow) continue;

            // Emoji and the scripts that need joiners keep them; inside an ASCII word they only hide that two words differ.
            if (joiner != '\0' && !last.IsAscii && !rune.IsAscii) kept.Append(joiner);
            joiner = '\0';
            kept.Append(rune);
            last = rune;
        }
        return kept.ToString();
    }

    static bool IsLineEnd(Rune rune) => rune.Value is '\n' or '\r' or 0x85 or 0x2028 or 0x2029;

    static bool IsMark(Rune rune) =>
        rune.Value >= 0x300
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    static bool IsDropped(Rune rune) => rune.Value switch
    {
        < 0x20 or (>= 0x7F and <= 0x9F) => true,                                             // C0, DEL, C1
        0x061C or 0x200E or 0x200F or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => true,   // writing direction
        0x00AD or 0x180E or 0x200B or (>= 0x2060 and <= 0x2065) or (>= 0x206A and <= 0x206F) or 0xFEFF => true,   // invisible
        >= 0xFFF9 and <= 0xFFFB => true,                                                     // interlinear annotation
        >= 0xE0000 and <= 0xE007F => true,                                                   // tags: text that nobody sees
        _ => false,
    };
}
