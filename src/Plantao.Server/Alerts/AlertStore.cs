using System.Text.Json;
using Plantao.Escalations;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Every SQL statement about alerts, their conditions and their groups.</summary>
public sealed class AlertStore(Db db)
{
    static readonly Column<Alert>[] AlertColumns =
    [
        new("id", ColumnType.Text, a => a.Id),
        new("integration_id", ColumnType.Text, a => a.IntegrationId),
        new("key_hash", ColumnType.Bytes, a => a.KeyHash),
        new("group_id", ColumnType.Text, a => a.GroupId),
        new("service", ColumnType.Text, a => a.Service),
        new("team", ColumnType.Text, a => a.Team),
        new("status", ColumnType.Text, a => a.Status.ToString()),
        new("quiet", ColumnType.Text, a => a.Quiet),
        new("urgency", ColumnType.Text, a => a.Urgency.ToString()),
        new("rank", ColumnType.Long, a => (long)a.Rank),
        new("severity", ColumnType.Text, a => a.Severity),
        new("flapping", ColumnType.Long, a => a.Flapping ? 1L : 0L),
        new("unrouted", ColumnType.Long, a => a.Unrouted ? 1L : 0L),
        new("opened_at", ColumnType.Long, a => Instants.Micros(a.OpenedAt)),
        new("source_at", ColumnType.Long, a => Instants.Micros(a.SourceAt)),
        new("fired_source_at", ColumnType.Long, a => Micros(a.FiredSourceAt)),
        new("acknowledged_at", ColumnType.Long, a => Micros(a.AcknowledgedAt)),
        new("acknowledged_by", ColumnType.Text, a => a.AcknowledgedBy),
        new("resolved_at", ColumnType.Long, a => Micros(a.ResolvedAt)),
        new("resolved_by", ColumnType.Text, a => a.ResolvedBy),
        new("ends_at", ColumnType.Long, a => Micros(a.EndsAt)),
        new("due_at", ColumnType.Long, a => Micros(a.DueAt)),
        new("first_signal", ColumnType.Long, a => a.FirstSignal),
        new("first_signal_at", ColumnType.Long, a => Instants.Micros(a.FirstSignalAt)),
        new("last_signal", ColumnType.Long, a => a.LastSignal),
        new("last_signal_at", ColumnType.Long, a => Instants.Micros(a.LastSignalAt)),
        new("signals", ColumnType.Long, a => a.Signals),
        new("previous", ColumnType.Text, a => a.Previous),
        new("correlation", ColumnType.Text, a => a.Correlation),
        new("text_hash", ColumnType.Long, a => a.TextHash),
    ];

    static readonly Column<AlertText>[] TextColumns =
    [
        new("alert_id", ColumnType.Text, t => t.AlertId),
        new("title", ColumnType.Text, t => t.Title),
        new("text", ColumnType.Text, t => t.Text),
        new("labels", ColumnType.Text, t => JsonSerializer.Serialize(t.Labels, Json.Compact)),
        new("annotations", ColumnType.Text, t => JsonSerializer.Serialize(t.Annotations, Json.Compact)),
        new("link", ColumnType.Text, t => t.Link),
        new("dedup_key", ColumnType.Text, t => t.DedupKey),
        new("source_severity", ColumnType.Text, t => t.SourceSeverity),
        new("routed", ColumnType.Text, t => t.Routed),
    ];

    static readonly Column<ConditionKey>[] KeyColumns =
    [
        new("hash", ColumnType.Bytes, k => k.Hash),
        new("last_alert", ColumnType.Text, k => k.LastAlert),
        new("resolved_source_at", ColumnType.Long, k => Micros(k.ResolvedSourceAt)),
        new("fired_source_at", ColumnType.Long, k => Micros(k.FiredSourceAt)),
        new("openings", ColumnType.Text, k => JsonSerializer.Serialize(k.Openings.Select(Instants.Micros))),
    ];

    static readonly Column<AlertGroup>[] GroupColumns =
    [
        new("id", ColumnType.Text, g => g.Id),
        new("service", ColumnType.Text, g => g.Service),
        new("key", ColumnType.Text, g => g.Key),
        new("leader", ColumnType.Text, g => g.Leader),
        new("unresolved", ColumnType.Long, g => (long)g.Unresolved),
        new("opened_at", ColumnType.Long, g => Instants.Micros(g.OpenedAt)),
        new("ended_at", ColumnType.Long, g => Micros(g.EndedAt)),
    ];

    static readonly Column<Alert> AlertId = AlertColumns[0];
    static readonly Column<AlertText> TextId = TextColumns[0];
    static readonly Column<AlertGroup> GroupId = GroupColumns[0];

    static readonly Column<Alert>[] ChangedColumns = AlertColumns.Named(
        "service", "team", "status", "quiet", "urgency", "rank", "severity", "flapping", "fired_source_at", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by",
        "ends_at", "due_at", "last_signal", "last_signal_at", "signals", "text_hash");

    static readonly Column<Alert>[] CountedColumns = AlertColumns.Named("fired_source_at", "ends_at", "due_at", "last_signal", "last_signal_at", "signals");

    static readonly Column<AlertText>[] ChangedTextColumns = TextColumns.Named("text", "labels", "annotations", "link", "source_severity");

    static readonly Column<AlertGroup>[] ChangedGroupColumns = GroupColumns.Named("leader", "unresolved", "ended_at");

    public static Task Insert(Tx tx, IReadOnlyList<Alert> alerts) => tx.Insert("alerts", alerts, AlertColumns);

    public static Task Insert(Tx tx, IReadOnlyList<AlertText> texts) => tx.Insert("alert_texts", texts, TextColumns);

    public static Task Put(Tx tx, IReadOnlyList<ConditionKey> keys) => tx.Insert("alert_keys", keys, KeyColumns, """
        ON CONFLICT (hash) DO UPDATE SET last_alert = excluded.last_alert,
           resolved_source_at = excluded.resolved_source_at, fired_source_at = excluded.fired_source_at, openings = excluded.openings
        """);

    public static Task Insert(Tx tx, IReadOnlyList<AlertGroup> groups) => tx.Insert("alert_groups", groups, GroupColumns);

    /// <summary>Writes what became of alerts: those that are over before those that are not, for a condition has one unresolved alert at any moment.</summary>
    public static async Task Update(Tx tx, IReadOnlyList<Alert> alerts)
    {
        await tx.Update("alerts", [.. alerts.Where(a => !a.Unresolved)], AlertId, ChangedColumns);
        await tx.Update("alerts", [.. alerts.Where(a => a.Unresolved)], AlertId, ChangedColumns);
    }

    /// <summary>What repeats change, many at once: it is the most frequent of all writes.</summary>
    public static Task Count(Tx tx, IReadOnlyList<Alert> alerts) => tx.Update("alerts", alerts, AlertId, CountedColumns);

    public static Task Update(Tx tx, IReadOnlyList<AlertText> texts) => tx.Update("alert_texts", texts, TextId, ChangedTextColumns);

    /// <inheritdoc cref="Update(Tx, IReadOnlyList{Alert})"/>
    public static async Task Update(Tx tx, IReadOnlyList<AlertGroup> groups)
    {
        await tx.Update("alert_groups", [.. groups.Where(g => g.EndedAt is not null)], GroupId, ChangedGroupColumns);
        await tx.Update("alert_groups", [.. groups.Where(g => g.EndedAt is null)], GroupId, ChangedGroupColumns);
    }

    /// <summary>What is kept of these conditions.</summary>
    /// <param name="locked">Until the transaction ends.</param>
    public static async Task<IReadOnlyList<ConditionKey>> Keys(Tx tx, IReadOnlyList<byte[]> hashes, bool locked = true)
    {
        if (tx.Db.Dialect is Dialect.Postgres)
            return await tx.Query($"SELECT hash, last_alert, resolved_source_at, fired_source_at, openings FROM alert_keys WHERE hash {tx.Db.In(hashes)} ORDER BY hash {(locked ? tx.Db.ForUpdate : Sql.Own(""))}", ReadKey);
        var found = new List<ConditionKey>();
        foreach (var hash in hashes)
            found.AddRange(await tx.Query($"SELECT hash, last_alert, resolved_source_at, fired_source_at, openings FROM alert_keys WHERE hash = {hash}", ReadKey));
        return found;
    }

    /// <summary>The unresolved alerts of these conditions, without a lock.</summary>
    public static async Task<IReadOnlyList<Alert>> OpenOf(Tx tx, IReadOnlyList<byte[]> hashes)
    {
        if (tx.Db.Dialect is Dialect.Postgres)
            return hashes.Count == 0 ? [] : await tx.Query($"{Select} FROM alerts a WHERE a.key_hash {tx.Db.In(hashes)} AND a.status <> 'Resolved'", Read);
        var found = new List<Alert>();
        foreach (var hash in hashes)
            found.AddRange(await tx.Query($"{Select} FROM alerts a WHERE a.key_hash = {hash} AND a.status <> 'Resolved'", Read));
        return found;
    }

    public static Task<IReadOnlyList<Alert>> Load(Tx tx, IReadOnlyList<string> ids) => ids.Count == 0
        ? Task.FromResult<IReadOnlyList<Alert>>([])
        : tx.Query($"{Select} FROM alerts a WHERE a.id {tx.Db.In(ids)} ORDER BY a.id {tx.Db.ForUpdate}", Read);

    public static Task<IReadOnlyList<AlertText>> Texts(Tx tx, IReadOnlyList<string> ids) => ids.Count == 0
        ? Task.FromResult<IReadOnlyList<AlertText>>([])
        : tx.Query($"SELECT alert_id, title, text, labels, annotations, link, dedup_key, source_severity, routed FROM alert_texts WHERE alert_id {tx.Db.In(ids)}", ReadText);

    public static Task<IReadOnlyList<AlertGroup>> Groups(Tx tx, IReadOnlyList<string> ids) => ids.Count == 0
        ? Task.FromResult<IReadOnlyList<AlertGroup>>([])
        : tx.Query($"SELECT id, service, key, leader, unresolved, opened_at, ended_at FROM alert_groups WHERE id {tx.Db.In(ids)} ORDER BY id {tx.Db.ForUpdate}", ReadGroup);

    /// <summary>Those of these groups that nobody else holds, locked until the transaction ends.</summary>
    public static async Task<IReadOnlySet<string>> TakeGroups(Tx tx, IReadOnlyList<string> ids) => tx.Db.Dialect is Dialect.Sqlite
        ? ids.ToHashSet(StringComparer.Ordinal)
        : (await tx.Query($"SELECT id FROM alert_groups WHERE id {tx.Db.In(ids)} ORDER BY id {tx.Db.SkipLocked}", r => r.Text(0))).ToHashSet(StringComparer.Ordinal);

    /// <summary>The groups of alerts, by the alert's id, as they are now and without a lock.</summary>
    public static async Task<IReadOnlyList<string>> GroupsOf(Tx tx, IReadOnlyList<string> alerts) => alerts.Count == 0
        ? []
        : await tx.Query($"SELECT DISTINCT group_id FROM alerts WHERE id {tx.Db.In(alerts)}", r => r.Text(0));

    /// <summary>The group of that key that has an unresolved member.</summary>
    public static Task<AlertGroup?> OpenGroup(Tx tx, string? service, string key) => tx.First(
        $"SELECT id, service, key, leader, unresolved, opened_at, ended_at FROM alert_groups WHERE coalesce(service, '') = {service ?? ""} AND key = {key} AND ended_at IS NULL {tx.Db.ForUpdate}", ReadGroup);

    /// <summary>The unresolved alerts of a group, locked until the transaction ends.</summary>
    public static Task<IReadOnlyList<Alert>> UnresolvedOf(Tx tx, string group) => tx.Query($"{Select} FROM alerts a WHERE a.group_id = {group} AND a.status <> 'Resolved' ORDER BY a.id {tx.Db.ForUpdate}", Read);

    /// <summary>Whether a group has unresolved members and all of them are quiet.</summary>
    public static async Task<bool> AllQuiet(Tx tx, string group) => await tx.First(
        $"SELECT count(*), coalesce(sum(CASE WHEN quiet IS NULL THEN 1 ELSE 0 END), 0) FROM alerts WHERE group_id = {group} AND status <> 'Resolved'", r => (All: r.Long(0), Loud: r.Long(1))) is { All: > 0, Loud: 0 };

    /// <summary>Alerts that act by themselves now, to look at.</summary>
    public static Task<IReadOnlyList<Alert>> Due(Tx tx, int count, DateTimeOffset now) => tx.Query($"{Select} FROM alerts a WHERE a.due_at <= {now} ORDER BY a.due_at LIMIT {count}", Read);

    /// <summary>What is open, low and of this service, to be raised when its hours begin.</summary>
    public static Task<IReadOnlyList<Alert>> LowOf(Tx tx, string service, int count) => tx.Query(
        $"{Select} FROM alerts a WHERE a.status = {AlertStatus.Open} AND a.urgency = {Urgency.Low} AND a.service = {service} ORDER BY a.id LIMIT {count}", Read);

    public Task<DateTimeOffset?> NextDue(CancellationToken ct) => db.First($"SELECT min(due_at) FROM alerts WHERE due_at IS NOT NULL", r => r.AtOrNull(0), ct);

    /// <summary>All unresolved alerts, to judge them against a silence that begins or ends.</summary>
    public static Task<IReadOnlyList<(Alert Alert, AlertText Text)>> Unresolved(Tx tx, string after, int count) => tx.Query(
        $"{Both} FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE a.status <> 'Resolved' AND a.id > {after} ORDER BY a.id LIMIT {count}", ReadBoth);

    /// <summary>The unresolved alerts of a group that do not act by themselves yet: when it is acknowledged, age begins to count for them.</summary>
    public static Task<IReadOnlyList<Alert>> Ageless(Tx tx, string group) => tx.Query(
        $"{Select} FROM alerts a WHERE a.group_id = {group} AND a.status <> 'Resolved' AND a.due_at IS NULL ORDER BY a.id {tx.Db.ForUpdate}", Read);

    public static Task PutDue(Tx tx, string alert, DateTimeOffset at)
    {
        tx.Wake(Topics.Alerts);
        return tx.Execute($"UPDATE alerts SET due_at = {at} WHERE id = {alert}");
    }

    /// <summary>A group's alerts follow its climb: acknowledged with it, open again with it.</summary>
    public static Task Follow(Tx tx, string group, AlertStatus status, string? by, DateTimeOffset? at) => tx.Execute(
        $"UPDATE alerts SET status = {status}, acknowledged_by = {by}, acknowledged_at = {at} WHERE group_id = {group} AND status <> 'Resolved'");

    public Task<(Alert Alert, AlertText Text)?> Find(string id, CancellationToken ct) => One(db.Query($"{Both} FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE a.id = {id}", ReadBoth, ct));

    /// <summary>The alert that a signal opened, if it is among the newest.</summary>
    public Task<Alert?> OpenedBy(long signal, CancellationToken ct) =>
        db.First<Alert>($"{Select} FROM alerts a WHERE a.id IN (SELECT id FROM alerts ORDER BY id DESC LIMIT 500) AND a.first_signal = {signal} LIMIT 1", Read, ct);

    /// <summary>A page of the list, newest first.</summary>
    /// <param name="before">The id to go on from.</param>
    public Task<IReadOnlyList<(Alert Alert, AlertText Text)>> List(AlertFilter filter, string? before, int count, CancellationToken ct) =>
        db.Query($"{Both} FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE a.id < {before ?? "~"} {Where(filter)} ORDER BY a.id DESC LIMIT {count}", ReadBoth, ct);

    /// <summary>Those that need somebody most: what nobody has before what is kept quiet or only told, then what somebody has; the gravest first, then the newest.</summary>
    public Task<IReadOnlyList<(Alert Alert, AlertText Text)>> Foremost(AlertFilter filter, int count, CancellationToken ct)
    {
        var order = Piece($"CASE WHEN a.status = {AlertStatus.Open} AND a.quiet IS NULL AND a.urgency = {Urgency.High} THEN 0 WHEN a.status = {AlertStatus.Open} AND a.quiet IS NULL THEN 1 WHEN a.status = {AlertStatus.Acknowledged} THEN 2 ELSE 3 END, a.rank, a.id DESC");
        // Chosen first and read then: the index alerts_open holds all that is asked here, and all open alerts are looked through.
        return db.Query($"""
            {Both} FROM (SELECT a.id FROM alerts a {Texts(filter)} WHERE 1 = 1 {Where(filter)} ORDER BY {order} LIMIT {count}) AS foremost
              JOIN alerts a ON a.id = foremost.id JOIN alert_texts t ON t.alert_id = a.id
             ORDER BY {order}
            """, ReadBoth, ct);
    }

    /// <summary>How far back <see cref="AlertFilter.Anywhere"/> looks. An alert that is older is found by its id.</summary>
    public const int SearchedBack = 20_000;

    /// <summary>How many there are.</summary>
    /// <param name="most">Counts no further: a number on every screen must cost the same at a million.</param>
    public async Task<int> Count(AlertFilter filter, CancellationToken ct, int most = int.MaxValue) =>
        (int)await db.First($"SELECT count(*) FROM (SELECT 1 FROM alerts a {Texts(filter)} WHERE 1 = 1 {Where(filter)} LIMIT {most}) AS counted", r => r.Long(0), ct);

    /// <summary>What they say is looked at only where it is asked for: each is a row of its own.</summary>
    static Sql Texts(AlertFilter filter) => filter.Text is null && filter.Anywhere is null ? Sql.Own("") : Sql.Own("JOIN alert_texts t ON t.alert_id = a.id");

    Sql Where(AlertFilter filter)
    {
        var status = filter.Status is { } s ? Piece($"AND a.status = {s}") : filter.Unresolved ? Sql.Own("AND a.status <> 'Resolved'") : Sql.Own("");
        var service = filter.Service is { } service1 ? Piece($"AND a.service = {service1}") : Sql.Own("");
        var team = filter.Team is { } team1 ? Piece($"AND a.team = {team1}") : Sql.Own("");
        var group = filter.Group is { } group1 ? Piece($"AND a.group_id = {group1}") : Sql.Own("");
        var hidden = filter.HiddenTeams is { Count: > 0 } teams ? Piece($"AND (a.team IS NULL OR NOT a.team {db.In(teams)})") : Sql.Own("");
        var rank = filter.Rank is { } rank1 ? Piece($"AND a.rank = {rank1}") : Sql.Own("");
        var text = filter.Text is { } text1 ? Piece($"AND lower(t.title) LIKE {Contains(text1)} ESCAPE '!'") : Sql.Own("");
        var anywhere = filter.Anywhere is { } said
            ? Piece($"AND (a.id = {said} OR (a.id IN (SELECT id FROM alerts ORDER BY id DESC LIMIT {SearchedBack}) AND (lower(t.title) LIKE {Contains(said)} ESCAPE '!' OR lower(t.labels) LIKE {Contains(InJson(said))} ESCAPE '!')))")
            : Sql.Own("");
        return Piece($"{status} {service} {team} {group} {hidden} {rank} {text} {anywhere}");
    }

    /// <summary>What opened in a span of time, newest first.</summary>
    public Task<IReadOnlyList<(Alert Alert, AlertText Text)>> OpenedIn(DateTimeOffset from, DateTimeOffset until, AlertFilter filter, int count, CancellationToken ct) =>
        db.Query($"{Both} FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE a.opened_at >= {from} AND a.opened_at < {until} {Where(filter)} ORDER BY a.id DESC LIMIT {count}", ReadBoth, ct);

    /// <summary>What was told to have changed on a service (a deploy, a setting), newest first.</summary>
    public Task<IReadOnlyList<(string Title, DateTimeOffset At, string? Link)>> Changes(string service, int count, CancellationToken ct) => db.Query(
        $"SELECT title, at, link FROM changes WHERE service = {service} ORDER BY at DESC LIMIT {count}", r => (r.Text(0), r.At(1), r.TextOrNull(2)), ct);

    public Task<AlertGroup?> Group(string id, CancellationToken ct) => db.First($"SELECT id, service, key, leader, unresolved, opened_at, ended_at FROM alert_groups WHERE id = {id}", ReadGroup, ct);

    /// <summary>What an alert's signals came to, oldest first; repeats are a count on the alert.</summary>
    public Task<IReadOnlyList<(long Signal, Outcome Outcome, DateTimeOffset At, DateTimeOffset? ReceivedAt, string? Correlation)>> Outcomes(string alert, CancellationToken ct) => db.Query($"""
        SELECT a.first_signal, 'Opened', a.opened_at, a.first_signal_at, a.correlation, 0 AS place FROM alerts a WHERE a.id = {alert}
        UNION ALL
        SELECT o.signal_id, o.outcome, o.at, s.received_at, s.correlation, o.id FROM signal_outcomes o LEFT JOIN signals s ON s.id = o.signal_id WHERE o.alert_id = {alert}
         ORDER BY place LIMIT 500
        """, r => (r.Long(0), r.Name<Outcome>(1), r.At(2), r.AtOrNull(3), r.TextOrNull(4)), ct);

    internal static Sql Select => Sql.Own("""
        SELECT a.id, a.integration_id, a.key_hash, a.group_id, a.service, a.team, a.status, a.quiet, a.urgency, a.rank, a.severity, a.flapping, a.unrouted, a.opened_at, a.source_at, a.fired_source_at,
               a.acknowledged_at, a.acknowledged_by, a.resolved_at, a.resolved_by, a.ends_at, a.due_at, a.first_signal, a.first_signal_at, a.last_signal, a.last_signal_at, a.signals, a.previous, a.correlation, a.text_hash
        """);

    static Sql Both => Sql.Own(Select.Text + ", t.alert_id, t.title, t.text, t.labels, t.annotations, t.link, t.dedup_key, t.source_severity, t.routed");

    internal static Alert Read(Row r) => new(
        r.Text(0), r.Text(1), r.Bytes(2), r.Text(3), r.TextOrNull(4), r.TextOrNull(5), r.Name<AlertStatus>(6), r.TextOrNull(7), r.Name<Urgency>(8), r.Int(9), r.TextOrNull(10), r.Flag(11), r.Flag(12), r.At(13), r.At(14), r.AtOrNull(15),
        r.AtOrNull(16), r.TextOrNull(17), r.AtOrNull(18), r.TextOrNull(19), r.AtOrNull(20), r.AtOrNull(21), r.Long(22), r.At(23), r.Long(24), r.At(25), r.Long(26), r.TextOrNull(27), r.Text(28), r.Long(29));

    static (Alert, AlertText) ReadBoth(Row r) => (Read(r), ReadText(r, 30));

    static AlertText ReadText(Row r) => ReadText(r, 0);

    static AlertText ReadText(Row r, int from) => new(
        r.Text(from), r.Text(from + 1), r.TextOrNull(from + 2), Map(r.Text(from + 3)), Map(r.Text(from + 4)), r.TextOrNull(from + 5), r.TextOrNull(from + 6), r.TextOrNull(from + 7), r.Text(from + 8));

    static Dictionary<string, string> Map(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json, Json.Compact)!;

    static ConditionKey ReadKey(Row r) => new(
        r.Bytes(0), null, r.TextOrNull(1), r.AtOrNull(2), r.AtOrNull(3), [.. JsonSerializer.Deserialize<long[]>(r.Text(4))!.Select(Instants.FromMicros)]);

    static AlertGroup ReadGroup(Row r) => new(r.Text(0), r.TextOrNull(1), r.Text(2), r.Text(3), r.Int(4), r.At(5), r.AtOrNull(6));

    static async Task<(Alert, AlertText)?> One(Task<IReadOnlyList<(Alert, AlertText)>> rows) => await rows is [var one, ..] ? one : null;

    static object? Micros(DateTimeOffset? at) => at is { } a ? Instants.Micros(a) : null;

    static string Contains(string text) => "%" + text.ToLowerInvariant().Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + "%";

    /// <summary>As the text stands within a JSON string.</summary>
    static string InJson(string text) => JsonSerializer.Serialize(text, Json.Compact)[1..^1];

    static Sql Piece(Sql sql) => sql;
}

/// <summary>Which alerts to list.</summary>
/// <param name="Text">Stands in the title, whatever the case.</param>
/// <param name="Anywhere">Is the id, or stands in the title or in a label.</param>
public sealed record AlertFilter(
    AlertStatus? Status = null, bool Unresolved = false, string? Service = null, string? Team = null, string? Group = null, IReadOnlyList<string>? HiddenTeams = null, int? Rank = null, string? Text = null, string? Anywhere = null);
