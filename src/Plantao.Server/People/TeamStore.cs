using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>People who own services together.</summary>
/// <param name="Id"><c>team_…</c></param>
/// <param name="Name">Unique; see <see cref="Slug"/>.</param>
/// <param name="Private">Its things are seen by its members, Admins and Owners alone; to others they are not there.</param>
public sealed record Team(string Id, string Name, string Title, bool Private, DateTimeOffset CreatedAt)
{
    public Refusal? Fault() =>
        Slug.Fault(Name, "name") ?? Line.Fault(Title, "title");

    /// <summary>Whether a caller may know that this team and its things exist.</summary>
    public bool VisibleTo(Caller caller) => !Private || caller.Sees(Id);
}

/// <summary>Somebody in a team.</summary>
public sealed record Membership(string TeamId, string UserId, TeamRole Role);

public static class TeamSight
{
    /// <summary>Whether a caller may see the things of a private team: its members and its tokens, Admins and Owners.</summary>
    public static bool Sees(this Caller caller, string teamId) => caller.Role >= OrganisationRole.Admin || caller.Teams.ContainsKey(teamId);
}

/// <summary>Every statement about teams and who is in them.</summary>
public sealed class TeamStore(Db db)
{
    public Task<Team?> Find(string idOrName, CancellationToken ct) => db.First<Team>($"{Select} WHERE id = {idOrName} OR name = {idOrName}", Read, ct);

    /// <summary>Those visible to <paramref name="caller"/>, in the order of names, after <paramref name="after"/>.</summary>
    public Task<IReadOnlyList<Team>> List(Caller caller, string after, int count, CancellationToken ct) => caller.Role >= OrganisationRole.Admin
        ? db.Query($"{Select} WHERE name > {after} ORDER BY name LIMIT {count}", Read, ct)
        : db.Query($"{Select} WHERE name > {after} AND (private = 0 OR id {db.In([.. caller.Teams.Keys])}) ORDER BY name LIMIT {count}", Read, ct);

    /// <summary>The names of all teams by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Names(CancellationToken ct) =>
        (await db.Query($"SELECT id, name FROM teams", r => (Id: r.Text(0), Name: r.Text(1)), ct)).ToDictionary(t => t.Id, t => t.Name, StringComparer.Ordinal);

    /// <summary>Ids of the private teams.</summary>
    public Task<IReadOnlyList<string>> PrivateIds(CancellationToken ct) => db.Query($"SELECT id FROM teams WHERE private = 1", r => r.Text(0), ct);

    public Task<IReadOnlyList<Membership>> Members(string teamId, CancellationToken ct) =>
        db.Query($"SELECT team_id, user_id, role FROM team_members WHERE team_id = {teamId} ORDER BY user_id", ReadMember, ct);

    public Task<IReadOnlyList<Membership>> Of(string userId, CancellationToken ct) =>
        db.Query($"SELECT team_id, user_id, role FROM team_members WHERE user_id = {userId} ORDER BY team_id", ReadMember, ct);

    public static Task<Team?> Find(Tx tx, string idOrName) => tx.First<Team>($"{Select} WHERE id = {idOrName} OR name = {idOrName}", Read);

    public static Task<IReadOnlyList<Membership>> Members(Tx tx, string teamId) =>
        tx.Query($"SELECT team_id, user_id, role FROM team_members WHERE team_id = {teamId} ORDER BY user_id", ReadMember);

    /// <summary>Active people of a team: its Managers (whom a catch-all falls back to), or with <see cref="TeamRole.Responder"/> everybody.</summary>
    public static Task<IReadOnlyList<string>> ActiveIn(Tx tx, string teamId, TeamRole role) => tx.Query($"""
        SELECT m.user_id FROM team_members m JOIN users u ON u.id = m.user_id
         WHERE m.team_id = {teamId} AND (m.role = {role} OR {role} = 'Responder') AND u.status = {UserStatus.Active} ORDER BY m.user_id
        """, r => r.Text(0));

    /// <returns>Whether the name was free.</returns>
    public static async Task<bool> Add(Tx tx, Team team, string by, string correlation)
    {
        if (await tx.Execute($"""
            INSERT INTO teams (id, name, title, private, created_at) VALUES ({team.Id}, {team.Name}, {team.Title}, {team.Private}, {team.CreatedAt})
            ON CONFLICT DO NOTHING
            """) == 0) return false;
        await tx.Journal(Entry.Of("team.created", team.Id, by, team.CreatedAt, correlation, new { team.Name, team.Private }, team.Title));
        return true;
    }

    public static async Task Change(Tx tx, Team before, Team after, string by, DateTimeOffset at, string correlation)
    {
        if (before == after) return;
        await tx.Execute($"UPDATE teams SET title = {after.Title}, private = {after.Private} WHERE id = {after.Id}");
        await tx.Journal(Entry.Of("team.changed", after.Id, by, at, correlation, new { after.Private, wasPrivate = before.Private }, after.Title));
    }

    public static async Task SetMember(Tx tx, string teamId, string userId, TeamRole role, string by, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"INSERT INTO team_members (team_id, user_id, role) VALUES ({teamId}, {userId}, {role}) ON CONFLICT (team_id, user_id) DO UPDATE SET role = excluded.role");
        await tx.Journal(Entry.Of("team.member-set", teamId, by, at, correlation, new { userId, role }));
    }

    /// <returns>Whether they were in it.</returns>
    public static async Task<bool> RemoveMember(Tx tx, string teamId, string userId, string by, DateTimeOffset at, string correlation)
    {
        if (await tx.Execute($"DELETE FROM team_members WHERE team_id = {teamId} AND user_id = {userId}") == 0) return false;
        await tx.Journal(Entry.Of("team.member-removed", teamId, by, at, correlation, new { userId }));
        return true;
    }

    static Sql Select => Sql.Own("SELECT id, name, title, private, created_at FROM teams");

    static Team Read(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Flag(3), r.At(4));

    static Membership ReadMember(Row r) => new(r.Text(0), r.Text(1), Enum.Parse<TeamRole>(r.Text(2)));
}
