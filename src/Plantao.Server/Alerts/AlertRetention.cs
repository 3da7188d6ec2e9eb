using System.Globalization;
using System.Security.Cryptography;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>What senders sent is kept for a while, its digest for longer. What belongs to an alert that is not resolved stays, and what nobody has decided yet.</summary>
sealed class PayloadRetention(SignalStore signals) : IRetain
{
    /// <summary>Everything up to this signal is a digest already.</summary>
    const string Done = "retention.payloads_done";

    public string What => "signal payloads";

    public async Task<int> Remove(Tx tx, DateTimeOffset now, int limit)
    {
        var before = (await RetentionPeriods.Of(tx)).PayloadsFrom(now);
        var done = await tx.First($"SELECT value FROM settings WHERE name = {Done}", r => r.Text(0)) is { } kept ? long.Parse(kept, CultureInfo.InvariantCulture) : 0;
        var old = await tx.Query($"""
            SELECT s.id, s.integration_id, s.format, s.received_at, s.correlation, s.external_id, s.body FROM signals s
             WHERE s.id > {done} AND s.id <= (SELECT position FROM signal_cursor WHERE id = 1) AND s.received_at < {before} AND s.digest IS NULL
               AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.signal_id = s.id)
               AND s.id NOT IN (SELECT a.first_signal FROM alerts a WHERE a.status <> 'Resolved'
                                UNION ALL SELECT o.signal_id FROM alerts a JOIN signal_outcomes o ON o.alert_id = a.id WHERE a.status <> 'Resolved')
             ORDER BY s.id LIMIT {limit}
            """, SignalStore.Read);
        foreach (var signal in old)
            await tx.Execute($"UPDATE signals SET body = {Array.Empty<byte>()}, digest = {Digest(signal)} WHERE id = {signal.Id}");
        if (old.Count > 0 && await tx.First($"SELECT min(id) FROM signals WHERE id > {done} AND digest IS NULL", r => r.LongOrNull(0)) is { } next)
            await Settings.Keep(tx, Done, (next - 1).ToString(CultureInfo.InvariantCulture));
        return old.Count;
    }

    /// <summary>SHA-256 of the body as it came; of what was kept, where that cannot be opened any more.</summary>
    string Digest(StoredSignal signal)
    {
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(signals.Open(signal).Body.Span));
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or System.Text.Json.JsonException or OverflowException)
        {
            return "sealed:" + Convert.ToHexStringLower(SHA256.HashData(signal.Body));
        }
    }
}

/// <summary>What is removed of alerts when it has been kept long enough. An alert that is not resolved has no end, and stays.</summary>
static class AlertRetention
{
    public static IServiceCollection AddAlertRetention(this IServiceCollection services) => services
        .AddSingleton<IRetain, PayloadRetention>()
        .AddSingleton<IRetain>(new HistoryRetention("alerts", Alerts))
        .AddSingleton<IRetain>(new HistoryRetention("groups of alerts", (tx, before, limit) => tx.Execute($"""
            DELETE FROM alert_groups WHERE id IN (SELECT g.id FROM alert_groups g WHERE g.ended_at < {before} AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.group_id = g.id) ORDER BY g.ended_at LIMIT {limit})
            """)))
        .AddSingleton<IRetain>(new HistoryRetention("signals", (tx, before, limit) => tx.Execute($"""
            DELETE FROM signals WHERE id IN (SELECT id FROM signals WHERE received_at < {before} AND digest IS NOT NULL ORDER BY id LIMIT {limit})
            """)))
        .AddSingleton<IRetain>(new HistoryRetention("outcomes without an alert", (tx, before, limit) => tx.Execute($"""
            DELETE FROM signal_outcomes WHERE id IN (SELECT o.id FROM signal_outcomes o WHERE o.at < {before} AND (o.alert_id IS NULL OR NOT EXISTS (SELECT 1 FROM alerts a WHERE a.id = o.alert_id)) ORDER BY o.id LIMIT {limit})
            """)))
        .AddSingleton<IRetain>(new HistoryRetention("refusals", (tx, before, limit) => tx.Execute($"DELETE FROM refusals WHERE id IN (SELECT id FROM refusals WHERE at < {before} ORDER BY id LIMIT {limit})")))
        .AddSingleton<IRetain, RefusedHeads>()
        .AddSingleton<IRetain>(new HistoryRetention("changes", (tx, before, limit) => tx.Execute($"DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at < {before} ORDER BY at LIMIT {limit})")))
        .AddSingleton<IRetain>(new HistoryRetention("silences", (tx, before, limit) => tx.Execute($"DELETE FROM silences WHERE id IN (SELECT id FROM silences WHERE ended_at < {before} ORDER BY ended_at LIMIT {limit})")))
        .AddSingleton<IRetain>(new HistoryRetention("maintenance", (tx, before, limit) => tx.Execute($"DELETE FROM maintenance WHERE id IN (SELECT id FROM maintenance WHERE ended_at < {before} ORDER BY ended_at LIMIT {limit})")));

    static async Task<int> Alerts(Tx tx, DateTimeOffset before, int limit)
    {
        // Nobody decides meanwhile: a condition that comes back now finds its key whole or not at all.
        await SignalStore.Hold(tx);
        var ids = await tx.Query($"SELECT id FROM alerts WHERE status = 'Resolved' AND resolved_at < {before} ORDER BY id LIMIT {limit}", r => r.Text(0));
        if (ids.Count == 0) return 0;
        await tx.Execute($"DELETE FROM alert_keys WHERE last_alert {tx.Db.In(ids)}");
        await tx.Execute($"DELETE FROM signal_outcomes WHERE alert_id {tx.Db.In(ids)}");
        await tx.Execute($"DELETE FROM alert_texts WHERE alert_id {tx.Db.In(ids)}");
        return await tx.Execute($"DELETE FROM alerts WHERE id {tx.Db.In(ids)}");
    }
}

/// <summary>The first bytes of what was refused are a payload too.</summary>
sealed class RefusedHeads : IRetain
{
    public string What => "heads of refusals";

    public async Task<int> Remove(Tx tx, DateTimeOffset now, int limit)
    {
        var before = (await RetentionPeriods.Of(tx)).PayloadsFrom(now);
        return await tx.Execute($"UPDATE refusals SET head = '' WHERE id IN (SELECT id FROM refusals WHERE at < {before} AND head <> '' ORDER BY id LIMIT {limit})");
    }
}
