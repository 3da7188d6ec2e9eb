using System.Diagnostics.CodeAnalysis;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>What integrations were refused for being too many, counted until it is written: a flood must not cost a write each (failures.md D7).</summary>
/// <remarks>In memory of this node. What a killed server had not written yet, at most a second of refusals, was answered 429 all the same; its senders have it.</remarks>
public sealed class Floods
{
    readonly Lock gate = new();
    readonly Dictionary<string, (Refused First, long Count)> waiting = new(StringComparer.Ordinal);

    /// <param name="first">Describes it: asked for the first of each writing alone, the others are only counted.</param>
    public void Count(string integrationId, Func<Refused> first)
    {
        lock (gate) waiting[integrationId] = waiting.TryGetValue(integrationId, out var flood) ? (flood.First, flood.Count + 1) : (first(), 1);
    }

    /// <summary>What is to be written now.</summary>
    internal IReadOnlyList<(Refused First, long Count)> Waiting()
    {
        lock (gate) return [.. waiting.Values];
    }

    /// <summary>So many are on disk. What came meanwhile stays.</summary>
    internal void Written(IReadOnlyList<(Refused First, long Count)> floods)
    {
        lock (gate)
        {
            foreach (var (first, count) in floods)
            {
                var left = waiting[first.IntegrationId].Count - count;
                if (left == 0) waiting.Remove(first.IntegrationId);
                else waiting[first.IntegrationId] = (first, left);
            }
        }
    }
}

/// <summary>Writes floods down: one row for each integration and five minutes, and its owner told with it.</summary>
public sealed class FloodWorker(WorkerContext context, Floods floods, IntakeDesk desk, ILogger<FloodWorker> log) : Worker(context, log, TimeSpan.FromSeconds(1), "floods")
{
    readonly Db db = context.Db;

    // It tells nobody outside: what it raises waits like everything else.
    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var some = floods.Waiting();
        if (some.Count == 0) return false;
        await db.Write(async tx =>
        {
            foreach (var (first, count) in some)
                if (await SignalStore.Flooded(tx, first, count)) await desk.TellOwner(tx, first, limited: true);
        }, ct);
        floods.Written(some);
        return true;
    }

    [SuppressMessage("Reliability", "CA2016", Justification = "The host's patience is for what runs; what was counted is written in any case.")]
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Work(CancellationToken.None);
    }
}
