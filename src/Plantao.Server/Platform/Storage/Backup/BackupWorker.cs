
namespace Plantao.Platform.Storage.Backup;

/// <summary>Makes a backup daily into <c>backups</c> of the data folder, keeps 7 daily and 4 weekly ones, and proves the newest weekly by restoring it.</summary>
/// <remarks>
/// Of several nodes one does it, by lease; the files lie on that node. What fails is logged, kept in the settings for <c>plantao doctor</c>,
/// and tried again after an hour.
/// </remarks>
public sealed class BackupWorker(WorkerContext context, Leases leases, ServeOptions options, ILogger<BackupWorker> log)
    : Worker(context, log, TimeSpan.FromMinutes(10), "backups")
{
    internal const string MadeAt = "backup.made_at";
    internal const string MadeFile = "backup.made_file";
    internal const string ProvedAt = "backup.proved_at";
    internal const string Problem = "backup.problem";

    /// <summary>A new database has one after its first hour: before that there is nothing yet to lose.</summary>
    static readonly TimeSpan First = TimeSpan.FromHours(1);

    /// <summary>A large database takes a while; it is renewed for the proof.</summary>
    static readonly TimeSpan Held = TimeSpan.FromHours(1);

    readonly Db db = context.Db;
    DateTimeOffset notBefore;

    string Folder => Path.Combine(options.DataFolder, "backups");

    public override async Task<bool> Work(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        if (now < notBefore) return false;
        notBefore = now + TimeSpan.FromMinutes(10);
        var (backup, proof) = await Due(now, ct);
        if (!backup && !proof) return false;
        if (await leases.Claim("backup", Held, ct) is not { } lease) return false;
        try
        {
            // Another node may have done it between the look and the claim.
            (backup, proof) = await Due(now, ct);
            if (backup) await Make(now, ct);
            if (proof && await leases.Renew(lease, Held, ct)) await Prove(now, ct);
            await db.Write(tx => Settings.Forget(tx, Problem), ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            notBefore = now + TimeSpan.FromHours(1);
            Log.LogError(fault, "The backup could not be made or proved; the ones before are kept, and it is tried again in 1 h");
            await db.Write(tx => Settings.Keep(tx, Problem, fault.Message), ct);
        }
        finally
        {
            await leases.Release(lease, CancellationToken.None);
        }

        return false;
    }

    async Task<(bool Backup, bool Proof)> Due(DateTimeOffset now, CancellationToken ct)
    {
        var made = await Settings.FindAt(db, MadeAt, ct);
        var proved = await Settings.FindAt(db, ProvedAt, ct);
        var begun = await db.First($"SELECT min(applied_at) FROM schema_migrations", r => r.At(0), ct);
        var backup = now >= (made is { } at ? at + BackupCalendar.Every : begun + First);
        return (backup, (backup || made is not null) && (proved is null || now >= proved + BackupCalendar.ProveEvery));
    }

    async Task Make(DateTimeOffset now, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows()) folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        // What a crash left behind.
        foreach (var left in folder.EnumerateFiles("plantao-*.partial")) left.Delete();
        var file = Path.Combine(Folder, BackupCalendar.Name(now));
        var manifest = await Archive.Write(db, file, now, ct);
        await db.Write(async tx =>
        {
            await Settings.Keep(tx, MadeAt, now);
            await Settings.Keep(tx, MadeFile, file);
        }, ct);
        Log.LogInformation("Backup {File}: {Rows} rows, journal head {Head}, key {Fingerprint}", file, manifest.Rows, manifest.Head, manifest.KeyFingerprint);
        var made = folder.EnumerateFiles("plantao-*.zip").Select(f => BackupCalendar.MadeAt(f.Name)).OfType<DateTimeOffset>().ToList();
        foreach (var at in BackupCalendar.Superfluous(made)) File.Delete(Path.Combine(Folder, BackupCalendar.Name(at)));
    }

    async Task Prove(DateTimeOffset now, CancellationToken ct)
    {
        // Another node's backup is proved there.
        if (await Settings.Find(db, MadeFile, ct) is not { } file || !File.Exists(file)) return;
        foreach (var left in Directory.EnumerateDirectories(Folder, ".proof-*")) Directory.Delete(left, recursive: true);
        var restored = await Proof.Of(file, Folder, db, now, ct);
        await db.Write(tx => Settings.Keep(tx, ProvedAt, now), ct);
        Log.LogInformation("Backup {File} was proved by a restore: {Rows} rows, {Entries} entries of the journal", file, restored.Manifest.Rows, restored.Journal.Position);
    }
}
