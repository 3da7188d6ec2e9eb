using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;
using Plantao.Platform.Verbs;

namespace Plantao;

/// <summary><c>plantao serve</c>: the server.</summary>
public static class ServeVerb
{
    const string Usage = $"""
        plantao serve
          --urls LIST             where to listen, with ; between (PLANTAO_URLS; default http://127.0.0.1:8470)
          --public-address URL    how people reach it: links in messages begin with it (PLANTAO_PUBLIC_ADDRESS)
          --proxy LIST            addresses or networks of the proxies before it, with commas between: theirs alone is the word on where a client comes from (PLANTAO_PROXIES)
          --log text|json         form of the log, one line per entry either way (PLANTAO_LOG; default text)
          --metrics-open          /metrics without a token; else it needs one with the right Administer (PLANTAO_METRICS_OPEN=1)
        {MachineLine.Common}
        SIGTERM and Ctrl+C end it: it claims nothing more, and finishes what it has within 30 s.
        Exit codes: 0 ended when told to; 1 not started, and why; 2 another server has the data folder; 64 not understood. Killed with -9 it loses nothing it had answered 2xx for.
        """;

    /// <param name="args">What follows <c>serve</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        var given = MachineLine.Take(args, ["--urls", "--public-address", "--proxy", "--log"], ["--metrics-open"], out var rest, out var fault);
        var form = given.GetValueOrDefault("--log") is { } said ? Enum.TryParse<LogForm>(said, ignoreCase: true, out var known) ? known : null : (LogForm?)options.Log;
        if (fault is not null || rest.Length > 0 || form is null) return await MachineLine.Explain(Usage, rest, output, errors, fault);
        options = options with
        {
            Urls = given.GetValueOrDefault("--urls") ?? options.Urls,
            PublicAddress = given.GetValueOrDefault("--public-address") ?? options.PublicAddress,
            Proxies = given.GetValueOrDefault("--proxy") ?? options.Proxies,
            Log = form.Value,
            MetricsOpen = options.MetricsOpen || given.ContainsKey("--metrics-open"),
        };
        // A log of JSON lines holds nothing else.
        var aside = options.Log is LogForm.Json ? errors : output;
        try
        {
            using var folder = options.Database is null ? FolderLock.Take(options.DataFolder) : null;
            if (await BackUpBeforeUpgrade(options, ct) is { } kept) await aside.WriteLineAsync($"Backed up before the upgrade: {kept}");
            await using var ground = await Ground.Open(options, MachineTime.Instance, ct);
            // The lock proves that no other server lives: what an earlier one still held is free.
            if (folder is not null) await Leases.EndAll(ground.Db, ct);
            await using var app = App.Build(options, ground);
            if (folder is not null)
            {
                await app.Services.GetRequiredService<NotificationStore>().VoidOwnLeases(ct);
                if (ground.Clock is SteadyClock clock && await SetTimers.ToTheWall(ground.Db, clock, app.Services.GetServices<WaitingTimers>(), ct) is var set && set != TimeSpan.Zero)
                    app.Logger.LogWarning("The machine's clock was set by {By} since the last server ran here: its time is taken, and what waits keeps the wait that it had left", set);
            }

            await Announce(options, ground, app, aside, ct);
            try
            {
                await app.StartAsync(ct);
            }
            catch
            {
                // What had started before the rest could not (a port in use, no handle left) ends before its database does.
                await app.StopAsync(CancellationToken.None);
                throw;
            }

            await app.WaitForShutdownAsync(ct);
            return 0;
        }
        catch (FolderInUseException reason)
        {
            await errors.WriteLineAsync("Not started. " + reason.Message);
            return 2;
        }
        catch (Exception reason) when (MachineLine.Expected(reason) || reason is FormatException or ArgumentException)
        {
            await errors.WriteLineAsync("Not started. " + reason.Message);
            return 1;
        }
    }

    static async Task Announce(ServeOptions options, Ground ground, WebApplication app, TextWriter output, CancellationToken ct)
    {
        if (await Setup.Begin(ground.Db, ground.Vault, ground.Clock, ct) is { } code)
            await output.WriteLineAsync($"First run. Setup code: {code} (one use, 1 hour, 5 tries); `plantao setup code` makes another. Use it at {await Organisation.PublicAddress(ground.Db, options, ct)}");
        if (ground.State.Paused) app.Logger.LogWarning("The database is paused after a restore: nothing is sent and nothing is run until `plantao resume`");
        foreach (var weakness in ground.State.Weaknesses)
            app.Logger.LogCritical("The database may lose what it confirmed: {Weakness}. Accepted alerts do not survive a power cut until that is changed", weakness);
    }

    /// <summary>On SQLite the way back from an upgrade is the backup made before it (design.md §15).</summary>
    /// <returns>The file; <see langword="null"/> when nothing is upgraded.</returns>
    static async Task<string?> BackUpBeforeUpgrade(ServeOptions options, CancellationToken ct)
    {
        if (options.Database is not null || !File.Exists(options.SqliteFile)) return null;
        await using var db = options.OpenDatabase();
        if (await Migrations.Applied(db, ct) is not { Count: > 0 } applied || await Migrations.Pending(db, ct) == 0) return null;
        var now = TimeProvider.System.GetUtcNow();
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(options.DataFolder, "backups")).FullName, $"before-upgrade-from-{applied[^1]}-{BackupCalendar.Name(now)}");
        await Archive.Write(db, file, now, ct);
        return file;
    }
}
