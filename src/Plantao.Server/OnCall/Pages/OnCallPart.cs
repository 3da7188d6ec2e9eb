using System.Globalization;
using Plantao.People;
using Plantao.Platform.Web;
using Plantao.Platform.Web.Components;

namespace Plantao.OnCall.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class OnCallPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(OnCallTexts.All, key, values);

    /// <summary><c>Sun 25 Oct</c></summary>
    protected string Date(DateTimeOffset at, string zone) => $"{Weekday(Times.Local(at, zone).DayOfWeek)} {Times.Day(at, zone, Me.Language, Me.Now)}";

    protected string Weekday(DayOfWeek day) => T("day." + ((int)day).ToString(CultureInfo.InvariantCulture));

    /// <summary><c>Sun 25 Oct, 06:00 to 09:00</c>; with both days where they differ. Midnight at the end belongs to the day before.</summary>
    protected string Spell(DateTimeOffset start, DateTimeOffset end, string zone)
    {
        var (from, until) = (Times.Local(start, zone), Times.Local(end, zone));
        if (from.Date == until.Date) return $"{Date(start, zone)}, {Times.Minute(start, zone)} {T("to")} {Times.Minute(end, zone)}";
        if (until.TimeOfDay == TimeSpan.Zero && until.Date == from.Date.AddDays(1)) return $"{Date(start, zone)}, {Times.Minute(start, zone)} {T("to")} 24:00";
        return $"{Date(start, zone)}, {Times.Minute(start, zone)} {T("to")} {Date(end, zone)}, {Times.Minute(end, zone)}";
    }

    /// <summary>The name that people read; the handle of somebody who is not here.</summary>
    protected static string Named(IReadOnlyDictionary<string, User> people, string handle) => people.TryGetValue(handle, out var user) ? user.DisplayName : handle;

    protected static string ShortName(IReadOnlyDictionary<string, User> people, string handle) => Named(people, handle).Split(' ')[0];

    protected static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
