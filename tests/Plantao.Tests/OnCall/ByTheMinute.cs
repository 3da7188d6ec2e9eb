using NodaTime;
using NodaTime.Extensions;
using Plantao.OnCall;

namespace Plantao.Tests.OnCall;

/// <summary>The written rules again, as plainly as they can be said and a thousand times slower: looks at the wall each minute of a day around the instant.</summary>
/// <remarks>
/// A time has begun when the wall has shown it or later; it has ended when the wall will not show less again. So what counts is the latest time
/// that the wall has shown so far and the earliest that it is still to show. Instants are whole minutes.
/// </remarks>
sealed class ByTheMinute(Schedule schedule, IReadOnlyList<Override> overrides)
{
    readonly DateTimeZone zone = DateTimeZoneProviders.Tzdb[schedule.Zone];

    public string? Person(DateTimeOffset at)
    {
        var instant = Instant.FromDateTimeOffset(at);
        var (shown, toCome) = Wall(instant);
        string? person = null;
        foreach (var layer in schedule.Layers) person = InLayer(layer, instant, shown, toCome) ?? person;
        foreach (var put in overrides)
            if (put.From <= at && at < put.Until && (put.Replaces is null || put.Replaces == person)) person = put.Person;
        return person;
    }

    (LocalDateTime Shown, LocalDateTime ToCome) Wall(Instant instant)
    {
        var (shown, toCome) = (instant.InZone(zone).LocalDateTime, instant.InZone(zone).LocalDateTime);
        for (var minute = 1; minute <= 25 * 60; minute++)
        {
            shown = LocalDateTime.Max(shown, (instant - Duration.FromMinutes(minute)).InZone(zone).LocalDateTime);
            toCome = LocalDateTime.Min(toCome, (instant + Duration.FromMinutes(minute)).InZone(zone).LocalDateTime);
        }
        return (shown, toCome);
    }

    string? InLayer(Layer layer, Instant instant, LocalDateTime shown, LocalDateTime toCome)
    {
        if (layer.People.Count == 0) return null;
        var handoff = LocalTime.FromTimeOnly(layer.HandoffTime);
        var start = On(layer.Start, layer);
        if (shown < start || (layer.End is { } end && shown >= On(end, layer))) return null;

        if (layer.Only is { Count: > 0 } only)
        {
            var open = false;
            for (var date = shown.Date.PlusDays(-10); date <= shown.Date.PlusDays(2); date = date.PlusDays(1))
                foreach (var window in only) open |= Opens(window, date, shown, toCome);
            if (!open) return null;
        }

        var counted = layer.TurnsFrom is { } day ? LocalDate.FromDateOnly(day) + handoff : start;
        long turn;
        if (layer.Rotation.Unit == TurnUnit.Hours)
        {
            var first = instant;
            var (earlier, later) = (counted.InUtc().ToInstant() - Duration.FromHours(16), counted.InUtc().ToInstant() + Duration.FromHours(40));
            for (first = earlier; first < later && first.InZone(zone).LocalDateTime < counted; first += Duration.FromMinutes(1)) { }
            turn = (long)Math.Floor((instant - first).TotalHours / layer.Rotation.Count);
        }
        else
        {
            var opening = counted.Date + handoff;
            var days = layer.Rotation.Count * (layer.Rotation.Unit == TurnUnit.Weeks ? 7 : 1);
            var weekday = layer.Rotation.Unit == TurnUnit.Weeks ? layer.HandoffDay?.ToIsoDayOfWeek() ?? counted.DayOfWeek : (IsoDayOfWeek?)null;
            while (opening > counted || (weekday is not null && opening.DayOfWeek != weekday)) opening = opening.PlusDays(-1);
            turn = (long)Math.Floor(Period.Between(opening, shown, PeriodUnits.Minutes).Minutes / (days * 24d * 60));
        }
        return layer.People[(int)((turn % layer.People.Count + layer.People.Count) % layer.People.Count)];
    }

    static bool Opens(Window window, LocalDate date, LocalDateTime shown, LocalDateTime toCome)
    {
        var (from, to) = window switch
        {
            Window.OnDays on when ((int)on.Days >> ((int)date.DayOfWeek - 1) & 1) == 1 =>
                (date + LocalTime.FromTimeOnly(on.From), date.PlusDays(on.To <= on.From ? 1 : 0) + LocalTime.FromTimeOnly(on.To)),
            Window.Span span when date.DayOfWeek == span.FromDay.ToIsoDayOfWeek() => (date + LocalTime.FromTimeOnly(span.From), EndOf(span, date)),
            _ => (LocalDateTime.MaxIsoValue, LocalDateTime.MaxIsoValue),
        };
        return shown >= from && toCome < to;
    }

    static LocalDateTime EndOf(Window.Span span, LocalDate date)
    {
        var end = date + LocalTime.FromTimeOnly(span.To);
        while (end.DayOfWeek != span.ToDay.ToIsoDayOfWeek() || end <= date + LocalTime.FromTimeOnly(span.From)) end = end.PlusDays(1);
        return end;
    }

    static LocalDateTime On(WallMoment moment, Layer layer) => LocalDate.FromDateOnly(moment.Date) + LocalTime.FromTimeOnly(moment.Time ?? layer.HandoffTime);
}
