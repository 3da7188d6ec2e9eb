using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Keeps this node's clock with the database's, so that nodes whose machines drift apart still agree on what is due. PostgreSQL alone.</summary>
public sealed class ClockWorker(WorkerContext context, ILogger<ClockWorker> log) : Worker(context, log, TimeSpan.FromSeconds(10), Topics.Clock)
{
    /// <summary>A machine further away than this needs a person: its logs, and everything else on it, are as wrong.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    readonly WorkerContext context = context;

    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        // A test's own clock, and SQLite's machine, follow nobody.
        if (Clock is not DatabaseClock clock) return false;
        var offset = await context.Db.ClockOffset(clock.Machine, ct);
        if (offset.Duration() > Skew && clock.Offset.Duration() <= Skew)
            Log.LogWarning("This machine's clock is {Offset} away from the database's, which all nodes follow; set it right", offset);
        (clock.Offset, context.State.ClockOffset) = (offset, offset);
        return false;
    }
}
