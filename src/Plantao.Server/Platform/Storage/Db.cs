namespace Plantao.Platform.Storage;

/// <summary>Which of the two databases this is.</summary>
public enum Dialect
{
    /// <summary>Embedded, one file, one node.</summary>
    Sqlite,

    /// <summary>Several nodes.</summary>
    Postgres,
}

/// <summary>The database. Knows exactly two; one SQL text serves both, and what differs has a name here.</summary>
/// <remarks>
/// Reads go to read-only connections. Writes are transactions: concurrent ones on SQLite are drained into one and acknowledged
/// together after its fsync (group commit), each behind a savepoint of its own. Inside a transaction stand only SQL and pure code,
/// no network and no waiting, and what it decides on it reads there.
/// </remarks>
public abstract class Db : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    /// <summary>Wakes the workers of this process, and those of other nodes, after a commit.</summary>
    public Wakes Wakes { get; } = new();

    /// <summary>Stored documents that cannot be read.</summary>
    public Unreadable Unreadable { get; } = new();

    /// <summary>Calls <paramref name="action"/> after every commit of <paramref name="topic"/>, here or on another node that tells us. It must be quick and must not throw.</summary>
    public void Changed(string topic, Action action) => Wakes.Do(topic, action);

    /// <summary>Ends a claiming SELECT: rows that another transaction holds are passed over.</summary>
    public Sql SkipLocked => Dialect is Dialect.Sqlite ? Sql.Own("") : Sql.Own("FOR UPDATE SKIP LOCKED");

    /// <summary>Ends a SELECT whose rows are decided on in the same transaction.</summary>
    public Sql ForUpdate => Dialect is Dialect.Sqlite ? Sql.Own("") : Sql.Own("FOR UPDATE");

    /// <summary>The clock of leases in microseconds: the database's own, and on SQLite, where one process holds them all, the machine's time stamps, which nobody can set. Judges leases and nothing else.</summary>
    public virtual Sql LeaseClock
    {
        get
        {
            if (Dialect is Dialect.Postgres) return Sql.Own("(extract(epoch from clock_timestamp()) * 1000000)::bigint");
            var stamp = new Sql(2, 1);
            stamp.AppendFormatted(MachineTime.Instance.GetElapsedTime(0));
            return stamp;
        }
    }

    /// <summary>"is one of", as in <c>WHERE id {db.In(ids)}</c>.</summary>
    public Sql In(IReadOnlyList<string> values)
    {
        var sql = new Sql(48, 1);
        sql.AppendLiteral(Dialect is Dialect.Sqlite ? "IN (SELECT value FROM json_each(" : "= ANY(");
        if (Dialect is Dialect.Sqlite) sql.AppendFormatted(System.Text.Json.JsonSerializer.Serialize(values));
        else sql.AppendList(values.ToArray());
        sql.AppendLiteral(Dialect is Dialect.Sqlite ? "))" : ")");
        return sql;
    }

    /// <inheritdoc cref="In(IReadOnlyList{string})"/>
    public Sql In(IReadOnlyList<long> values)
    {
        var sql = new Sql(48, 1);
        sql.AppendLiteral(Dialect is Dialect.Sqlite ? "IN (SELECT value FROM json_each(" : "= ANY(");
        if (Dialect is Dialect.Sqlite) sql.AppendFormatted(System.Text.Json.JsonSerializer.Serialize(values));
        else sql.AppendList(values.ToArray());
        sql.AppendLiteral(Dialect is Dialect.Sqlite ? "))" : ")");
        return sql;
    }

    /// <summary>As the others, for digests. PostgreSQL alone: SQLite has no list of bytes.</summary>
    public Sql In(IReadOnlyList<byte[]> values)
    {
        var sql = new Sql(16, 1);
        sql.AppendLiteral("= ANY(");
        sql.AppendList(values.ToArray());
        sql.AppendLiteral(")");
        return sql;
    }

    /// <summary>Whether a text of JSON has a member of this value, as in <c>WHERE {db.JsonText("labels", "alertname")} = …</c>. The column's name is ours.</summary>
    public Sql JsonText(string column, string member)
    {
        var sql = new Sql(48, 1);
        if (Dialect is Dialect.Sqlite)
        {
            sql.AppendLiteral($"json_extract({column}, ");
            sql.AppendFormatted("$.\"" + member.Replace("\"", "", StringComparison.Ordinal) + "\"");
            sql.AppendLiteral(")");
        }
        else
        {
            sql.AppendLiteral($"(({column})::jsonb ->> ");
            sql.AppendFormatted(member);
            sql.AppendLiteral(")");
        }

        return sql;
    }

    /// <summary>Reads, outside any transaction.</summary>
    public abstract Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read, CancellationToken ct);

    /// <summary>The first row, or <see langword="default"/>.</summary>
    public async Task<T?> First<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
    {
        var rows = await Query(sql, read, ct);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>Does a piece of work in one transaction.</summary>
    /// <param name="work">SQL and pure code. May be run again after a conflict between nodes: it must read what it decides on inside.</param>
    /// <exception cref="DatabaseUnavailableException">It could not be committed: nothing of it is kept.</exception>
    public abstract Task<T> Write<T>(Func<Tx, Task<T>> work, CancellationToken ct);

    /// <summary>As <see cref="Write{T}"/>, for work that is done again from what is on disk if a power cut takes it: it is not synced by itself, but with the next commit that is (decision 0013).</summary>
    /// <remarks>The log is one sequence: whatever is committed later and is on disk has this on disk before it. A killed process loses nothing of it.</remarks>
    public virtual Task<T> WriteUnsynced<T>(Func<Tx, Task<T>> work, CancellationToken ct) => Write(work, ct);

    /// <inheritdoc cref="Write{T}"/>
    public Task Write(Func<Tx, Task> work, CancellationToken ct) =>
        Write(async tx =>
        {
            await work(tx);
            return true;
        }, ct);

    /// <summary>A consistent view of the whole database for as long as <paramref name="work"/> takes. For backups and proofs.</summary>
    public abstract Task<T> Snapshot<T>(Func<Tx, Task<T>> work, CancellationToken ct);

    /// <summary>Microseconds between the database's clock and this machine's; positive when the database is ahead. Always 0 on SQLite.</summary>
    public virtual Task<TimeSpan> ClockOffset(TimeProvider machine, CancellationToken ct) => Task.FromResult(TimeSpan.Zero);

    /// <summary>Whether a commit would work now: a real write to a row kept for this.</summary>
    public Task Probe(DateTimeOffset now, CancellationToken ct) =>
        Write(async tx => await tx.Execute($"UPDATE settings SET value = {Instants.Micros(now).ToString(System.Globalization.CultureInfo.InvariantCulture)} WHERE name = 'probe'"), ct);

    public abstract ValueTask DisposeAsync();

    /// <summary>Tells the other nodes, where there are any. Coalesced, after the commit.</summary>
    protected virtual void Notify(IReadOnlyCollection<string> changed) { }

    internal void Committed(IReadOnlyCollection<string>? changed)
    {
        if (changed is null || changed.Count == 0) return;
        foreach (var topic in changed) Wakes.Raise(topic);

        Notify(changed);
    }
}

/// <summary>The database did not take it: nothing was kept. The caller keeps what it has and tries again later.</summary>
public sealed class DatabaseUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
