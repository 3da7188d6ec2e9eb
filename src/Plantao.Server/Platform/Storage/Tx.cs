using System.Data.Common;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage;

/// <summary>A type of column, as an array parameter on PostgreSQL needs it.</summary>
public enum ColumnType { Text, Long, Bytes }

/// <summary>A column of many rows that are inserted at once.</summary>
/// <param name="Value">A string, long, byte array or <see langword="null"/>, according to <paramref name="Type"/>.</param>
public sealed record Column<T>(string Name, ColumnType Type, Func<T, object?> Value);

/// <summary>Some columns of a table.</summary>
public static class Columns
{
    /// <summary>Those of these names, in their order.</summary>
    /// <exception cref="InvalidOperationException">There is none of one of the names, or more than one.</exception>
    public static Column<T>[] Named<T>(this Column<T>[] all, params string[] names) => [.. names.Select(name => all.Single(column => column.Name == name))];
}

/// <summary>One transaction: the new state, its journal entry and the notifications it causes commit together or not at all.</summary>
public abstract class Tx(Db db)
{
    HashSet<string>? woken;
    List<Action>? afterCommit;

    public Db Db => db;

    public abstract Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read);

    /// <summary>The first row, or <see langword="default"/>.</summary>
    public async Task<T?> First<T>(Sql sql, Func<Row, T> read)
    {
        var rows = await Query(sql, read);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>Reads rows one by one without keeping them: for copies of whole tables.</summary>
    /// <param name="read">Called for each row, in order; the row is not good after it.</param>
    internal abstract Task Each(Sql sql, Action<Row> read);

    /// <summary>How many rows there are of <c>SELECT count(*)</c> and its like.</summary>
    public async Task<long> Count(Sql sql) => (await Query(sql, row => row.Long(0)))[0];

    /// <returns>How many rows were changed.</returns>
    public abstract Task<int> Execute(Sql sql);

    /// <summary>Inserts many rows in as few steps as the database allows.</summary>
    /// <param name="ending">What follows the values, such as <c>ON CONFLICT DO NOTHING</c>. Ours, never from outside.</param>
    public abstract Task<int> Insert<T>(string table, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string ending = "");

    /// <summary>Changes many rows, each known by its <paramref name="key"/>, in as few steps as the database allows. Who calls holds their locks, or changes rows that nobody else changes.</summary>
    public abstract Task Update<T>(string table, IReadOnlyList<T> rows, Column<T> key, IReadOnlyList<Column<T>> columns);

    /// <summary>Writes an entry of the journal.</summary>
    public abstract Task Journal(Entry entry);

    /// <summary>Gives entries of the journal their places. The sealer's.</summary>
    internal virtual Task Place(IReadOnlyList<(string Id, long Position, byte[] Hash)> places) => throw new NotSupportedException("On SQLite the writer is the sealer.");

    /// <summary>After the commit, wakes the workers that wait for <paramref name="topic"/>.</summary>
    public void Wake(string topic) => (woken ??= new(StringComparer.Ordinal)).Add(topic);

    /// <summary>As <see cref="Wake(string)"/>, for what acts at <paramref name="due"/>: who waits for it looks by itself every <see cref="Worker.Often"/>, and needs no bell for what is later.</summary>
    public void Wake(string topic, DateTimeOffset? due, DateTimeOffset now)
    {
        if (due <= now + Worker.Often) Wake(topic);
    }

    /// <summary>Runs after the commit, never before, and not at all when there is none. Must not throw.</summary>
    public void AfterCommit(Action action) => (afterCommit ??= []).Add(action);

    internal void OnCommitted()
    {
        if (afterCommit is not null)
            foreach (var action in afterCommit) action();
        db.Committed(woken);
    }

    /// <summary>Forgets what a piece of work wanted done after the commit, because it is not committed.</summary>
    internal (int Actions, int Topics) Mark() => (afterCommit?.Count ?? 0, woken?.Count ?? 0);

    internal void BackTo((int Actions, int Topics) mark)
    {
        if (afterCommit is not null && afterCommit.Count > mark.Actions) afterCommit.RemoveRange(mark.Actions, afterCommit.Count - mark.Actions);
        // A wake-up too many is harmless: topics stay.
    }

    internal static void Drain<T>(DbDataReader reader, Func<Row, T> read, List<T> rows)
    {
        var row = new Row(reader);
        while (reader.Read()) rows.Add(read(row));
    }
}
