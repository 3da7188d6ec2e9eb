using System.Globalization;
using System.Text;

namespace Plantao.OnCall;

/// <summary>One event of a calendar.</summary>
/// <param name="Id">The same for the same event each time it is written; unique among all calendars.</param>
/// <param name="Link">Absolute.</param>
public sealed record CalendarEvent(string Id, DateTimeOffset Start, DateTimeOffset End, string Title, string Text, string Link);

/// <summary>Writes a calendar as RFC 5545 has it: UTC times, escaped text, lines of at most 75 octets that end in CRLF. Pure.</summary>
public static class CalendarText
{
    /// <summary>Octets of a line without its end (RFC 5545, 3.1).</summary>
    const int Longest = 75;

    /// <param name="name">What a calendar calls it.</param>
    /// <param name="language"><c>en</c> or <c>pt-BR</c>.</param>
    /// <param name="stamp">When it was written.</param>
    public static string Write(string name, string language, IEnumerable<CalendarEvent> events, DateTimeOffset stamp)
    {
        var text = new StringBuilder();
        void Add(string line) => Fold(text, line);

        Add("BEGIN:VCALENDAR");
        Add("VERSION:2.0");
        Add("PRODID:-//Plantao//On call//" + (language == "pt-BR" ? "PT" : "EN"));
        Add("CALSCALE:GREGORIAN");
        Add("METHOD:PUBLISH");
        Add("NAME:" + Escaped(name));                                  // RFC 7986, 5.1; what came before it is understood more widely
        Add("X-WR-CALNAME:" + Escaped(name));
        Add("REFRESH-INTERVAL;VALUE=DURATION:PT1H");                   // RFC 7986, 5.7
        Add("X-PUBLISHED-TTL:PT1H");
        foreach (var one in events)
        {
            Add("BEGIN:VEVENT");
            Add("UID:" + Escaped(one.Id));
            Add("DTSTAMP:" + Utc(stamp));
            Add("DTSTART:" + Utc(one.Start));
            Add("DTEND:" + Utc(one.End));
            Add("SUMMARY:" + Escaped(one.Title));
            Add("DESCRIPTION:" + Escaped(one.Text));
            Add("URL:" + one.Link);
            // Being on call leaves time free: a week of it must not refuse every meeting.
            Add("TRANSP:TRANSPARENT");
            Add("END:VEVENT");
        }

        Add("END:VCALENDAR");
        return text.ToString();
    }

    /// <summary>A value of type TEXT (RFC 5545, 3.3.11). Control characters other than the end of a line have no place in it.</summary>
    internal static string Escaped(string value)
    {
        var escaped = new StringBuilder(value.Length);
        foreach (var c in value.Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            if (c is '\n' or '\r') escaped.Append("\\n");
            else if (c is '\\' or ';' or ',') escaped.Append('\\').Append(c);
            else if (!char.IsControl(c)) escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>Writes a line, folded between characters: one of several octets is never cut.</summary>
    internal static void Fold(StringBuilder text, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > Longest)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }

    static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
}
