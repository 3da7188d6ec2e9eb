using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>A PostgreSQL of one test's own, which it may stop and start. fsync stays on. Needs Debian's <c>postgresql</c>.</summary>
/// <remarks>A shell keeps it, and ends it when this process ends, in whatever way.</remarks>
public sealed class Cluster : IAsyncDisposable
{
    const string Keeper = """
        trap '' INT HUP
        bin=$1
        folder=$(mktemp -d /tmp/plantao-pg-XXXXXX) || exit 1
        start() { "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-c listen_addresses= -c unix_socket_directories=$folder -c max_connections=200 -c shared_buffers=64MB" start >"$folder/start" 2>&1; }
        stop() { "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >"$folder/stop" 2>&1; }
        trap 'stop; rm -rf "$folder"' EXIT
        "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8 >"$folder/initdb" 2>&1 || exit 1
        start || exit 1
        echo "$folder"
        while read -r what; do
          "$what" && echo done || echo failed
        done
        """;

    readonly Process keeper;
    readonly string folder;

    Cluster(Process keeper, string folder) => (this.keeper, this.folder) = (keeper, folder);

    public string Database => $"Host={folder};Username=postgres;Database=plantao";

    public static async Task<Cluster> Make()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb"))).Max(StringComparer.Ordinal)
            : null;
        if (bin is null) throw new InvalidOperationException("Debian's postgresql is not installed: ./test installs it.");
        // initdb refuses to run as root. A session of its own: what ends this program with all its group must leave the keeper to tidy up.
        string[] command = Environment.UserName == "root" ? ["setsid", "runuser", "-u", "postgres", "--", "/bin/sh", "-c", Keeper, "keeper", bin] : ["setsid", "/bin/sh", "-c", Keeper, "keeper", bin];
        var shell = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        var made = await shell.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("PostgreSQL did not start.");
        var cluster = new Cluster(shell, made);
        await cluster.Run("postgres", "CREATE DATABASE plantao");
        return cluster;
    }

    /// <summary>Kills the server and all that serve a connection, without a word to the clients.</summary>
    public Task Stop() => Tell("stop");

    public Task Start() => Tell("start");

    /// <summary>Cuts every connection to the database, in whatever it is.</summary>
    public async Task<int> CutAll() => Convert.ToInt32(
        await Run("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'plantao' AND application_name = 'plantao'"), CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync();
        keeper.Dispose();
    }

    async Task Tell(string what)
    {
        await keeper.StandardInput.WriteLineAsync(what);
        await keeper.StandardInput.FlushAsync();
        Assert.Equal("done", await keeper.StandardOutput.ReadLineAsync());
    }

    async Task<object?> Run(string database, string sql)
    {
        await using var connection = new NpgsqlConnection($"Host={folder};Username=postgres;Database={database};Pooling=false;Application Name=rig");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
