using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage;

/// <summary>The embedded database: one file, WAL, <c>synchronous=FULL</c>, one writer, group commit.</summary>
public sealed class SqliteDb : Db
{
    /// <summary>How many pieces of work share one fsync at most.</summary>
    const int GroupSize = 512;

    /// <summary>A WAL with more pages than this (32 MiB) is begun again from its start between two groups, so that a continuous writer cannot grow it without end.</summary>
    const long WalPages = 8192;

    /// <summary>How much is written, in bytes, before it is moved from the WAL into the database: pages that changed often meanwhile are moved once.</summary>
    const long CheckpointBytes = 8 * 1024 * 1024;

    /// <summary>And how many pieces of work, for those that change much and write little.</summary>
    const long CheckpointWorks = 4000;

    readonly string connectionString;
    readonly SqliteConnection writer;
    readonly SqliteStatements statements;
    readonly ConcurrentQueue<Work> queue = new();
    readonly ConcurrentStack<Reader> readers = new();
    int readersKept;
    readonly Lock gate = new();
    readonly bool inMemory;
    int leading;
    int closed;
    long worksToMove;
    Task moving = Task.CompletedTask;
    volatile bool walIsFull;
    bool isUnsynced;

    /// <param name="path">The file, or <c>:memory:</c> for a simulation.</param>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    public SqliteDb(string path)
    {
        inMemory = path == ":memory:";
        connectionString = inMemory
            ? $"Data Source=sim{Guid.NewGuid():N};Mode=Memory;Cache=Shared"
            : new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 5 }.ToString();
        if (!inMemory) MakeRoomForWal(path);
        writer = new SqliteConnection(connectionString);
        writer.Open();
        if (!inMemory && !OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        // FULL: the answer to a sender stands on this fsync. The checkpoint runs beside the commits, not inside them.
        Run(writer, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA busy_timeout=5000; PRAGMA wal_autocheckpoint=0;");
        statements = new SqliteStatements(writer);
    }

    public override Dialect Dialect => Dialect.Sqlite;

    public override Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (inMemory) return Write(tx => tx.Query(sql, read), ct);
        if (readers.TryPop(out var reader)) Interlocked.Decrement(ref readersKept);
        else reader = new Reader(connectionString);
        try
        {
            return Task.FromResult<IReadOnlyList<T>>(reader.Statements.Query(sql, read));
        }
        catch (SqliteException fault) when (Unavailable(fault))
        {
            throw new DatabaseUnavailableException("The database cannot be read now.", fault);
        }
        finally
        {
            // The one used last is used next: what it has read is still at hand.
            if (Interlocked.Increment(ref readersKept) <= 16)
            {
                readers.Push(reader);
            }
            else
            {
                Interlocked.Decrement(ref readersKept);
                reader.Dispose();
            }
        }
    }

    public override Task<T> Write<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var item = new Work<T>(work);
        Submit(item);
        return item.Task;
    }

    public override Task<T> WriteUnsynced<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var item = new Work<T>(work) { Unsynced = true };
        Submit(item);
        return item.Task;
    }

    /// <summary>Work of exactly one statement: it is atomic by itself and needs no savepoint. For intake.</summary>
    internal Task<T> WriteOne<T>(Func<Tx, Task<T>> work)
    {
        var item = new Work<T>(work) { SingleStatement = true };
        Submit(item);
        return item.Task;
    }

    public override Task<T> Snapshot<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        if (inMemory) return Write(work, ct);
        return Task.Run(async () =>
        {
            using var reader = new Reader(connectionString);
            Run(reader.Connection, "BEGIN");
            var tx = new SqliteTx(this, reader.Statements, null);
            var result = await work(tx);
            Run(reader.Connection, "COMMIT");
            return result;
        }, ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        // Whatever was submitted before is finished first.
        await Write(_ => Task.FromResult(true), CancellationToken.None);
        await moving;
        lock (gate)
        {
            statements.Dispose();
            writer.Dispose();
        }

        while (readers.TryPop(out var reader)) reader.Dispose();
    }

    internal static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static bool Unavailable(SqliteException fault) =>
        fault.SqliteErrorCode is 5 or 6 or 7 or 8 or 10 or 11 or 13 or 14 or 26;   // busy, locked, nomem, readonly, ioerr, corrupt, full, cantopen, notadb

    void Submit(Work work)
    {
        queue.Enqueue(work);
        // Whoever finds nobody at work leads: a lone caller commits on its own thread, without a hop.
        if (Interlocked.Exchange(ref leading, 1) == 0) Lead();
    }

    void Lead()
    {
        do
        {
            try
            {
                lock (gate) Group();
            }
            finally
            {
                Volatile.Write(ref leading, 0);
            }

            if (queue.IsEmpty) return;
            if (Interlocked.Exchange(ref leading, 1) == 1) return;
            if (!Thread.CurrentThread.IsThreadPoolThread) continue;
            // The leader's own work is done: the rest is led by somebody else, so that its answer goes out now.
            ThreadPool.UnsafeQueueUserWorkItem(static db => db.Lead(), this, preferLocal: false);
            return;
        }
        while (true);
    }

    /// <summary>One transaction for all that has queued up while the last one was written.</summary>
    void Group()
    {
        var group = new List<Work>();
        while (group.Count < GroupSize && queue.TryDequeue(out var work)) group.Add(work);
        if (group.Count == 0) return;

        var tx = new SqliteTx(this, statements, new Head());
        var unsynced = group.TrueForAll(work => work.Unsynced);
        try
        {
            if (unsynced != isUnsynced) statements.Pragma(unsynced ? "synchronous=NORMAL" : "synchronous=FULL");
            isUnsynced = unsynced;
            statements.Plain("BEGIN IMMEDIATE");
            if (group is [{ SingleStatement: false } alone])
            {
                // Alone it needs no savepoint, for which SQLite copies every page that is touched: what fails takes the transaction with it.
                if (!Try(alone, tx)) return;
            }
            else
            {
                foreach (var work in group) Do(work, tx);
            }

            if (!unsynced) Join(group, tx);
            tx.Seal();
            statements.Plain("COMMIT");
        }
        catch (Exception fault)
        {
            // Nothing of the group is kept: each of its callers is told so.
            Abandon();
            foreach (var work in group)
                work.Fail(fault is SqliteException ? new DatabaseUnavailableException("The database could not commit; nothing was kept. Send again later.", fault) : fault);
            return;
        }

        tx.OnCommitted();
        foreach (var work in group) work.Complete();
        Checkpoint(group.Count);
    }

    /// <summary>What intake has queued up while the group was at work comes along: it shares the fsync that is due anyway, rather than wait for two.</summary>
    void Join(List<Work> group, SqliteTx tx)
    {
        while (group.Count < GroupSize && queue.TryPeek(out var next) && next.SingleStatement && queue.TryDequeue(out next))
        {
            group.Add(next);
            Do(next, tx);
        }
    }

    /// <returns>Whether it worked: else its caller was told, and nothing of the transaction is left.</returns>
    bool Try(Work work, SqliteTx tx)
    {
        try
        {
            work.Run(tx);
            return true;
        }
        catch (Exception fault) when (fault is not SqliteException sqlite || !Unavailable(sqlite))
        {
            Abandon();
            work.Fail(fault);
            return false;
        }
    }

    void Do(Work work, SqliteTx tx)
    {
        if (work.SingleStatement)
        {
            try
            {
                work.Run(tx);
            }
            catch (Exception fault) when (fault is not SqliteException sqlite || !Unavailable(sqlite))
            {
                work.Outcome(fault);
            }

            return;
        }

        var mark = tx.Mark();
        var journalled = tx.Journalled;
        statements.Plain("SAVEPOINT work");
        try
        {
            work.Run(tx);
            statements.Plain("RELEASE work");
        }
        catch (Exception fault) when (fault is not SqliteException sqlite || !Unavailable(sqlite))
        {
            statements.Plain("ROLLBACK TO work");
            statements.Plain("RELEASE work");
            tx.BackTo(mark);
            tx.Forget(journalled);
            work.Outcome(fault);
        }
    }

    void Abandon()
    {
        try
        {
            statements.Plain("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite had rolled back already (disk full, I/O error): there is no transaction left to end.
        }
    }

    /// <summary>Writes the WAL's room ahead, where there is none: a commit that overwrites is synced in a third of the time of one that makes the file longer.</summary>
    /// <remarks>Zeros are no WAL to SQLite, and it begins at their start (walIndexRecover). One that is there may hold what a crash left, and is not touched; beside an empty database SQLite removes it.</remarks>
    static void MakeRoomForWal(string path)
    {
        if (File.Exists(path + "-wal") || !File.Exists(path)) return;
        // A small disk has better use for it.
        if (new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace < 8 * WalPages * 4096) return;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var wal = new FileStream(path + "-wal", options);
            var zeros = new byte[1024 * 1024];
            for (var written = 0L; written < WalPages * 4096; written += zeros.Length) wal.Write(zeros);
        }
        catch (IOException)
        {
            // The disk filled up meanwhile: it goes without, and leaves the room to others.
            File.Delete(path + "-wal");
        }
    }

    /// <summary>Moves pages into the database beside the commits, on a connection of its own; only a WAL that is full is begun again here.</summary>
    void Checkpoint(int works)
    {
        if (inMemory) return;
        if (walIsFull)
        {
            // The move that found it full has just ended: little is left to move, and senders wait for that little alone.
            walIsFull = false;
            try
            {
                // Whoever reads from it for long (a backup) is not waited for: the WAL grows meanwhile, and the next move tries again.
                statements.Pragma("busy_timeout=0");
                statements.Checkpoint("RESTART");
            }
            catch (SqliteException)
            {
                // What is committed stays in the WAL, and is moved later. A disk that takes nothing more fails the next commit, and its senders are told.
            }
            finally
            {
                statements.Pragma("busy_timeout=5000");
            }
        }

        worksToMove += works;
        if ((worksToMove < CheckpointWorks && statements.BytesWritten < CheckpointBytes) || !moving.IsCompleted) return;
        worksToMove = 0;
        statements.BytesWritten = 0;
        moving = Task.Run(Move);
    }

    void Move()
    {
        try
        {
            using var connection = new SqliteConnection(connectionString);
            connection.Open();
            using var own = new SqliteStatements(connection);
            own.Pragma("synchronous=FULL");
            var (pages, moved) = own.Checkpoint("PASSIVE");
            // While it moved, more came: each round leaves less than the one before.
            for (var round = 0; round < 3 && pages > WalPages && pages - moved > 256; round++) (pages, moved) = own.Checkpoint("PASSIVE");
            walIsFull = pages > WalPages;
        }
        catch (SqliteException)
        {
            // Nothing is lost: what is committed stays in the WAL. The writer itself tries next.
            walIsFull = true;
        }
    }

    sealed class Reader : IDisposable
    {
        public Reader(string connectionString)
        {
            Connection = new SqliteConnection(connectionString);
            Connection.Open();
            Run(Connection, "PRAGMA query_only=ON; PRAGMA cache_size=-8192; PRAGMA busy_timeout=5000;");
            Statements = new SqliteStatements(Connection);
        }

        public SqliteConnection Connection { get; }

        public SqliteStatements Statements { get; }

        public void Dispose()
        {
            Statements.Dispose();
            Connection.Dispose();
        }
    }

    abstract class Work
    {
        Exception? fault;

        public bool SingleStatement { get; init; }

        /// <summary>See <see cref="WriteUnsynced{T}"/>: a group of nothing else is not synced.</summary>
        public bool Unsynced { get; init; }

        public abstract void Run(Tx tx);

        /// <summary>It failed alone; the rest of the group goes on.</summary>
        public void Outcome(Exception why) => fault = why;

        public void Complete()
        {
            if (fault is not null) Fail(fault);
            else Succeed();
        }

        public abstract void Fail(Exception why);

        protected abstract void Succeed();
    }

    sealed class Work<T>(Func<Tx, Task<T>> work) : Work
    {
        readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T result = default!;

        public Task<T> Task => done.Task;

        public override void Run(Tx tx)
        {
            var task = work(tx);
            if (!task.IsCompleted) throw new InvalidOperationException("Work inside a transaction waited for something other than the database.");
            result = task.GetAwaiter().GetResult();
        }

        public override void Fail(Exception why) => done.TrySetException(why);

        protected override void Succeed() => done.TrySetResult(result);
    }

    /// <summary>Where the journal's chain stands; read from the database once a group, since another process may have written.</summary>
    internal sealed class Head
    {
        public long Position { get; set; } = -1;

        public byte[] Hash { get; set; } = Chain.Genesis;
    }
}
