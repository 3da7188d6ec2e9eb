using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>How a server is started. Read from the command line, then the environment (<c>PLANTAO_…</c>), then defaults.</summary>
public sealed record ServeOptions
{
    /// <summary>Where the embedded database, the encryption key and backups lie. Default <c>plantao-data</c> in the current folder.</summary>
    public string DataFolder { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_DATA") ?? "plantao-data";

    /// <summary>A PostgreSQL connection string; <see langword="null"/>: the embedded database in <see cref="DataFolder"/>.</summary>
    public string? Database { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_DATABASE");

    /// <summary>Where to listen. Loopback unless told otherwise.</summary>
    public string Urls { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_URLS") ?? "http://127.0.0.1:8470";

    /// <summary>How this program is reached from outside: links in messages begin with it. <see langword="null"/>: as set up, else the first of <see cref="Urls"/>.</summary>
    public string? PublicAddress { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_PUBLIC_ADDRESS");

    /// <summary>The proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses or networks, with commas between. Empty: nobody's are.</summary>
    public string Proxies { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_PROXIES") ?? "";

    /// <summary>The encryption key in base64, instead of the file beside the data.</summary>
    public string? Key { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_KEY");

    /// <summary>How long a claimed delivery belongs to the node that claimed it. 1 s to 5 min; longer than the 10 s in which a channel must answer, except in tests.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("PLANTAO_LEASE_SECONDS") ?? "15", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Whether messages may go to loopback addresses: for the demonstration and for tests (S-SSRF: never by default).</summary>
    public bool AllowLoopbackEgress { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_ALLOW_LOOPBACK") == "1";

    /// <summary>Where OTLP traces and metrics go; <see langword="null"/>: nowhere.</summary>
    public string? OtlpEndpoint { get; init; } = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT");

    /// <summary>The form of the log on the console; one line per entry either way.</summary>
    public LogForm Log { get; init; } = Enum.TryParse<LogForm>(Environment.GetEnvironmentVariable("PLANTAO_LOG"), ignoreCase: true, out var form) ? form : LogForm.Text;

    /// <summary>Whether <c>/metrics</c> answers without a token. Not even on loopback unless this is said: a proxy on the same machine would show it to everybody.</summary>
    public bool MetricsOpen { get; init; } = Environment.GetEnvironmentVariable("PLANTAO_METRICS_OPEN") == "1";

    /// <summary>The file of the embedded database.</summary>
    public string SqliteFile => Path.Combine(DataFolder, "plantao.db");

    /// <summary>Opens the database these options name. Makes the data folder when it is missing.</summary>
    public Db OpenDatabase()
    {
        Directory.CreateDirectory(DataFolder);
        return Database is null ? new SqliteDb(SqliteFile) : new PostgresDb(Database);
    }
}

/// <summary>How log entries are written.</summary>
public enum LogForm
{
    /// <summary>For people: time, level, what, message.</summary>
    Text,

    /// <summary>For collectors: one JSON object per line.</summary>
    Json,
}
