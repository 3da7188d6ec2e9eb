using System.Globalization;
using System.Text.RegularExpressions;

namespace Plantao.OnCall;

/// <summary>Days of the week, as a set.</summary>
[Flags]
public enum Weekdays
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,
    All = 127,
}

/// <summary>When a layer counts, week after week, on the wall of the schedule's zone.</summary>
/// <remarks>
/// Written by hand as one of
/// <list type="bullet">
/// <item><c>22:00-06:00</c>: each day; an end at or before the beginning is on the next day;</item>
/// <item><c>monday-friday 09:00-18:00</c> or <c>saturday,sunday</c>: on these days, the whole day when no times are given;
/// a window past midnight belongs to the day on which it begins;</item>
/// <item><c>friday 18:00 - monday 09:00</c>: one long span.</item>
/// </list>
/// Days may be shortened to three letters; <c>24:00</c> is the end of a day.
/// </remarks>
public abstract record Window
{
    Window() { }

    /// <summary>The same hours on each of some days. <see cref="To"/> at or before <see cref="From"/> is on the next day.</summary>
    public sealed record OnDays(Weekdays Days, TimeOnly From, TimeOnly To) : Window
    {
        public override string ToString() => Render();
    }

    /// <summary>One span a week. An end at or before the beginning is in the next week.</summary>
    public sealed record Span(DayOfWeek FromDay, TimeOnly From, DayOfWeek ToDay, TimeOnly To) : Window
    {
        public override string ToString() => Render();
    }

    /// <summary>Reads what a person wrote.</summary>
    /// <returns><see langword="null"/> when it is none of the three forms.</returns>
    public static Window? Read(string text)
    {
        if (SpanForm.Match(text) is { Success: true } span)
            return Clock.Day(span.Groups["fromDay"].Value) is { } fromDay && Clock.Time(span.Groups["from"].Value) is { } from
                && Clock.Day(span.Groups["toDay"].Value) is { } toDay && Clock.TimeOrMidnight(span.Groups["to"].Value) is { } to
                ? span.Groups["to"].Value == "24:00" ? new Span(fromDay, from, Clock.After(toDay), to) : new Span(fromDay, from, toDay, to)
                : null;

        if (DaysForm.Match(text) is not { Success: true } each) return null;
        var days = each.Groups["days"].Success ? Clock.Days(each.Groups["days"].Value) : Weekdays.All;
        if (days is null) return null;
        if (!each.Groups["from"].Success) return each.Groups["days"].Success ? new OnDays(days.Value, default, default) : null;
        return Clock.Time(each.Groups["from"].Value) is { } begins && Clock.TimeOrMidnight(each.Groups["to"].Value) is { } ends
            ? new OnDays(days.Value, begins, ends)
            : null;
    }

    /// <summary>The shortest form that <see cref="Read"/> reads as the same window.</summary>
    string Render() => this switch
    {
        OnDays { Days: Weekdays.All } all => Clock.Hours(all.From, all.To),
        OnDays { From.Ticks: 0, To.Ticks: 0 } whole => Clock.Text(whole.Days),
        OnDays some => $"{Clock.Text(some.Days)} {Clock.Hours(some.From, some.To)}",
        Span span => $"{Clock.Text(span.FromDay)} {Clock.Text(span.From)} - {Clock.Text(span.ToDay)} {Clock.Text(span.To)}",
        _ => throw new InvalidOperationException("There are two kinds of window."),
    };

    static readonly Regex SpanForm = Form(@"^\s*(?<fromDay>[a-z]+)\s+(?<from>\d\d:\d\d)\s*-\s*(?<toDay>[a-z]+)\s+(?<to>\d\d:\d\d)\s*$");
    static readonly Regex DaysForm = Form(@"^\s*(?:(?<days>[a-z][a-z,\s-]*?)(?:\s+|$))?(?:(?<from>\d\d:\d\d)\s*-\s*(?<to>\d\d:\d\d))?\s*$");

    static Regex Form(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
}

/// <summary>Times and days as people write them: <c>09:00</c>, <c>monday</c>, <c>mon</c>.</summary>
static class Clock
{
    static readonly DayOfWeek[] Week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];

    /// <summary>Monday is 0.</summary>
    public static int Index(DayOfWeek day) => ((int)day + 6) % 7;
    public static DayOfWeek After(DayOfWeek day) => (DayOfWeek)(((int)day + 1) % 7);
    public static bool Has(Weekdays days, DayOfWeek day) => ((int)days >> Index(day) & 1) == 1;

    public static TimeOnly? Time(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    public static TimeOnly? TimeOrMidnight(string text) => text == "24:00" ? TimeOnly.MinValue : Time(text);

    public static DayOfWeek? Day(string text)
    {
        foreach (var day in Week)
        {
            var name = day.ToString();
            if (text.Equals(name, StringComparison.OrdinalIgnoreCase) || text.Equals(name[..3], StringComparison.OrdinalIgnoreCase)) return day;
        }
        return null;
    }

    /// <summary>A list of days and ranges of days. A range may pass Sunday.</summary>
    public static Weekdays? Days(string text)
    {
        var days = Weekdays.None;
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || Day(ends[0]) is not { } first || Day(ends[^1]) is not { } last) return null;
            for (var day = first; ; day = After(day))
            {
                days |= (Weekdays)(1 << Index(day));
                if (day == last) break;
            }
        }
        return days;
    }

    public static string Text(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);
    public static string Text(DayOfWeek day) => day.ToString().ToLowerInvariant();
    public static string Hours(TimeOnly from, TimeOnly to) => $"{Text(from)}-{(to == TimeOnly.MinValue ? "24:00" : Text(to))}";

    public static string Text(Weekdays days)
    {
        var listed = Week.Where(day => Has(days, day)).ToList();
        var together = listed.Count > 2 && Index(listed[^1]) - Index(listed[0]) == listed.Count - 1;
        return together ? $"{Text(listed[0])}-{Text(listed[^1])}" : string.Join(',', listed.Select(Text));
    }
}
