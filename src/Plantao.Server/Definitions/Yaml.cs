using System.Text;
using System.Text.RegularExpressions;

namespace Plantao.Definitions;

/// <summary>Writes a tree as YAML that people like to read in a pull request.</summary>
/// <remarks>Text that other programs would take for something else (<c>no</c>, <c>08:00</c>, <c>2026-01-05</c>) is put in quotes, though we would not guess.</remarks>
public static class Yaml
{
    /// <summary>Block style, two blanks a level, a line feed at the end.</summary>
    public static string Write(Node root)
    {
        var text = new StringBuilder();
        Write(text, root, indent: 0, "");
        return text.ToString();
    }

    /// <param name="lead">What stands between the key's colon (or the dash) and a value in the same line.</param>
    static void Write(StringBuilder text, Node node, int indent, string lead)
    {
        switch (node)
        {
            case Scalar scalar:
                text.Append(lead).Append(Text(scalar, Math.Max(indent, 2))).Append('\n');
                break;

            case Mapping { Entries.Count: 0 }:
                text.Append(lead).Append("{}\n");
                break;

            case Sequence { Items.Count: 0 }:
                text.Append(lead).Append("[]\n");
                break;

            case Mapping mapping:
                if (lead.Length > 0) text.Append('\n');
                foreach (var entry in mapping.Entries)
                {
                    text.Append(' ', indent);
                    Pair(text, entry, indent);
                }
                break;

            case Sequence sequence:
                if (lead.Length > 0) text.Append('\n');
                foreach (var item in sequence.Items)
                {
                    text.Append(' ', indent).Append('-');
                    if (item is Mapping { Entries: [var first, ..] pairs })
                    {
                        text.Append(' ');   // the first pair stands beside the dash
                        Pair(text, first, indent + 2);
                        foreach (var entry in pairs.Skip(1))
                        {
                            text.Append(' ', indent + 2);
                            Pair(text, entry, indent + 2);
                        }
                    }
                    else Write(text, item, indent + 2, " ");
                }
                break;
        }
    }

    static void Pair(StringBuilder text, Entry entry, int indent)
    {
        text.Append(InLine(entry.Key)).Append(':');
        Write(text, entry.Value, indent + 2, " ");
    }

    static string Text(Scalar scalar, int indent)
    {
        var lines = scalar.Value.TrimEnd('\n').Split('\n');
        var ends = scalar.Value.Length - scalar.Value.TrimEnd('\n').Length;
        if (lines.Length < 2 || ends > 1 || lines[0].Length == 0 || lines[0][0] is ' ' or '\t' || lines.Any(line => line.Length > 0 && string.IsNullOrWhiteSpace(line)))
            return InLine(scalar);

        // A block: what was written in lines is read in lines.
        var pad = new string(' ', indent);
        return (ends == 1 ? "|\n" : "|-\n") + string.Join('\n', lines.Select(line => line.Length == 0 ? "" : pad + line));
    }

    static string InLine(Scalar scalar)
    {
        var value = scalar.Value;
        if (!value.AsSpan().ContainsAny('\n', '\t'))
            return !Safe.IsMatch(value) || value.Contains(": ", StringComparison.Ordinal) || value.Contains(" #", StringComparison.Ordinal) || (scalar.Quoted && Guessed.IsMatch(value))
                ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'"
                : value;
        return '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + '"';
    }

    /// <summary>Plain text means the same to every reader of YAML: begins with a letter or digit, ends with neither colon nor blank.</summary>
    static readonly Regex Safe = new(@"\A[\p{L}\p{Nd}_/](?:.*[^:\s])?\z", RegexOptions.NonBacktracking);

    /// <summary>What YAML 1.1 or 1.2 takes for a truth value, nothing, a number, a date or a time.</summary>
    static readonly Regex Guessed = new(
        @"\A(?:(?i:y|n|yes|no|true|false|on|off|null|nan|inf)|[0-9][0-9_.,:eExXa-fA-FoO+-]*|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?)\z", RegexOptions.NonBacktracking);
}
