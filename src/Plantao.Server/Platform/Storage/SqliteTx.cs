using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage;

/// <summary>Prepared statements of one connection, kept by their text.</summary>
sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    /// <summary>More texts than this are not ours to keep: the rooms together have a few hundred.</summary>
    const int Most = 1000;

    readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    public void Plain(string sql) => Prepare(sql, 0).ExecuteNonQuery();

    public IReadOnlyList<T> Query<T>(Sql sql, Func<Row, T> read)
    {
        var command = Bind(sql);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        Tx.Drain(reader, read, rows);
        return rows;
    }

    public int Execute(Sql sql) => Bind(sql).ExecuteNonQuery();

    public (long Busy, long Pages, long Moved) Checkpoint(string mode)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA wal_checkpoint({mode})";
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)) : (0, 0, 0);
    }

    public long LastRow => SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle!);

    public SqliteCommand Prepare(string sql, int parameters)
    {
        if (prepared.TryGetValue(sql, out var command)) return command;
        if (prepared.Count >= Most)
        {
            foreach (var old in prepared.Values) old.Dispose();
            prepared.Clear();
        }

        command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i.ToString(CultureInfo.InvariantCulture) });
        prepared.Add(sql, command);
        return command;
    }

    SqliteCommand Bind(Sql sql)
    {
        var values = sql.Values;
        var command = Prepare(sql.Text, values.Count);
        for (var i = 0; i < values.Count; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values) command.Dispose();
        prepared.Clear();
    }
}

/// <summary>A piece of work on SQLite. Every answer is there at once, so the tasks are always complete.</summary>
sealed class SqliteTx(SqliteDb db, SqliteStatements statements, SqliteDb.Head? head) : Tx(db)
{
    static readonly Column<Sealed>[] JournalColumns =
    [
        new("id", ColumnType.Text, e => e.Entry.Id),
        new("position", ColumnType.Long, e => e.Position),
        new("kind", ColumnType.Text, e => e.Entry.Kind),
        new("subject", ColumnType.Text, e => e.Entry.Subject),
        new("actor", ColumnType.Text, e => e.Entry.Actor),
        new("at", ColumnType.Long, e => Instants.Micros(e.Entry.At)),
        new("correlation", ColumnType.Text, e => e.Entry.Correlation),
        new("facts", ColumnType.Text, e => e.Entry.Facts),
        new("text_digest", ColumnType.Bytes, e => e.Entry.TextDigest),
        new("hash", ColumnType.Bytes, e => e.Hash),
    ];

    readonly List<Entry> journal = [];

    public int Journalled => journal.Count;

    public override Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read) => Task.FromResult(statements.Query(sql, read));

    public override Task<int> Execute(Sql sql) => Task.FromResult(statements.Execute(sql));

    public override Task<int> Insert<T>(string table, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string ending = "")
    {
        if (rows.Count == 0) return Task.FromResult(0);
        var sql = new StringBuilder("INSERT INTO ").Append(table).Append(" (").AppendJoin(", ", columns.Select(c => c.Name)).Append(") VALUES (")
            .AppendJoin(", ", Enumerable.Range(1, columns.Count).Select(i => "$" + i.ToString(CultureInfo.InvariantCulture))).Append(") ").Append(ending).ToString();
        var command = statements.Prepare(sql, columns.Count);
        var changed = 0;
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Count; i++) command.Parameters[i].Value = columns[i].Value(row) ?? DBNull.Value;
            changed += command.ExecuteNonQuery();
        }

        return Task.FromResult(changed);
    }

    /// <summary>Inserts one row and says its number.</summary>
    public Task<long> Append<T>(string table, T row, IReadOnlyList<Column<T>> columns)
    {
        _ = Insert(table, [row], columns);
        return Task.FromResult(statements.LastRow);
    }

    public override Task Journal(Entry entry)
    {
        if (head is null) throw new InvalidOperationException("A snapshot cannot write.");
        journal.Add(entry);
        Wake(Topics.Sealed);
        return Task.CompletedTask;
    }

    /// <summary>Gives the group's entries their places at the end of it: the writer is the sealer here.</summary>
    public void Seal()
    {
        if (journal.Count == 0) return;
        var (position, hash) = statements.Query<(long, byte[])>($"SELECT position, hash FROM journal ORDER BY position DESC LIMIT 1", r => (r.Long(0), r.Bytes(1))) is [var last]
            ? last
            : (0L, Chain.Genesis);
        var rows = new List<Sealed>(journal.Count);
        foreach (var entry in journal)
        {
            position++;
            hash = Chain.Next(hash, position, entry.Id, entry.Kind, entry.Subject, entry.Actor, Instants.Micros(entry.At), entry.Correlation, entry.Facts, entry.TextDigest);
            rows.Add(new Sealed(entry, position, hash));
        }

        _ = Insert("journal", rows, JournalColumns);
        foreach (var (entry, _, _) in rows)
            if (entry.Text is not null)
                statements.Execute($"INSERT INTO journal_texts (entry_id, salt, text) VALUES ({entry.Id}, {entry.Salt}, {entry.Text})");
    }

    /// <summary>Entries of a piece of work that was rolled back.</summary>
    public void Forget(int journalled) => journal.RemoveRange(journalled, journal.Count - journalled);

    sealed record Sealed(Entry Entry, long Position, byte[] Hash);
}
