using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Plantao.Platform.Storage;

/// <summary>Numbered, forward-only migrations, applied at start, each in a transaction of its own.</summary>
/// <remarks>
/// A file is named <c>NNNN_what.sql</c> and lies in the room whose tables it makes. One text serves both databases:
/// <c>{bytes}</c> is the type of bytes, <c>{number}</c> a primary key that the database counts and never gives
/// twice (a reader keeps the last it saw as its place, also when retention has removed that row), and a line that begins with <c>--sqlite:</c>
/// or <c>--postgres:</c> is for that one alone.
/// Expand first and contract a release later: a new program must be able to run beside the previous one. A migration that takes away what
/// older programs need names the oldest that may go on in the setting <c>oldest_program</c>, by its version.
/// </remarks>
public static class Migrations
{
    /// <summary>This program's version. A program older than the schema's <c>oldest_program</c> is refused; a newer or an equal one may run beside it.</summary>
    public static Version Program { get; } = Assembly.GetExecutingAssembly().GetName().Version is { } version ? new(version.Major, version.Minor, version.Build) : new(0, 0, 0);

    /// <summary>How many migrations this program knows.</summary>
    public static int Count => All.Value.Count;

    static readonly Lazy<IReadOnlyList<Migration>> All = new(Load);

    /// <summary>Brings the database to this program's schema.</summary>
    /// <returns>How many migrations were applied.</returns>
    /// <exception cref="SchemaTooNewException">The database was written by a program that this one must not run beside.</exception>
    public static Task<int> Apply(Db db, DateTimeOffset now, CancellationToken ct) => Apply(db, now, Program, ct);

    /// <inheritdoc cref="Apply(Db, DateTimeOffset, CancellationToken)"/>
    /// <param name="program">The version of the program that asks.</param>
    internal static async Task<int> Apply(Db db, DateTimeOffset now, Version program, CancellationToken ct)
    {
        await db.Write(async tx =>
        {
            if (db.Dialect is Dialect.Postgres) await Lock(tx);
            // Before anything is touched: a program that may not use the schema leaves it as it is.
            await RefuseOlder(tx, program);
            await MakeList(tx);
        }, ct);

        var applied = 0;
        foreach (var migration in All.Value)
        {
            applied += await db.Write(async tx =>
            {
                if (db.Dialect is Dialect.Postgres) await Lock(tx);
                return await Apply(tx, migration, now);
            }, ct);
        }

        return applied;
    }

    /// <summary>Applies the named migrations alone, inside a transaction: how a restore makes the schema that an archive was taken from.</summary>
    /// <param name="numbers"><see langword="null"/>: all that are left.</param>
    /// <exception cref="SchemaTooNewException">This program does not have one of them.</exception>
    internal static async Task Apply(Tx tx, IReadOnlyCollection<int>? numbers, DateTimeOffset now)
    {
        if (tx.Db.Dialect is Dialect.Postgres) await Lock(tx);
        await MakeList(tx);
        if (numbers?.Except(All.Value.Select(m => m.Number)).ToList() is { Count: > 0 } unknown)
            throw new SchemaTooNewException($"It was written by a newer program: this one does not know migration {string.Join(", ", unknown)}. Use the newer program.");
        foreach (var migration in All.Value)
            if (numbers is null || numbers.Contains(migration.Number)) await Apply(tx, migration, now);
    }

    /// <summary>How many statements bring an empty database to this program's schema.</summary>
    internal static int Statements(Dialect dialect) => All.Value.Sum(m => m.Statements(dialect).Count());

    /// <summary>How many of this program's migrations the database does not have yet; all of them where it has no schema at all.</summary>
    public static async Task<int> Pending(Db db, CancellationToken ct)
    {
        var applied = await Applied(db, ct);
        return All.Value.Count(m => !applied.Contains(m.Number));
    }

    /// <summary>The numbers of the migrations that the database has; none where it has no schema.</summary>
    public static Task<IReadOnlyList<int>> Applied(Db db, CancellationToken ct) => db.Snapshot(Applied, ct);

    internal static async Task<IReadOnlyList<int>> Applied(Tx tx) =>
        (await Catalogue.TableNames(tx)).Contains("schema_migrations")
            ? await tx.Query($"SELECT number FROM schema_migrations ORDER BY number", r => r.Int(0))
            : [];

    static async Task RefuseOlder(Tx tx, Version program)
    {
        if (!(await Catalogue.TableNames(tx)).Contains("settings")) return;
        if (await tx.First($"SELECT value FROM settings WHERE name = 'oldest_program'", r => r.Text(0)) is not { } named || !Version.TryParse(named, out var oldest) || program >= oldest) return;
        throw new SchemaTooNewException($"The database needs Plantão {oldest} or newer, and this is {program}. Start the newer program, or restore the backup made before the upgrade.");
    }

    static async Task<int> Apply(Tx tx, Migration migration, DateTimeOffset now)
    {
        var there = await tx.First($"SELECT digest FROM schema_migrations WHERE number = {migration.Number}", r => r.Text(0));
        if (there is not null)
            return there == migration.Digest
                ? 0
                : throw new InvalidDataException($"Migration {migration.Name} was applied with other contents. A migration is never edited; write a new one.");

        foreach (var statement in migration.Statements(tx.Db.Dialect))
        {
            await tx.Execute(Sql.Own(statement));
            FailPoint.Hit(FailPoint.MigrationStatement);
        }

        await tx.Execute($"INSERT INTO schema_migrations (number, name, digest, applied_at) VALUES ({migration.Number}, {migration.Name}, {migration.Digest}, {now})");
        return 1;
    }

    static Task MakeList(Tx tx) =>
        tx.Execute($"CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL, applied_at BIGINT NOT NULL)");

    static async Task Lock(Tx tx)
    {
        await tx.Execute(Sql.Own("SET LOCAL lock_timeout = '3s'"));
        await tx.Execute(Sql.Own("SELECT pg_advisory_xact_lock(7043721)"));
    }

    static IReadOnlyList<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var all = assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                return new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd().ReplaceLineEndings("\n"));
            })
            .OrderBy(m => m.Number)
            .ToList();
        return all.Select(m => m.Number).Distinct().Count() == all.Count
            ? all
            : throw new InvalidDataException("Two migrations have the same number.");
    }

    sealed record Migration(int Number, string Name, string Text)
    {
        public string Digest { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));

        public IEnumerable<string> Statements(Dialect dialect)
        {
            var (own, other) = dialect is Dialect.Sqlite ? ("--sqlite:", "--postgres:") : ("--postgres:", "--sqlite:");
            var lines = Text.Split('\n')
                .Where(line => !line.TrimStart().StartsWith(other, StringComparison.Ordinal))
                .Select(line => line.TrimStart().StartsWith(own, StringComparison.Ordinal) ? line.Replace(own, "", StringComparison.Ordinal) : line)
                .Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal));
            return string.Join('\n', lines)
                .Replace("{bytes}", dialect is Dialect.Sqlite ? "BLOB" : "BYTEA", StringComparison.Ordinal)
                .Replace("{number}", dialect is Dialect.Sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
    }
}

/// <summary>The database was written by a program that this one must not run beside.</summary>
public sealed class SchemaTooNewException(string message) : Exception(message);
