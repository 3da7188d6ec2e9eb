using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Every SQL statement about pages, deliveries and hops.</summary>
public sealed class NotificationStore(Db db)
{
    static readonly Column<NewPage>[] PageColumns =
    [
        new("id", ColumnType.Text, p => p.Id),
        new("subject", ColumnType.Text, p => p.Subject),
        new("epoch", ColumnType.Long, p => (long)p.Epoch),
        new("user_id", ColumnType.Text, p => p.UserId),
        new("why", ColumnType.Text, p => p.Why),
        new("urgency", ColumnType.Text, p => p.Urgency),
        new("rank", ColumnType.Long, p => (long)p.Rank),
        new("status", ColumnType.Text, _ => nameof(PageStatus.Open)),
        new("rules", ColumnType.Text, p => JsonSerializer.Serialize(p.Rules, Json.Compact)),
        new("rule_step", ColumnType.Long, p => (long)p.Step),
        new("due_at", ColumnType.Long, p => p.DueAt is { } at ? Instants.Micros(at) : null),
        new("held", ColumnType.Long, p => p.Held ? 1L : 0L),
        new("short_code", ColumnType.Text, p => p.ShortCode),
        new("answer_digest", ColumnType.Bytes, p => p.AnswerDigest),
        new("answer_sealed", ColumnType.Bytes, p => p.AnswerSealed),
        new("created_at", ColumnType.Long, p => Instants.Micros(p.CreatedAt)),
        new("correlation", ColumnType.Text, p => p.Correlation),
    ];

    static readonly Column<NewDelivery>[] DeliveryColumns =
    [
        new("id", ColumnType.Text, d => d.Id),
        new("page_id", ColumnType.Text, d => d.PageId),
        new("slot", ColumnType.Text, d => d.Slot),
        new("kind", ColumnType.Text, d => d.Kind.ToString()),
        new("user_id", ColumnType.Text, d => d.UserId),
        new("channel", ColumnType.Text, d => d.Channel),
        new("method_id", ColumnType.Text, d => d.MethodId),
        new("rank", ColumnType.Long, d => (long)d.Rank),
        new("status", ColumnType.Text, _ => nameof(DeliveryStatus.Pending)),
        new("due_at", ColumnType.Long, d => Instants.Micros(d.DueAt)),
        new("attempts", ColumnType.Long, _ => 0L),
        new("fence", ColumnType.Long, _ => 0L),
        new("lease_end", ColumnType.Long, _ => 0L),
        new("repeat", ColumnType.Long, _ => 0L),
        new("void", ColumnType.Long, _ => 0L),
        new("content", ColumnType.Bytes, d => d.Content),
        new("created_at", ColumnType.Long, d => Instants.Micros(d.CreatedAt)),
        new("correlation", ColumnType.Text, d => d.Correlation),
    ];

    static readonly Column<NewHop>[] HopColumns =
    [
        new("page_id", ColumnType.Text, h => h.PageId),
        new("delivery_id", ColumnType.Text, h => h.DeliveryId),
        new("kind", ColumnType.Text, h => h.Kind.ToString()),
        new("at", ColumnType.Long, h => Instants.Micros(h.At)),
        new("detail", ColumnType.Text, h => h.Detail),
    ];

    public static Task Insert(Tx tx, IReadOnlyList<NewPage> pages) => tx.Insert("pages", pages, PageColumns);

    /// <summary>Adds deliveries; one whose slot is there already is left as it is.</summary>
    public static Task Insert(Tx tx, IReadOnlyList<NewDelivery> deliveries)
    {
        if (deliveries.Count > 0) tx.Wake(Topics.Deliveries);
        foreach (var delivery in deliveries) tx.Wake(Topics.Through(delivery.Channel));
        return tx.Insert("deliveries", deliveries, DeliveryColumns, "ON CONFLICT DO NOTHING");
    }

    public static Task Insert(Tx tx, IReadOnlyList<NewHop> hops) => tx.Insert("hops", hops, HopColumns);

    /// <summary>Says what pages of a climb show, and raises its fence to <paramref name="epoch"/>.</summary>
    public static Task Say(Tx tx, PageSubject subject, int epoch) => tx.Execute($"""
        INSERT INTO page_subjects (id, epoch, title, text, facts, thread, rank, correlation, path)
        VALUES ({subject.Id}, {epoch}, {subject.Title}, {subject.Text}, {JsonSerializer.Serialize(subject.Facts, Json.Compact)}, {subject.Thread}, {subject.Rank}, {subject.Correlation}, {subject.Path})
        ON CONFLICT (id) DO UPDATE SET epoch = CASE WHEN excluded.epoch > page_subjects.epoch THEN excluded.epoch ELSE page_subjects.epoch END,
               title = excluded.title, text = excluded.text, facts = excluded.facts, rank = excluded.rank
        """);

    /// <summary>Forgets what the pages of these climbs said.</summary>
    public static Task Unsay(Tx tx, IReadOnlyList<string> climbs) => tx.Execute($"DELETE FROM page_subjects WHERE id {tx.Db.In(climbs)}");

    /// <summary>Removes pages that ended before an instant, with their deliveries and hops. One that is open has no end.</summary>
    public static async Task<int> RemoveEndedPages(Tx tx, DateTimeOffset before, int limit)
    {
        var ids = await tx.Query($"SELECT id FROM pages WHERE status <> {PageStatus.Open} AND ended_at < {before} ORDER BY ended_at LIMIT {limit} {tx.Db.SkipLocked}", r => r.Text(0));
        if (ids.Count == 0) return 0;
        await tx.Execute($"DELETE FROM hops WHERE page_id {tx.Db.In(ids)}");
        await tx.Execute($"DELETE FROM deliveries WHERE page_id {tx.Db.In(ids)}");
        return await tx.Execute($"DELETE FROM pages WHERE id {tx.Db.In(ids)}");
    }

    /// <summary>Removes messages that asked for nothing and ended before an instant.</summary>
    public static Task<int> RemoveEndedNotices(Tx tx, DateTimeOffset before, int limit) => tx.Execute(
        $"DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE page_id IS NULL AND ended_at < {before} ORDER BY ended_at LIMIT {limit})");

    /// <summary>What pages of a climb say beside their title, from now on.</summary>
    public static Task Reword(Tx tx, string subject, string? text, IReadOnlyList<Fact> facts) =>
        tx.Execute($"UPDATE page_subjects SET text = {text}, facts = {JsonSerializer.Serialize(facts, Json.Compact)} WHERE id = {subject}");

    /// <summary>Closes what earlier epochs of a climb still ask; what was not sent yet is never sent (rule: an acknowledgement is a fence).</summary>
    /// <returns>The pages that were open, with whom they asked and whether anything of them had gone out.</returns>
    public async Task<IReadOnlyList<(string Id, string UserId, bool Sent, string? Title)>> Close(Tx tx, string subject, int epoch, string? answeredBy, DateTimeOffset now)
    {
        await tx.Execute($"UPDATE page_subjects SET epoch = {epoch} WHERE id = {subject} AND epoch < {epoch}");
        var open = await tx.Query($"""
            SELECT p.id, p.user_id, (SELECT count(*) FROM deliveries d WHERE d.page_id = p.id AND (d.attempts > 0)), s.title
              FROM pages p LEFT JOIN page_subjects s ON s.id = p.subject
             WHERE p.subject = {subject} AND p.status = 'Open' AND p.epoch < {epoch} ORDER BY p.id
            """, r => (Id: r.Text(0), UserId: r.Text(1), Sent: r.Long(2) > 0, Title: r.TextOrNull(3)));
        if (open.Count == 0) return open;
        var ids = open.Select(p => p.Id).ToList();
        await tx.Execute($"""
            UPDATE pages SET status = CASE WHEN user_id = {answeredBy ?? ""} THEN 'Answered' ELSE 'Closed' END, ended_at = {now}, due_at = NULL
             WHERE id {db.In(ids)}
            """);
        // What travelled in one of these, and never left with it, goes by itself now. What somebody else holds acts in its own time.
        await tx.Execute($"""
            UPDATE pages SET due_at = {now} WHERE id IN (
                SELECT p.id FROM pages p
                 WHERE p.status = 'Open' AND p.due_at > {now} AND p.id IN (
                    SELECT h.page_id FROM hops h
                     WHERE h.kind = 'Merged' AND h.detail {db.In(ids)} AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.page_id = h.detail AND d.status = 'Accepted')) {db.SkipLocked})
            """);
        await tx.Execute($"UPDATE deliveries SET status = 'Cancelled', ended_at = {now}, void = 1 WHERE page_id {db.In(ids)} AND status = 'Pending'");
        await tx.Execute($"UPDATE deliveries SET void = 1 WHERE page_id {db.In(ids)} AND status = 'Sending'");
        await Insert(tx, [.. open.Select(p => new NewHop(p.Id, null, p.UserId == answeredBy ? HopKind.Answered : HopKind.Closed, now, answeredBy is null ? null : "by " + answeredBy))]);
        return open;
    }

    /// <summary>The steps of these climbs have passed: their pages stay answerable, and are not said again.</summary>
    /// <remarks>Found by their climb, not among all that are due.</remarks>
    public static Task Hush(Tx tx, IReadOnlyList<string> subjects) => subjects.Count == 0 ? Task.CompletedTask :
        tx.Execute($"UPDATE pages SET due_at = NULL WHERE subject {tx.Db.In(subjects)} AND status = 'Open' AND coalesce(due_at, 0) > 0 AND held = 0");

    /// <summary>Claims pages whose rules act now.</summary>
    public Task<IReadOnlyList<DuePage>> Due(Tx tx, int count, DateTimeOffset now) => tx.Query($"""
        SELECT id, subject, user_id, urgency, rank, rules, rule_step, held, created_at, correlation
          FROM pages WHERE due_at <= {now} ORDER BY due_at LIMIT {count} {db.SkipLocked}
        """, ReadDue);

    /// <summary>Claims pages of rank 2 and 3 of these people that act now or a moment later, so that they go together.</summary>
    public Task<IReadOnlyList<DuePage>> DueSoon(Tx tx, IReadOnlyList<string> users, DateTimeOffset until) => tx.Query($"""
        SELECT id, subject, user_id, urgency, rank, rules, rule_step, held, created_at, correlation
          FROM pages WHERE due_at <= {until} AND user_id {db.In(users)} AND rank > 1 ORDER BY due_at LIMIT 5000 {db.SkipLocked}
        """, ReadDue);

    /// <summary>When these people were last paged or told with something of rank 2 or 3, held until the transaction ends.</summary>
    public static async Task<Dictionary<(string User, bool High), DateTimeOffset>> LastPaged(Tx tx, IReadOnlyList<string> users) =>
        (await tx.Query($"SELECT user_id, urgency, at FROM last_paged WHERE user_id {tx.Db.In(users)} ORDER BY user_id, urgency {tx.Db.ForUpdate}", r => (User: r.Text(0), High: r.Text(1) == "High", At: r.At(2))))
        .ToDictionary(p => (p.User, p.High), p => p.At);

    public static async Task MarkPaged(Tx tx, IEnumerable<(string User, bool High)> people, DateTimeOffset now)
    {
        // In one order, so that no two transactions wait for each other.
        foreach (var (user, high) in people.OrderBy(p => p.User, StringComparer.Ordinal).ThenBy(p => p.High))
            await tx.Execute($"INSERT INTO last_paged (user_id, urgency, at) VALUES ({user}, {(high ? "High" : "Low")}, {now}) ON CONFLICT (user_id, urgency) DO UPDATE SET at = excluded.at");
    }

    /// <summary>What these would say waits until then, and goes together.</summary>
    public static Task Postpone(Tx tx, IReadOnlyList<string> pages, DateTimeOffset until) => tx.Execute($"UPDATE pages SET due_at = {until} WHERE id {tx.Db.In(pages)}");

    /// <summary>One page was answered where its climb goes on as it is: "still on it". Nothing of it is sent any more.</summary>
    public static async Task MarkAnswered(Tx tx, string page, string detail, DateTimeOffset now)
    {
        if (await tx.Execute($"UPDATE pages SET status = 'Answered', ended_at = {now}, due_at = NULL WHERE id = {page} AND status = 'Open'") == 0) return;
        await tx.Execute($"UPDATE deliveries SET status = 'Cancelled', ended_at = {now}, void = 1 WHERE page_id = {page} AND status = 'Pending'");
        await tx.Execute($"UPDATE deliveries SET void = 1 WHERE page_id = {page} AND status = 'Sending'");
        await Insert(tx, [new NewHop(page, null, HopKind.Answered, now, detail)]);
    }

    static Claimed ReadClaimed(Row r) =>
        new(r.Text(0), r.TextOrNull(1), r.Text(2), r.Name<MessageKind>(3), r.Text(4), r.Text(5), r.Text(6), r.Int(7), r.Int(8), r.Int(9), r.Flag(10), r.BytesOrNull(11), r.At(12), r.Text(13));

    static DuePage ReadDue(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3) == "High", r.Int(4), r.Text(5), r.Int(6), r.Flag(7), r.At(8), r.Text(9));

    /// <summary>Moves pages on in their rules: the step that comes next, and when, if any does.</summary>
    public static Task Move(Tx tx, IReadOnlyList<(string Page, int Step, DateTimeOffset? Due)> moves) => tx.Update("pages", moves, MovedPage, MoveColumns);

    static readonly Column<(string Page, int Step, DateTimeOffset? Due)> MovedPage = new("id", ColumnType.Text, m => m.Page);

    static readonly Column<(string Page, int Step, DateTimeOffset? Due)>[] MoveColumns =
    [
        new("rule_step", ColumnType.Long, m => (long)m.Step),
        new("due_at", ColumnType.Long, m => m.Due is { } at ? Instants.Micros(at) : null),
        new("held", ColumnType.Long, _ => 0L),
    ];

    public Task<DateTimeOffset?> NextPageDue(CancellationToken ct) => db.First($"SELECT min(due_at) FROM pages WHERE due_at IS NOT NULL", r => r.AtOrNull(0), ct);

    /// <summary>Where a channel failed somebody, what waits for them goes as one message, not one after the other (design §3 rule 9). Rank 0 and 1 always go alone.</summary>
    /// <returns>What was taken into another before it had been tried often enough to go the next way as well.</returns>
    async Task<IReadOnlyList<Claimed>> Merge(Tx tx, string channel, DateTimeOffset now)
    {
        var waiting = await tx.Query($"""
            SELECT id, page_id, slot, kind, user_id, channel, method_id, rank, attempts, fence, repeat, content, created_at, correlation, due_at FROM deliveries
             WHERE channel = {channel} AND {Sql.Own(InWork)} AND status = 'Pending' AND void = 0 AND page_id IS NOT NULL AND rank > 1 AND method_id IN (
                SELECT method_id FROM deliveries
                 WHERE channel = {channel} AND {Sql.Own(InWork)} AND status = 'Pending' AND void = 0 AND page_id IS NOT NULL AND rank > 1 AND attempts > 0)
             ORDER BY rank, due_at, id {db.SkipLocked}
            """, r => (Delivery: ReadClaimed(r), DueAt: r.At(14)));
        var early = new List<Claimed>();
        foreach (var to in waiting.GroupBy(w => w.Delivery.MethodId, StringComparer.Ordinal).Where(g => g.Skip(1).Any()))
        {
            var carrier = to.First().Delivery;
            var rest = to.Skip(1).Select(w => w.Delivery).ToList();
            var ids = rest.Select(r => r.Id).ToList();
            await tx.Execute($"UPDATE deliveries SET status = 'Cancelled', ended_at = {now}, void = 1 WHERE id {db.In(ids)}");
            await tx.Execute($"UPDATE deliveries SET due_at = {to.Min(w => w.DueAt)} WHERE id = {carrier.Id}");
            var others = rest.Where(r => r.PageId != carrier.PageId).DistinctBy(r => r.PageId, StringComparer.Ordinal).ToList();
            await Insert(tx, [.. others.Select(r => new NewHop(r.PageId!, r.Id, HopKind.Merged, now, carrier.PageId)),
                new NewHop(carrier.PageId!, carrier.Id, HopKind.Reevaluated, now, string.Create(CultureInfo.InvariantCulture, $"held up; {rest.Count} messages less, {others.Count} other pages travel in this one"))]);
            early.AddRange(others.Where(r => r.Attempts < 2));
        }

        return early;
    }

    /// <summary>A provider is back: what waits for it is due now. What another transaction holds is passed over.</summary>
    public static Task Hurry(Tx tx, string channel, DateTimeOffset now)
    {
        tx.Wake(Topics.Through(channel));
        return tx.Execute($"UPDATE deliveries SET due_at = {now} WHERE id IN (SELECT id FROM deliveries WHERE channel = {channel} AND {Sql.Own(InWork)} AND status = 'Pending' AND attempts > 0 AND due_at > {now} {tx.Db.SkipLocked})");
    }

    /// <summary>Takes the gravest due deliveries of one channel for this node alone, for the length of <paramref name="lease"/>.</summary>
    /// <param name="goOtherwise">Sends what was merged into another the next way too, where its person has one.</param>
    /// <remarks>One whose node dies comes due again when its lease ends, marked as a repeat: it may arrive twice, and is never lost. What was voided meanwhile is not taken again.</remarks>
    public async Task<IReadOnlyList<Claimed>> Claim(Tx tx, string channel, int count, DateTimeOffset now, TimeSpan lease, Func<Tx, Claimed, Task>? goOtherwise = null)
    {
        foreach (var early in await Merge(tx, channel, now))
            if (goOtherwise is not null) await goOtherwise(tx, early);
        var claimed = await tx.Query($"""
            WITH due AS MATERIALIZED (
                SELECT id FROM deliveries
                 WHERE channel = {channel} AND {Sql.Own(InWork)} AND due_at <= {now} AND void = 0
                   AND (status = 'Pending' OR lease_end < {db.LeaseClock})
                 ORDER BY rank, due_at LIMIT {count} {db.SkipLocked})
            UPDATE deliveries
               SET repeat = CASE WHEN status = 'Sending' THEN 1 ELSE repeat END, status = 'Sending', attempts = attempts + 1, fence = fence + 1, lease_end = {db.LeaseClock} + {lease}
             WHERE id IN (SELECT id FROM due)
            RETURNING id, page_id, slot, kind, user_id, channel, method_id, rank, attempts, fence, repeat, content, created_at, correlation
            """, ReadClaimed);
        // Answered while a node was at it that died since: nobody will close it, and nobody needs it. Looked for at rest, not in a storm.
        if (claimed.Count == 0)
            await tx.Execute($"""
                UPDATE deliveries SET status = 'Cancelled', ended_at = {now}, last_error = 'in doubt: its node stopped while sending it, and its page was answered meanwhile'
                 WHERE channel = {channel} AND status = 'Sending' AND void = 1 AND lease_end < {db.LeaseClock}
                """);
        await Insert(tx, [.. claimed.Where(d => d.PageId is not null).Select(d => new NewHop(d.PageId!, d.Id, d.Repeat ? HopKind.InDoubt : HopKind.Attempted, now,
            string.Create(CultureInfo.InvariantCulture, $"{d.Channel}, attempt {d.Attempts}{(d.Repeat ? ", repeat" : "")}")))]);
        return claimed;
    }

    /// <summary>When <see cref="Claim"/> has something to do next: what waits, and what a node that stopped did not end.</summary>
    /// <returns>An instant that is past when there is something now.</returns>
    public async Task<DateTimeOffset?> NextDeliveryDue(string channel, CancellationToken ct) =>
        await db.First($"""
            SELECT (SELECT min(due_at) FROM (
                        SELECT (SELECT due_at FROM deliveries WHERE channel = {channel} AND rank = r.rank AND {Sql.Own(InWork)} AND status = 'Pending' ORDER BY due_at LIMIT 1) AS due_at
                          FROM (SELECT 0 AS rank UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) r) AS first),
                   (SELECT min(due_at) FROM deliveries WHERE channel = {channel} AND status = 'Sending' AND lease_end < {db.LeaseClock})
            """, r => (Waits: r.AtOrNull(0), Stuck: r.AtOrNull(1)), ct) is var (waits, stuck) && stuck < waits ? stuck : waits ?? stuck;

    /// <summary>As the index <c>deliveries_due</c> says it: SQLite takes it for a query that says the same, and for no other.</summary>
    internal const string InWork = "status IN ('Pending', 'Sending')";

    /// <summary>On SQLite the folder's lock proves that no other server lives: what was claimed before this start is in doubt at once.</summary>
    public Task VoidOwnLeases(CancellationToken ct) => db.Write(tx => tx.Execute($"UPDATE deliveries SET lease_end = 0 WHERE status = 'Sending'"), ct);

    /// <returns><see langword="false"/>: the lease was lost, and somebody else closes it.</returns>
    public static async Task<bool> MarkAccepted(Tx tx, Claimed delivery, string? providerId, int? status, DateTimeOffset now) => await tx.Execute($"""
        UPDATE deliveries SET status = 'Accepted', provider_id = {providerId}, last_status = {status}, last_error = NULL, ended_at = {now}
         WHERE id = {delivery.Id} AND fence = {delivery.Fence} AND status = 'Sending'
        """) == 1;

    /// <inheritdoc cref="MarkAccepted"/>
    public static async Task<bool> MarkTryAgain(Tx tx, Claimed delivery, string why, int? status, DateTimeOffset due, bool inDoubt) => await tx.Execute($"""
        UPDATE deliveries SET status = CASE WHEN void = 1 THEN 'Cancelled' ELSE 'Pending' END, due_at = {due}, last_status = {status}, last_error = {why},
               repeat = CASE WHEN {inDoubt} = 1 THEN 1 ELSE repeat END
         WHERE id = {delivery.Id} AND fence = {delivery.Fence} AND status = 'Sending'
        """) == 1;

    /// <inheritdoc cref="MarkAccepted"/>
    public static async Task<bool> MarkCancelled(Tx tx, Claimed delivery, DateTimeOffset now) => await tx.Execute($"""
        UPDATE deliveries SET status = 'Cancelled', ended_at = {now}, void = 1
         WHERE id = {delivery.Id} AND fence = {delivery.Fence} AND status = 'Sending'
        """) == 1;

    /// <inheritdoc cref="MarkAccepted"/>
    public static async Task<bool> MarkFailed(Tx tx, Claimed delivery, string why, int? status, DateTimeOffset now) => await tx.Execute($"""
        UPDATE deliveries SET status = 'Failed', last_status = {status}, last_error = {why}, ended_at = {now}
         WHERE id = {delivery.Id} AND fence = {delivery.Fence} AND status = 'Sending'
        """) == 1;

    /// <summary>Ids of the methods through which a page was tried or will be.</summary>
    public static Task<IReadOnlyList<string>> MethodsUsed(Tx tx, string page) => tx.Query($"SELECT DISTINCT method_id FROM deliveries WHERE page_id = {page}", r => r.Text(0));

    /// <summary>What pages show, by their ids, each person's own link included (sealed).</summary>
    public static async Task<IReadOnlyDictionary<string, PageContent>> Contents(Tx tx, IReadOnlyList<string> pages) => pages.Count == 0 ? new Dictionary<string, PageContent>(StringComparer.Ordinal) : (await tx.Query($"""
        SELECT s.title, s.text, s.facts, s.thread, s.path, p.why, p.short_code, p.answer_sealed, p.status,
               (SELECT count(*) FROM pages o WHERE o.subject = p.subject AND o.id < p.id), p.urgency, p.id,
               (SELECT count(*) FROM hops h WHERE h.kind = 'Merged' AND h.detail = p.id)
          FROM pages p JOIN page_subjects s ON s.id = p.subject WHERE p.id {tx.Db.In(pages)}
        """, r => (Id: r.Text(11), Content: new PageContent(
            r.Text(0), r.TextOrNull(1), JsonSerializer.Deserialize<List<Fact>>(r.Text(2), Json.Compact)!, r.Text(3), r.Text(4), r.Text(5), r.Text(6), r.Bytes(7), r.Name<PageStatus>(8), r.Long(9) == 0, r.Text(10) == "High", r.Text(10) == "StillOnIt", r.Long(12) > 0))))
        .ToDictionary(c => c.Id, c => c.Content, StringComparer.Ordinal);

    /// <summary>What else this page asks for: the pages of its person that travel in it, directly or in one that does, while they still ask; each subject once.</summary>
    /// <returns>How many, and the titles of the first 20, gravest first.</returns>
    public async Task<(int Count, IReadOnlyList<string> Titles)> Carried(string page, CancellationToken ct)
    {
        var all = await db.Query($"""
            WITH RECURSIVE carried (id) AS (
                SELECT page_id FROM hops WHERE kind = 'Merged' AND detail = {page}
                UNION SELECT h.page_id FROM carried c JOIN hops h ON h.kind = 'Merged' AND h.detail = c.id)
            SELECT s.title, min(p.rank), min(p.id), count(*) OVER () FROM carried c CROSS JOIN pages p JOIN page_subjects s ON s.id = p.subject
             WHERE p.id = c.id AND p.status = 'Open' AND p.subject <> (SELECT subject FROM pages WHERE id = {page})
             GROUP BY p.subject, s.title ORDER BY min(p.rank), min(p.id) LIMIT 20
            """, r => (Title: r.Text(0), Count: r.Int(3)), ct);
        return (all.Count == 0 ? 0 : all[0].Count, [.. all.Select(a => a.Title)]);
    }

    /// <summary>The same, to be shown on its screen and answered with it.</summary>
    public async Task<IReadOnlyList<AnswerablePage>> CarriedPages(string page, CancellationToken ct)
    {
        var all = await db.Query($"""
            WITH RECURSIVE carried (id) AS (
                SELECT page_id FROM hops WHERE kind = 'Merged' AND detail = {page}
                UNION SELECT h.page_id FROM carried c JOIN hops h ON h.kind = 'Merged' AND h.detail = c.id)
            SELECT {Sql.Own(Answerable)} FROM carried c CROSS JOIN pages p JOIN page_subjects s ON s.id = p.subject
             WHERE p.id = c.id AND p.status = 'Open' AND p.subject <> (SELECT subject FROM pages WHERE id = {page})
             ORDER BY p.rank, p.id
            """, ReadAnswerable, ct);
        return [.. all.DistinctBy(p => p.Subject, StringComparer.Ordinal)];
    }

    /// <summary>The page behind a link, while it can be answered: its climb's epoch has not moved on and it is younger than 24 h.</summary>
    public Task<AnswerablePage?> ByAnswer(string token, DateTimeOffset now, CancellationToken ct)
    {
        var digest = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token));
        return db.First($"""
            SELECT {Sql.Own(Answerable)} FROM pages p JOIN page_subjects s ON s.id = p.subject WHERE p.answer_digest = {digest} AND p.created_at > {now.AddHours(-24)}
            """, ReadAnswerable, ct);
    }

    const string Answerable = "p.id, p.subject, p.user_id, p.status, p.created_at, s.title, s.text, s.facts, s.path, p.why, p.epoch, s.epoch";

    static AnswerablePage ReadAnswerable(Row r) => new(
        r.Text(0), r.Text(1), r.Text(2), r.Name<PageStatus>(3), r.At(4), r.Text(5), r.TextOrNull(6), JsonSerializer.Deserialize<List<Fact>>(r.Text(7), Json.Compact)!, r.Text(8), r.Text(9), r.Int(10), r.Int(11));

    /// <summary>The climbs that ask a person now, each with when it began to: the gravest first, then the longest.</summary>
    public Task<IReadOnlyList<(string Subject, DateTimeOffset Since)>> Asking(string userId, int count, CancellationToken ct) => db.Query($"""
        SELECT p.subject, min(p.created_at), min(p.rank) FROM pages p JOIN page_subjects s ON s.id = p.subject
         WHERE p.user_id = {userId} AND p.status = {PageStatus.Open} AND p.epoch = s.epoch GROUP BY p.subject ORDER BY min(p.rank), min(p.created_at) LIMIT {count}
        """, r => (r.Text(0), r.At(1)), ct);

    /// <summary>How many messages are due and not sent, and since when the oldest is.</summary>
    public async Task<(long Count, DateTimeOffset? Oldest)> Backlog(DateTimeOffset now, CancellationToken ct) => await db.First(
        $"SELECT count(*), min(due_at) FROM deliveries WHERE {Sql.Own(InWork)} AND void = 0 AND due_at <= {now}", r => (r.Long(0), r.AtOrNull(1)), ct);

    /// <summary>What became of what was sent since an instant, by channel.</summary>
    public Task<IReadOnlyList<ChannelTally>> Tally(DateTimeOffset since, CancellationToken ct) => db.Query($"""
        SELECT channel, sum(CASE WHEN status = {DeliveryStatus.Accepted} THEN 1 ELSE 0 END), sum(CASE WHEN status = {DeliveryStatus.Failed} THEN 1 ELSE 0 END),
               sum(CASE WHEN status IN ({DeliveryStatus.Pending}, {DeliveryStatus.Sending}) AND attempts > 0 THEN 1 ELSE 0 END)
          FROM deliveries WHERE created_at > {since} GROUP BY channel ORDER BY channel
        """, r => new ChannelTally(r.Text(0), r.Long(1), r.Long(2), r.Long(3)), ct);

    /// <summary>Whether somebody was paged for this climb: then they may act on it.</summary>
    public async Task<bool> WasPaged(string subject, string userId, CancellationToken ct) =>
        await db.First($"SELECT count(*) FROM pages WHERE subject = {subject} AND user_id = {userId}", r => r.Long(0), ct) > 0;

    /// <summary>The number of the newest hop of a climb's pages, 0 when there is none: it tells a screen that something moved.</summary>
    public async Task<long> NewestHop(string subject, CancellationToken ct) =>
        await db.First($"SELECT coalesce(max(h.id), 0) FROM hops h JOIN pages p ON p.id = h.page_id WHERE p.subject = {subject}", r => r.Long(0), ct);

    /// <summary>Pages of a climb, oldest first, each with its hops.</summary>
    public async Task<IReadOnlyList<PageTrail>> Trail(string subject, CancellationToken ct)
    {
        var pages = await db.Query($"SELECT id, user_id, why, urgency, status, epoch, created_at, ended_at, due_at FROM pages WHERE subject = {subject} ORDER BY id",
            r => new PageTrail(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Name<PageStatus>(4), r.Int(5), r.At(6), r.AtOrNull(7), r.AtOrNull(8), []), ct);
        if (pages.Count == 0) return pages;
        var hops = await db.Query($"""
            SELECT h.page_id, h.kind, h.at, h.detail, h.delivery_id, d.channel, d.provider_id, d.last_status
              FROM hops h LEFT JOIN deliveries d ON d.id = h.delivery_id
             WHERE h.page_id {db.In([.. pages.Select(p => p.Id)])} ORDER BY h.id
            """, r => (Page: r.Text(0), Hop: new Hop(r.Name<HopKind>(1), r.At(2), r.TextOrNull(3), r.TextOrNull(4), r.TextOrNull(5), r.TextOrNull(6), r.IntOrNull(7))), ct);
        var byPage = hops.ToLookup(h => h.Page, h => h.Hop, StringComparer.Ordinal);
        return [.. pages.Select(p => p with { Hops = [.. byPage[p.Id]] })];
    }
}

/// <summary>What became of what a channel was given.</summary>
/// <param name="Trying">Tried at least once, and still to be sent.</param>
public sealed record ChannelTally(string Channel, long Accepted, long Failed, long Trying);

/// <summary>A page about to be written.</summary>
public sealed record NewPage(
    string Id, string Subject, int Epoch, string UserId, string Why, string Urgency, int Rank, IReadOnlyList<PlannedStep> Rules, int Step, DateTimeOffset? DueAt, bool Held,
    string ShortCode, byte[] AnswerDigest, byte[] AnswerSealed, DateTimeOffset CreatedAt, string Correlation);

/// <summary>A delivery about to be written.</summary>
public sealed record NewDelivery(
    string Id, string? PageId, string Slot, MessageKind Kind, string UserId, string Channel, string MethodId, int Rank, DateTimeOffset DueAt, byte[]? Content, DateTimeOffset CreatedAt, string Correlation);

/// <summary>A hop about to be written.</summary>
public sealed record NewHop(string PageId, string? DeliveryId, HopKind Kind, DateTimeOffset At, string? Detail);

/// <summary>A page whose rules act now.</summary>
public sealed record DuePage(string Id, string Subject, string UserId, bool High, int Rank, string Rules, int Step, bool Held, DateTimeOffset CreatedAt, string Correlation);

/// <summary>What a page says.</summary>
public sealed record PageContent(
    string Title, string? Text, IReadOnlyList<Fact> Facts, string Thread, string Path, string Why, string ShortCode, byte[] AnswerSealed, PageStatus Status, bool First, bool High, bool StillOnIt = false, bool Carries = false);

/// <summary>A page that its link opens.</summary>
public sealed record AnswerablePage(
    string Id, string Subject, string UserId, PageStatus Status, DateTimeOffset CreatedAt, string Title, string? Text, IReadOnlyList<Fact> Facts, string Path, string Why, int Epoch, int SubjectEpoch);

/// <summary>A page and every hop of it.</summary>
public sealed record PageTrail(
    string Id, string UserId, string Why, string Urgency, PageStatus Status, int Epoch, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, DateTimeOffset? DueAt, IReadOnlyList<Hop> Hops);

/// <summary>One stage, as shown.</summary>
public sealed record Hop(HopKind Kind, DateTimeOffset At, string? Detail, string? DeliveryId, string? Channel, string? ProviderId, int? Status);
