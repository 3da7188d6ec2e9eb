using System.Globalization;

namespace Plantao.Platform.Web;

/// <summary>Times as screens show them: 24 hours, in the viewer's zone, a non-breaking space between number and unit. Pure.</summary>
public static class Times
{
    const char Nbsp = '\u00a0';

    static readonly string[] English = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    static readonly string[] Portuguese = ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"];

    /// <summary>The instant on the wall clock of a zone; UTC when the zone is unknown.</summary>
    public static DateTimeOffset Local(DateTimeOffset at, string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(at, found) : at.ToUniversalTime();

    /// <summary><c>03:14</c></summary>
    public static string Minute(DateTimeOffset at, string zone) => Local(at, zone).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary><c>03:14:07</c></summary>
    public static string Second(DateTimeOffset at, string zone) => Local(at, zone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>21 Sep</c>, <c>21 set</c>; with the year when it is another than that of <paramref name="now"/>.</summary>
    public static string Day(DateTimeOffset at, string zone, string language, DateTimeOffset now)
    {
        var (local, today) = (Local(at, zone), Local(now, zone));
        var day = string.Create(CultureInfo.InvariantCulture, $"{local.Day}{Nbsp}{(language == "pt-BR" ? Portuguese : English)[local.Month - 1]}");
        return local.Year == today.Year ? day : string.Create(CultureInfo.InvariantCulture, $"{day}{Nbsp}{local.Year}");
    }

    /// <summary>The clock time, with its day before it when that is not today.</summary>
    public static string Short(DateTimeOffset at, string zone, string language, DateTimeOffset now, bool seconds = false)
    {
        var clock = seconds ? Second(at, zone) : Minute(at, zone);
        return Local(at, zone).Date == Local(now, zone).Date ? clock : $"{Day(at, zone, language, now)}, {clock}";
    }

    /// <summary>How long, roughly: <c>38 s</c>, <c>3 min</c>, <c>1 h 10</c>, <c>2 d</c>.</summary>
    public static string Span(TimeSpan span)
    {
        span = span.Duration();
        return span.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalSeconds}{Nbsp}s")
            : span.TotalMinutes < 60 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}{Nbsp}min")
            : span.TotalHours < 24 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}{Nbsp}h{Nbsp}{span.Minutes:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalDays}{Nbsp}d");
    }

    /// <summary>A countdown as it stands: <c>02:41</c>, <c>1:02:41</c>, and <c>+00:12</c> when its time has passed.</summary>
    public static string Left(TimeSpan left)
    {
        var span = TimeSpan.FromSeconds(Math.Round(left.Duration().TotalSeconds));
        var clock = span.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes:00}:{span.Seconds:00}");
        return left < TimeSpan.Zero && span > TimeSpan.Zero ? "+" + clock : clock;
    }

    /// <summary>From one instant to another on a hop: <c>−0.2 s</c>, <c>+31.0 s</c>, <c>+1 m 52</c>, <c>+2 h 05</c>; the comma in Portuguese.</summary>
    public static string Apart(TimeSpan apart, string language)
    {
        var (sign, span) = (apart < TimeSpan.Zero ? "−" : "+", apart.Duration());
        if (span < TimeSpan.FromMilliseconds(50)) return "0";
        if (span.TotalSeconds < 60) return sign + span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture).Replace('.', language == "pt-BR" ? ',' : '.') + Nbsp + "s";
        if (span.TotalMinutes < 60) return string.Create(CultureInfo.InvariantCulture, $"{sign}{(int)span.TotalMinutes}{Nbsp}m{Nbsp}{span.Seconds:00}");
        return span.TotalHours < 24 ? string.Create(CultureInfo.InvariantCulture, $"{sign}{(int)span.TotalHours}{Nbsp}h{Nbsp}{span.Minutes:00}") : sign + Span(span);
    }

    /// <summary>The offset of a zone at an instant: <c>−03:00</c>.</summary>
    public static string Offset(DateTimeOffset at, string zone)
    {
        var offset = Local(at, zone).Offset;
        return (offset < TimeSpan.Zero ? "−" : "+") + offset.Duration().ToString("hh\\:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>The place that a zone is named after: <c>Sao Paulo</c>.</summary>
    /// <remarks>The database of zones writes in ASCII; people do not.</remarks>
    public static string City(string zone) => zone switch
    {
        "Etc/UTC" => "UTC",
        "America/Sao_Paulo" => "São Paulo",
        "America/Belem" => "Belém",
        "America/Cuiaba" => "Cuiabá",
        "America/Maceio" => "Maceió",
        "America/Araguaina" => "Araguaína",
        "America/Asuncion" => "Asunción",
        "America/Bogota" => "Bogotá",
        _ => zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' '),
    };
}
