using Plantao.Platform.Storage;

namespace Plantao.Platform.Journal;

/// <summary>How a room above hears what happened below: it reads the journal from its own position, and moves it in the transaction of its effects.</summary>
/// <remarks>An entry that fails five times is set aside, aloud, so that one bad entry cannot stop the rest.</remarks>
public abstract class JournalReader(WorkerContext context, Journals journals, ILogger log, string name)
    : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Sealed)
{
    const int Tries = 5;
    readonly Db db = context.Db;

    /// <summary>Acts on one entry. SQL and pure code only.</summary>
    protected abstract Task Read(Tx tx, Placed entry);

    public override async Task<bool> Work(CancellationToken ct)
    {
        var position = await db.First($"SELECT position FROM journal_readers WHERE name = {name}", r => r.LongOrNull(0), ct) ?? 0;
        var entries = await journals.After(position, 100, ct);
        foreach (var entry in entries)
        {
            try
            {
                await db.Write(async tx =>
                {
                    // Another node may have read it in the meantime.
                    if (!await Move(tx, entry.Position)) return;
                    await Read(tx, entry);
                }, ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
            {
                await Failed(entry, fault, ct);
                return true;
            }
        }

        return entries.Count == 100;
    }

    async Task<bool> Move(Tx tx, long to) =>
        await tx.Execute($"""
            INSERT INTO journal_readers (name, position, failures) VALUES ({name}, {to}, 0)
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, failures = 0 WHERE journal_readers.position = {to - 1}
            """) == 1;

    Task Failed(Placed entry, Exception fault, CancellationToken ct) => db.Write(async tx =>
    {
        await tx.Execute($"INSERT INTO journal_readers (name, position, failures) VALUES ({name}, {entry.Position - 1}, 1) ON CONFLICT (name) DO UPDATE SET failures = journal_readers.failures + 1");
        var failures = await tx.Count($"SELECT failures FROM journal_readers WHERE name = {name}");
        if (failures < Tries) return;
        await tx.Execute($"INSERT INTO journal_set_aside (reader, position, error, at) VALUES ({name}, {entry.Position}, {fault.Message}, {Clock.GetUtcNow()}) ON CONFLICT DO NOTHING");
        await Move(tx, entry.Position);
        Log.LogError(fault, "{Reader} set entry {Position} of the journal aside after {Failures} tries: it has no effect there", name, entry.Position, failures);
    }, ct);
}
