using NodaTime;
using NodaTime.TimeZones;

namespace Plantao.OnCall;

/// <summary>The clock on the wall in one zone: what instant a written time means when the clocks change (rules: <see cref="Schedule"/>).</summary>
sealed class WallClock(DateTimeZone zone)
{
    /// <summary>The first instant at which the wall shows <paramref name="time"/> or later: the first occurrence of a time that occurs twice, right after the jump for one that is skipped.</summary>
    public Instant Begins(LocalDateTime time)
    {
        var mapping = zone.MapLocal(time);
        return mapping.Count == 0 ? mapping.LateInterval.Start : mapping.First().ToInstant();
    }

    /// <summary>The last instant before which the wall shows less than <paramref name="time"/>: the last occurrence of a time that occurs twice, right after the jump for one that is skipped.</summary>
    public Instant Ends(LocalDateTime time)
    {
        var mapping = zone.MapLocal(time);
        return mapping.Count == 0 ? mapping.LateInterval.Start : mapping.Last().ToInstant();
    }

    public LocalDate DateAt(Instant instant) => instant.InZone(zone).Date;
}

/// <summary>The tz database that schedules are read with. It is part of the program and changes with its releases.</summary>
public static class TimeZones
{
    /// <summary>Such as <c>TZDB: 2026a</c>.</summary>
    public static string Version => DateTimeZoneProviders.Tzdb.VersionId;

    /// <summary>Every name that a schedule may use, links such as <c>Brazil/East</c> included. Ordered (ordinal).</summary>
    public static IReadOnlyCollection<string> Names => DateTimeZoneProviders.Tzdb.Ids;

    /// <summary>The next instant after <paramref name="after"/> at which the wall of a zone shows <paramref name="time"/>; in UTC when the zone is unknown.</summary>
    public static DateTimeOffset Next(string name, TimeOnly time, DateTimeOffset after)
    {
        var wall = new WallClock(DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) ?? DateTimeZone.Utc);
        var from = Instant.FromDateTimeOffset(after);
        var date = wall.DateAt(from);
        var at = new LocalTime(time.Hour, time.Minute);
        var today = wall.Begins(date + at);
        return (today > from ? today : wall.Begins(date.PlusDays(1) + at)).ToDateTimeOffset();
    }

    /// <summary>The instants at which the wall of a zone shows a time on a day: two where it comes twice, one otherwise; where the clocks skip it, right after the jump.</summary>
    /// <exception cref="InvalidOperationException">The zone is unknown.</exception>
    public static IReadOnlyList<DateTimeOffset> At(string name, DateOnly day, TimeOnly time)
    {
        var mapping = Find(name).MapLocal(LocalDate.FromDateOnly(day).At(LocalTime.FromTimeOnly(time)));
        return mapping.Count switch
        {
            0 => [mapping.LateInterval.Start.ToDateTimeOffset()],
            1 => [mapping.First().ToInstant().ToDateTimeOffset()],
            _ => [mapping.First().ToInstant().ToDateTimeOffset(), mapping.Last().ToInstant().ToDateTimeOffset()],
        };
    }

    /// <summary>Whether a schedule may use <paramref name="name"/>. Case counts, as in the database.</summary>
    public static bool Knows(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not null;

    internal static DateTimeZone Find(string name) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(name)
        ?? throw new InvalidOperationException($"The time zone '{name}' is not in the tz database of this program ({Version}): correct the schedule.");
}
