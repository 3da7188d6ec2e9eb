using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Plantao.Alerts.Intake;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Heartbeats that alert when they stop: each name of an integration has its period and grace, and a row with the time by which it must be heard.</summary>
public sealed class Heartbeats(Db db, SignalStore signals, Redactor redactor)
{
    /// <summary>When an integration says nothing.</summary>
    public static readonly TimeSpan DefaultPeriod = TimeSpan.FromMinutes(5);

    /// <inheritdoc cref="DefaultPeriod"/>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromMinutes(1);

    /// <summary>The dedup key of "this one is silent".</summary>
    static string Key(string name) => name + "/silent";

    /// <summary>A name is the sender's text: what is personal in it is taken out, and a digest keeps two of them apart.</summary>
    string Named(string name) => redactor.Redact(name) is { Count: > 0 } clean ? $"{clean.Text} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4))}" : name;

    /// <summary>It was heard: the time by which it must be heard again moves on, and if it was missing, that is over.</summary>
    public async Task Beat(Tx tx, Integration integration, Reading reading, StoredSignal signal, string correlation)
    {
        var name = Named(reading.DedupKey ?? "default");
        var (period, grace) = (integration.Period ?? DefaultPeriod, integration.Grace ?? DefaultGrace);
        var was = await tx.First($"SELECT missing FROM heartbeats WHERE integration_id = {integration.Id} AND name = {name}", r => (bool?)r.Flag(0));
        await tx.Execute($"""
            INSERT INTO heartbeats (integration_id, name, period, grace, last_at, due_at, missing)
            VALUES ({integration.Id}, {name}, {period}, {grace}, {signal.ReceivedAt}, {signal.ReceivedAt + period + grace}, 0)
            ON CONFLICT (integration_id, name) DO UPDATE SET period = excluded.period, grace = excluded.grace, last_at = excluded.last_at, due_at = excluded.due_at, missing = 0
            """);
        if (was == true)
            await signals.Keep(tx, integration.Id, Formats.Own, signal.ReceivedAt, correlation, null, OwnSignal.Write(new Reading(ReadingKind.Resolved, Key(name), AlertTexts.Say(await Organisation.Language(tx), "own.back", name), SourceAt: signal.ReceivedAt)));
        tx.Wake(Topics.Heartbeats);
    }

    /// <summary>Raises a signal for each that was not heard in time.</summary>
    /// <returns>How many.</returns>
    internal Task<int> Missing(DateTimeOffset now, CancellationToken ct) => db.Write(async tx =>
    {
        var late = await tx.Query($"SELECT integration_id, name, last_at, period FROM heartbeats WHERE due_at <= {now} ORDER BY due_at LIMIT 100 {db.SkipLocked}", r => (Integration: r.Text(0), Name: r.Text(1), LastAt: r.AtOrNull(2), Period: r.Span(3)));
        var language = late.Count > 0 ? await Organisation.Language(tx) : "en";
        foreach (var (integration, name, lastAt, period) in late)
        {
            await tx.Execute($"UPDATE heartbeats SET due_at = NULL, missing = 1 WHERE integration_id = {integration} AND name = {name}");
            var text = lastAt is { } at ? AlertTexts.Say(language, "own.silent.text", at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), period.ToString()) : AlertTexts.Say(language, "own.silent.never", period.ToString());
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = "HeartbeatSilent", ["heartbeat"] = name };
            await signals.Keep(tx, integration, Formats.Own, now, Ids.New("cor", now), null, OwnSignal.Write(new Reading(ReadingKind.Firing, Key(name), AlertTexts.Say(language, "own.silent", name), text, "critical", labels, SourceAt: now)));
        }

        return late.Count;
    }, ct);

    internal Task<DateTimeOffset?> NextDue(CancellationToken ct) => db.First($"SELECT min(due_at) FROM heartbeats WHERE due_at IS NOT NULL", r => r.AtOrNull(0), ct);

    public Task<IReadOnlyList<(string Name, DateTimeOffset? LastAt, DateTimeOffset? DueAt, bool Missing)>> Of(string integration, CancellationToken ct) =>
        db.Query($"SELECT name, last_at, due_at, missing FROM heartbeats WHERE integration_id = {integration} ORDER BY name LIMIT 1000", r => (r.Text(0), r.AtOrNull(1), r.AtOrNull(2), r.Flag(3)), ct);
}

/// <summary>Notices silence.</summary>
public sealed class HeartbeatWorker(WorkerContext context, Heartbeats heartbeats, ILogger<HeartbeatWorker> log) : Worker(context, log, TimeSpan.FromSeconds(5), Topics.Heartbeats)
{
    public override async Task<bool> Work(CancellationToken ct) => await heartbeats.Missing(Clock.GetUtcNow(), ct) > 0;

    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => heartbeats.NextDue(ct);
}
