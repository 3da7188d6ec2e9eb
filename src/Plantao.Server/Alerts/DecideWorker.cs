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
    readonly TimeProvider clock;
    Kept? kept;
    int changes;

    public DecidingFactory(Climbs climbs, Redactor redactor, Db db, TimeProvider clock)
    {
        (this.climbs, this.redactor, this.clock) = (climbs, redactor, clock);
        db.Changed(Topics.Definitions, () => Interlocked.Increment(ref changes));
    }

    public async Task<Deciding> In(Tx tx) => In(tx, await Surroundings(tx, clock.GetUtcNow()));

    public Deciding In(Tx tx, Surroundings around) => new(tx, climbs, redactor, around, clock.GetUtcNow());

    /// <summary>Definitions as kept, and what is quiet now as the transaction sees it.</summary>
    public async Task<Surroundings> Surroundings(Tx tx, DateTimeOffset now)
    {
        var quiet = await QuietStore.Active(tx, now);
        var (at, seen) = (clock.GetTimestamp(), Volatile.Read(ref changes));
        if (kept is { } known && known.Changes == seen && clock.GetElapsedTime(known.ReadAt, at) < Fresh) return known.Around with { Quiet = quiet };
        var around = new Surroundings(
            await RouteStore.All(tx),
            (await ServiceStore.All(tx)).ToDictionary(s => s.Name, StringComparer.Ordinal),
            (await IntegrationStore.All(tx)).ToDictionary(i => i.Id, StringComparer.Ordinal),
            await SeverityStore.All(tx),
            quiet);
        kept = new Kept(around, at, seen);
        return around;
    }

    /// <summary>As old as the beginning of its reading; what changed since then is read again.</summary>
    sealed record Kept(Surroundings Around, long ReadAt, int Changes);
}

/// <summary>Decides, in the order in which they were committed, what stored signals lead to: alerts, groups, climbs.</summary>
/// <remarks>
/// The transaction moves the cursor together with all effects, so each signal is decided once; one node at a time does it, any may.
/// When deciding throws, the signal is set aside, tried again with backoff, and pages from its raw text meanwhile (design §3 rule 1).
/// </remarks>
public sealed class DecideWorker(WorkerContext context, SignalStore signals, IntegrationDirectory directory, DecidingFactory factory, Heartbeats heartbeats, Redactor redactor, ILogger<DecideWorker> log)
    : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Signals)
{
    /// <summary>Signals of one transaction at the most.</summary>
    public const int Most = 256;

    /// <summary>So many at once are a stream, and are paced: fewer are decided as they come. What a transaction costs by itself is shared by these.</summary>
    const int Least = 32;

    /// <summary>How long one transaction may hold SQLite's writer while signals come in: every sender waits for it.</summary>
    static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(3);

    /// <summary>And while none come in.</summary>
    static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(15);

    /// <summary>Signals that follow each other faster are one sender who waits for each answer: they are gathered, so that it does not wait for the decision of its last one each time.</summary>
    static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(3);

    readonly Db db = context.Db;
    int size = Most;
    long decidedAt;
    long newest;
    long pacedAt;
    DateTimeOffset? retryAt;
    TimeSpan breath;

    protected override TimeSpan Breath => breath;

    public override async Task<bool> Work(CancellationToken ct)
    {
        int decided;
        try
        {
            decided = await Decide(size, step: true, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
        {
            Log.LogError(fault, "Deciding a batch of signals failed; each is decided alone");
            return await OneByOne(ct);
        }

        if (decided > 0) FailPoint.Hit(FailPoint.DecideAfterCommit);
        return decided > 0 || (retryAt <= Clock.GetUtcNow() && await DeadLetter(ct));
    }

    // Read with the signals, of which there were none.
    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => Task.FromResult(retryAt);

    /// <summary>Reads and opens outside the transaction, so that the writer is held only for what must be decided there: the cursor tells whether another node was first.</summary>
    /// <param name="step">Whether climbs that start take their first step with it.</param>
    async Task<int> Decide(int most, bool step, CancellationToken ct)
    {
        (var from, var batch, retryAt) = await signals.Next(most, ct);
        if (batch.Count == 0) return 0;
        var readings = await Read(batch, ct);
        var began = 0L;
        var held = TimeSpan.Zero;
        // Nothing of it has left the house: a claim that sends is synced, and this before it. What a power cut takes is decided again from its signals.
        var decided = await db.WriteUnsynced(async tx =>
        {
            if (await SignalStore.Cursor(tx) is not { } cursor || cursor != from) return 0;
            began = System.Diagnostics.Stopwatch.GetTimestamp();
            var around = await factory.Surroundings(tx, Clock.GetUtcNow());
            var deciding = factory.In(tx, around);
            await All(tx, deciding, around, readings);
            await deciding.Save(step);
            await SignalStore.MoveCursor(tx, batch[^1].Id);
            FailPoint.Hit(FailPoint.DecideBeforeCommit);
            held = System.Diagnostics.Stopwatch.GetElapsedTime(began);
            return batch.Count;
        }, ct);
        var soon = System.Diagnostics.Stopwatch.GetElapsedTime(decidedAt) < Gather;
        decidedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        breath = decided > 1 || soon ? Gather : TimeSpan.Zero;
        if (decided >= Least) await Pace(held, System.Diagnostics.Stopwatch.GetElapsedTime(began), decided, decided == most, ct);
        return decided;
    }

    /// <summary>What the messages say: read beside the writer, and not while it is held.</summary>
    /// <returns>Without readings where that needs the transaction: its integration is gone, or it cannot be read any more.</returns>
    async Task<IReadOnlyList<(StoredSignal Signal, Taken? Taken)>> Read(IReadOnlyList<StoredSignal> batch, CancellationToken ct)
    {
        var readings = new List<(StoredSignal, Taken?)>(batch.Count);
        foreach (var signal in batch)
            readings.Add((signal, await directory.ById(signal.IntegrationId, ct) is { } integration ? TryRead(signal, integration).Taken : null));
        return readings;
    }

    (Taken? Taken, Exception? Fault) TryRead(StoredSignal signal, Integration integration)
    {
        try
        {
            var (envelope, body) = signals.Open(signal);
            return (Formats.Take(signal.Format, integration, envelope, body.Span, signal.ReceivedAt), null);
        }
        catch (Exception fault)
        {
            // It could be read when it came in, and cannot be now: whoever asks sets it aside.
            return (null, fault);
        }
    }

    /// <summary>In a stream: as many at a time as fit into the time for which the writer may be held, and senders in between.</summary>
    /// <param name="held">How long the writer was held for it.</param>
    /// <param name="all">How long until that was on disk too.</param>
    /// <param name="more">It was a full batch: more waits.</param>
    async Task Pace(TimeSpan held, TimeSpan all, int decided, bool more, CancellationToken ct)
    {
        var (last, now) = (await signals.Newest(ct), System.Diagnostics.Stopwatch.GetTimestamp());
        var came = last - newest;
        breath = Pacing.Breath(came, System.Diagnostics.Stopwatch.GetElapsedTime(pacedAt, now), decided, more, all);
        (newest, pacedAt) = (last, now);
        if (db.Dialect is Dialect.Sqlite) size = (int)Math.Clamp((came > 0 ? Busy : Calm) / (held / decided), Least, Most);
    }

    async Task All(Tx tx, Deciding deciding, Surroundings around, IReadOnlyList<(StoredSignal Signal, Taken? Taken)> readings)
    {
        var read = new List<(StoredSignal Signal, Integration Integration, Taken Taken)>(readings.Count);
        foreach (var (signal, before) in readings)
        {
            var integration = around.Integration(signal.IntegrationId);
            var (taken, fault) = before is null ? TryRead(signal, integration) : (before, null);
            // A person must see it all the same.
            if (fault is not null) await SetAside(tx, signal, fault);
            read.Add((signal, integration, taken ?? Raw(signal)));
        }

        await deciding.Load([.. read.SelectMany(r => r.Taken.Readings.Select(reading => (r.Integration.Id, reading)))]);
        foreach (var (signal, integration, taken) in read) await One(tx, deciding, signal, integration, taken);
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
                if (await Decide(1, step: false, ct) == 0) return i > 0;
            }
            catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
            {
                await db.Write(async tx =>
                {
                    if (await SignalStore.Cursor(tx) is not { } cursor || await SignalStore.After(tx, cursor, 1) is not [var bad]) return;
                    await SetAside(tx, bad, fault);
                    var around = await factory.Surroundings(tx, Clock.GetUtcNow());
                    var deciding = factory.In(tx, around);
                    var raw = Raw(bad);
                    var integration = around.Integration(bad.IntegrationId);
                    await deciding.Load([.. raw.Readings.Select(r => (integration.Id, r))]);
                    await One(tx, deciding, bad, integration, raw);
                    await deciding.Save(step: false);
                    await SignalStore.MoveCursor(tx, bad.Id);
                }, ct);
            }
        }

        return true;
    }

    /// <summary>Tries again what was set aside, one in each transaction; its raw alert is resolved when it works.</summary>
    /// <returns>Whether one was due.</returns>
    async Task<bool> DeadLetter(CancellationToken ct)
    {
        long? tried = null;
        try
        {
            return await db.Write(async tx =>
            {
                tried = null;
                // Under the cursor's lock: two that decide at once could open one condition twice.
                if (await SignalStore.Cursor(tx) is null || await SignalStore.DeadLetterDue(tx, Clock.GetUtcNow()) is not { } id) return false;
                tried = id;
                if (await SignalStore.Find(tx, id) is { } signal) await Again(tx, signal);
                await SignalStore.Bury(tx, id);
                return true;
            }, ct);
        }
        catch (Exception fault) when (tried is not null && fault is not OperationCanceledException and not DatabaseUnavailableException)
        {
            // What the try had written is gone with its transaction; that it failed is kept by another.
            await db.Write(async tx =>
            {
                if (await SignalStore.Find(tx, tried.Value) is { } signal) await SetAside(tx, signal, fault);
            }, ct);
            return true;
        }
    }

    async Task Again(Tx tx, StoredSignal signal)
    {
        var now = Clock.GetUtcNow();
        var around = await factory.Surroundings(tx, now);
        var integration = around.Integration(signal.IntegrationId);
        var (envelope, body) = signals.Open(signal);
        var taken = Formats.Take(signal.Format, integration, envelope, body.Span, signal.ReceivedAt);
        var deciding = factory.In(tx, around);
        var over = new Reading(ReadingKind.Resolved, RawKey(signal.Id), "");
        await deciding.Load([.. taken.Readings.Append(over).Select(r => (integration.Id, r))]);
        await One(tx, deciding, signal, integration, taken);
        await deciding.Apply(integration, over, signal.Id, now, signal.Correlation);
        await deciding.Save();
    }

    async Task SetAside(Tx tx, StoredSignal signal, Exception fault)
    {
        var now = Clock.GetUtcNow();
        Log.LogError(fault, "Signal {Signal} could not be decided; it is kept, set aside and pages from its raw text", signal.Id);
        await SignalStore.SetAside(tx, signal.Id, fault.GetType().Name + ": " + fault.Message, now);
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
        catch (Exception fault)
        {
            // Cut short, sealed with another key, not ours at all: the page goes out whatever is wrong with its text.
            Log.LogError(fault, "The text of signal {Signal} cannot be opened", signal.Id);
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

    const string ByHand = "service:";

    /// <summary>Under which a person raises alerts on a service.</summary>
    public static string ForService(string service) => ByHand + service;

    /// <summary>Whether a person raised it, not a tool.</summary>
    public static bool IsByHand(string id) => id.StartsWith(ByHand, StringComparison.Ordinal);

    public static Integration Of(string id) => IsByHand(id) ? new(id, "by-hand", "Raised by hand", id[8..], null, Formats.Own) : new(id, id == Id ? "plantao" : "removed", id == Id ? "Plantão itself" : "A removed integration", null, null, Formats.Own);
}
