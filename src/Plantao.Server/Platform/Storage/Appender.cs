using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Plantao.Platform.Storage;

/// <summary>Appends rows to one table as they come in, many to a commit, and says the number of each once it is durable.</summary>
/// <remarks>
/// The numbers rise in the order of the commits on both databases, so a reader may keep the last one it saw as its place.
/// On PostgreSQL one statement per batch takes a transaction-scoped lock before it draws numbers; batches are large, so nodes hardly wait
/// for each other, and a node that stops in the middle holds nothing: the batch is one round trip.
/// </remarks>
public abstract class Appender<T>
{
    /// <summary>Appends one row.</summary>
    /// <returns>Its number, once it is on disk.</returns>
    /// <exception cref="DatabaseUnavailableException">It is not.</exception>
    public abstract Task<long> Append(T row, string topic);

    internal sealed class OnSqlite(SqliteDb db, string table, IReadOnlyList<Column<T>> columns) : Appender<T>
    {
        public override Task<long> Append(T row, string topic) => db.WriteOne(tx =>
        {
            tx.Wake(topic);
            return ((SqliteTx)tx).Append(table, row, columns);
        });
    }

    internal sealed class OnAny(Db db, string table, IReadOnlyList<Column<T>> columns) : Appender<T>
    {
        public override Task<long> Append(T row, string topic) => db.Write(async tx =>
        {
            tx.Wake(topic);
            await tx.Insert(table, [row], columns);
            return await tx.Count(Sql.Own($"SELECT max(id) FROM {table}"));
        }, CancellationToken.None);
    }

    internal sealed class OnPostgres(PostgresDb db, string table, IReadOnlyList<Column<T>> columns) : Appender<T>
    {
        const int Most = 1000;
        readonly ConcurrentQueue<(T Row, TaskCompletionSource<long> Done)> queue = new();
        readonly string ending = "RETURNING id";
        int leading;

        public override Task<long> Append(T row, string topic)
        {
            var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            queue.Enqueue((row, done));
            if (Interlocked.Exchange(ref leading, 1) == 0) _ = Lead(topic);
            return done.Task;
        }

        async Task Lead(string topic)
        {
            do
            {
                while (!queue.IsEmpty)
                {
                    var batch = new List<(T Row, TaskCompletionSource<long> Done)>();
                    while (batch.Count < Most && queue.TryDequeue(out var item)) batch.Add(item);
                    await Save(batch, topic);
                }

                Volatile.Write(ref leading, 0);
            }
            while (!queue.IsEmpty && Interlocked.Exchange(ref leading, 1) == 0);
        }

        async Task Save(List<(T Row, TaskCompletionSource<long> Done)> batch, string topic)
        {
            try
            {
                await using var connection = await db.Intake.OpenConnectionAsync();
                using var insert = PostgresTx.Many(table, [.. batch.Select(b => b.Row)], columns, ending);
                await using var both = new NpgsqlBatch(connection);
                // The order of numbers is the order of commits, across nodes.
                both.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT pg_advisory_xact_lock(hashtext('{table}'))"));
                var command = new NpgsqlBatchCommand(insert.CommandText);
                foreach (NpgsqlParameter parameter in insert.Parameters.ToArray())
                {
                    insert.Parameters.Remove(parameter);
                    command.Parameters.Add(parameter);
                }

                both.BatchCommands.Add(command);
                var numbers = new List<long>(batch.Count);
                await using (var reader = await both.ExecuteReaderAsync())
                {
                    await reader.NextResultAsync();
                    while (await reader.ReadAsync()) numbers.Add(reader.GetInt64(0));
                }

                db.Committed([topic]);
                for (var i = 0; i < batch.Count; i++) batch[i].Done.TrySetResult(numbers[i]);
            }
            catch (PostgresException fault) when (!PostgresDb.Unavailable(fault.SqlState) && batch.Count > 1)
            {
                // One row is bad: each goes alone, so that the others are not refused for it.
                foreach (var item in batch) await Save([item], topic);
            }
            catch (Exception fault)
            {
                var told = fault is NpgsqlException or TimeoutException or InvalidOperationException
                    ? new DatabaseUnavailableException("The database did not confirm it. Send it again later.", fault)
                    : fault;
                foreach (var (_, done) in batch) done.TrySetException(told);
            }
        }
    }
}

/// <summary>Makes appenders.</summary>
public static class Appender
{
    /// <summary>The appender that fits <paramref name="db"/>.</summary>
    /// <param name="table">Has a column <c>id</c> that the database numbers.</param>
    public static Appender<T> To<T>(Db db, string table, IReadOnlyList<Column<T>> columns) => db switch
    {
        SqliteDb sqlite => new Appender<T>.OnSqlite(sqlite, table, columns),
        PostgresDb postgres => new Appender<T>.OnPostgres(postgres, table, columns),
        // A database that stands before another, as the simulator's does: a transaction for each row.
        _ => new Appender<T>.OnAny(db, table, columns),
    };
}
