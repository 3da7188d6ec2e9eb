using System.IO.Compression;
using Npgsql;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage.Backup;

/// <summary>Brings an archive back, into an empty database of either kind.</summary>
public static class Restore
{
    /// <summary>Rows that go in together, at most.</summary>
    const int BatchRows = 500;

    /// <summary>Bytes of lines that go in together, about.</summary>
    const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>Fills <paramref name="db"/> in one transaction: it has all of the archive afterwards, or nothing.</summary>
    /// <remarks>
    /// Makes the archive's schema, fills it, reads every table back and compares count and digest, walks the journal's chain, and only then
    /// applies what is newer. The database is paused afterwards: it sends and runs nothing until <c>plantao resume</c>.
    /// </remarks>
    /// <param name="acceptBrokenJournal">Whether a chain that does not hold is taken as it is. It is refused otherwise.</param>
    /// <param name="note">Whether the restore is written into the journal; a proof leaves it as it was.</param>
    /// <exception cref="InvalidDataException">The database is not empty, or the archive is damaged. Nothing was changed.</exception>
    /// <exception cref="SchemaTooNewException">A newer program wrote it.</exception>
    public static async Task<Restored> From(string file, Db db, DateTimeOffset now, bool acceptBrokenJournal, bool note, CancellationToken ct)
    {
        using var zip = ZipFile.OpenRead(file);
        var manifest = Manifest.Of(zip);
        return await db.Write(async tx =>
        {
            if (await Catalogue.TableNames(tx) is { Count: > 0 } there)
                throw new InvalidDataException($"This database is not empty: it has {there.Count} tables. A backup is restored into an empty one: give another folder with --data, or another database with --database. Nothing was changed.");
            await Migrations.Apply(tx, manifest.Migrations, now);
            var tables = (await Catalogue.Tables(tx)).Where(t => !Archive.NotCarried.Contains(t.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal);
            if (manifest.Tables.FirstOrDefault(t => !Fits(t, tables)) is { } strange)
                throw new InvalidDataException($"The archive's table {strange.Name} is not that of schema {manifest.Schema}: the archive was changed. Nothing was kept.");
            if (tables.Keys.Except(manifest.Tables.Select(t => t.Name), StringComparer.Ordinal).FirstOrDefault() is { } missing)
                throw new InvalidDataException($"The archive lacks the table {missing}: it was changed. Nothing was kept.");

            // In the catalogue's order, which suits the references; what the migrations put in goes first.
            var order = (await Catalogue.Tables(tx)).Where(t => tables.ContainsKey(t.Name)).ToList();
            await Catalogue.CheckLater(tx);
            foreach (var table in Enumerable.Reverse(order)) await tx.Execute(Sql.Own($"DELETE FROM {StoredTable.Quoted(table.Name)}"));
            foreach (var table in order) await Fill(tx, zip, manifest.Tables.First(t => t.Name == table.Name), ct);
            await Catalogue.CheckNow(tx);
            foreach (var table in order) await Prove(tx, table, manifest.Tables.First(t => t.Name == table.Name), ct);
            foreach (var (name, last) in manifest.Numbers)
                if (tables.TryGetValue(name, out var table)) await Catalogue.SetNumber(tx, table, last);

            await Migrations.Apply(tx, null, now);
            await Journals.TakeUp(tx);
            var verdict = await Journals.Verify(tx, manifest.Head, ct);
            if (!verdict.Whole && !acceptBrokenJournal)
                throw new InvalidDataException($"The journal in the archive does not hold at position {verdict.Position}: {verdict.Why}. Nothing was kept. To restore it all the same, say --accept-broken-journal.");
            await tx.Execute($"UPDATE settings SET value = 'paused' WHERE name = 'state'");
            if (note)
                await tx.Journal(Entry.Of("database.restored", "database", "plantao", now, Ids.New("rst", now),
                    new { manifest.TakenAt, manifest.Program, manifest.Schema, From = manifest.Database, manifest.Head, JournalWhole = verdict.Whole }));
            return new Restored(manifest, verdict);
        }, ct);
    }

    static bool Fits(ManifestTable table, Dictionary<string, StoredTable> tables) =>
        tables.TryGetValue(table.Name, out var stored)
        && stored.Columns.Select(c => (c.Name, c.Type)).ToHashSet().SetEquals(table.Columns.Select(c => (c.Name, c.Type)));

    static async Task Fill(Tx tx, ZipArchive zip, ManifestTable table, CancellationToken ct)
    {
        var entry = zip.GetEntry(table.File) ?? throw new InvalidDataException($"The archive lacks {table.File}. Nothing was kept.");
        using var lines = new RowLinesIn(entry.Open(), table);
        var columns = table.Columns.Select((c, i) => new Column<object?[]>(StoredTable.Quoted(c.Name), c.Type, row => row[i])).ToList();
        var batch = new List<object?[]>(BatchRows);
        var bytes = 0L;
        while (lines.Next() is { } row)
        {
            ct.ThrowIfCancellationRequested();
            batch.Add(row);
            bytes += lines.LastSize;
            if (batch.Count < BatchRows && bytes < BatchBytes) continue;
            await Insert(tx, table.Name, batch, columns);
            batch.Clear();
            bytes = 0;
        }

        await Insert(tx, table.Name, batch, columns);
        if (lines.Rows != table.Rows || lines.Digest() != table.Sha256)
            throw new InvalidDataException($"{table.File} is damaged: it has {lines.Rows} rows where the manifest says {table.Rows}, or other contents. Nothing was kept. Take another backup.");
    }

    static async Task Insert(Tx tx, string table, List<object?[]> rows, List<Column<object?[]>> columns)
    {
        try
        {
            await tx.Insert(StoredTable.Quoted(table), rows, columns);
        }
        catch (PostgresException fault) when (fault.SqlState is "22021" or "22P05")
        {
            throw new InvalidDataException($"A text in table {table} holds a NUL, which SQLite keeps and PostgreSQL refuses. Nothing was kept. Restore it into SQLite, or take the character out first.", fault);
        }
    }

    /// <summary>Reads the table back: what lies there now is what was archived, byte for byte.</summary>
    static async Task Prove(Tx tx, StoredTable table, ManifestTable wanted, CancellationToken ct)
    {
        // The archive's order of columns, which an older program may have made otherwise.
        var columns = wanted.Columns.Select(c => table.Columns.First(t => t.Name == c.Name)).ToList();
        using var lines = new RowLinesOut(null);
        await tx.Each((table with { Columns = columns }).InOrder(tx.Db.Dialect), row =>
        {
            ct.ThrowIfCancellationRequested();
            lines.Write(row, columns);
        });
        if (lines.Rows != wanted.Rows || lines.Digest() != wanted.Sha256)
            throw new InvalidDataException($"Table {table.Name} was read back with {lines.Rows} rows where {wanted.Rows} went in, or other contents. Nothing was kept.");
    }
}

/// <summary>What a restore brought back.</summary>
public sealed record Restored(Manifest Manifest, Journals.Verdict Journal);
