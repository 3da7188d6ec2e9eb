using System.Globalization;

namespace Plantao.Cli;

/// <summary>The viewer's time zone: instants are shown in it with their offset, and what is typed without an offset is meant in it.</summary>
sealed record Zone(TimeZoneInfo Info)
{
    public static Zone Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>The zone of an IANA name; UTC where this machine does not know it.</summary>
    public static Zone Named(string? name) => name is not null && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) ? new(found) : Utc;

    /// <summary>Such as <c>2026-09-21 10:00:00 +01:00</c>.</summary>
    public string At(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Info).ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="At(DateTimeOffset)"/>
    public string? At(DateTimeOffset? at) => at is { } given ? At(given) : null;

    /// <summary>Reads an instant: RFC 3339 with its offset, or <c>2026-09-21 10:00</c>, <c>2026-09-21</c> (midnight), <c>10:00</c> (today) in this zone.</summary>
    /// <exception cref="UsageException">It is none of these, or a wall-clock time that this zone skips or has twice on that day.</exception>
    public DateTimeOffset Read(string typed, DateTimeOffset now)
    {
        if (DateTimeOffset.TryParseExact(typed, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm zzz"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var exact) && SaysOffset(typed)) return exact;
        if (!DateTime.TryParseExact(typed, ["yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall))
        {
            if (!TimeOnly.TryParseExact(typed, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
                throw new UsageException($"\"{typed}\" is no time. Write 2026-09-21T10:00:00+01:00, or 2026-09-21 10:00 or 10:00 in your zone ({Info.Id}).");
            wall = TimeZoneInfo.ConvertTime(now, Info).Date + time.ToTimeSpan();
        }

        if (Info.IsInvalidTime(wall)) throw new UsageException($"{typed} does not exist in {Info.Id}: the clock is put forward over it. Write the offset with it.");
        if (Info.IsAmbiguousTime(wall)) throw new UsageException($"{typed} comes twice in {Info.Id}: the clock is put back over it. Write the offset with it.");
        return new DateTimeOffset(wall, Info.GetUtcOffset(wall));
    }

    static bool SaysOffset(string typed) => typed.EndsWith('Z') || typed.Length > 6 && typed[^6] is '+' or '-' && typed[^3] == ':';
}

/// <summary>The command was understood as far as its grammar goes, but it does not say what is needed.</summary>
sealed class UsageException(string message) : Exception(message);
