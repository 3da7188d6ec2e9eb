using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>A room's timers that count from an event (a wait, a backoff, a period), to be moved when the clock is set at a start. Times of day and stated ends are not moved.</summary>
/// <param name="Move">The statement that makes each later by so much; below zero: earlier.</param>
public sealed record WaitingTimers(Func<TimeSpan, Sql> Move);

/// <summary>Takes the wall clock's time at a start, where an earlier server's went another way: what waits keeps the wait that it had left (failures.md C1).</summary>
/// <remarks>SQLite alone, before any worker runs: on PostgreSQL other nodes may be at work, and the database's clock stands for all.</remarks>
public static class SetTimers
{
    /// <summary>Less than this is made up while it runs.</summary>
    public static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(2);

    /// <returns>By how much the clock was set; zero when there was nothing to set.</returns>
    public static async Task<TimeSpan> ToTheWall(Db db, SteadyClock clock, IEnumerable<WaitingTimers> timers, CancellationToken ct)
    {
        var by = -clock.Offset;
        if (by.Duration() <= Tolerated) return TimeSpan.Zero;
        clock.Move(by);
        var now = clock.GetUtcNow();
        await db.Write(async tx =>
        {
            foreach (var some in timers) await tx.Execute(some.Move(by));
            // In the same transaction: a start that is cut off has moved all of them or none, and is not repeated.
            await new KeptTime(now, clock.Up, MachineTime.Boot).Keep(tx);
            await tx.Journal(Entry.Of("clock.set", "clock", "plantao", now, Ids.New("clk", now), new { seconds = Math.Round(by.TotalSeconds, 3) }));
        }, ct);
        return by;
    }
}
