using System.Globalization;

namespace Plantao.Platform;

/// <summary>Times as a person reads them: in their zone, with its offset.</summary>
public static class LocalTimes
{
    /// <summary><c>2026-11-24 07:05 -03:00</c>; in UTC when the zone is unknown.</summary>
    public static string Clock(DateTimeOffset at, string zone)
    {
        var local = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(at, found) : at.ToUniversalTime();
        return local.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);
    }
}
