using System.Collections.Concurrent;
using System.Data;
using System.Globalization;
using System.Text;
using Npgsql;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage;

/// <summary>PostgreSQL: several nodes, stateless and equal. Replication, failover and partitioning are its own.</summary>
public sealed class PostgresDb : Db
{
    /// <summary>How often a transaction that met another node's is run again before the caller hears of it.</summary>
    const int Tries = 5;

    /// <remarks>
    /// The database gives up a transaction whose node says nothing for so long: a host that vanished, or was suspended, keeps its locks no longer than
    /// this (failures.md F5: another takes over within 20 s). Without it they would stay until the network noticed, two hours as Linux has it.
    /// Every statement of ours has its index, and what is due is read in the order of one. A plan is kept, and one that was made while a table was small would
    /// read all of it, or sort all that is due to take the first few, until the next ANALYZE: in the middle of the first storm. Compiling a plan takes longer
    /// than any of them.
    /// </remarks>
    const string Session = "SET idle_in_transaction_session_timeout = '10s'; SET tcp_user_timeout = '10s'; SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off";

    readonly NpgsqlDataSource source;
    readonly NpgsqlDataSource intake;
    readonly string direct;
    readonly ConcurrentDictionary<string, byte> toNotify = new(StringComparer.Ordinal);
    readonly CancellationTokenSource closing = new();
    int notifying;
    Task? listening;

    /// <param name="connectionString">Npgsql's form. <c>LISTEN</c> wants a direct connection or a session-mode pooler; without it we poll.</param>
    public PostgresDb(string connectionString)
    {
        var general = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "plantao",
            MaxAutoPrepare = 200,
            AutoPrepareMinUsages = 2,
            CommandTimeout = 30,
            Timeout = 5,
            // Nothing of ours outlives a transaction in a session: settings are LOCAL, locks are the transaction's, who listens does so on a connection
            // of its own. So nothing need be undone when a connection is given back; undoing it was a third of all statements.
            NoResetOnClose = true,
        };
        if (general.MaxPoolSize == 100) general.MaxPoolSize = 20;
        source = Source(general);
        direct = general.ConnectionString;
        // Intake has connections of its own: what screens and engines do cannot take them away. It answers quickly or not at all.
        intake = Source(new(general.ConnectionString) { MaxPoolSize = 4, CommandTimeout = 2, Timeout = 2 });
    }

    static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(Session, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(Session, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    public override Dialect Dialect => Dialect.Postgres;

    internal NpgsqlDataSource Intake => intake;

    public override async Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(ct);
            await using var command = Command(connection, null, sql);
            await using var reader = await command.ExecuteReaderAsync(ct);
            var rows = new List<T>();
            var row = new Row(reader);
            while (await reader.ReadAsync(ct)) rows.Add(read(row));
            return rows;
        }
        catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: var state } || Unavailable(state))
        {
            throw new DatabaseUnavailableException("The database cannot be read now.", fault);
        }
    }

    public override async Task<T> Write<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
                var tx = new PostgresTx(this, connection, transaction, ct);
                var result = await work(tx);
                await tx.Flush();
                await transaction.CommitAsync(CancellationToken.None);
                tx.OnCommitted();
                return result;
            }
            catch (PostgresException fault) when (fault.SqlState is "40001" or "40P01" or "55P03" && attempt < Tries)
            {
                // Two nodes met: nothing of this try is kept, the next one sees what the other wrote.
            }
            catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: var state } || Unavailable(state))
            {
                throw new DatabaseUnavailableException("The database could not commit; whether it kept this is not known. Look before you repeat.", fault);
            }
        }
    }

    public override Task<T> WriteUnsynced<T>(Func<Tx, Task<T>> work, CancellationToken ct) => Write(async tx =>
    {
        await tx.Execute($"SET LOCAL synchronous_commit = off");
        return await work(tx);
    }, ct);

    public override async Task<T> Snapshot<T>(Func<Tx, Task<T>> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        return await work(new PostgresTx(this, connection, transaction, ct));
    }

    public override async Task<TimeSpan> ClockOffset(TimeProvider machine, CancellationToken ct)
    {
        // A busy machine may rest anywhere between asking and hearing: of several questions the quickest answer says most. The first also opens the connection.
        var (offset, shortest) = (TimeSpan.Zero, TimeSpan.MaxValue);
        for (var question = 0; question < 8; question++)
        {
            var (before, start) = (machine.GetUtcNow(), machine.GetTimestamp());
            var database = await First($"SELECT (extract(epoch from clock_timestamp()) * 1000000)::bigint", r => r.At(0), ct);
            var took = machine.GetElapsedTime(start);
            if (took >= shortest) continue;
            (offset, shortest) = (database - (before + took / 2), took);
        }

        return offset;
    }

    /// <summary>Hears what other nodes committed. Falls back to polling, by itself, while the connection is away.</summary>
    public void Listen(TimeProvider clock, ILogger log) => listening = Task.Run(async () =>
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(direct + ";Pooling=false;Keepalive=10");
                await connection.OpenAsync(closing.Token);
                connection.Notification += (_, note) =>
                {
                    foreach (var topic in note.Payload.Split(',')) Wakes.Raise(topic);
                };
                await using (var command = new NpgsqlCommand("LISTEN plantao", connection)) await command.ExecuteNonQueryAsync(closing.Token);
                while (true) await connection.WaitAsync(closing.Token);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException or System.Net.Sockets.SocketException)
            {
                log.LogWarning(fault, "Cannot hear other nodes now; polling goes on, and listening is tried again in 2 s.");
                try
                {
                    await Task.Delay(TimeSpan.FromSeconds(2), clock, closing.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    });

    public override async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (listening is not null) await listening;
        await source.DisposeAsync();
        await intake.DisposeAsync();
        closing.Dispose();
    }

    internal static bool Unavailable(string state) =>
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("57", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal) || state is "25006" or "55P03" or "40001" or "40P01";

    internal static NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, Sql sql)
    {
        var command = new NpgsqlCommand(sql.Text, connection, transaction);
        foreach (var value in sql.Values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>One notification for all that was committed in the meantime, sent outside the writing transactions.</summary>
    protected override void Notify(IReadOnlyCollection<string> changed)
    {
        foreach (var topic in changed) toNotify.TryAdd(topic, 0);
        if (Interlocked.Exchange(ref notifying, 1) == 1) return;
        _ = Task.Run(async () =>
        {
            try
            {
                while (!toNotify.IsEmpty)
                {
                    var topics = toNotify.Keys.ToArray();
                    foreach (var topic in topics) toNotify.TryRemove(topic, out _);
                    await using var command = source.CreateCommand("SELECT pg_notify('plantao', $1)");
                    command.Parameters.Add(new NpgsqlParameter { Value = string.Join(',', topics) });
                    await command.ExecuteNonQueryAsync(closing.Token);
                }
            }
            catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException or ObjectDisposedException)
            {
                // Other nodes poll: a lost wake-up costs them a moment, never a page.
            }
            finally
            {
                Volatile.Write(ref notifying, 0);
            }
        });
    }
}

/// <summary>A transaction on PostgreSQL.</summary>
sealed class PostgresTx(PostgresDb db, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken ct) : Tx(db)
{
    static readonly Column<Entry>[] JournalColumns =
    [
        new("id", ColumnType.Text, e => e.Id),
        new("kind", ColumnType.Text, e => e.Kind),
        new("subject", ColumnType.Text, e => e.Subject),
        new("actor", ColumnType.Text, e => e.Actor),
        new("at", ColumnType.Long, e => Instants.Micros(e.At)),
        new("correlation", ColumnType.Text, e => e.Correlation),
        new("facts", ColumnType.Text, e => e.Facts),
        new("text_digest", ColumnType.Bytes, e => e.TextDigest),
    ];

    static readonly Column<Entry>[] TextColumns =
    [
        new("entry_id", ColumnType.Text, e => e.Id),
        new("salt", ColumnType.Bytes, e => e.Salt),
        new("text", ColumnType.Text, e => e.Text),
    ];

    readonly List<Entry> journal = [];
    bool patient;

    public override async Task<IReadOnlyList<T>> Query<T>(Sql sql, Func<Row, T> read)
    {
        await using var command = PostgresDb.Command(connection, transaction, sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        var row = new Row(reader);
        while (await reader.ReadAsync(ct)) rows.Add(read(row));
        return rows;
    }

    internal override async Task Each(Sql sql, Action<Row> read)
    {
        // Sorting a large table takes its time before the first row comes, and so does whoever writes down the last ones.
        if (!patient) await Execute($"SET LOCAL idle_in_transaction_session_timeout = 0");
        patient = true;
        await using var command = PostgresDb.Command(connection, transaction, sql);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        var row = new Row(reader);
        while (await reader.ReadAsync(ct)) read(row);
    }

    public override async Task<int> Execute(Sql sql)
    {
        await using var command = PostgresDb.Command(connection, transaction, sql);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public override async Task<int> Insert<T>(string table, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string ending = "")
    {
        if (rows.Count == 0) return 0;
        await using var command = Many(table, rows, columns, ending);
        (command.Connection, command.Transaction) = (connection, transaction);
        return await command.ExecuteNonQueryAsync(ct);
    }

    public override async Task Update<T>(string table, IReadOnlyList<T> rows, Column<T> key, IReadOnlyList<Column<T>> columns)
    {
        if (rows.Count == 0) return;
        await using var command = new NpgsqlCommand { Connection = connection, Transaction = transaction };
        var sql = new StringBuilder("UPDATE ").Append(table).Append(" AS t SET ").AppendJoin(", ", columns.Select(c => $"{c.Name} = n.{c.Name}")).Append(" FROM unnest(");
        Arrays(sql, command, rows, [key, .. columns]);
        sql.Append(") AS n (").AppendJoin(", ", columns.Select(c => c.Name).Prepend(key.Name)).Append(") WHERE t.").Append(key.Name).Append(" = n.").Append(key.Name);
        command.CommandText = sql.ToString();
        await command.ExecuteNonQueryAsync(ct);
    }

    public override Task Journal(Entry entry)
    {
        journal.Add(entry);
        Wake(Topics.Journal);
        return Task.CompletedTask;
    }

    internal override async Task Place(IReadOnlyList<(string Id, long Position, byte[] Hash)> places)
    {
        await using var command = new NpgsqlCommand("UPDATE journal SET position = p.position, hash = p.hash FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS p (id, position, hash) WHERE journal.id = p.id", connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. places.Select(p => p.Id)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. places.Select(p => p.Position)] });
        command.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = [.. places.Select(p => p.Hash)] });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Writes the entries, without a place: the sealer gives it after the commit.</summary>
    public async Task Flush()
    {
        await Insert("journal", journal, JournalColumns);
        await Insert("journal_texts", journal.FindAll(e => e.Text is not null), TextColumns);
    }

    /// <summary>One statement that inserts any number of rows from arrays.</summary>
    internal static NpgsqlCommand Many<T>(string table, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns, string ending)
    {
        var command = new NpgsqlCommand();
        var sql = new StringBuilder("INSERT INTO ").Append(table).Append(" (").AppendJoin(", ", columns.Select(c => c.Name)).Append(") SELECT * FROM unnest(");
        Arrays(sql, command, rows, columns);
        command.CommandText = sql.Append(") ").Append(ending).ToString();
        return command;
    }

    /// <summary>Each column as an array parameter, and its place in the text.</summary>
    static void Arrays<T>(StringBuilder sql, NpgsqlCommand command, IReadOnlyList<T> rows, IReadOnlyList<Column<T>> columns)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) sql.Append(", ");
            sql.Append('$').Append(i + 1).Append(columns[i].Type switch
            {
                ColumnType.Text => "::text[]",
                ColumnType.Long => "::bigint[]",
                ColumnType.Bytes => "::bytea[]",
            });
            command.Parameters.Add(Values(rows, columns[i]));
        }
    }

    static NpgsqlParameter Values<T>(IReadOnlyList<T> rows, Column<T> column) => column.Type switch
    {
        ColumnType.Text => new NpgsqlParameter<string?[]> { TypedValue = [.. rows.Select(r => (string?)column.Value(r))] },
        ColumnType.Long => new NpgsqlParameter<long?[]> { TypedValue = [.. rows.Select(r => column.Value(r) is { } v ? Convert.ToInt64(v, CultureInfo.InvariantCulture) : (long?)null)] },
        ColumnType.Bytes => new NpgsqlParameter<byte[]?[]> { TypedValue = [.. rows.Select(r => (byte[]?)column.Value(r))] },
    };
}
