using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Home;

/// <summary>What must always hold, and what was found.</summary>
/// <param name="Broken">What breaks it; empty: it holds.</param>
/// <param name="At">When it was looked at.</param>
public sealed record Held(string Holds, IReadOnlyList<string> Broken, DateTimeOffset At);

/// <summary>Looks by itself whether what must always hold does, so that the first screen can say so at once. Each node keeps what it saw.</summary>
/// <remarks>
/// The journal's chain is walked from its first entry: once an hour. The rest is a query each over whole tables: every 10 min. One that takes long is made
/// more seldom, so that looking stays a small part of what a database does (<see cref="Rest"/>).
/// </remarks>
public sealed class SelfTestWorker(WorkerContext context, IEnumerable<ISelfTest> tests, ILogger<SelfTestWorker> log) : Worker(context, log, TimeSpan.FromMinutes(1), "self-test")
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(10), ChainEvery = TimeSpan.FromHours(1), Seldomest = TimeSpan.FromHours(12);

    /// <summary>A test rests this many times as long as it took: half a percent of a node's time.</summary>
    const int Share = 200;

    readonly Lock gate = new();
    readonly Dictionary<ISelfTest, Held> held = [];
    readonly Dictionary<ISelfTest, TimeSpan> took = [];

    /// <summary>What was last seen; nothing until it has looked for the first time.</summary>
    public IReadOnlyList<Held> Last
    {
        get
        {
            lock (gate) return [.. tests.Where(held.ContainsKey).Select(t => held[t])];
        }
    }

    /// <summary>The journal's chain alone.</summary>
    public Held? Chain
    {
        get
        {
            lock (gate) return held.FirstOrDefault(h => h.Key is JournalSelfTest).Value;
        }
    }

    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        await Look(all: false, ct);
        return false;
    }

    /// <summary>Looks at what is due, or at everything.</summary>
    public async Task Look(bool all, CancellationToken ct)
    {
        foreach (var test in tests)
        {
            var now = Clock.GetUtcNow();
            Held? before;
            TimeSpan lasted;
            lock (gate) (before, lasted) = (held.GetValueOrDefault(test), took.GetValueOrDefault(test));
            if (!all && before is not null && now >= before.At && now - before.At < Rest(test is JournalSelfTest ? ChainEvery : Every, lasted)) continue;
            var began = Clock.GetTimestamp();
            var broken = await Ask(test, now, ct);
            lock (gate) took[test] = Clock.GetElapsedTime(began);
            lock (gate) held[test] = new(test.Holds, broken, now);
            if (broken.Count > 0 && before is not { Broken.Count: > 0 }) Log.LogError("Does not hold any more: {Holds} Broken by {Broken}", test.Holds, string.Join(", ", broken));
            if (broken.Count == 0 && before is { Broken.Count: > 0 }) Log.LogInformation("Holds again: {Holds}", test.Holds);
        }
    }

    /// <summary>How long until it is looked at again.</summary>
    internal static TimeSpan Rest(TimeSpan usual, TimeSpan took) => took * Share is var share && share > Seldomest ? Seldomest : share > usual ? share : usual;

    async Task<IReadOnlyList<string>> Ask(ISelfTest test, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            return await test.Broken(now, ct);
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or DatabaseUnavailableException))
        {
            // One that cannot be asked hides no other; it does not count as holding.
            Log.LogError(fault, "A self-test could not be made: {Holds}", test.Holds);
            return ["could not be looked at: " + fault.GetType().Name];
        }
    }
}
