using System.Text;
using Plantao.Alerts.Intake;
using Plantao.Escalations;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>Makes what decides in one transaction.</summary>
/// <remarks>Definitions are kept in memory until one changes; on another node that is heard, or noticed within a second.</remarks>
public sealed class DecidingFactory
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    readonly Climbs climbs;
    readonly Redactor redactor;
    readonly Db db;
    readonly TimeProvider clock;
    Definitions? kept;

    public DecidingFactory(Climbs climbs, Redactor redactor, Db db, TimeProvider clock)
    {
        (this.climbs, this.redactor, this.db, this.clock) = (climbs, redactor, db, clock);
        db.Changed(Topics.Definitions, () => kept = null);
    }

    /// <summary>For one transaction: definitions as kept, and what is quiet now as the transaction sees it.</summary>
    public async Task<Deciding> In(Tx tx)
    {
        var now = clock.GetUtcNow();
        var definitions = kept is { } known && clock.GetElapsedTime(known.ReadAt) < Fresh ? known : kept = await Read(tx);
        return new Deciding(tx, climbs, redactor, new Surroundings(definitions.Routes, definitions.Services, definitions.Severities, await QuietStore.Active(tx, now)), now);
    }

    /// <summary>All integrations, removed ones too: their stored signals are still decided.</summary>
    public async Task<IReadOnlyList<Integration>> Integrations(CancellationToken ct) =>
        kept is { } known && clock.GetElapsedTime(known.ReadAt) < Fresh ? known.Integrations : await IntegrationStore.Everything(db, ct);

    async Task<Definitions> Read(Tx tx) => new(
        await RouteStore.All(tx), (await ServiceStore.All(tx)).ToDictionary(s => s.Name, StringComparer.Ordinal), await SeverityStore.All(tx), await IntegrationStore.All(tx), clock.GetTimestamp());

    sealed record Definitions(IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, Service> Services, SeverityScales Severities, IReadOnlyList<Integration> Integrations, long ReadAt);
}

/// <summary>Decides, in the order in which they were committed, what stored signals lead to: alerts, groups, climbs.</summary>
/// <remarks>
/// The transaction moves the cursor together with all effects, so each signal is decided once; one node at a time does it, any may.
/// When deciding throws, the signal is set aside, tried again with backoff, and pages from its raw text meanwhile (design §3 rule 1).
/// </remarks>
public sealed class DecideWorker(WorkerContext context, SignalStore signals, DecidingFactory factory, Heartbeats heartbeats, Redactor redactor, ILogger<DecideWorker> log)
    : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Signals)
{
    /// <summary>Signals of one transaction. Few, since on SQLite intake shares its writer: with 256 every sender waited for the decider, and intake fell to a third.</summary>
    public const int Most = 64;

    readonly Db db = context.Db;

    public override async Task<bool> Work(CancellationToken ct)
    {
        int decided;
        try
        {
            decided = await Decide(Most, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
        {
            Log.LogError(fault, "Deciding a batch of signals failed; each is decided alone");
            return await OneByOne(ct);
        }

        if (decided > 0) FailPoint.Hit(FailPoint.DecideAfterCommit);
        return decided > 0 || await DeadLetters(ct);
    }

    protected override async Task<DateTimeOffset?> NextDue(CancellationToken ct) => await NextRetry(ct);

    Task<DateTimeOffset?> NextRetry(CancellationToken ct) => db.First($"SELECT min(due_at) FROM dead_letters WHERE due_at IS NOT NULL", r => r.AtOrNull(0), ct);

    /// <summary>Reads and parses outside the transaction, so that the writer is held only for what must be decided there: the cursor tells whether another node was first.</summary>
    async Task<int> Decide(int most, CancellationToken ct)
    {
        var cursor = await signals.Cursor(ct);
        var batch = await signals.After(cursor, most, ct);
        if (batch.Count == 0) return 0;
        var integrations = (await factory.Integrations(ct)).ToDictionary(i => i.Id, StringComparer.Ordinal);
        var read = new List<(StoredSignal Signal, Integration Integration, Taken Taken, Exception? Fault)>(batch.Count);
        foreach (var signal in batch)
        {
            var integration = integrations.GetValueOrDefault(signal.IntegrationId) ?? OwnIntegration.Of(signal.IntegrationId);
            try
            {
                var (envelope, body) = signals.Open(signal);
                read.Add((signal, integration, Formats.Take(signal.Format, integration, envelope, body.Span, signal.ReceivedAt), null));
            }
            catch (Exception fault)
            {
                // It could be read when it came in, and cannot be now: a person must see it all the same.
                read.Add((signal, integration, Raw(signal), fault));
            }
        }

        return await db.Write(async tx =>
        {
            if (await SignalStore.Cursor(tx) is not { } now || now != cursor) return 0;
            var deciding = await factory.In(tx);
            await deciding.Load([.. read.SelectMany(r => r.Taken.Readings.Select(reading => (r.Integration.Id, reading)))]);
            foreach (var (signal, integration, taken, fault) in read)
            {
                if (fault is not null) await SetAside(tx, signal, fault);
                await One(tx, deciding, signal, integration, taken);
            }

            await deciding.Save();
            await SignalStore.MoveCursor(tx, batch[^1].Id);
            FailPoint.Hit(FailPoint.DecideBeforeCommit);
            return batch.Count;
        }, ct);
    }

    async Task One(Tx tx, Deciding deciding, StoredSignal signal, Integration integration, Taken taken)
    {
        foreach (var reading in taken.Readings)
        {
            await deciding.Apply(integration, reading, signal.Id, signal.ReceivedAt, signal.Correlation);
            if (reading.Kind is ReadingKind.Heartbeat) await heartbeats.Beat(tx, integration, reading, signal, signal.Correlation);
        }

        if (taken.ResolvesGroup is { } group) await deciding.ResolveGroup(integration, group, signal.Id, signal.ReceivedAt, signal.Correlation);
    }

    /// <summary>A signal that throws while it is applied: alone, so that what fails is known.</summary>
    async Task<bool> OneByOne(CancellationToken ct)
    {
        for (var i = 0; i < Most; i++)
        {
            try
            {
                if (await Decide(1, ct) == 0) return false;
            }
            catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
            {
                await db.Write(async tx =>
                {
                    if (await SignalStore.Cursor(tx) is not { } cursor || await SignalStore.After(tx, cursor, 1) is not [var bad]) return;
                    await SetAside(tx, bad, fault);
                    var deciding = await factory.In(tx);
                    var raw = Raw(bad);
                    var integration = OwnIntegration.Of(bad.IntegrationId);
                    await deciding.Load([.. raw.Readings.Select(r => (integration.Id, r))]);
                    await One(tx, deciding, bad, integration, raw);
                    await deciding.Save();
                    await SignalStore.MoveCursor(tx, bad.Id);
                }, ct);
            }
        }

        return true;
    }

    /// <summary>Tries again what was set aside; its raw alert is resolved when it works.</summary>
    async Task<bool> DeadLetters(CancellationToken ct) => await NextRetry(ct) is { } due && due <= Clock.GetUtcNow() && await db.Write(async tx =>
    {
        var now = Clock.GetUtcNow();
        var letters = await SignalStore.DeadLettersDue(tx, now);
        foreach (var id in letters)
        {
            if (await SignalStore.Find(tx, id) is not { } signal)
            {
                await SignalStore.Bury(tx, id);
                continue;
            }

            var integration = (await IntegrationStore.All(tx)).FirstOrDefault(i => i.Id == signal.IntegrationId) ?? OwnIntegration.Of(signal.IntegrationId);
            try
            {
                var (envelope, body) = signals.Open(signal);
                var taken = Formats.Take(signal.Format, integration, envelope, body.Span, signal.ReceivedAt);
                var deciding = await factory.In(tx);
                var over = new Reading(ReadingKind.Resolved, RawKey(signal.Id), "");
                await deciding.Load([.. taken.Readings.Append(over).Select(r => (integration.Id, r))]);
                await One(tx, deciding, signal, integration, taken);
                await deciding.Apply(integration, over, signal.Id, now, signal.Correlation);
                await deciding.Save();
                await SignalStore.Bury(tx, id);
            }
            catch (Exception fault) when (fault is not DatabaseUnavailableException)
            {
                await SetAside(tx, signal, fault);
            }
        }

        return letters.Count > 0;
    }, ct);

    async Task SetAside(Tx tx, StoredSignal signal, Exception fault)
    {
        var now = Clock.GetUtcNow();
        Log.LogError(fault, "Signal {Signal} could not be decided; it is kept, set aside and pages from its raw text", signal.Id);
        await SignalStore.SetAside(tx, signal.Id, fault.GetType().Name + ": " + redactor.Redact(fault.Message).Text, now);
        await SignalStore.Insert(tx, [new NewOutcome(signal.Id, null, Outcome.SetAside, now)]);
        await tx.Journal(Entry.Of("signal.set-aside", "sig_" + signal.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), "plantao", now, signal.Correlation, new { error = fault.GetType().Name }));
    }

    /// <summary>A minimal page from the raw text (failures.md D9).</summary>
    Taken Raw(StoredSignal signal)
    {
        string text;
        try
        {
            var (_, body) = signals.Open(signal);
            text = redactor.Redact(Platform.Text.TextNormaliser.Lines(Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 2000)]), 2000) ?? "").Text;
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            text = "Its text cannot be opened.";
        }

        return new Taken([new Reading(ReadingKind.Firing, RawKey(signal.Id), $"A signal in the format {signal.Format} could not be understood", text, "critical")], new IntakeAnswer(202, null, default));
    }

    static string RawKey(long signal) => "signal " + signal.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Stands for an integration that is gone, and for what Plantão raises about itself.</summary>
public static class OwnIntegration
{
    /// <summary>The id under which Plantão raises alerts about itself.</summary>
    public const string Id = "plantao";

    /// <summary>Under which a person raises alerts on a service.</summary>
    public static string ForService(string service) => "service:" + service;

    public static Integration Of(string id) => id.StartsWith("service:", StringComparison.Ordinal) ? new(id, "by-hand", "Raised by hand", id[8..], null, Formats.Own) : new(id, id == Id ? "plantao" : "removed", id == Id ? "Plantão itself" : "A removed integration", null, null, Formats.Own);
}
