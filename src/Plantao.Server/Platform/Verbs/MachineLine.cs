namespace Plantao.Platform.Verbs;

/// <summary>The options that every verb on the machine takes, and what is left for the verb.</summary>
public static class MachineLine
{
    public const string Common = """
          --data DIR         where the embedded database, the key and backups lie (PLANTAO_DATA; default plantao-data)
          --database TEXT    a PostgreSQL connection string instead (PLANTAO_DATABASE)
        """;

    /// <summary>Not understood: EX_USAGE of sysexits.h.</summary>
    public const int Usage = 64;

    /// <summary>Takes the common options out of <paramref name="args"/>.</summary>
    /// <param name="fault">What is wrong with them, if anything.</param>
    public static (ServeOptions Options, string[] Left) Read(IReadOnlyList<string> args, out string? fault)
    {
        var given = Take(args, ["--data", "--database"], [], out var rest, out fault);
        var options = new ServeOptions();
        return (options with { DataFolder = given.GetValueOrDefault("--data") ?? options.DataFolder, Database = given.GetValueOrDefault("--database") ?? options.Database }, rest);
    }

    /// <summary>Takes options out of a line: <c>--name value</c> or <c>--name=value</c>, and flags without a value.</summary>
    /// <returns>What was given; a flag has the value <c>true</c>.</returns>
    public static IReadOnlyDictionary<string, string> Take(IReadOnlyList<string> args, IReadOnlyList<string> valued, IReadOnlyList<string> flags, out string[] rest, out string? fault)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var left = new List<string>();
        fault = null;
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Split('=', 2) is [var n, var v] ? (n, v) : (args[i], null);
            if (value is null && flags.Contains(name, StringComparer.Ordinal))
            {
                given[name] = "true";
            }
            else if (valued.Contains(name, StringComparer.Ordinal))
            {
                value ??= i + 1 < args.Count ? args[++i] : null;
                if (value is null) fault ??= $"{name} needs a value.";
                else if (!given.TryAdd(name, value)) fault ??= $"{name} is given twice.";
            }
            else
            {
                left.Add(args[i]);
            }
        }

        rest = [.. left];
        return given;
    }

    /// <summary>Says how a verb is used: on <paramref name="output"/> with 0 when asked, else on <paramref name="errors"/> with 64.</summary>
    public static async Task<int> Explain(string usage, string[] args, TextWriter output, TextWriter errors, string? fault = null)
    {
        if (fault is null && args is ["--help" or "-h" or "help", ..])
        {
            await output.WriteLineAsync(usage);
            return 0;
        }

        if (fault is not null) await errors.WriteLineAsync(fault);
        await errors.WriteLineAsync(usage);
        return Usage;
    }

    /// <summary>Opens a database that must be there already, without changing its schema.</summary>
    /// <exception cref="DatabaseMissingException">There is none in the data folder.</exception>
    internal static Storage.Db OpenExisting(ServeOptions options) => options.Database is not null || File.Exists(options.SqliteFile)
        ? options.OpenDatabase()
        : throw new DatabaseMissingException($"There is no database {Path.GetFullPath(options.SqliteFile)}. Say where it lies with --data or --database.");

    /// <summary>What a verb says of a fault that it expects, instead of a trace.</summary>
    internal static bool Expected(Exception fault) => fault is IOException or InvalidDataException or UnauthorizedAccessException
        or Storage.DatabaseUnavailableException or Storage.SchemaTooNewException or Storage.FolderInUseException or KeyRefusedException or DatabaseMissingException
        or Npgsql.NpgsqlException or Microsoft.Data.Sqlite.SqliteException;
}

/// <summary>There is no database where one was to be.</summary>
sealed class DatabaseMissingException(string message) : Exception(message);
