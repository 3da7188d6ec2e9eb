namespace Plantao.Platform.Text;

/// <summary>Lines of a table for other programs (RFC 4180).</summary>
public static class Csv
{
    /// <summary>One line, with its end. Every field is quoted.</summary>
    public static string Line(params ReadOnlySpan<string?> fields)
    {
        var line = new System.Text.StringBuilder();
        foreach (var field in fields)
        {
            if (line.Length > 0) line.Append(',');
            line.Append('"').Append(Inert(field ?? "").Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        return line.Append("\r\n").ToString();
    }

    /// <summary>A spreadsheet takes what begins so for a formula and runs it (CWE-1236): with an apostrophe before it, it is text.</summary>
    static string Inert(string field) => field.Length > 0 && field.TrimStart(' ', '\u00a0') is [('=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20'), ..] ? "'" + field : field;
}
