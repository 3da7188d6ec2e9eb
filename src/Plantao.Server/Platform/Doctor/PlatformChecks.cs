using System.Globalization;
using System.Net;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;

namespace Plantao.Platform.Doctor;

/// <summary>Whether a committed row survives a power cut.</summary>
sealed class DurabilityCheck(Db db) : IDoctorCheck
{
    public string Name => "durability";

    public async Task<Finding> Check(CancellationToken ct) => await Durability.Weaknesses(db, ct) is { Count: > 0 } weak
        ? Finding.Failure(string.Join("; ", weak), "Set it in the database's configuration. Until then an accepted alert may be lost in a power cut.")
        : Finding.Ok(db.Dialect is Dialect.Sqlite ? "SQLite, WAL, synchronous=FULL" : "PostgreSQL, fsync, full_page_writes and synchronous_commit on");
}

/// <summary>Whether this machine and the database agree on the time.</summary>
sealed class ClockCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "clock";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var steady = clock as SteadyClock;
        var offset = db.Dialect is Dialect.Postgres ? (steady?.Offset ?? TimeSpan.Zero) + await db.ClockOffset(clock, ct) : steady?.Offset ?? TimeSpan.Zero;
        var seconds = offset.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);
        return (offset.Duration() > SetTimers.Tolerated, db.Dialect) switch
        {
            (true, Dialect.Postgres) => Finding.Warning($"this machine is {seconds} s away from the database; the database's time is used", "Set this machine's clock: NTP."),
            (true, Dialect.Sqlite) => Finding.Warning($"this machine's clock was set: it is {seconds} s away from the time that the server goes by", "See that it is right (NTP), and restart `plantao serve`, which then takes it; what waits keeps the wait that it has left."),
            (false, Dialect.Postgres) => Finding.Ok($"{seconds} s away from the database"),
            (false, Dialect.Sqlite) => Finding.Ok("one machine, one clock"),
        };
    }
}

/// <summary>Whether there is room for what comes in.</summary>
sealed class DiskCheck(ServeOptions options) : IDoctorCheck
{
    const long Warn = 1L << 30;
    const long Fail = 200L << 20;

    public string Name => "disk";

    public Task<Finding> Check(CancellationToken ct)
    {
        var free = new DriveInfo(Path.GetFullPath(options.DataFolder)).AvailableFreeSpace;
        var text = $"{free >> 20} MiB free in {options.DataFolder}";
        return Task.FromResult(free < Fail ? Finding.Failure(text, "Make room: alerts are refused with 503 when the disk is full.")
            : free < Warn ? Finding.Warning(text, "Make room before it fills up; a backup needs as much again as the database.")
            : Finding.Ok(text));
    }
}

/// <summary>Whether nobody else can read the encryption key.</summary>
sealed class KeyFileCheck(ServeOptions options) : IDoctorCheck
{
    public string Name => "key";

    public Task<Finding> Check(CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(options.Key)) return Task.FromResult(Finding.Ok("given as PLANTAO_KEY"));
        var path = Path.Combine(options.DataFolder, "plantao.key");
        if (!File.Exists(path)) return Task.FromResult(Finding.Failure($"{path} is missing", "Put the file back, or give it as PLANTAO_KEY."));
        var others = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return Task.FromResult(others is UnixFileMode.None
            ? Finding.Ok($"{path}, mode 0600")
            : Finding.Failure($"{path} can be read by others", $"chmod 600 {path}, and think of who may have read it."));
    }
}

/// <summary>Whether links in messages lead here, and safely.</summary>
sealed class PublicAddressCheck(Db db, ServeOptions options) : IDoctorCheck
{
    public string Name => "public address";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var address = options.PublicAddress ?? await Settings.Find(db, "public_address", ct);
        if (string.IsNullOrEmpty(address))
            return Finding.Warning($"not set; links in messages begin with {options.Urls.Split(';')[0]}", "Set --public-address to how people reach this server.");
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return Finding.Failure($"'{address}' is no address", "Set --public-address, such as https://plantao.example.org.");
        if (uri.Scheme == Uri.UriSchemeHttps) return Finding.Ok(address);
        return uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip))
            ? Finding.Warning($"{address} is reached from this machine alone", "Good for a trial. For others set --public-address to an https address.")
            : Finding.Failure($"{address} is not https: links and tokens can be read on the way", "Put a proxy with a certificate before it, and set --public-address to its https address.");
    }
}

/// <summary>Whether there is a backup, and how old its proof is.</summary>
sealed class BackupCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "backup";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var made = await Settings.FindAt(db, BackupWorker.MadeAt, ct);
        var proved = await Settings.FindAt(db, BackupWorker.ProvedAt, ct);
        if (await Settings.Find(db, BackupWorker.Problem, ct) is { } problem) return Finding.Failure($"the last try failed: {problem}", "Mend it; it is tried again every hour.");
        var text = $"made {Age(made, now)}, proved by a restore {Age(proved, now)}";
        if (made is null) return Finding.Warning("none made yet", "`plantao serve` makes one after its first hour and then daily; `plantao backup FILE` makes one now.");
        if (now - made > BackupCalendar.Every * 2 || proved is null || now - proved > BackupCalendar.ProveEvery * 2) return Finding.Failure(text, "See why the server makes none: its log says `Backup`. `plantao backup FILE` makes one now.");
        return now - proved > BackupCalendar.ProveEvery + BackupCalendar.Every ? Finding.Warning(text, "A proof is due weekly: see the server's log.") : Finding.Ok(text);
    }

    static string Age(DateTimeOffset? at, DateTimeOffset now) => at is { } then ? string.Create(CultureInfo.InvariantCulture, $"{(now - then).TotalHours:0.0} h ago") : "never";
}

/// <summary>Whether the database waits for a resume.</summary>
sealed class PausedCheck(Db db) : IDoctorCheck
{
    public string Name => "state";

    public async Task<Finding> Check(CancellationToken ct) => await Settings.Find(db, Settings.State, ct) == "paused"
        ? Finding.Failure("paused after a restore: nothing is sent and nothing is run", "Look that no other server works on the same alerts, and run `plantao resume`.")
        : Finding.Ok("running");
}

/// <summary>Whether the servers on this database are there, and agree with it.</summary>
sealed class NodesCheck(Db db, TimeProvider clock) : IDoctorCheck
{
    public string Name => "servers";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var there = await NodeSeen.Since(db, now - TimeSpan.FromMinutes(1), ct);
        if (there.Count == 0) return Finding.Warning("none was there in the last minute", "Start one: `plantao serve`.");
        var versions = there.Select(n => n.Version).Distinct(StringComparer.Ordinal).ToList();
        return versions.Count > 1
            ? Finding.Warning($"{there.Count} with versions {string.Join(", ", versions)}", "Finish the upgrade.")
            : Finding.Ok($"{there.Count} with version {versions[0]}");
    }
}
