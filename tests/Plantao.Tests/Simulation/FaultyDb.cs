using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Simulation;

/// <summary>What may go wrong in one transaction.</summary>
public enum DbFault
{
    None,

    /// <summary>Nothing is done.</summary>
    Busy,

    /// <summary>Two nodes met: done, taken back, and done again, as PostgreSQL's serialisation failures are.</summary>
    Conflict,

    /// <summary>It is committed, and who asked is told that it may not be.</summary>
    UnknownCommit,

    /// <summary>The node dies before the commit.</summary>
    CrashBefore,

    /// <summary>The node dies after the commit, before anybody is told.</summary>
    CrashAfter,
}

/// <summary>One node's way to the database that all nodes share. Faults are as the simulation throws them; leases go by its clock.</summary>
/// <remarks>A node that has died never hears of anything again: its calls neither return nor throw, so no <c>catch</c> and no <c>finally</c> of it runs.</remarks>
public sealed class FaultyDb(Db shared, FakeClock clock, Func<DbFault> fault, Action die) : Db
{
    bool dead;

    public override Dialect Dialect => shared.Dialect;

    public override Sql LeaseClock => $"{clock.GetUtcNow()}";

    /// <summary>Faults so far that make a node unsure what was kept.</summary>
    public int Doubts { get; private set; }

    public void Die() => dead = true;

    public override Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read, CancellationToken ct) => dead ? Never<IReadOnlyList<T>>() : shared.Query(sql, read, ct);

    public override async Task<T> Write<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        if (dead) return await Never<T>();
        switch (fault())
        {
            case DbFault.Busy:
                Doubts++;
                throw new DatabaseUnavailableException("Simulated: the database is busy.");
            case DbFault.Conflict:
                try
                {
                    await shared.Write<T>(async tx =>
                    {
                        await work(tx);
                        throw new TakenBack();
                    }, ct);
                }
                catch (TakenBack)
                {
                    // Nothing of it is kept: the next try sees what the other node wrote.
                }

                break;
            case DbFault.UnknownCommit:
                Doubts++;
                await Do(work, ct);
                throw new DatabaseUnavailableException("Simulated: whether it was committed is not known.");
            case DbFault.CrashBefore:
                die();
                return await Never<T>();
            case DbFault.CrashAfter:
                await Do(work, ct);
                die();
                return await Never<T>();
        }

        return await Do(work, ct);
    }

    public override Task<T> Snapshot<T>(Func<Tx, Task<T>> work, CancellationToken ct) => dead ? Never<T>() : shared.Snapshot(work, ct);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async Task<T> Do<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        var result = await shared.Write(work, ct);
        // What this node keeps of definitions is made anew by whatever was committed: a wake-up too many is harmless.
        Wakes.Raise(Topics.Definitions);
        return result;
    }

    internal static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    sealed class TakenBack : Exception;
}
