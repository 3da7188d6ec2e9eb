using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>A loop that claims a small piece of work, does it, and says whether there is more. Any number of nodes may run it at once.</summary>
/// <remarks>
/// It rests until a commit of its topic wakes it, until what is next due, or for <c>longestRest</c>, whichever is first: polling is the truth,
/// a wake-up only spares the wait. A test calls <see cref="Work"/> itself.
/// </remarks>
public abstract class Worker : BackgroundService
{
    /// <summary>What is due and was not taken is held by another node: it is left a moment to finish.</summary>
    static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    /// <summary>How often those who act at stated times look at their table, at the least.</summary>
    public static readonly TimeSpan Often = TimeSpan.FromSeconds(1);

    readonly Wakes.Bell bell;
    readonly Func<bool> paused;

    /// <param name="longestRest">A worker that nobody wakes looks at its table at least this often. 50 ms to 1 h.</param>
    /// <param name="topic">What wakes it.</param>
    protected Worker(WorkerContext context, ILogger log, TimeSpan longestRest, string topic, params string[] more)
    {
        (Clock, Log, LongestRest) = (context.Clock, log, longestRest);
        bell = context.Db.Wakes.On(topic, more);
        paused = () => context.State.Paused;
    }

    protected TimeProvider Clock { get; }

    protected ILogger Log { get; }

    protected TimeSpan LongestRest { get; }

    /// <summary>How long others go first after a piece of work, when there is more of it at once. In real time: it shares this machine, and decides nothing.</summary>
    protected virtual TimeSpan Breath => TimeSpan.Zero;

    /// <summary>Goes on while the database is paused after a restore. Only what touches nothing outside may say so.</summary>
    protected virtual bool RunsWhilePaused => false;

    /// <summary>When the loop last came round, for the health of this node.</summary>
    public DateTimeOffset LastRound { get; private set; }

    /// <summary>Does one small piece.</summary>
    /// <returns>Whether there may be more at once.</returns>
    public abstract Task<bool> Work(CancellationToken ct);

    /// <summary>When the next piece is due; <see langword="null"/> when nothing waits. Asked after each round that found nothing.</summary>
    protected virtual Task<DateTimeOffset?> NextDue(CancellationToken ct) => Task.FromResult<DateTimeOffset?>(null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var rest = LongestRest;
            try
            {
                LastRound = Clock.GetUtcNow();
                if (!paused() || RunsWhilePaused)
                {
                    if (await Work(stoppingToken))
                    {
                        failures = 0;
                        if (Breath is { Ticks: > 0 } breath) await Task.Delay(breath, TimeProvider.System, stoppingToken);
                        continue;
                    }

                    if (await NextDue(stoppingToken) is { } due && due - Clock.GetUtcNow() is var wait && wait < rest)
                        rest = wait > Shortest ? wait : Shortest;
                }

                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The piece stays in its table; the next round takes it up again.
                failures++;
                rest = TimeSpan.FromMilliseconds(Math.Min(5000, 50 << Math.Min(failures, 7)));
                Log.LogError(fault, "{Worker} failed, {Failures} times in a row; what it was at stays where it is and is taken up again in {Rest}", GetType().Name, failures, rest);
            }

            if (rest > TimeSpan.Zero) await bell.Wait(rest, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

/// <summary>What every worker needs.</summary>
public sealed record WorkerContext(Db Db, TimeProvider Clock, NodeState State);

/// <summary>What this node knows of itself and of the database it stands on.</summary>
public sealed class NodeState(string node)
{
    /// <summary>This process, as leases name it.</summary>
    public string Node { get; } = node;

    /// <summary>The database was restored and waits for <c>plantao resume</c>: nothing is sent and nothing is run.</summary>
    public bool Paused { get; set; }

    /// <summary>How this installation is reached from outside, as set up.</summary>
    public string? PublicAddress { get; set; }

    /// <summary>How far this machine's clock is from the database's.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>When the last daily backup was made, by whichever node.</summary>
    public DateTimeOffset? BackupMadeAt { get; set; }

    /// <summary>When one was last proved by a restore.</summary>
    public DateTimeOffset? BackupProvedAt { get; set; }

    /// <summary>What makes the database lose confirmed rows in a power cut; nothing when all is well. For the banner.</summary>
    public IReadOnlyList<string> Weaknesses { get; set; } = [];
}
