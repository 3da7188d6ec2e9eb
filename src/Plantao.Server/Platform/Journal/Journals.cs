using Plantao.Platform.Storage;

namespace Plantao.Platform.Journal;

/// <summary>An entry in its place.</summary>
public sealed record Placed(
    long Position, string Id, string Kind, string Subject, string Actor, DateTimeOffset At, string Correlation, string Facts, string? Text);

/// <summary>Which entries to show.</summary>
/// <param name="Kind">Exactly; with a dot at its end (<c>alert.</c>) all that begin so.</param>
/// <param name="From">Included.</param>
/// <param name="Until">Not included.</param>
public sealed record JournalFilter(string? Actor = null, string? Kind = null, string? Subject = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>Reads and proves the journal.</summary>
public sealed class Journals(Db db)
{
    /// <summary>Entries after <paramref name="position"/>, in order. What is not sealed yet is not there yet.</summary>
    public Task<IReadOnlyList<Placed>> After(long position, int count, CancellationToken ct) => db.Query($"""
        SELECT j.position, j.id, j.kind, j.subject, j.actor, j.at, j.correlation, j.facts, t.text
          FROM journal j LEFT JOIN journal_texts t ON t.entry_id = j.id
         WHERE j.position > {position} ORDER BY j.position LIMIT {count}
        """, Read, ct);

    /// <summary>What happened to one subject, oldest first.</summary>
    public Task<IReadOnlyList<Placed>> Of(string subject, int count, CancellationToken ct) => db.Query($"""
        SELECT j.position, j.id, j.kind, j.subject, j.actor, j.at, j.correlation, j.facts, t.text
          FROM journal j LEFT JOIN journal_texts t ON t.entry_id = j.id
         WHERE j.subject = {subject} AND j.position IS NOT NULL ORDER BY j.position LIMIT {count}
        """, Read, ct);

    /// <summary>The newest entries, newest first; those before <paramref name="before"/> when it is given. With <paramref name="actor"/> or <paramref name="kind"/> only those.</summary>
    public Task<IReadOnlyList<Placed>> Newest(long? before, int count, string? actor, string? kind, CancellationToken ct) => Newest(before, count, new JournalFilter(actor, kind), ct);

    /// <inheritdoc cref="Newest(long?, int, string?, string?, CancellationToken)"/>
    public Task<IReadOnlyList<Placed>> Newest(long? before, int count, JournalFilter filter, CancellationToken ct)
    {
        var actor = filter.Actor is { } a ? Piece($"AND j.actor = {a}") : Sql.Own("");
        // Up to the character after the dot: all kinds that begin so, by the index where there is one.
        var kind = filter.Kind is { } k ? k.EndsWith('.') ? Piece($"AND j.kind >= {k} AND j.kind < {k[..^1] + "/"}") : Piece($"AND j.kind = {k}") : Sql.Own("");
        var subject = filter.Subject is { } s ? Piece($"AND j.subject = {s}") : Sql.Own("");
        var from = filter.From is { } f ? Piece($"AND j.at >= {f}") : Sql.Own("");
        var until = filter.Until is { } u ? Piece($"AND j.at < {u}") : Sql.Own("");
        return db.Query($"""
            SELECT j.position, j.id, j.kind, j.subject, j.actor, j.at, j.correlation, j.facts, t.text
              FROM journal j LEFT JOIN journal_texts t ON t.entry_id = j.id
             WHERE j.position < {before ?? long.MaxValue} {actor} {kind} {subject} {from} {until} ORDER BY j.position DESC LIMIT {count}
            """, Read, ct);
    }

    /// <summary>The last position after <paramref name="position"/> of an entry <c>j</c> for which a condition holds; <see langword="null"/>: there is none.</summary>
    /// <param name="condition">Begins with <c>AND</c>.</param>
    public Task<long?> Latest(long position, Sql condition, CancellationToken ct) =>
        db.First($"SELECT max(j.position) FROM journal j WHERE j.position > {position} {condition}", r => r.LongOrNull(0), ct);

    /// <summary>The last position and its hash, to be kept outside: it shows a tail that was cut off later.</summary>
    public async Task<(long Position, byte[] Hash)> Head(CancellationToken ct) =>
        await db.First($"SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1", r => (Position: r.Long(0), Hash: r.Bytes(1)), ct)
            is { Hash: not null } head ? head : (0, Chain.Genesis);

    /// <summary>The head as it is kept outside.</summary>
    internal static async Task<string> Head(Tx tx) =>
        await tx.First($"SELECT position, hash FROM journal WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1", r => Anchor(r.Long(0), r.BytesOrNull(1) ?? Chain.Genesis))
            ?? Anchor(0, Chain.Genesis);

    /// <summary>Walks the whole chain.</summary>
    /// <param name="anchor">A head that was kept outside, as <c>position:hash</c> in hex.</param>
    /// <returns>How many entries hold, or the first that does not and why.</returns>
    /// <exception cref="FormatException"><paramref name="anchor"/> is no head.</exception>
    public Task<Verdict> Verify(string? anchor, CancellationToken ct) => db.Snapshot(tx => Verify(tx, anchor, ct), ct);

    /// <inheritdoc cref="Verify(string?, CancellationToken)"/>
    internal static async Task<Verdict> Verify(Tx tx, string? anchor, CancellationToken ct)
    {
        var kept = anchor is null ? default : ParseAnchor(anchor);
        // Positions begin at 1, and on SQLite every entry has one from the start: anything else was put in by hand.
        if (await tx.First($"SELECT id FROM journal WHERE position < 1 OR (position IS NULL AND {tx.Db.Dialect is Dialect.Sqlite} = 1) ORDER BY id LIMIT 1", r => r.Text(0)) is { } stray)
            return Verdict.Broken(0, $"entry {stray} has no place in the chain");
        var position = 0L;
        var hash = Chain.Genesis;
        var erased = 0L;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var rows = await tx.Query($"""
                SELECT j.position, j.id, j.kind, j.subject, j.actor, j.at, j.correlation, j.facts, j.text_digest, j.hash, t.salt, t.text
                  FROM journal j LEFT JOIN journal_texts t ON t.entry_id = j.id
                 WHERE j.position > {position} ORDER BY j.position LIMIT 2000
                """, r => (Position: r.Long(0), Id: r.Text(1), Kind: r.Text(2), Subject: r.Text(3), Actor: r.Text(4), At: r.Long(5), Correlation: r.Text(6), Facts: r.Text(7), Digest: r.BytesOrNull(8), Hash: r.BytesOrNull(9), Salt: r.BytesOrNull(10), Text: r.TextOrNull(11)));
            if (rows.Count == 0) break;
            foreach (var row in rows)
            {
                if (row.Position != position + 1) return Verdict.Broken(position + 1, "an entry is missing here");
                var next = Chain.Next(hash, row.Position, row.Id, row.Kind, row.Subject, row.Actor, row.At, row.Correlation, row.Facts, row.Digest);
                if (row.Hash is null || !next.AsSpan().SequenceEqual(row.Hash)) return Verdict.Broken(row.Position, $"entry {row.Id} was changed");
                if (row.Text is not null && (row.Salt is null || row.Digest is null || !Entry.DigestOf(row.Salt, row.Text).AsSpan().SequenceEqual(row.Digest)))
                    return Verdict.Broken(row.Position, $"the text of entry {row.Id} was changed");
                if (row.Digest is not null && row.Text is null) erased++;
                (position, hash) = (row.Position, next);
                if (kept.Position == position && !kept.Hash.AsSpan().SequenceEqual(hash)) return Verdict.Broken(position, $"the chain was rewritten here or before: the kept head {anchor} is another");
            }
        }

        if (kept.Position > position) return Verdict.Broken(position + 1, $"the tail was cut off: the kept head {anchor} is not in this chain");
        var head = await tx.First($"SELECT position, hash FROM journal_head WHERE id = 1", r => (Position: r.Long(0), Hash: r.Bytes(1)));
        if (head.Hash is not null && (head.Position != position || !head.Hash.AsSpan().SequenceEqual(hash)))
            return Verdict.Broken(Math.Min(head.Position, position) + 1, $"the sealer stands at {head.Position} and the chain ends at {position}: its tail was cut off or added to");
        return new Verdict(true, position, Anchor(position, hash), erased, null);
    }

    /// <summary>After a restore: the sealer goes on where the chain ends. On SQLite, entries that came without a place get one.</summary>
    internal static async Task TakeUp(Tx tx)
    {
        var (position, hash) = ParseAnchor(await Head(tx));
        if (tx.Db.Dialect is Dialect.Postgres)
        {
            await tx.Execute($"UPDATE journal_head SET position = {position}, hash = {hash} WHERE id = 1");
            // What came with the archive and has no place yet was written before anything that comes now.
            await tx.Query($"SELECT setval('journal_written', coalesce(max(written), 0) + 1) FROM journal", r => r.Long(0));
            return;
        }

        foreach (var row in await tx.Query($"SELECT id, kind, subject, actor, at, correlation, facts, text_digest FROM journal WHERE position IS NULL ORDER BY coalesce(written, 0), id",
            r => (Id: r.Text(0), Kind: r.Text(1), Subject: r.Text(2), Actor: r.Text(3), At: r.Long(4), Correlation: r.Text(5), Facts: r.Text(6), Digest: r.BytesOrNull(7))))
        {
            position++;
            hash = Chain.Next(hash, position, row.Id, row.Kind, row.Subject, row.Actor, row.At, row.Correlation, row.Facts, row.Digest);
            await tx.Execute($"UPDATE journal SET position = {position}, hash = {hash} WHERE id = {row.Id}");
        }
    }

    /// <summary>Reads <c>position:hash</c>.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static (long Position, byte[] Hash) ParseAnchor(string anchor) =>
        anchor.Split(':') is [var position, { Length: 64 } hash] && long.TryParse(position, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var at)
            ? (at, Convert.FromHexString(hash))
            : throw new FormatException($"'{anchor}' is no head of a journal: it is written as position:hash, the hash in 64 hex digits.");

    /// <summary>How a head is written where it is kept outside.</summary>
    public static string Anchor(long position, byte[] hash) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{position}:{Convert.ToHexStringLower(hash)}");

    static Placed Read(Row r) => new(r.Long(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.At(5), r.Text(6), r.Text(7), r.TextOrNull(8));

    static Sql Piece(Sql sql) => sql;

    /// <summary>What <see cref="Verify(string?, CancellationToken)"/> found.</summary>
    /// <param name="Position">The last entry that holds, or the first that does not.</param>
    /// <param name="Erased">Entries whose personal text was erased; the chain stays whole over their digest.</param>
    public sealed record Verdict(bool Whole, long Position, string? Head, long Erased, string? Why)
    {
        internal static Verdict Broken(long position, string why) => new(false, position, null, 0, why);
    }
}

/// <summary>Gives committed entries their position and extends the chain. One at a time, on any node, woken by commits. PostgreSQL alone: on SQLite the writer does it.</summary>
/// <remarks>Nothing that pages waits for it.</remarks>
public sealed class Sealer(WorkerContext context, ILogger<Sealer> log) : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Journal)
{
    const int Most = 2000;

    readonly Db db = context.Db;

    protected override bool RunsWhilePaused => true;

    public override async Task<bool> Work(CancellationToken ct)
    {
        if (db.Dialect is Dialect.Sqlite) return false;
        // A look is one question; a transaction with its lock is five, and mostly there is nothing.
        if (await db.First($"SELECT count(*) FROM (SELECT 1 FROM journal WHERE position IS NULL LIMIT 1) AS unplaced", r => r.Long(0), ct) == 0) return false;
        return await db.Write(async tx =>
        {
            // Ends by itself when this node stops in the middle, so that another can go on.
            await tx.Execute(Sql.Own("SET LOCAL idle_in_transaction_session_timeout = '5s'"));
            var heads = await tx.Query($"SELECT position, hash FROM journal_head WHERE id = 1 {db.SkipLocked}", r => (Position: r.Long(0), Hash: r.Bytes(1)));
            if (heads is not [var head]) return false;
            var rows = await tx.Query($"SELECT id, kind, subject, actor, at, correlation, facts, text_digest FROM journal WHERE position IS NULL ORDER BY coalesce(written, 0), id LIMIT {Most}",
                r => (Id: r.Text(0), Kind: r.Text(1), Subject: r.Text(2), Actor: r.Text(3), At: r.Long(4), Correlation: r.Text(5), Facts: r.Text(6), Digest: r.BytesOrNull(7)));
            if (rows.Count == 0) return false;

            var (position, hash) = head;
            var sealedRows = new List<(string Id, long Position, byte[] Hash)>(rows.Count);
            foreach (var row in rows)
            {
                position++;
                hash = Chain.Next(hash, position, row.Id, row.Kind, row.Subject, row.Actor, row.At, row.Correlation, row.Facts, row.Digest);
                sealedRows.Add((row.Id, position, hash));
            }

            await tx.Place(sealedRows);
            await tx.Execute($"UPDATE journal_head SET position = {position}, hash = {hash} WHERE id = 1");
            tx.Wake(Topics.Sealed);
            return rows.Count == Most;
        }, ct);
    }
}
