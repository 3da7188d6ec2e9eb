using System.Globalization;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>How long things are kept (design §15, Retention). Set by an Owner, for the whole installation; the journal is kept for ever.</summary>
/// <param name="PayloadDays">What senders sent, byte for byte; afterwards its digest stands for it. 1 to 395 days; default 30.</param>
/// <param name="HistoryDays">Resolved alerts with their pages and hops, digests, and what was refused. 90 to 3,660 days; default 396, which is 13 months.</param>
public sealed record RetentionPeriods(int PayloadDays = 30, int HistoryDays = 396)
{
    const string Payloads = "retention.payload_days", History = "retention.history_days";

    public static async Task<RetentionPeriods> Of(Tx tx)
    {
        var kept = (await tx.Query($"SELECT name, value FROM settings WHERE name IN ({Payloads}, {History})", r => (Name: r.Text(0), Value: r.Text(1)))).ToDictionary(s => s.Name, s => int.Parse(s.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var usual = new RetentionPeriods();
        return new(kept.GetValueOrDefault(Payloads, usual.PayloadDays), kept.GetValueOrDefault(History, usual.HistoryDays));
    }

    /// <summary>Keeps them, when they lie within their bounds.</summary>
    public async Task<Refusal?> Keep(Tx tx)
    {
        if (PayloadDays is < 1 or > 395) return new("bad-retention", "Payloads are kept for 1 to 395 days. Nothing was changed.", 422);
        if (HistoryDays is < 90 or > 3660) return new("bad-retention", "History is kept for 90 to 3,660 days. Nothing was changed.", 422);
        if (PayloadDays > HistoryDays) return new("bad-retention", "Payloads are not kept longer than the history that they belong to. Nothing was changed.", 422);
        await Settings.Keep(tx, Payloads, PayloadDays.ToString(CultureInfo.InvariantCulture));
        await Settings.Keep(tx, History, HistoryDays.ToString(CultureInfo.InvariantCulture));
        return null;
    }

    /// <summary>What came in before this is kept as a digest alone.</summary>
    public DateTimeOffset PayloadsFrom(DateTimeOffset now) => now.AddDays(-PayloadDays);

    /// <summary>What was over before this is removed.</summary>
    public DateTimeOffset HistoryFrom(DateTimeOffset now) => now.AddDays(-HistoryDays);
}

/// <summary>One kind of thing that is kept as long as history is.</summary>
/// <param name="remove">Removes the oldest that ended before an instant, so many at most; says how many.</param>
public sealed class HistoryRetention(string what, Func<Tx, DateTimeOffset, int, Task<int>> remove) : IRetain
{
    public string What => what;

    public async Task<int> Remove(Tx tx, DateTimeOffset now, int limit) => await remove(tx, (await RetentionPeriods.Of(tx)).HistoryFrom(now), limit);
}
