using NodaTime;

namespace Plantao.OnCall;

/// <summary>A day as it really is in a zone.</summary>
/// <param name="Hours">Columns: 24 on most days, 25 and 23 where the clocks change. A part of an hour counts as one.</param>
/// <param name="Change">What the clocks do on it; <see langword="null"/>: nothing.</param>
public sealed record GridDay(DateOnly Date, DateTimeOffset Start, DateTimeOffset End, int Hours, ClockChange? Change);

/// <summary>The clocks change.</summary>
/// <param name="At">The instant.</param>
/// <param name="Wall">What the wall showed when they did: the first time that comes twice, or the first that never comes.</param>
/// <param name="By">Forward is above 0.</param>
public sealed record ClockChange(DateTimeOffset At, TimeOnly Wall, TimeSpan By);

/// <summary>Whose a cell is.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Shift"><see langword="null"/>: nobody's.</param>
/// <param name="Start">Included; the exact instant, wherever the column begins.</param>
public sealed record GridCell(int Width, Shift? Shift, DateTimeOffset Start, DateTimeOffset End);

/// <summary>One row: a layer, the overrides, or what counts in the end.</summary>
/// <param name="Layer"><see langword="null"/>: none of the layers.</param>
public sealed record GridRow(Layer? Layer, IReadOnlyList<GridCell> Cells);

/// <summary>Days of a schedule as a table: one column for each real hour, narrower only where a shift begins within one. Pure.</summary>
/// <param name="PerHour">Columns of one hour: 1, 2 or 4.</param>
/// <param name="Layers">From the top down, as they win.</param>
public sealed record ScheduleGrid(IReadOnlyList<GridDay> Days, int PerHour, IReadOnlyList<GridRow> Layers, GridRow Overrides, GridRow Final)
{
    public DateTimeOffset Start => Days[0].Start;

    public DateTimeOffset End => Days[^1].End;

    public int Columns => Days.Sum(d => d.Hours) * PerHour;

    /// <summary>Days in a row, in the schedule's zone.</summary>
    /// <exception cref="InvalidOperationException">The tz database does not know the zone.</exception>
    public static IReadOnlyList<GridDay> DaysOf(string zoneName, DateOnly first, int count)
    {
        var zone = TimeZones.Find(zoneName);
        var wall = new WallClock(zone);
        var days = new List<GridDay>(count);
        for (var i = 0; i < count; i++)
        {
            var date = LocalDate.FromDateOnly(first).PlusDays(i);
            var (start, end) = (wall.Begins(date.AtMidnight()), wall.Begins(date.PlusDays(1).AtMidnight()));
            if (start >= end) continue;   // a day that the zone left out (Apia, 2011-12-30)
            var interval = zone.GetZoneInterval(start);
            ClockChange? change = null;
            if (interval.HasEnd && interval.End < end && zone.GetZoneInterval(interval.End) is var after && after.WallOffset != interval.WallOffset)
            {
                var by = after.WallOffset - interval.WallOffset;
                var before = interval.End.WithOffset(interval.WallOffset).TimeOfDay;
                change = new(interval.End.ToDateTimeOffset(), (by.Ticks < 0 ? before.PlusTicks(by.Ticks) : before).ToTimeOnly(), by.ToTimeSpan());
            }

            days.Add(new(date.ToDateOnly(), start.ToDateTimeOffset(), end.ToDateTimeOffset(), (int)Math.Ceiling((end - start).TotalHours), change));
        }

        return days;
    }

    /// <summary>All rows of these days, each asked of the one function that says who is on call.</summary>
    public static ScheduleGrid Of(Schedule schedule, IReadOnlyList<Override> overrides, IReadOnlyList<GridDay> days)
    {
        var (from, until) = (days[0].Start, days[^1].End);
        var layers = schedule.Layers.Reverse().Select(layer => (Layer: layer, Shifts: WhoIsOnCall.Shifts(schedule with { Layers = [layer] }, [], from, until))).ToList();
        var final = WhoIsOnCall.Shifts(schedule, overrides, from, until);
        // The edges of an override count, those of the days do not: these are on whole columns as they are.
        var edges = layers.SelectMany(l => l.Shifts).Concat(final).SelectMany(s => (DateTimeOffset[])[s.Start, s.End]).Where(at => at > from && at < until).ToList();
        var perHour = new[] { 1, 2 }.FirstOrDefault(per => edges.TrueForAll(at => At(at, days) * per % 1 == 0), 4);
        return new(days, perHour, [.. layers.Select(l => new GridRow(l.Layer, Cells(l.Shifts, days, perHour)))], new(null, Cells([.. final.Where(s => s.Source is ShiftSource.PutIn)], days, perHour)), new(null, Cells(final, days, perHour)));
    }

    /// <summary>The column that an instant lies in, from 0.</summary>
    public int Column(DateTimeOffset at) => Math.Clamp((int)(At(at, Days) * PerHour), 0, Columns - 1);

    /// <summary>Hours from the beginning, as columns count them: a day begins on a whole one.</summary>
    static decimal At(DateTimeOffset at, IReadOnlyList<GridDay> days)
    {
        var before = 0;
        foreach (var day in days)
        {
            if (at < day.End) return before + (decimal)Math.Max(0, (at - day.Start).Ticks) / TimeSpan.TicksPerHour;
            before += day.Hours;
        }

        return before;
    }

    static IReadOnlyList<GridCell> Cells(IReadOnlyList<Shift> shifts, IReadOnlyList<GridDay> days, int perHour)
    {
        var cells = new List<GridCell>();
        int column = 0, last = days.Sum(d => d.Hours) * perHour;
        var at = days[0].Start;
        int Edge(DateTimeOffset instant) => (int)Math.Round(At(instant, days) * perHour, MidpointRounding.AwayFromZero);
        foreach (var shift in shifts)
        {
            var (start, end) = (Math.Max(column, Edge(shift.Start)), Edge(shift.End));
            if (start > column) cells.Add(new(start - column, null, at, shift.Start));
            if (end > start) cells.Add(new(end - start, shift, shift.Start, shift.End));
            (column, at) = (Math.Max(end, start), shift.End);
        }

        if (column < last) cells.Add(new(last - column, null, at, days[^1].End));
        return cells;
    }
}
