using System.Globalization;
using System.Text;

namespace Plantao.Cli;

/// <summary>Makes text from outside inert in a terminal (failures.md I9): what an alert says can neither move the cursor, colour, retitle, nor turn the reading direction.</summary>
static class TerminalText
{
    /// <summary>Controls (C0, C1, DEL), format characters such as bidirectional overrides, separators of lines and halves of surrogates, written as <c>\u001b</c>: seen, and without effect. Inside JSON strings that is the same text.</summary>
    /// <param name="lines">Whether line feeds may stay.</param>
    public static string Inert(string text, bool lines = false)
    {
        StringBuilder? clean = null;
        for (var i = 0; i < text.Length;)
        {
            var valid = Rune.TryGetRuneAt(text, i, out var rune);
            var length = valid ? rune.Utf16SequenceLength : 1;
            if (valid && Harmless(rune, lines)) clean?.Append(text, i, length);
            else
            {
                clean ??= new StringBuilder(text, 0, i, text.Length + 16);
                foreach (var half in text.AsSpan(i, length)) clean.Append("\\u").Append(((int)half).ToString("x4", CultureInfo.InvariantCulture));
            }

            i += length;
        }

        return clean?.ToString() ?? text;
    }

    /// <summary>On one line, as a cell of a table: breaks and tabs become one blank.</summary>
    public static string OneLine(string text) =>
        text.AsSpan().IndexOfAny("\r\n\t\u2028\u2029") < 0 ? Inert(text) : Inert(string.Join(' ', text.Split(['\r', '\n', '\t', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries)));

    static bool Harmless(Rune rune, bool lines) => rune.Value switch
    {
        '\n' => lines,
        >= ' ' and < 0x7f => true,
        0x200d or 0x200c => true,   // joiners, which scripts and emoji need; they move nothing
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate),
    };
}
