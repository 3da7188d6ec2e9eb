using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Keeps what this node knows of the database up to date: whether it is paused, and how old its backups are. Says that the node is there.</summary>
public sealed class NodeWorker(WorkerContext context, ILogger<NodeWorker> log) : Worker(context, log, TimeSpan.FromSeconds(2), Topics.Settings)
{
    static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(10);

    readonly WorkerContext context = context;
    DateTimeOffset? startedAt;
    DateTimeOffset seenAt;

    // It is this worker that finds out about a resume.
    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var paused = await Settings.Find(context.Db, Settings.State, ct) == "paused";
        if (paused != context.State.Paused)
        {
            context.State.Paused = paused;
            if (paused) Log.LogWarning("The database is paused: nothing is sent and nothing is run until `plantao resume`");
            else Log.LogInformation("The database is running again");
        }

        var now = Clock.GetUtcNow();
        startedAt ??= now;
        if (now - seenAt < SeenEvery && now >= seenAt) return false;
        seenAt = now;
        context.State.BackupMadeAt = await Settings.FindAt(context.Db, Storage.Backup.BackupWorker.MadeAt, ct);
        context.State.BackupProvedAt = await Settings.FindAt(context.Db, Storage.Backup.BackupWorker.ProvedAt, ct);
        await context.Db.Write(tx => tx.Execute($"""
            INSERT INTO nodes (id, started_at, seen_at, version, clock_offset) VALUES ({context.State.Node}, {startedAt}, {now}, {Storage.Backup.Archive.ProgramVersion}, {context.State.ClockOffset})
            ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, clock_offset = excluded.clock_offset
            """), ct);
        return false;
    }
}

/// <summary>A server on this database, as it last said.</summary>
public sealed record NodeSeen(string Id, string Version, DateTimeOffset StartedAt, DateTimeOffset SeenAt)
{
    /// <summary>Those that were there since an instant.</summary>
    public static Task<IReadOnlyList<NodeSeen>> Since(Db db, DateTimeOffset since, CancellationToken ct) =>
        db.Query($"SELECT id, version, started_at, seen_at FROM nodes WHERE seen_at > {since} ORDER BY id", r => new NodeSeen(r.Text(0), r.Text(1), r.At(2), r.At(3)), ct);
}

/// <summary>Logs the journal's head every hour: it leaves the house with the logs, and shows a tail that was cut off later.</summary>
public sealed class JournalHeadWorker(WorkerContext context, Journals journals, ILogger<JournalHeadWorker> log) : Worker(context, log, TimeSpan.FromMinutes(1), "journal-head")
{
    DateTimeOffset? loggedAt;

    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        if (loggedAt is { } last && now - last < TimeSpan.FromHours(1) && now >= last) return false;
        var (position, hash) = await journals.Head(ct);
        loggedAt = now;
        Log.LogInformation("journal head {Head}", Journals.Anchor(position, hash));
        return false;
    }
}

/// <summary>Hears what other nodes commit, from the start to the end of the host. Nothing to do on SQLite.</summary>
sealed class Listening(Db db, TimeProvider clock, ILogger<Listening> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        (db as PostgresDb)?.Listen(clock, log);
        return Task.CompletedTask;
    }

    // It ends with the database, which is closed after all that writes has ended.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
