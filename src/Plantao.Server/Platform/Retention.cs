using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>What a room keeps for a time only. Nothing that is open is removed.</summary>
public interface IRetain
{
    /// <summary>Names it in logs and metrics: <c>idempotency keys</c>.</summary>
    string What { get; }

    /// <summary>Removes what has been kept long enough, the oldest first.</summary>
    /// <param name="limit">So many rows at most: a batch is one short transaction.</param>
    /// <returns>How many were removed; as many as the limit means that there may be more.</returns>
    Task<int> Remove(Tx tx, DateTimeOffset now, int limit);
}

/// <summary>Removes hourly, in small batches, what the rooms no longer keep. Of several nodes one does it, by lease.</summary>
public sealed class RetentionWorker(WorkerContext context, Leases leases, IEnumerable<IRetain> rooms, System.Diagnostics.Metrics.Meter meter, ILogger<RetentionWorker> log)
    : Worker(context, log, TimeSpan.FromMinutes(5), "retention")
{
    const int Batch = 500;

    static readonly TimeSpan Held = TimeSpan.FromMinutes(2);

    readonly System.Diagnostics.Metrics.Counter<long> removed = meter.CreateCounter<long>("plantao.retention.removed", null, "Rows removed because they had been kept long enough");
    readonly Db db = context.Db;
    readonly IReadOnlyList<IRetain> rooms = [.. rooms];
    DateTimeOffset? doneAt;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        if (doneAt is { } last && now - last < TimeSpan.FromHours(1) && now >= last) return false;
        if (await leases.Claim("retention", Held, ct) is not { } lease) return false;
        try
        {
            foreach (var room in rooms)
            {
                try
                {
                    if (!await Clear(room, lease, now, ct)) return false;
                }
                catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
                {
                    // One room's fault does not make the others keep theirs for ever.
                    Log.LogError(fault, "Could not remove {What} that were kept long enough; they stay, and it is tried again in 1 h", room.What);
                }
            }

            doneAt = now;
        }
        finally
        {
            await leases.Release(lease, CancellationToken.None);
        }

        return false;
    }

    /// <returns>Whether the lease still held to the end.</returns>
    async Task<bool> Clear(IRetain room, Lease lease, DateTimeOffset now, CancellationToken ct)
    {
        while (await leases.Renew(lease, Held, ct))
        {
            var count = await db.Write(tx => room.Remove(tx, now, Batch), ct);
            if (count > 0) removed.Add(count, KeyValuePair.Create<string, object?>("what", room.What));
            if (count < Batch) return true;
        }

        return false;
    }
}
