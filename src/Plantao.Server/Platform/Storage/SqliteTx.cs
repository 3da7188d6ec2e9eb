using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Plantao.Platform.Journal;
using SQLitePCL;

namespace Plantao.Platform.Storage;

/// <summary>Prepared statements of one connection, kept by their text.</summary>
/// <remarks>Bound by position and stepped without the layers above, which look each parameter up by name at every call: parameters are numbered in the order of their holes, so $1 is the first.</remarks>
sealed class SqliteStatements(SqliteConnection connection) : IDisposable
{
    /// <summary>More texts than this are not ours to keep: the rooms together have a few hundred.</summary>
    const int Most = 1000;

    readonly Dictionary<string, sqlite3_stmt> prepared = new(StringComparer.Ordinal);

    byte[] text = new byte[4096];

    /// <summary>How many bytes of text and blobs were bound since this was last set to 0.</summary>
    public long BytesWritten { get; set; }

    public void Plain(string sql) => Step(Prepared(sql));

    /// <summary>Sets something of the connection. Never kept prepared: SQLite sets it while it compiles the text, and a text that is run again would set nothing.</summary>
    public void Pragma(string setting) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle!, "PRAGMA " + setting), connection.Handle!);

    public List<T> Query<T>(Sql sql, Func<Row, T> read)
    {
        var rows = new List<T>();
        Each(sql, row => rows.Add(read(row)));
        return rows;
    }

    public void Each(Sql sql, Action<Row> read)
    {
        var statement = Bound(sql);
        try
        {
            int code;
            while ((code = raw.sqlite3_step(statement)) == raw.SQLITE_ROW) read(new Row(statement));
            if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, connection.Handle!);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    public int Execute(Sql sql) => Step(Bound(sql));

    /// <summary>The statement, ready to be bound.</summary>
    public sqlite3_stmt Prepared(string sql)
    {
        if (prepared.TryGetValue(sql, out var statement)) return statement;
        if (prepared.Count >= Most) Forget();
        var code = raw.sqlite3_prepare_v2(connection.Handle!, sql, out statement);
        SqliteException.ThrowExceptionForRC(code, connection.Handle!);
        prepared.Add(sql, statement);
        return statement;
    }

    public void Bind(sqlite3_stmt statement, int at, object? value)
    {
        BytesWritten += value switch { string words => words.Length, byte[] bytes => bytes.Length, _ => 8 };
        var code = value switch
        {
            null => raw.sqlite3_bind_null(statement, at),
            string words => raw.sqlite3_bind_text(statement, at, Encode(words)),
            long number => raw.sqlite3_bind_int64(statement, at, number),
            byte[] bytes => raw.sqlite3_bind_blob(statement, at, bytes),
            double number => raw.sqlite3_bind_double(statement, at, number),
            _ => throw new ArgumentException($"SQLite is not given a {value.GetType().Name}.", nameof(value)),
        };
        SqliteException.ThrowExceptionForRC(code, connection.Handle!);
    }

    /// <returns>How many rows were changed.</returns>
    public int Step(sqlite3_stmt statement)
    {
        var code = raw.sqlite3_step(statement);
        while (code == raw.SQLITE_ROW) code = raw.sqlite3_step(statement);
        if (code != raw.SQLITE_DONE)
        {
            try
            {
                SqliteException.ThrowExceptionForRC(code, connection.Handle!);
            }
            finally
            {
                raw.sqlite3_reset(statement);
            }
        }

        var changed = raw.sqlite3_changes(connection.Handle!);
        raw.sqlite3_reset(statement);
        return changed;
    }

    /// <summary>Moves what is in the WAL into the database.</summary>
    /// <param name="mode"><c>PASSIVE</c> waits for nobody; <c>TRUNCATE</c> also empties the file.</param>
    /// <returns>Pages that were in the WAL, and how many of them are moved; -1 when another connection was at it.</returns>
    public (long Pages, long Moved) Checkpoint(string mode) =>
        Query(Sql.Own($"PRAGMA wal_checkpoint({mode})"), row => (row.Long(1), row.Long(2))) is [var done] ? done : (0, 0);

    public long LastRow => raw.sqlite3_last_insert_rowid(connection.Handle!);

    sqlite3_stmt Bound(Sql sql)
    {
        var statement = Prepared(sql.Text);
        for (var i = 0; i < sql.Values.Count; i++) Bind(statement, i + 1, sql.Values[i]);
        return statement;
    }

    ReadOnlySpan<byte> Encode(string words)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(words.Length);
        if (text.Length < longest) text = new byte[longest];
        return text.AsSpan(0, Encoding.UTF8.GetBytes(words, text));
    }

    void Forget()
    {
        foreach (var statement in prepared.Values) statement.Dispose();
        prepared.Clear();
    }

    public void Dispose() => Forget();
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

    /// <summary>The text of each kind of insert and update; columns are static lists of their stores.</summary>
    static readonly System.Collections.Concurrent.ConcurrentDictionary<(string Table, object Columns, string Ending), string> Inserts = new();
    static readonly System.Collections.Concurrent.ConcurrentDictionary<(string Table, object Columns, string Key), string> Updates = new();

    readonly List<Entry> journal = [];

    public int Journalled => journal.Count;

    public override Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read) => Task.FromResult<IReadOnlyList<T>>(statements.Query(sql, read));

    internal override Task Each(Sql sql, Action<Row> read)
    {
        statements.Each(sql, read);
        return Task.CompletedTask;
    }

    public override Task<int> Execute(Sql sql) => Task.FromResult(statements.Execute(sql));

    public override Task<int> Insert<T>(string table, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string ending = "")
    {
        if (rows.Count == 0) return Task.FromResult(0);
        var sql = Inserts.GetOrAdd((table, columns, ending), static key =>
        {
            var names = ((System.Collections.IEnumerable)key.Columns).Cast<Column<T>>().Select(c => c.Name).ToList();
            return new StringBuilder("INSERT INTO ").Append(key.Table).Append(" (").AppendJoin(", ", names).Append(") VALUES (")
                .AppendJoin(", ", Enumerable.Range(1, names.Count).Select(i => "$" + i.ToString(CultureInfo.InvariantCulture))).Append(") ").Append(key.Ending).ToString();
        });
        var statement = statements.Prepared(sql);
        var changed = 0;
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Count; i++) statements.Bind(statement, i + 1, columns[i].Value(row));
            changed += statements.Step(statement);
        }

        return Task.FromResult(changed);
    }

    public override Task Update<T>(string table, IReadOnlyList<T> rows, Column<T> key, IReadOnlyList<Column<T>> columns)
    {
        if (rows.Count == 0) return Task.CompletedTask;
        var sql = Updates.GetOrAdd((table, columns, key.Name), static of =>
            $"UPDATE {of.Table} SET {string.Join(", ", ((IReadOnlyList<Column<T>>)of.Columns).Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"{c.Name} = ${i + 1}")))} WHERE {of.Key} = $key");
        var statement = statements.Prepared(sql);
        foreach (var row in rows)
        {
            for (var i = 0; i < columns.Count; i++) statements.Bind(statement, i + 1, columns[i].Value(row));
            statements.Bind(statement, columns.Count + 1, key.Value(row));
            statements.Step(statement);
        }

        return Task.CompletedTask;
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
