using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Keeps this node's clock right: on PostgreSQL with the database's, so that nodes whose machines drift apart still agree on what is due; on SQLite steady, and written down for the next start.</summary>
public sealed class ClockWorker(WorkerContext context, ILogger<ClockWorker> log) : Worker(context, log, TimeSpan.FromSeconds(5), Topics.Clock)
{
    /// <summary>A machine further away than this needs a person: its logs, and everything else on it, are as wrong.</summary>
    static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    readonly WorkerContext context = context;

    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        // A test's own clock follows nobody.
        if (Clock is not SteadyClock clock) return false;
        if (context.Db.Dialect is Dialect.Postgres)
        {
            clock.Move(await context.Db.ClockOffset(clock, ct));
            if (Jumped(clock.Offset)) Log.LogWarning("This machine's clock is {Offset} away from the database's, which all nodes follow; set it right", clock.Offset);
            return false;
        }

        clock.FollowTheWall();
        if (Jumped(clock.Offset))
            Log.LogWarning("This machine's clock was set while the server ran: it is {Offset} away from the time that really passed. No timer moves with it. See that it is right, and restart the server, which then takes it", clock.Offset);
        await context.Db.Write(tx => new KeptTime(clock.GetUtcNow(), clock.Up, MachineTime.Boot).Keep(tx), ct);
        return false;
    }

    /// <summary>Keeps it for all to see.</summary>
    /// <returns>Whether it is to be said: once at each jump, not at every look.</returns>
    bool Jumped(TimeSpan offset)
    {
        var was = context.State.ClockOffset;
        context.State.ClockOffset = offset;
        return offset.Duration() > Skew && (offset - was).Duration() > Skew;
    }
}
