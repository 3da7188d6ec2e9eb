using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Home;

/// <summary>What must always hold, and what was found.</summary>
/// <param name="Broken">What breaks it; empty: it holds.</param>
/// <param name="At">When it was looked at.</param>
public sealed record Held(string Holds, IReadOnlyList<string> Broken, DateTimeOffset At);

/// <summary>Looks by itself whether what must always hold does, so that the first screen can say so at once. Each node keeps what it saw.</summary>
/// <remarks>The journal's chain is walked from its first entry: once an hour. The rest is a query each: every 10 min.</remarks>
public sealed class SelfTestWorker(WorkerContext context, IEnumerable<ISelfTest> tests, ILogger<SelfTestWorker> log) : Worker(context, log, TimeSpan.FromMinutes(1), "self-test")
{
    static readonly TimeSpan Every = TimeSpan.FromMinutes(10), ChainEvery = TimeSpan.FromHours(1);

    readonly Lock gate = new();
    readonly Dictionary<ISelfTest, Held> held = [];

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
            lock (gate) before = held.GetValueOrDefault(test);
            if (!all && before is not null && now >= before.At && now - before.At < (test is JournalSelfTest ? ChainEvery : Every)) continue;
            var broken = await Ask(test, now, ct);
            lock (gate) held[test] = new(test.Holds, broken, now);
            if (broken.Count > 0 && before is not { Broken.Count: > 0 }) Log.LogError("Does not hold any more: {Holds} Broken by {Broken}", test.Holds, string.Join(", ", broken));
            if (broken.Count == 0 && before is { Broken.Count: > 0 }) Log.LogInformation("Holds again: {Holds}", test.Holds);
        }
    }

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
