using System.Globalization;

namespace Plantao.Platform.Storage.Backup;

/// <summary>Which backups are kept: the newest of each of the last 7 days that have one, and of each of the last 4 weeks (from Monday, UTC).</summary>
public static class BackupCalendar
{
    public const int Days = 7;
    public const int Weeks = 4;

    /// <summary>How old the last one may be before another is due.</summary>
    public static TimeSpan Every { get; } = TimeSpan.FromDays(1);

    /// <summary>How old the last proof may be before another is due.</summary>
    public static TimeSpan ProveEvery { get; } = TimeSpan.FromDays(7);

    const string Form = "'plantao-'yyyyMMdd'T'HHmmss'Z.zip'";

    /// <summary>Such as <c>plantao-20260921T090000Z.zip</c>.</summary>
    public static string Name(DateTimeOffset at) => at.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture);

    /// <returns>When the file was made; <see langword="null"/> when it is none of ours, and stays.</returns>
    public static DateTimeOffset? MadeAt(string fileName) =>
        DateTimeOffset.TryParseExact(fileName, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    /// <returns>Those of <paramref name="made"/> that may go.</returns>
    public static IReadOnlyList<DateTimeOffset> Superfluous(IReadOnlyCollection<DateTimeOffset> made)
    {
        var newest = made.OrderDescending().ToList();
        var kept = newest.DistinctBy(at => at.UtcDateTime.Date).Take(Days)
            .Concat(newest.DistinctBy(at => (ISOWeek.GetYear(at.UtcDateTime), ISOWeek.GetWeekOfYear(at.UtcDateTime))).Take(Weeks))
            .ToHashSet();
        return [.. newest.Where(at => !kept.Contains(at))];
    }
}
