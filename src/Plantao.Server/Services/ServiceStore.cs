using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Services;

/// <summary>What can break.</summary>
/// <param name="Id"><c>svc_…</c></param>
/// <param name="Name">Unique, as in definitions.</param>
/// <param name="TeamId">Whose it is; <see langword="null"/>: nobody's, which coverage shows.</param>
/// <param name="EscalationPolicy">The name of a policy; <see langword="null"/>: the catch-all.</param>
/// <param name="Doc">The definition as applied, JSON.</param>
/// <param name="Revision">1 at first.</param>
public sealed record Service(
    string Id, string Name, string Title, string? TeamId, string? EscalationPolicy, string Doc, long Revision, DateTimeOffset CreatedAt, DateTimeOffset? RemovedAt);

/// <summary>A service as a definition words it.</summary>
public sealed record ServiceWanted(string Name, string Title, string? TeamId, string? EscalationPolicy, string Doc);

/// <summary>Every statement about services. A removed one is kept, because its alerts name it.</summary>
public sealed class ServiceStore(Db db)
{
    /// <summary>By id, removed or not, or by the name of one that is there.</summary>
    public Task<Service?> Find(string idOrName, CancellationToken ct) =>
        db.First<Service>($"{Select} WHERE id = {idOrName} OR (name = {idOrName} AND removed_at IS NULL)", Read, ct);

    /// <inheritdoc cref="Find(string, CancellationToken)"/>
    public static Task<Service?> Find(Tx tx, string idOrName) =>
        tx.First<Service>($"{Select} WHERE id = {idOrName} OR (name = {idOrName} AND removed_at IS NULL)", Read);

    /// <summary>Every service that is there.</summary>
    public Task<IReadOnlyList<Service>> All(CancellationToken ct) => db.Query($"{Select} WHERE removed_at IS NULL ORDER BY name", Read, ct);

    /// <inheritdoc cref="All(CancellationToken)"/>
    public static Task<IReadOnlyList<Service>> All(Tx tx) => tx.Query($"{Select} WHERE removed_at IS NULL ORDER BY name", Read);

    /// <summary>Those visible to <paramref name="caller"/>, in the order of names, after <paramref name="after"/>.</summary>
    /// <param name="teamId">Only this team's.</param>
    public Task<IReadOnlyList<Service>> List(Caller caller, string? teamId, string after, int count, CancellationToken ct)
    {
        var ofTeam = teamId is null ? Sql.Own("") : Piece($"AND team_id = {teamId}");
        var seen = caller.Role >= OrganisationRole.Admin
            ? Sql.Own("")
            : Piece($"AND (team_id IS NULL OR team_id {db.In([.. caller.Teams.Keys])} OR team_id IN (SELECT id FROM teams WHERE private = 0))");
        return db.Query($"{Select} WHERE removed_at IS NULL AND name > {after} {ofTeam} {seen} ORDER BY name LIMIT {count}", Read, ct);
    }

    /// <summary>Makes the service what the definition says: a new one, a new revision, or nothing when nothing differs.</summary>
    public static async Task<Service> Put(Tx tx, ServiceWanted wanted, string by, DateTimeOffset at, string correlation)
    {
        var there = await tx.First<Service>($"{Select} WHERE name = {wanted.Name} {tx.Db.ForUpdate}", Read);
        if (there is null)
        {
            var made = new Service(Ids.New("svc", at), wanted.Name, wanted.Title, wanted.TeamId, wanted.EscalationPolicy, wanted.Doc, 1, at, null);
            await tx.Execute($"""
                INSERT INTO services (id, name, title, team_id, escalation_policy, doc, revision, created_at, hours_at)
                VALUES ({made.Id}, {made.Name}, {made.Title}, {made.TeamId}, {made.EscalationPolicy}, {made.Doc}, {made.Revision}, {at}, {Hours(made.Doc, at)})
                """);
            await tx.Journal(Entry.Of("service.created", made.Id, by, at, correlation, new { made.Name, made.TeamId, made.EscalationPolicy, made.Revision }));
            return made;
        }

        var after = there with { Title = wanted.Title, TeamId = wanted.TeamId, EscalationPolicy = wanted.EscalationPolicy, Doc = wanted.Doc, RemovedAt = null };
        if (after == there) return there;
        after = after with { Revision = there.Revision + 1 };
        await tx.Execute($"""
            UPDATE services SET title = {after.Title}, team_id = {after.TeamId}, escalation_policy = {after.EscalationPolicy}, doc = {after.Doc}, revision = {after.Revision}, removed_at = NULL, hours_at = {Hours(after.Doc, at)}
             WHERE id = {after.Id}
            """);
        await tx.Journal(Entry.Of(there.RemovedAt is null ? "service.changed" : "service.restored", after.Id, by, at, correlation, new { after.Name, after.TeamId, after.EscalationPolicy, after.Revision }));
        return after;
    }

    /// <returns>Whether it was there.</returns>
    public static async Task<bool> Remove(Tx tx, string name, string by, DateTimeOffset at, string correlation)
    {
        var id = await tx.First($"UPDATE services SET removed_at = {at} WHERE name = {name} AND removed_at IS NULL RETURNING id", r => r.Text(0));
        if (id is null) return false;
        await tx.Journal(Entry.Of("service.removed", id, by, at, correlation, new { name }));
        return true;
    }

    /// <summary>When the support hours of any service begin next, or its definition has yet to be looked at.</summary>
    public Task<DateTimeOffset?> NextHours(CancellationToken ct) => db.First($"SELECT min(hours_at) FROM services WHERE hours_at IS NOT NULL AND removed_at IS NULL", r => r.AtOrNull(0), ct);

    /// <summary>One service whose hours are due, for this transaction alone, and since when.</summary>
    public static Task<(Service Service, DateTimeOffset At)?> HoursDue(Tx tx, DateTimeOffset now) => tx.First<(Service, DateTimeOffset)?>(
        $"SELECT id, name, title, team_id, escalation_policy, doc, revision, created_at, removed_at, hours_at FROM services WHERE hours_at <= {now} AND removed_at IS NULL ORDER BY hours_at LIMIT 1 {tx.Db.SkipLocked}",
        r => (Read(r), r.At(9)));

    /// <summary>When its support hours begin next; <see langword="null"/>: it raises nothing.</summary>
    public static Task PutHours(Tx tx, string id, DateTimeOffset? at) => tx.Execute($"UPDATE services SET hours_at = {at} WHERE id = {id}");

    /// <summary>A new definition with support hours is looked at once, to find when they begin.</summary>
    static DateTimeOffset? Hours(string doc, DateTimeOffset at) => doc.Contains("\"supportHours\"", StringComparison.Ordinal) ? at : null;

    static Sql Select => Sql.Own("SELECT id, name, title, team_id, escalation_policy, doc, revision, created_at, removed_at FROM services");

    static Sql Piece(Sql sql) => sql;

    static Service Read(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3), r.TextOrNull(4), r.Text(5), r.Long(6), r.At(7), r.AtOrNull(8));
}
