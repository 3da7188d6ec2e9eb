using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Plantao.Alerts.Intake;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>A message as it is kept.</summary>
/// <param name="Body">The envelope and the body, sealed.</param>
public sealed record StoredSignal(long Id, string IntegrationId, string Format, DateTimeOffset ReceivedAt, string Correlation, string? ExternalId, byte[] Body);

/// <summary>A message that was not taken.</summary>
/// <param name="Head">Its first 2 KiB, redacted.</param>
/// <param name="Count">How many this row stands for, the first of which it describes: more than 1 only for what was too much at once.</param>
public sealed record Refused(string IntegrationId, DateTimeOffset At, int Status, string Why, long Size, string Digest, string Head, string Correlation, long Count = 1);

/// <summary>Every SQL statement about signals: the inbox, what became of them, and what was refused.</summary>
public sealed class SignalStore
{
    static readonly Column<StoredSignal>[] Columns =
    [
        new("integration_id", ColumnType.Text, s => s.IntegrationId),
        new("format", ColumnType.Text, s => s.Format),
        new("received_at", ColumnType.Long, s => Instants.Micros(s.ReceivedAt)),
        new("correlation", ColumnType.Text, s => s.Correlation),
        new("body", ColumnType.Bytes, s => s.Body),
    ];

    static readonly Column<NewOutcome>[] OutcomeColumns =
    [
        new("signal_id", ColumnType.Long, o => o.Signal),
        new("alert_id", ColumnType.Text, o => o.Alert),
        new("outcome", ColumnType.Text, o => o.Outcome.ToString()),
        new("at", ColumnType.Long, o => Instants.Micros(o.At)),
    ];

    [ThreadStatic]
    static ArrayBufferWriter<byte>? packing;

    readonly Db db;
    readonly Vault vault;
    readonly Appender<StoredSignal> inbox;

    public SignalStore(Db db, Vault vault)
    {
        (this.db, this.vault) = (db, vault);
        inbox = Appender.To(db, "signals", Columns);
    }

    /// <summary>Keeps a message; done when it is on disk.</summary>
    /// <param name="externalId">The source's own id of it: a repeat gets the first one's number, and is not kept again.</param>
    /// <exception cref="DatabaseUnavailableException">It is not kept.</exception>
    public Task<long> Keep(string integrationId, string format, DateTimeOffset receivedAt, string correlation, string? externalId, Envelope envelope, ReadOnlySpan<byte> body, CancellationToken ct)
    {
        var row = new StoredSignal(0, integrationId, format, receivedAt, correlation, externalId is null ? null : Digest(externalId), Sealed(envelope, body));
        return externalId is null ? inbox.Append(row, Topics.Signals) : db.Write(tx => Keep(tx, row), ct);
    }

    /// <summary>Keeps a message that we raise ourselves, in the transaction of what made us raise it.</summary>
    public Task<long> Keep(Tx tx, string integrationId, string format, DateTimeOffset receivedAt, string correlation, string? externalId, ReadOnlySpan<byte> body) =>
        Keep(tx, new StoredSignal(0, integrationId, format, receivedAt, correlation, externalId, Sealed(Envelope.Empty, body)));

    byte[] Sealed(Envelope envelope, ReadOnlySpan<byte> body)
    {
        var clear = packing ??= new ArrayBufferWriter<byte>(4096);
        clear.ResetWrittenCount();
        Envelope.Pack(envelope, body, clear);
        var box = vault.Seal(clear.WrittenSpan, "signal");
        // A large one is rare: its memory is not kept for the next.
        if (clear.Capacity > 256 * 1024) packing = null;
        return box;
    }

    /// <summary>An id is the sender's text and may hold anything: what tells a repeat is its digest.</summary>
    static string Digest(string externalId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(externalId)).AsSpan(0, 16));

    static async Task<long> Keep(Tx tx, StoredSignal row)
    {
        if (tx.Db.Dialect is Dialect.Postgres) await tx.Query($"SELECT 1::bigint FROM (SELECT pg_advisory_xact_lock(hashtext('signals'))) AS locked", r => r.Long(0));
        if (row.ExternalId is not null && await tx.First($"SELECT id FROM signals WHERE integration_id = {row.IntegrationId} AND external_id = {row.ExternalId}", r => r.LongOrNull(0)) is { } there) return there;
        tx.Wake(Topics.Signals);
        return (await tx.Query($"""
            INSERT INTO signals (integration_id, format, received_at, correlation, external_id, body)
            VALUES ({row.IntegrationId}, {row.Format}, {row.ReceivedAt}, {row.Correlation}, {row.ExternalId}, {row.Body}) RETURNING id
            """, r => r.Long(0)))[0];
    }

    /// <summary>Where deciding stands; <see langword="null"/> when another node is at it.</summary>
    public static Task<long?> Cursor(Tx tx) => tx.First($"SELECT position FROM signal_cursor WHERE id = 1 {tx.Db.SkipLocked}", r => r.LongOrNull(0));

    /// <summary>Where deciding stands, what comes next, and when the first dead letter is tried again: one look, since it is taken after every commit of intake.</summary>
    public async Task<(long Position, IReadOnlyList<StoredSignal> Signals, DateTimeOffset? RetryAt)> Next(int count, CancellationToken ct)
    {
        var rows = await db.Query($"""
            SELECT s.id, s.integration_id, s.format, s.received_at, s.correlation, s.external_id, s.body, c.position, (SELECT min(due_at) FROM dead_letters WHERE due_at IS NOT NULL)
              FROM signal_cursor c LEFT JOIN signals s ON s.id > c.position WHERE c.id = 1 ORDER BY s.id LIMIT {count}
            """, r => (Signal: r.LongOrNull(0) is null ? null : Read(r), Position: r.Long(7), RetryAt: r.AtOrNull(8)), ct);
        return (rows[0].Position, [.. rows.Select(r => r.Signal).OfType<StoredSignal>()], rows[0].RetryAt);
    }

    /// <summary>The number of the signal that came in last.</summary>
    public Task<long> Newest(CancellationToken ct) => db.First($"SELECT coalesce(max(id), 0) FROM signals", r => r.Long(0), ct);

    /// <summary>Waits until nobody decides, and keeps it so until the transaction ends.</summary>
    public static Task Hold(Tx tx) => tx.First($"SELECT position FROM signal_cursor WHERE id = 1 {tx.Db.ForUpdate}", r => r.LongOrNull(0));

    public static Task MoveCursor(Tx tx, long to) => tx.Execute($"UPDATE signal_cursor SET position = {to} WHERE id = 1");

    public static Task<IReadOnlyList<StoredSignal>> After(Tx tx, long position, int count) => tx.Query(
        $"SELECT id, integration_id, format, received_at, correlation, external_id, body FROM signals WHERE id > {position} ORDER BY id LIMIT {count}", Read);

    public static Task<StoredSignal?> Find(Tx tx, long id) => tx.First($"SELECT id, integration_id, format, received_at, correlation, external_id, body FROM signals WHERE id = {id}", Read);

    /// <summary>The message as it came in.</summary>
    public (Envelope Envelope, ReadOnlyMemory<byte> Body) Open(StoredSignal signal) => Envelope.Unpack(vault.Open(signal.Body, "signal"));

    public static Task Insert(Tx tx, IReadOnlyList<NewOutcome> outcomes) => tx.Insert("signal_outcomes", outcomes, OutcomeColumns);

    /// <summary>Sets a signal aside whose deciding threw. Five tries, with backoff; then it waits for a person.</summary>
    public static Task SetAside(Tx tx, long signal, string error, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO dead_letters (signal_id, attempts, due_at, error, first_at) VALUES ({signal}, 1, {now.AddSeconds(10)}, {error}, {now})
        ON CONFLICT (signal_id) DO UPDATE SET attempts = dead_letters.attempts + 1, error = excluded.error,
               due_at = CASE WHEN dead_letters.attempts >= 4 THEN NULL ELSE {now.AddMinutes(1)} END
        """);

    /// <summary>The dead letter that has waited longest for its next try.</summary>
    public static Task<long?> DeadLetterDue(Tx tx, DateTimeOffset now) => tx.First($"SELECT signal_id FROM dead_letters WHERE due_at <= {now} ORDER BY due_at, signal_id LIMIT 1 {tx.Db.SkipLocked}", r => r.LongOrNull(0));

    public static async Task<bool> Replay(Tx tx, long signal, DateTimeOffset now) => await tx.Execute($"UPDATE dead_letters SET due_at = {now}, attempts = 0 WHERE signal_id = {signal}") == 1;

    public static Task Bury(Tx tx, long signal) => tx.Execute($"DELETE FROM dead_letters WHERE signal_id = {signal}");

    public Task<IReadOnlyList<(long Signal, int Attempts, DateTimeOffset? DueAt, string Error, DateTimeOffset FirstAt)>> DeadLetters(CancellationToken ct) =>
        db.Query($"SELECT signal_id, attempts, due_at, error, first_at FROM dead_letters ORDER BY signal_id LIMIT 200", r => (r.Long(0), r.Int(1), r.AtOrNull(2), r.Text(3), r.At(4)), ct);

    /// <summary>Keeps the trace of what was not taken.</summary>
    /// <returns>Whether its owner is told now: at the first, and then every 5 min for as long as it goes on.</returns>
    public static async Task<bool> Refuse(Tx tx, Refused refused)
    {
        var since = refused.At.AddMinutes(-5);
        var told = await tx.Count($"SELECT count(*) FROM refusals WHERE integration_id = {refused.IntegrationId} AND at > {since} AND told = 1 AND status <> 429");
        await tx.Execute($"""
            INSERT INTO refusals (integration_id, at, status, why, size, digest, head, correlation, told)
            VALUES ({refused.IntegrationId}, {refused.At}, {refused.Status}, {refused.Why}, {refused.Size}, {refused.Digest}, {refused.Head}, {refused.Correlation}, {told == 0})
            """);
        return told == 0;
    }

    /// <summary>Counts what was refused for being too many: on the row of the last 5 min, else on a new one.</summary>
    /// <returns>Whether its owner is told now: with each new row.</returns>
    public static async Task<bool> Flooded(Tx tx, Refused first, long count)
    {
        var since = first.At.AddMinutes(-5);
        if (await tx.Execute($"""
            UPDATE refusals SET count = count + {count}
             WHERE id = (SELECT max(id) FROM refusals WHERE integration_id = {first.IntegrationId} AND status = 429 AND at > {since})
            """) == 1) return false;
        await tx.Execute($"""
            INSERT INTO refusals (integration_id, at, status, why, size, digest, head, correlation, told, count)
            VALUES ({first.IntegrationId}, {first.At}, {first.Status}, {first.Why}, {first.Size}, {first.Digest}, {first.Head}, {first.Correlation}, 1, {count})
            """);
        return true;
    }

    public Task<IReadOnlyList<Refused>> Refusals(string integrationId, int count, CancellationToken ct) => db.Query(
        $"SELECT integration_id, at, status, why, size, digest, head, correlation, count FROM refusals WHERE integration_id = {integrationId} ORDER BY id DESC LIMIT {count}",
        r => new Refused(r.Text(0), r.At(1), r.Int(2), r.Text(3), r.Long(4), r.Text(5), r.Text(6), r.Text(7), r.Long(8)), ct);

    /// <summary>Among how many of the newest signals an integration's last is looked for: the inbox has no index of it, since each would cost every signal that comes in.</summary>
    public const int LookedThrough = 20_000;

    /// <summary>When an integration was last heard, among the newest <see cref="LookedThrough"/> signals of all.</summary>
    /// <param name="own">The format of what we raise ourselves in its name, which is not counted.</param>
    public Task<DateTimeOffset?> LastOf(string integrationId, string own, CancellationToken ct) => db.First(
        $"SELECT max(received_at) FROM (SELECT integration_id, format, received_at FROM signals ORDER BY id DESC LIMIT {LookedThrough}) AS newest WHERE integration_id = {integrationId} AND format <> {own}",
        r => r.AtOrNull(0), ct);

    /// <summary>How many signals wait to be decided, and how old the oldest is.</summary>
    public async Task<(long Count, DateTimeOffset? Oldest)> Backlog(CancellationToken ct) => await db.First(
        $"SELECT count(*), min(received_at) FROM signals WHERE id > (SELECT position FROM signal_cursor WHERE id = 1)", r => (r.Long(0), r.AtOrNull(1)), ct);

    internal static StoredSignal Read(Row r) => new(r.Long(0), r.Text(1), r.Text(2), r.At(3), r.Text(4), r.TextOrNull(5), r.Bytes(6));
}

/// <summary>What a signal came to, about to be written.</summary>
public sealed record NewOutcome(long Signal, string? Alert, Outcome Outcome, DateTimeOffset At);
