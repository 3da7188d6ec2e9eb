namespace Plantao.Platform.Storage;

/// <summary>Whether a committed row survives a power cut, asked of the database itself (failures.md A8).</summary>
public static class Durability
{
    /// <summary>What is set so that a committed row may be lost; nothing when all is well.</summary>
    public static Task<IReadOnlyList<string>> Weaknesses(Db db, CancellationToken ct) => db.Dialect is Dialect.Sqlite
        // On the writer's connection: these are settings of a connection, not of the file.
        ? db.Write<IReadOnlyList<string>>(async tx =>
        {
            var found = new List<string>();
            if (await tx.Count(Sql.Own("PRAGMA synchronous")) is var synchronous and < 2) found.Add($"synchronous is {synchronous}, and FULL (2) is needed");
            if (await tx.First(Sql.Own("PRAGMA journal_mode"), r => r.Text(0)) is var mode && mode is not ("wal" or "memory")) found.Add($"journal_mode is {mode}, and wal is needed");
            return found;
        }, ct)
        : Postgres(db, ct);

    static async Task<IReadOnlyList<string>> Postgres(Db db, CancellationToken ct)
    {
        var settings = await db.Query($"SELECT name::text, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')", r => (Name: r.Text(0), Value: r.Text(1)), ct);
        return [.. settings.Where(s => s.Value == "off").Select(s => $"{s.Name} is off, and has to be on").Order(StringComparer.Ordinal)];
    }
}
