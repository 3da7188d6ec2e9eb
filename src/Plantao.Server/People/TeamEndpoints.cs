using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary><c>/api/v1/teams</c>. A private team is not there for others: 404, and never 403.</summary>
static class TeamEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/teams", List).Needs(Right.ReadPeople).WithName("list-teams");
        routes.MapPost("/api/v1/teams", Create).Needs(Right.ManageTeams).WithName("create-team");
        routes.MapGet("/api/v1/teams/{team}", Get).Needs(Right.ReadPeople).WithName("get-team");
        routes.MapPatch("/api/v1/teams/{team}", Change).Needs(Right.ManageTeams).WithName("change-team");
        routes.MapGet("/api/v1/teams/{team}/members", Members).Needs(Right.ReadPeople).WithName("list-team-members");
        routes.MapPut("/api/v1/teams/{team}/members/{user}", SetMember).Needs(Right.ManageTeams).WithName("set-team-member");
        routes.MapDelete("/api/v1/teams/{team}/members/{user}", RemoveMember).Needs(Right.ManageTeams).WithName("remove-team-member");
    }

    internal static Refusal NoSuchTeam { get; } = new("not-found", "There is no such team.", 404);

    static async Task<Results<Ok<Part<TeamView>>, ProblemHttpResult>> List(Call call, TeamStore teams, CancellationToken ct, string? cursor = null, int? limit = null)
    {
        if (Listing.Fault(limit) is { } fault) return fault.ToProblem();
        var count = Listing.Count(limit);
        return TypedResults.Ok(Listing.Part(await teams.List(call.Caller, cursor ?? "", count + 1, ct), count, View, t => t.Name));
    }

    static async Task<Results<Created<TeamView>, ProblemHttpResult>> Create(CreateTeamRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var ruling = await Make(db, wanted, call, ct);
        return ruling.Allowed ? TypedResults.Created($"/api/v1/teams/{ruling.Value.Name}", View(ruling.Value)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Makes a team; for the API and the screen alike.</summary>
    internal static async Task<Ruling<Team>> Make(Db db, CreateTeamRequest wanted, Call call, CancellationToken ct)
    {
        if (!call.Caller.May(Right.ManageTeams, null)) return call.NotAllowed(Right.ManageTeams);
        var team = new Team(Ids.New("team", call.At), wanted.Name, wanted.Title.Trim(), wanted.Private, call.At.Stored());
        if (team.Fault() is { } fault) return fault;
        return await db.Write(tx => TeamStore.Add(tx, team, call.By, call.Correlation), ct) ? team : new Refusal("name-taken", $"The name {team.Name} is taken.");
    }

    static async Task<Results<Ok<TeamView>, ProblemHttpResult>> Get(string team, Call call, TeamStore teams, CancellationToken ct) =>
        await teams.Find(team, ct) is { } found && found.VisibleTo(call.Caller) ? TypedResults.Ok(View(found)) : NoSuchTeam.ToProblem();

    static async Task<Results<Ok<TeamView>, ProblemHttpResult>> Change(string team, ChangeTeamRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var ruling = await Edit(db, team, wanted, call, ct);
        return ruling.Allowed ? TypedResults.Ok(View(ruling.Value)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Changes a team; for the API and the screen alike.</summary>
    internal static Task<Ruling<Team>> Edit(Db db, string team, ChangeTeamRequest wanted, Call call, CancellationToken ct) =>
        db.Write<Ruling<Team>>(async tx =>
        {
            var managed = await Managed(tx, team, call);
            if (!managed.Allowed) return managed;
            var after = managed.Value with { Title = wanted.Title?.Trim() ?? managed.Value.Title, Private = wanted.Private ?? managed.Value.Private };
            if (after.Fault() is { } fault) return fault;
            await TeamStore.Change(tx, managed.Value, after, call.By, call.At, call.Correlation);
            return after;
        }, ct);

    static async Task<Results<Ok<IReadOnlyList<MemberView>>, ProblemHttpResult>> Members(string team, Call call, Db db, TeamStore teams, CancellationToken ct)
    {
        if (await teams.Find(team, ct) is not { } found || !found.VisibleTo(call.Caller)) return NoSuchTeam.ToProblem();
        return TypedResults.Ok(await db.Query($"""
            SELECT u.id, u.name, u.display_name, m.role FROM team_members m JOIN users u ON u.id = m.user_id WHERE m.team_id = {found.Id} ORDER BY u.name
            """, r => new MemberView(r.Text(0), r.Text(1), r.Text(2), r.Text(3)), ct));
    }

    static async Task<Results<Ok<MemberView>, ProblemHttpResult>> SetMember(string team, string user, SetMemberRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var ruling = await PutIn(db, team, user, wanted.Role, call, ct);
        return ruling.Allowed ? TypedResults.Ok(ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Puts somebody into a team, or changes their team role; for the API and the screen alike.</summary>
    internal static async Task<Ruling<MemberView>> PutIn(Db db, string team, string user, string role, Call call, CancellationToken ct)
    {
        if (!Enum.GetNames<TeamRole>().Contains(role, StringComparer.Ordinal)) return new Refusal("unknown-role", "The role is Responder or Manager.", 400);
        return await db.Write<Ruling<MemberView>>(async tx =>
        {
            var managed = await Managed(tx, team, call);
            if (!managed.Allowed) return managed.Refusal;
            if (await UserStore.Named(tx, user) is not { Status: not UserStatus.Deactivated } member) return UserEndpoints.NoSuchPerson;
            await TeamStore.SetMember(tx, managed.Value.Id, member.Id, Enum.Parse<TeamRole>(role), call.By, call.At, call.Correlation);
            return new MemberView(member.Id, member.Name, member.DisplayName, role);
        }, ct);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> RemoveMember(string team, string user, Call call, Db db, CancellationToken ct)
    {
        var ruling = await TakeOut(db, team, user, call, ct);
        return ruling.Allowed ? TypedResults.NoContent() : ruling.Refusal.ToProblem();
    }

    /// <summary>Takes somebody out of a team; for the API and the screen alike.</summary>
    internal static Task<Ruling<bool>> TakeOut(Db db, string team, string user, Call call, CancellationToken ct) => db.Write<Ruling<bool>>(async tx =>
    {
        var managed = await Managed(tx, team, call);
        if (!managed.Allowed) return managed.Refusal;
        return await UserStore.Named(tx, user) is { } member && await TeamStore.RemoveMember(tx, managed.Value.Id, member.Id, call.By, call.At, call.Correlation) ? true : UserEndpoints.NoSuchPerson;
    }, ct);

    /// <summary>The team, when the caller may manage it: 404 where they may not even see it.</summary>
    internal static async Task<Ruling<Team>> Managed(Tx tx, string team, Call call) => Managed(await TeamStore.Find(tx, team), call);

    /// <inheritdoc cref="Managed(Tx, string, Call)"/>
    internal static Ruling<Team> Managed(Team? found, Call call)
    {
        if (found is null || !found.VisibleTo(call.Caller)) return NoSuchTeam;
        return call.Caller.May(Right.ManageTeams, found.Id) ? found : call.NotAllowed(Right.ManageTeams);
    }

    static TeamView View(Team team) => new(team.Id, team.Name, team.Title, team.Private, team.CreatedAt);
}
