using NodaTime;
using NodaTime.Extensions;

namespace Plantao.OnCall;

/// <summary>A span in which nothing changes; <see cref="Turn"/> is <see langword="null"/> when the layer has nobody.</summary>
readonly record struct TurnSpan(Instant Start, Instant End, int? Turn);

/// <summary>One layer, made ready to be asked about instants. The turn is computed from the calendar, never counted from the start.</summary>
/// <remarks>For one thread: it remembers the windows of the week it was last asked about.</remarks>
sealed class LayerTurns
{
    /// <summary>Nobody is on call outside these: whatever instant is asked about, the calendar reaches it.</summary>
    static readonly Instant Earliest = Instant.FromUtc(1900, 1, 1, 0, 0), Latest = Instant.FromUtc(3000, 1, 1, 0, 0);

    readonly Layer layer;
    readonly WallClock wall;
    readonly Instant start, end;
    readonly LocalDate firstDay;
    readonly Instant firstInstant;
    readonly IReadOnlyList<WeeklySpan> weekly;

    Instant knownFrom = Instant.MaxValue, knownUntil = Instant.MinValue;
    readonly List<(Instant Start, Instant End)> known = [];

    public LayerTurns(Layer layer, WallClock wall)
    {
        this.layer = layer;
        this.wall = wall;
        start = Instant.Max(Earliest, wall.Begins(On(layer.Start)));
        end = Instant.Min(Latest, layer.End is { } last ? wall.Begins(On(last)) : Latest);

        var counted = layer.TurnsFrom is { } day ? On(new WallMoment(day)) : On(layer.Start);
        firstInstant = wall.Begins(counted);
        firstDay = FirstDay(counted);

        var spans = (layer.Only ?? []).SelectMany(WeeklySpan.Of).ToList();
        weekly = WeeklySpan.FillTheWeek(spans) ? [] : spans;
    }

    public string Person(int turn) => layer.People[(int)(((long)turn % layer.People.Count + layer.People.Count) % layer.People.Count)];

    public TurnSpan At(Instant instant)
    {
        if (layer.People.Count == 0 || start >= end) return new(Instant.MinValue, Instant.MaxValue, null);
        if (instant < start) return new(Instant.MinValue, start, null);
        if (instant >= end) return new(end, Instant.MaxValue, null);

        var (windowStart, windowEnd, open) = WindowAt(instant);
        var from = Instant.Max(start, windowStart);
        var until = Instant.Min(end, windowEnd);
        if (!open) return new(from, until, null);

        var turn = TurnAt(instant);
        return new(Instant.Max(from, TurnStart(turn)), Instant.Min(until, TurnStart(turn + 1)), turn);
    }

    LocalDateTime On(WallMoment moment) => At(LocalDate.FromDateOnly(moment.Date), moment.Time ?? layer.HandoffTime);

    static LocalDateTime At(LocalDate date, TimeOnly time) => date.At(LocalTime.FromTimeOnly(time));

    /// <summary>The day of the handoff that opens the turn in which <paramref name="counted"/> lies.</summary>
    LocalDate FirstDay(LocalDateTime counted)
    {
        var today = counted.TimeOfDay >= LocalTime.FromTimeOnly(layer.HandoffTime) ? counted.Date : counted.Date.PlusDays(-1);
        if (layer.Rotation.Unit != TurnUnit.Weeks) return today;

        var weekday = layer.HandoffDay ?? counted.DayOfWeek.ToDayOfWeek();
        return today.PlusDays(-((Clock.Index(today.DayOfWeek.ToDayOfWeek()) - Clock.Index(weekday) + 7) % 7));
    }

    int Days => layer.Rotation.Unit == TurnUnit.Weeks ? layer.Rotation.Count * 7 : layer.Rotation.Count;

    Instant TurnStart(int turn) => layer.Rotation.Unit == TurnUnit.Hours
        ? firstInstant + Duration.FromHours(turn * layer.Rotation.Count)
        : wall.Begins(At(firstDay.PlusDays(turn * Days), layer.HandoffTime));

    int TurnAt(Instant instant)
    {
        if (layer.Rotation.Unit == TurnUnit.Hours)
            return (int)FloorDivide((instant - firstInstant).BclCompatibleTicks, layer.Rotation.Count * NodaConstants.TicksPerHour);

        var turn = (int)FloorDivide(Period.DaysBetween(firstDay, wall.DateAt(instant)), Days);
        while (TurnStart(turn) > instant) turn--;       // the handoff of this day is still to come
        while (TurnStart(turn + 1) <= instant) turn++;  // a change of the clocks moved the date past it
        return turn;
    }

    static long FloorDivide(long number, long by) => number / by - (number % by < 0 ? 1 : 0);

    /// <summary>The window that holds <paramref name="instant"/>, or the time between two. Near a week away it may be cut: what follows then continues it.</summary>
    (Instant Start, Instant End, bool Open) WindowAt(Instant instant)
    {
        if (weekly.Count == 0) return (Instant.MinValue, Instant.MaxValue, true);
        if (instant < knownFrom || instant >= knownUntil) LookAround(wall.DateAt(instant));

        var between = knownFrom;
        foreach (var window in known)
        {
            if (instant < window.Start) return (between, window.Start, false);
            if (instant < window.End) return (window.Start, window.End, true);
            between = window.End;
        }
        return (Instant.Max(between, knownFrom), knownUntil, false);
    }

    /// <summary>Lays out the windows from the day before <paramref name="day"/> to a week later, joined where they touch.</summary>
    void LookAround(LocalDate day)
    {
        knownFrom = wall.Begins(day.PlusDays(-1).AtMidnight());
        knownUntil = wall.Begins(day.PlusDays(8).AtMidnight());

        // The longest window lasts a week, and a zone turns its calendar back by a day at most: nine days before the first one reach it.
        List<(Instant Start, Instant End)> all = [];
        for (var date = day.PlusDays(-10); date <= day.PlusDays(8); date = date.PlusDays(1))
            foreach (var span in weekly)
                if (span.Day == date.DayOfWeek.ToDayOfWeek())
                    all.Add((wall.Begins(At(date, span.From)), wall.Ends(At(date.PlusDays(span.Days), span.To))));
        all.Sort();

        known.Clear();
        foreach (var (from, until) in all)
            if (until <= knownFrom || from >= knownUntil || from >= until) continue;
            else if (known.Count > 0 && from <= known[^1].End) known[^1] = (known[^1].Start, Instant.Max(known[^1].End, until));
            else known.Add((from, until));
    }

    /// <summary>A window's occurrence that begins on one weekday.</summary>
    /// <param name="Days">0 to 7: how many days later it ends.</param>
    readonly record struct WeeklySpan(DayOfWeek Day, TimeOnly From, int Days, TimeOnly To)
    {
        public static IEnumerable<WeeklySpan> Of(Window window)
        {
            switch (window)
            {
                case Window.OnDays on:
                    foreach (var day in Enum.GetValues<DayOfWeek>())
                        if (Clock.Has(on.Days, day)) yield return new(day, on.From, on.To <= on.From ? 1 : 0, on.To);
                    break;
                case Window.Span span:
                    var days = (Clock.Index(span.ToDay) - Clock.Index(span.FromDay) + 7) % 7;
                    yield return new(span.FromDay, span.From, days == 0 && span.To <= span.From ? 7 : days, span.To);
                    break;
            }
        }

        /// <summary>Whether the spans leave out no time of the week: no restriction then.</summary>
        public static bool FillTheWeek(IEnumerable<WeeklySpan> spans)
        {
            const long week = 7 * TimeSpan.TicksPerDay;
            var filled = 0L;
            var placed = spans
                .Select(span => (From: Clock.Index(span.Day) * TimeSpan.TicksPerDay + span.From.Ticks, To: (Clock.Index(span.Day) + span.Days) * TimeSpan.TicksPerDay + span.To.Ticks))
                .SelectMany(span => new[] { span, (From: span.From - week, To: span.To - week) })
                .Order();
            foreach (var (from, to) in placed)
                if (from > filled) break;
                else filled = Math.Max(filled, to);
            return filled >= week;
        }
    }
}
