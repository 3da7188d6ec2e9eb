using System.Collections.Concurrent;
using System.Globalization;
using NodaTime;
using NodaTime.Extensions;
using NodaTime.TimeZones;
using Plantao.OnCall;

namespace Plantao.Tests.OnCall;

/// <summary>The written rules at changes of the clocks from 2020 to 2040 in the zones of the tz database: no gap, and overlaps only where the rule says (failures.md C3).</summary>
public class EveryZoneTests
{
    static readonly IReadOnlyList<Override> None = [];

    /// <summary>One change of the clocks: at <see cref="At"/> the wall goes from one offset to another.</summary>
    sealed record ClockChange(string Zone, Instant At, Offset Before, Offset After)
    {
        /// <summary>Stretches of one offset around the change: other changes may be weeks away (Gaza, Casablanca).</summary>
        readonly IReadOnlyList<ZoneInterval> near = [.. DateTimeZoneProviders.Tzdb[Zone].GetZoneIntervals(At - Duration.FromDays(40), At + Duration.FromDays(40))];

        /// <summary>First occurrence; right after the jump when skipped.</summary>
        public Instant First(LocalDateTime time) => Occurrences(time).DefaultIfEmpty(Jump(time)).Min();

        /// <summary>Last occurrence; right after the jump when skipped.</summary>
        public Instant Last(LocalDateTime time) => Occurrences(time).DefaultIfEmpty(Jump(time)).Max();

        IEnumerable<Instant> Occurrences(LocalDateTime time) =>
            near.Where(stretch => stretch.Contains(time.WithOffset(stretch.WallOffset).ToInstant())).Select(stretch => time.WithOffset(stretch.WallOffset).ToInstant());

        Instant Jump(LocalDateTime time) =>
            near.FirstOrDefault(stretch => stretch.HasStart && stretch.IsoLocalStart > time && stretch.Start > near[0].Start)?.Start ?? At;

        public LocalDateTime WallBefore => At.WithOffset(Before).LocalDateTime;
        public LocalDateTime WallAfter => At.WithOffset(After).LocalDateTime;

        /// <summary>Just before, in, at the ends of and after the time that is skipped or repeated, and one far from it.</summary>
        public IEnumerable<LocalDateTime> Times()
        {
            var (low, high) = (LocalDateTime.Min(WallBefore, WallAfter), LocalDateTime.Max(WallBefore, WallAfter));
            var middle = low.PlusMinutes((long)(Period.Between(low, high, PeriodUnits.Minutes).Minutes / 2));
            return [low.PlusMinutes(-1), low, middle, high, high.PlusMinutes(1), low.PlusHours(9)];
        }
    }

    static IReadOnlyList<ClockChange> Changes(string zone)
    {
        var intervals = DateTimeZoneProviders.Tzdb[zone].GetZoneIntervals(Instant.FromUtc(2020, 1, 1, 0, 0), Instant.FromUtc(2041, 1, 1, 0, 0)).ToList();
        return [.. intervals.Zip(intervals.Skip(1))
            .Where(pair => pair.First.WallOffset != pair.Second.WallOffset)
            .Select(pair => new ClockChange(zone, pair.Second.Start, pair.First.WallOffset, pair.Second.WallOffset))];
    }

    [Fact, Trait("Kind", "Long")]
    public void Every_change_in_every_zone_keeps_the_rules()
    {
        var changes = TimeZones.Names.SelectMany(Changes).ToList();

        Assert.True(changes.Count > 5_000, $"Only {changes.Count} changes were found.");
        Check(changes);
    }

    [Fact]
    public void A_change_each_way_in_every_zone_keeps_the_rules()
    {
        var sample = TimeZones.Names.SelectMany(zone => Changes(zone).GroupBy(change => change.Before < change.After)
            .Select(way => way.ElementAt(zone.Sum(letter => letter) % way.Count()))).ToList();

        Assert.True(sample.Count > 200, $"Only {sample.Count} changes were found.");
        Assert.Contains(sample, change => change.Zone == "Australia/Lord_Howe");
        Check(sample);
    }

    static void Check(IEnumerable<ClockChange> changes)
    {
        ConcurrentQueue<string> broken = [];
        Parallel.ForEach(changes, change =>
        {
            foreach (var time in change.Times())
            {
                foreach (var rotation in new[] { Rotation.Daily, Rotation.Weekly, new(2, TurnUnit.Days) })
                    if (Turns(change, rotation, time) is { } wrong) broken.Enqueue(wrong);
                if (Windows(change, time, time.PlusHours(8)) is { } wrongWindow) broken.Enqueue(wrongWindow);
                if (Windows(change, time.PlusHours(-8), time) is { } wrongEnd) broken.Enqueue(wrongEnd);
            }
            if (Hours(change, 1) is { } wrongHour) broken.Enqueue(wrongHour);
            if (Hours(change, 7) is { } wrongHours) broken.Enqueue(wrongHours);
        });
        Assert.Empty(broken.Take(5));
    }

    /// <summary>Each handoff around the change is where the rule puts it, and the shifts between them leave nothing out.</summary>
    static string? Turns(ClockChange change, Rotation rotation, LocalDateTime time)
    {
        var days = rotation.Count * (rotation.Unit == TurnUnit.Weeks ? 7 : 1);
        var day = rotation.Unit == TurnUnit.Weeks ? time.DayOfWeek.ToDayOfWeek() : (DayOfWeek?)null;
        var start = time.Date.PlusDays(-10 * days);
        var schedule = One(change.Zone, new Layer("turns", ["ana", "bruno", "carla"], rotation, time.TimeOfDay.ToTimeOnly(), day, new WallMoment(start.ToDateOnly())));

        List<Instant> handoffs = [.. Enumerable.Range(-2, 4).Select(turn => change.First(time.PlusDays(turn * days))).Distinct()];
        var shifts = WhoIsOnCall.Shifts(schedule, None, handoffs[0].ToDateTimeOffset(), handoffs[^1].ToDateTimeOffset());
        var expected = handoffs.Zip(handoffs.Skip(1)).Select(pair => (pair.First.ToDateTimeOffset(), pair.Second.ToDateTimeOffset())).ToList();

        return shifts.Select(shift => (shift.Start, shift.End)).SequenceEqual(expected) && Agree(schedule, shifts)
            ? null
            : Say(change, $"{rotation} at {time}: {string.Join(", ", shifts)}, not {string.Join(", ", expected)}");
    }

    static string? Hours(ClockChange change, int hours)
    {
        var schedule = One(change.Zone, new Layer("turns", ["ana", "bruno"], new(hours, TurnUnit.Hours), new TimeOnly(0, 0), null, new WallMoment(change.WallBefore.Date.PlusDays(-30).ToDateOnly())));
        var (from, until) = ((change.At - Duration.FromHours(20)).ToDateTimeOffset(), (change.At + Duration.FromHours(20)).ToDateTimeOffset());
        var shifts = WhoIsOnCall.Shifts(schedule, None, from, until);
        var whole = shifts.Skip(1).SkipLast(1).All(shift => shift.End - shift.Start == TimeSpan.FromHours(hours));
        var joined = shifts[0].Start == from && shifts[^1].End == until && shifts.Zip(shifts.Skip(1)).All(pair => pair.First.End == pair.Second.Start && pair.First.Person != pair.Second.Person);
        return whole && joined && Agree(schedule, shifts) ? null : Say(change, $"{hours} h: {string.Join(", ", shifts)}");
    }

    /// <summary>A window and the rest of the day: each where the rule puts it, together without a gap, overlapping by a repeated time only.</summary>
    static string? Windows(ClockChange change, LocalDateTime from, LocalDateTime to)
    {
        if (from.TimeOfDay == to.TimeOfDay) return null;
        Layer Only(string name, LocalDateTime begin, LocalDateTime end) => new(
            name, [name], Rotation.Weekly, new TimeOnly(9, 0), null, new WallMoment(from.Date.PlusDays(-30).ToDateOnly()),
            Only: [new Window.OnDays(Weekdays.All, begin.TimeOfDay.ToTimeOnly(), end.TimeOfDay.ToTimeOnly())]);
        var (inside, outside) = (Only("inside", from, to), Only("outside", to, from));
        var (earliest, latest) = ((change.At - Duration.FromDays(2)).ToDateTimeOffset(), (change.At + Duration.FromDays(2)).ToDateTimeOffset());

        var both = new Schedule("both", change.Zone, [inside, outside]);
        if (WhoIsOnCall.Gaps(both, None, earliest, latest).Count > 0) return Say(change, $"gap between the windows {from} and {to}");

        var day = WhoIsOnCall.Shifts(One(change.Zone, inside), None, earliest, latest);
        var night = WhoIsOnCall.Shifts(One(change.Zone, outside), None, earliest, latest);
        var (begins, ends) = (change.First(from).ToDateTimeOffset(), change.Last(to).ToDateTimeOffset());
        if (begins < ends && !(day.Any(shift => shift.Start == begins) && day.Any(shift => shift.End == ends))) return Say(change, $"{from} to {to}: {string.Join(", ", day)}");

        var overlap = TimeSpan.FromTicks(day.Sum(a => night.Sum(b => Math.Max(0, Math.Min(a.End.Ticks, b.End.Ticks) - Math.Max(a.Start.Ticks, b.Start.Ticks)))));
        var repeated = new[] { from, to }.Aggregate(Duration.Zero, (sum, time) => sum + (change.Last(time) - change.First(time)));
        return overlap == repeated.ToTimeSpan() ? null : Say(change, $"{from} to {to} overlap by {overlap}, not {repeated}");
    }

    /// <summary>Whether an instant asked alone gives what the span gave.</summary>
    static bool Agree(Schedule schedule, IReadOnlyList<Shift> shifts) => shifts.All(shift =>
        WhoIsOnCall.At(schedule, None, shift.Start).Person == shift.Person && WhoIsOnCall.At(schedule, None, shift.End.AddTicks(-1)).Person == shift.Person);

    static Schedule One(string zone, Layer layer) => new("one", zone, [layer]);

    static string Say(ClockChange change, string what) => string.Create(CultureInfo.InvariantCulture, $"{change.Zone} at {change.At} ({change.Before} to {change.After}), {what}");
}
