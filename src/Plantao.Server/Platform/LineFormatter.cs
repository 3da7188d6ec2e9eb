using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Plantao.Platform;

/// <summary>One line per log entry, whatever is in it: a line break or an escape from outside is written as text (failures.md I9).</summary>
public sealed class LineFormatter(TimeProvider clock) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plantao";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var line = new StringBuilder(200);
        line.Append(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture))
            .Append(Word(logEntry.LogLevel)).Append(' ')
            .Append(logEntry.Category.AsSpan(logEntry.Category.LastIndexOf('.') + 1)).Append(": ");
        Escape(line, logEntry.Formatter(logEntry.State, logEntry.Exception));
        if (logEntry.Exception is { } fault)
        {
            line.Append(" | ");
            Escape(line, fault.ToString());
        }

        textWriter.WriteLine(line);
    }

    /// <summary>Control and formatting characters (line breaks, terminal escapes, right-to-left marks) as <c>\n</c> or <c>\u001b</c>.</summary>
    public static void Escape(StringBuilder to, string text)
    {
        foreach (var c in text)
        {
            if (c == '\n') to.Append("\\n");
            else if (char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else to.Append(c);
        }
    }

    static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        LogLevel.Critical => "crit",
        LogLevel.None => "none",
    };
}
