using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Every SQL statement about policies and climbs.</summary>
public sealed class EscalationStore(Db db)
{
    static readonly Column<Written> Id = new("id", ColumnType.Text, c => c.Climb.Id);

    static readonly Column<Written>[] All =
    [
        Id,
        new("subject", ColumnType.Text, c => c.Climb.Subject),
        new("policy_copy", ColumnType.Text, c => c.Copy),
        new("urgency", ColumnType.Text, c => c.Climb.Urgency.ToString()),
        new("rank", ColumnType.Long, c => (long)c.Climb.Rank),
        new("status", ColumnType.Text, c => c.Climb.Status.ToString()),
        new("epoch", ColumnType.Long, c => (long)c.Climb.Epoch),
        new("step", ColumnType.Long, c => (long)c.Climb.Step),
        new("round", ColumnType.Long, c => (long)c.Climb.Round),
        new("due_at", ColumnType.Long, c => Micros(c.Climb.DueAt)),
        new("by_user", ColumnType.Text, c => c.Climb.By),
        new("acknowledged_at", ColumnType.Long, c => Micros(c.Climb.AcknowledgedAt)),
        new("acknowledged_until", ColumnType.Long, c => Micros(c.Climb.AcknowledgedUntil)),
        new("asked", ColumnType.Long, c => c.Climb.Asked ? 1L : 0L),
        new("reached", ColumnType.Long, c => c.Climb.Reached ? 1L : 0L),
        new("failures", ColumnType.Long, _ => 0L),
        new("correlation", ColumnType.Text, c => c.Correlation),
        new("started_at", ColumnType.Long, c => Instants.Micros(c.At)),
        new("ended_at", ColumnType.Long, c => c.Climb.Status is EscalationStatus.Ended ? Instants.Micros(c.At) : null),
    ];

    /// <summary>What nobody answered yet has nothing to say of an answer.</summary>
    static readonly Column<Written>[] Begun = All.Named(
        "id", "subject", "policy_copy", "urgency", "rank", "status", "epoch", "step", "round", "due_at", "asked", "reached", "correlation", "started_at");

    static readonly Column<Written>[] Changed = All.Named(
        "policy_copy", "urgency", "rank", "status", "epoch", "step", "round", "due_at", "by_user", "acknowledged_at", "acknowledged_until", "asked", "reached", "failures", "ended_at");

    /// <param name="Copy">The digest of its policy's copy.</param>
    /// <param name="Correlation">Of a new climb: what began it. It never changes.</param>
    sealed record Written(Escalation Climb, string Copy, string? Correlation, DateTimeOffset At);

    static object? Micros(DateTimeOffset? at) => at is { } there ? Instants.Micros(there) : null;

    /// <summary>Copies never change, so what was read once is kept.</summary>
    readonly ConcurrentDictionary<string, EscalationPolicy> copies = new(StringComparer.Ordinal);

    /// <summary>Policies as they were read last, by their text; and the digests of those whose copy is on disk.</summary>
    readonly ConcurrentDictionary<string, EscalationPolicy> parsed = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<EscalationPolicy, string> copied = new(ReferenceEqualityComparer.Instance);

    /// <summary>The policy of that name as it is now. One that cannot be read is as none, but for its team: the catch-all takes the climb.</summary>
    public async Task<EscalationPolicy?> Policy(Tx tx, string name)
    {
        if (await tx.First($"SELECT doc, team FROM escalation_policies WHERE name = {name} AND removed_at IS NULL", r => (Doc: r.Text(0), Team: r.TextOrNull(1))) is not { Doc: not null } found) return null;
        if (parsed.TryGetValue(found.Doc, out var known)) return known;
        if (Read(db, "escalation-policy", name, found.Doc) is not { } policy) return Nothing(name, found.Team);
        Bound();
        return parsed.GetOrAdd(found.Doc, policy);
    }

    /// <summary>Old revisions are let go of.</summary>
    void Bound()
    {
        if (parsed.Count < 10_000 && copied.Count < 10_000) return;
        parsed.Clear();
        copied.Clear();
    }

    public async Task<IReadOnlyList<(EscalationPolicy Policy, string Title, int Revision)>> Policies(CancellationToken ct) =>
        [.. (await db.Query($"SELECT name, doc, team, title, revision FROM escalation_policies WHERE removed_at IS NULL ORDER BY name", r => (Name: r.Text(0), Doc: r.Text(1), Team: r.TextOrNull(2), Title: r.Text(3), Revision: r.Int(4)), ct))
            .Select(p => (Read(db, "escalation-policy", p.Name, p.Doc) ?? Nothing(p.Name, p.Team), p.Title, p.Revision))];

    public static Task Put(Tx tx, EscalationPolicy policy, string title, int revision)
    {
        tx.Wake(Topics.Definitions);
        return tx.Execute($"""
            INSERT INTO escalation_policies (name, title, team, doc, revision) VALUES ({policy.Name}, {title}, {policy.Team}, {Write(policy)}, {revision})
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, team = excluded.team, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
            """);
    }

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE escalation_policies SET removed_at = {now} WHERE name = {name}");

    /// <summary>Adds new climbs, each with its copy of its policy.</summary>
    public async Task Add(Tx tx, IReadOnlyList<(Escalation Climb, string Correlation)> climbs, DateTimeOffset now)
    {
        if (climbs.Count == 0) return;
        var digests = new Dictionary<EscalationPolicy, string>(ReferenceEqualityComparer.Instance);
        foreach (var (climb, _) in climbs)
        {
            if (digests.ContainsKey(climb.Policy)) continue;
            digests.Add(climb.Policy, await Copy(tx, climb.Policy));
        }

        await tx.Insert("escalations", [.. climbs.Select(c => new Written(c.Climb, digests[c.Climb.Policy], c.Correlation, now))], Begun);
        foreach (var (climb, _) in climbs) tx.Wake(Topics.Escalations, climb.DueAt, now);
    }

    async Task<string> Copy(Tx tx, EscalationPolicy policy)
    {
        if (copied.TryGetValue(policy, out var known)) return known;
        var doc = Write(policy);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(doc)));
        await tx.Execute($"INSERT INTO policy_copies (digest, doc) VALUES ({digest}, {doc}) ON CONFLICT DO NOTHING");
        tx.AfterCommit(() =>
        {
            Bound();
            copied.TryAdd(policy, digest);
        });
        return digest;
    }

    /// <summary>Climbs that act now, rank 0 before rank 1 before the rest, then by their time, taken for this transaction alone.</summary>
    /// <remarks>Behind an outage thousands are due at once, and the gravest must not wait for them.</remarks>
    public async Task<IReadOnlyList<(Escalation Climb, string Correlation)>> Due(Tx tx, int count, DateTimeOffset now)
    {
        var due = new List<Raw>();
        foreach (var rank in (int[])[0, 1])
        {
            if (due.Count == count) break;
            due.AddRange(await tx.Query($"""
                SELECT id, subject, policy_copy, urgency, rank, status, epoch, step, round, due_at, by_user, acknowledged_at, acknowledged_until, asked, reached, correlation
                  FROM escalations WHERE rank = {rank} AND rank <= 1 AND due_at IS NOT NULL AND due_at <= {now} ORDER BY due_at LIMIT {count - due.Count} {db.SkipLocked}
                """, Raw.Read));
        }

        if (due.Count < count)
            due.AddRange(await tx.Query($"""
                SELECT id, subject, policy_copy, urgency, rank, status, epoch, step, round, due_at, by_user, acknowledged_at, acknowledged_until, asked, reached, correlation
                  FROM escalations WHERE due_at <= {now} AND rank > 1 ORDER BY due_at LIMIT {count - due.Count} {db.SkipLocked}
                """, Raw.Read));
        return await Load(tx, due);
    }

    /// <summary>The climbs of these subjects, locked until the transaction ends.</summary>
    public async Task<IReadOnlyList<(Escalation Climb, string Correlation)>> Of(Tx tx, IReadOnlyList<string> subjects) => await Load(tx, await tx.Query($"""
        SELECT id, subject, policy_copy, urgency, rank, status, epoch, step, round, due_at, by_user, acknowledged_at, acknowledged_until, asked, reached, correlation
          FROM escalations WHERE subject {db.In(subjects)} ORDER BY id {db.ForUpdate}
        """, Raw.Read));

    public async Task<(Escalation Climb, string Correlation)?> Find(Tx tx, string id) => await Load(tx, await tx.Query($"""
        SELECT id, subject, policy_copy, urgency, rank, status, epoch, step, round, due_at, by_user, acknowledged_at, acknowledged_until, asked, reached, correlation
          FROM escalations WHERE id = {id} {db.ForUpdate}
        """, Raw.Read)) is [var one] ? one : null;

    /// <summary>The id of a subject's climb. It never changes, so it needs no lock.</summary>
    public static Task<string?> IdOf(Tx tx, string subject) => tx.First<string?>($"SELECT id FROM escalations WHERE subject = {subject}", r => r.Text(0));

    /// <summary>The subject of a climb. It never changes, so it needs no lock.</summary>
    public static Task<string?> SubjectOf(Tx tx, string id) => tx.First<string?>($"SELECT subject FROM escalations WHERE id = {id}", r => r.Text(0));

    /// <summary>The climb of a subject, to look at.</summary>
    public Task<Escalation?> Look(string subject, CancellationToken ct) => db.Snapshot(async tx => (await Load(tx, await tx.Query($"""
        SELECT id, subject, policy_copy, urgency, rank, status, epoch, step, round, due_at, by_user, acknowledged_at, acknowledged_until, asked, reached, correlation
          FROM escalations WHERE subject = {subject}
        """, Raw.Read))).Select(c => c.Climb).FirstOrDefault(), ct);

    public Task<DateTimeOffset?> NextDue(CancellationToken ct) => db.First($"SELECT min(due_at) FROM escalations WHERE due_at IS NOT NULL", r => r.AtOrNull(0), ct);

    /// <summary>Writes what became of climbs. Who loaded them holds their locks.</summary>
    public async Task Save(Tx tx, IReadOnlyList<Escalation> climbs, DateTimeOffset now)
    {
        var rows = new List<Written>(climbs.Count);
        foreach (var climb in climbs) rows.Add(new(climb, await Copied(tx, climb.Policy), null, now));
        await tx.Update("escalations", rows, Id, Changed);
        foreach (var climb in climbs) tx.Wake(Topics.Escalations, climb.DueAt, now);
    }

    /// <summary>A climb that could not act is put off, so that it cannot stop the others.</summary>
    public static Task PutOff(Tx tx, string id, DateTimeOffset until) => tx.Execute($"UPDATE escalations SET due_at = {until}, failures = failures + 1 WHERE id = {id}");

    /// <summary>Another handle stands for a person, in policies and in the copies that climbs keep. A copy keeps its name, which was its digest.</summary>
    public async Task Rename(Tx tx, string name, string instead)
    {
        foreach (var (policy, doc) in await tx.Query($"SELECT name, doc FROM escalation_policies", r => (r.Text(0), r.Text(1))))
            if (Renamed(Read(tx.Db, "escalation-policy", policy, doc), name, instead) is { } after) await tx.Execute($"UPDATE escalation_policies SET doc = {after} WHERE name = {policy}");
        foreach (var (digest, doc) in await tx.Query($"SELECT digest, doc FROM policy_copies", r => (r.Text(0), r.Text(1))))
            if (Renamed(Read(tx.Db, "copy of an escalation policy", digest, doc), name, instead) is { } after) await tx.Execute($"UPDATE policy_copies SET doc = {after} WHERE digest = {digest}");
        tx.AfterCommit(() =>
        {
            copies.Clear();
            parsed.Clear();
            copied.Clear();
        });
        tx.Wake(Topics.Definitions);
    }

    /// <returns><see langword="null"/>: it does not name the person, or cannot be read.</returns>
    static string? Renamed(EscalationPolicy? policy, string name, string instead)
    {
        if (policy is null) return null;
        var asked = new EscalationTarget(TargetKind.Person, name);
        if (!policy.Steps.SelectMany(step => step.Targets.Concat(step.Otherwise ?? [])).Concat(policy.CatchAll).Contains(asked)) return null;
        IReadOnlyList<EscalationTarget> Instead(IReadOnlyList<EscalationTarget> targets) => [.. targets.Select(target => target == asked ? asked with { Name = instead } : target)];
        return Write(policy with
        {
            Steps = [.. policy.Steps.Select(step => step with { Targets = Instead(step.Targets), Otherwise = step.Otherwise is { } otherwise ? Instead(otherwise) : null })],
            CatchAll = Instead(policy.CatchAll),
        });
    }

    /// <summary>Removes climbs that ended before an instant, with what their pages said.</summary>
    public static async Task<int> RemoveEnded(Tx tx, DateTimeOffset before, int limit)
    {
        var ids = await tx.Query($"SELECT id FROM escalations WHERE status = {EscalationStatus.Ended} AND ended_at < {before} ORDER BY ended_at LIMIT {limit} {tx.Db.SkipLocked}", r => r.Text(0));
        if (ids.Count == 0) return 0;
        await Notifications.NotificationStore.Unsay(tx, ids);
        return await tx.Execute($"DELETE FROM escalations WHERE id {tx.Db.In(ids)}");
    }

    /// <summary>How many climbs have reached nobody: loud everywhere.</summary>
    public async Task<(long Unanswered, long Unreached)> Loud(CancellationToken ct) => await db.First(
        $"SELECT count(*), coalesce(sum(CASE WHEN reached = 0 THEN 1 ELSE 0 END), 0) FROM escalations WHERE status = 'Unanswered'", r => (r.Long(0), r.Long(1)), ct);

    async Task<string> Copied(Tx tx, EscalationPolicy policy)
    {
        foreach (var (digest, known) in copies)
            if (ReferenceEquals(known, policy)) return digest;
        return await Copy(tx, policy);
    }

    async Task<IReadOnlyList<(Escalation Climb, string Correlation)>> Load(Tx tx, IReadOnlyList<Raw> rows)
    {
        var missing = rows.Select(r => r.Copy).Distinct(StringComparer.Ordinal).Where(d => !copies.ContainsKey(d)).ToList();
        if (missing.Count > 0)
            foreach (var (digest, doc) in await tx.Query($"SELECT digest, doc FROM policy_copies WHERE digest {db.In(missing)}", r => (r.Text(0), r.Text(1))))
                copies.TryAdd(digest, Read(db, "copy of an escalation policy", digest, doc) ?? Nothing("unreadable", null));
        // A copy that is gone: its climbs go to the catch-all, and no other is held up.
        foreach (var digest in missing.Where(d => !copies.ContainsKey(d)))
            copies.TryAdd(digest, db.Unreadable.Read<EscalationPolicy>("copy of an escalation policy", digest, () => null) ?? Nothing("unreadable", null));
        return [.. rows.Select(r => (r.Climb with { Policy = copies[r.Copy] }, r.Correlation))];
    }

    static string Write(EscalationPolicy policy) => JsonSerializer.Serialize(policy, Json.Compact);

    static EscalationPolicy? Read(Db db, string kind, string name, string doc) => db.Unreadable.Read(kind, name, () =>
    {
        var policy = JsonSerializer.Deserialize<EscalationPolicy>(doc, Json.Compact);
        return policy is null || policy.Steps.All(s => s.Targets.All(t => t.Name.Length > 0) && s.Wait > TimeSpan.Zero) && policy.CatchAll.All(t => t.Name.Length > 0) && policy.Name.Length > 0
            ? policy
            : throw new InvalidDataException("It has a step without a wait, or a target without a name.");
    });

    /// <summary>No steps: the team's Managers, else the Owners, at once and loudly.</summary>
    static EscalationPolicy Nothing(string name, string? team) => new(name, [], 1, [], team);

    sealed record Raw(Escalation Climb, string Copy, string Correlation)
    {
        public static Raw Read(Row r) => new(
            new Escalation(r.Text(0), r.Text(1), null!, r.Name<Urgency>(3), r.Int(4), r.Name<EscalationStatus>(5), r.Int(6), r.Int(7), r.Int(8), r.AtOrNull(9), r.TextOrNull(10), r.AtOrNull(11), r.AtOrNull(12), r.Flag(13), r.Flag(14)),
            r.Text(2), r.Text(15));
    }
}
