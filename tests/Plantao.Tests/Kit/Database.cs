using System.Reflection;
using Npgsql;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Xunit.Sdk;
using Xunit.v3;

namespace Plantao.Tests.Kit;

/// <summary>Which database a test runs on. It makes places: fresh databases with every migration applied.</summary>
public sealed class Database : IXunitSerializable
{
    [Obsolete("For the runner alone: use Database.Sqlite or Database.Postgres.")]
    public Database() { }

    Database(Dialect dialect) => Dialect = dialect;

    /// <summary>The embedded one, in a folder of its own.</summary>
    public static Database Sqlite { get; } = new(Dialect.Sqlite);

    /// <summary>A clone on the throw-away cluster of this run.</summary>
    public static Database Postgres { get; } = new(Dialect.Postgres);

    public Dialect Dialect { get; private set; }

    /// <summary>A fresh database. Several sites may share it, where it is PostgreSQL.</summary>
    public Task<Place> Make() => Dialect is Dialect.Sqlite ? Place.OnSqlite() : Place.OnPostgres();

    /// <summary>Nothing yet: no schema, no key. A first run makes everything.</summary>
    public Task<Place> MakeEmpty() => Dialect is Dialect.Sqlite ? Task.FromResult(Place.Empty(null)) : Place.EmptyOnPostgres();

    /// <summary>For tests of a store alone: the database, its key and a clock, without a server.</summary>
    public async Task<Premises> Open(FakeClock? clock = null)
    {
        var place = await Make();
        return await Premises.At(place, clock ?? new FakeClock(), owned: true);
    }

    public void Serialize(IXunitSerializationInfo info) => info.AddValue("dialect", (int)Dialect);

    public void Deserialize(IXunitSerializationInfo info) => Dialect = (Dialect)info.GetValue<int>("dialect");

    public override string ToString() => Dialect.ToString();
}

/// <summary>Runs a theory on both databases; each case carries the trait <c>Kind</c>, <c>Sqlite</c> or <c>Postgres</c>, so that a run can be narrowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryDatabaseAttribute : DataAttribute
{
    /// <summary>Hours of a fake clock are some thousand rounds of all workers, which take a minute on PostgreSQL: those belong to the long run there. On the embedded database they are seconds.</summary>
    public bool LongOnPostgres { get; set; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([Row(Database.Sqlite), LongOnPostgres ? new TheoryDataRow<Database>(Database.Postgres).WithTrait("Kind", "Long") : Row(Database.Postgres)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    static TheoryDataRow<Database> Row(Database database) => new TheoryDataRow<Database>(database).WithTrait("Kind", database.ToString());
}

/// <summary>Where one installation lives: its folder and its database. Removed at the end.</summary>
public sealed class Place : IAsyncDisposable
{
    static readonly Lazy<Task<string>> SqliteTemplate = new(MakeSqliteTemplate);

    Place(ServeOptions options) => Options = options;

    /// <summary>How a server is started here. The encryption key lies in the folder; loopback is allowed for messages.</summary>
    public ServeOptions Options { get; }

    public string Folder => Options.DataFolder;

    public static async Task<Place> OnSqlite()
    {
        var place = new Place(Fresh(null));
        File.Copy(await SqliteTemplate.Value, place.Options.SqliteFile);
        return place;
    }

    /// <summary>In a folder that is not there yet, on a disk of the test's own.</summary>
    public static async Task<Place> OnSqlite(string folder)
    {
        Directory.CreateDirectory(folder);
        var place = new Place(In(folder, null));
        File.Copy(await SqliteTemplate.Value, place.Options.SqliteFile);
        return place;
    }

    internal static Place Empty(string? database) => new(Fresh(database));

    internal static async Task<Place> EmptyOnPostgres() => Empty(await (await PostgresCluster.Started.Value).Empty());

    public static async Task<Place> OnPostgres()
    {
        var cluster = await PostgresCluster.Started.Value;
        return new Place(Fresh(await cluster.Clone()));
    }

    /// <summary>On a PostgreSQL of the test's own, empty or not: it is left there.</summary>
    public static Place On(string connectionString) => new(Fresh(connectionString)) { ownsDatabase = false };

    bool ownsDatabase = true;

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        if (ownsDatabase && Options.Database is { } database) await (await PostgresCluster.Started.Value).Drop(database);
    }

    static ServeOptions Fresh(string? database) => In(Directory.CreateTempSubdirectory("plantao-test-").FullName, database);

    static ServeOptions In(string folder, string? database) => new()
    {
        DataFolder = folder,
        Database = database,
        Urls = "http://127.0.0.1:0",
        PublicAddress = "https://plantao.example",
        Key = null,
        Lease = TimeSpan.FromSeconds(15),
        AllowLoopbackEgress = true,
        OtlpEndpoint = null,
    };

    static async Task<string> MakeSqliteTemplate()
    {
        var folder = Directory.CreateTempSubdirectory("plantao-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        var file = Path.Combine(folder, "template.db");
        await using (var db = new SqliteDb(file)) await Migrations.Apply(db, FakeClock.Start, CancellationToken.None);
        // The last connection moved the WAL into the file; had it not, a copy of the file alone would be empty.
        Assert.False(File.Exists(file + "-wal") && new FileInfo(file + "-wal").Length > 0);
        return file;
    }
}

/// <summary>The ground of an installation, without a server.</summary>
public sealed class Premises : IAsyncDisposable
{
    readonly Place place;
    readonly bool owned;

    Premises(Place place, Ground ground, FakeClock clock, bool owned) => (this.place, Ground, Clock, this.owned) = (place, ground, clock, owned);

    public Ground Ground { get; }

    public FakeClock Clock { get; }

    public Db Db => Ground.Db;

    public Vault Vault => Ground.Vault;

    public WorkerContext Context => new(Ground.Db, Clock, Ground.State);

    public static async Task<Premises> At(Place place, FakeClock clock, bool owned)
    {
        var opened = await Ground.Open(place.Options, clock, CancellationToken.None);
        // On PostgreSQL the clock follows the database's: here the test's clock rules, on both.
        return new Premises(place, opened with { Clock = clock }, clock, owned);
    }

    public async ValueTask DisposeAsync()
    {
        await Ground.DisposeAsync();
        if (owned) await place.DisposeAsync();
    }
}

/// <summary>One throw-away PostgreSQL for the whole run, on a Unix socket, with fsync off. Needs Debian's <c>postgresql</c>.</summary>
/// <remarks>A shell keeps it: when this process ends, in whatever way, the pipe between them closes, and the shell stops the cluster and removes its folder.</remarks>
public sealed class PostgresCluster
{
    const string Keeper = """
        set -e
        trap '' INT HUP
        bin=$1
        # In memory a clone takes 14 ms, on a busy disk 300; a container may have next to none of it.
        room=$(df --output=avail /dev/shm 2>/dev/null | tail -n 1 || echo 0)
        base=/tmp; if [ -w /dev/shm ] && [ "$room" -gt 2000000 ]; then base=/dev/shm; fi
        folder=$(mktemp -d $base/plantao-pg-XXXXXX)
        trap '"$bin/pg_ctl" -D "$folder/data" -m immediate stop >"$folder/stop" 2>&1 || true; rm -rf "$folder"' EXIT
        "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8 >"$folder/initdb" 2>&1
        "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" -o "-c listen_addresses= -c unix_socket_directories=$folder -c fsync=off -c max_connections=300 -c shared_buffers=64MB" start >"$folder/start" 2>&1
        echo "$folder"
        cat >/dev/null
        """;

    readonly string folder;
    readonly System.Diagnostics.Process keeper;
    int clones;

    PostgresCluster(string folder, System.Diagnostics.Process keeper)
    {
        (this.folder, this.keeper) = (folder, keeper);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => this.keeper.StandardInput.Close();
    }

    public static Lazy<Task<PostgresCluster>> Started { get; } = new(Start);

    /// <summary>A database like the template: every migration applied, nothing else.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> Clone()
    {
        var name = $"t{Interlocked.Increment(ref clones)}";
        // Copied as files, which is faster here than through the WAL (PostgreSQL 15 and newer).
        await Run($"CREATE DATABASE {name} TEMPLATE plantao_template STRATEGY FILE_COPY");
        return To(name) + ";Maximum Pool Size=10";
    }

    /// <summary>A database with nothing in it.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> Empty()
    {
        var name = $"t{Interlocked.Increment(ref clones)}";
        await Run($"CREATE DATABASE {name}");
        return To(name) + ";Maximum Pool Size=10";
    }

    public async Task Drop(string connectionString) =>
        await Run($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");

    static async Task<PostgresCluster> Start()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(v => Path.Combine(v, "bin")).Where(b => File.Exists(Path.Combine(b, "initdb"))).Max(StringComparer.Ordinal)
            : null;
        if (bin is null) throw new InvalidOperationException("Debian's postgresql is not installed: ./test installs it, or leave these tests out with -trait- Kind=Postgres.");

        // initdb refuses to run as root. A session of its own: what ends this program with all its group must leave the keeper to tidy up.
        string[] command = Environment.UserName == "root" ? ["setsid", "runuser", "-u", "postgres", "--", "/bin/sh", "-c", Keeper, "keeper", bin] : ["setsid", "/bin/sh", "-c", Keeper, "keeper", bin];
        var start = new System.Diagnostics.ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        var shell = System.Diagnostics.Process.Start(start)!;
        var at = await shell.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("PostgreSQL did not start; see what initdb and pg_ctl say when run by hand.");
        var cluster = new PostgresCluster(at, shell);
        await cluster.Run("CREATE DATABASE plantao_template");
        await using (var db = new PostgresDb(cluster.To("plantao_template") + ";Pooling=false")) await Migrations.Apply(db, FakeClock.Start, CancellationToken.None);
        return cluster;
    }

    string To(string database) => $"Host={folder};Username=postgres;Database={database}";

    async Task Run(string sql)
    {
        await using var connection = new NpgsqlConnection(To("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
