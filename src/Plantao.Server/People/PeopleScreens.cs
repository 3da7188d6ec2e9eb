using Microsoft.AspNetCore.WebUtilities;
using Plantao.Client;
using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>One person as others see them.</summary>
/// <param name="Methods">In their order, proven or not; addresses only for colleagues.</param>
public sealed record PersonFile(User User, bool Colleague, IReadOnlyList<ContactMethod> Methods, IReadOnlyList<(Team Team, TeamRole Role)> Teams);

/// <summary>One team.</summary>
/// <param name="May">Whether the viewer may change it.</param>
public sealed record TeamFile(Team Team, IReadOnlyList<(User User, TeamRole Role)> Members, IReadOnlyList<User> Others, bool May);

/// <summary>A link that is shown once, or was mailed.</summary>
/// <param name="Text">A sentence, in the viewer's language.</param>
/// <param name="Address"><see langword="null"/>: it was mailed.</param>
public sealed record OnceLink(string Text, string? Address);

/// <summary>People and teams: lists, one of each, roles, leaving, erasing.</summary>
static class PeopleScreens
{
    static readonly string[] Doings = ["role", "left", "erased", "team", "member", "gone"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/people", List).Needs(Right.ReadPeople).IsScreen().WithName("people-screen");
        routes.MapGet("/people/{user}", Show).Needs(Right.ReadPeople).IsScreen().WithName("person-screen");
        routes.MapPost("/people/{user}/role", ChangeRole).Needs(Right.ManagePeople).IsForm().WithName("change-role-form");
        routes.MapPost("/people/{user}/invitation", InviteAgain).Needs(Right.ManagePeople).IsForm().WithName("invite-again-form");
        routes.MapGet("/people/{user}/leaving", ShowLeaving).Needs(Right.ManagePeople).IsScreen().WithName("leaving-screen");
        routes.MapPost("/people/{user}/leaving", Leave).Needs(Right.ManagePeople).IsForm().WithName("leaving-form");
        routes.MapGet("/people/{user}/erasure", ShowErasure).Needs(Right.ManagePeople).IsScreen().WithName("erasure-screen");
        routes.MapPost("/people/{user}/erasure", Erase).Needs(Right.ManagePeople).IsForm().WithName("erasure-form");
        routes.MapGet("/teams", Teams).Needs(Right.ReadPeople).IsScreen().WithName("teams-screen");
        routes.MapPost("/teams", CreateTeam).Needs(Right.ManageTeams).IsForm().WithName("create-team-form");
        routes.MapGet("/teams/{team}", ShowTeam).Needs(Right.ReadPeople).IsScreen().WithName("team-screen");
        routes.MapPost("/teams/{team}", ChangeTeam).Needs(Right.ManageTeams).IsForm().WithName("change-team-form");
        routes.MapPost("/teams/{team}/members", SetMember).Needs(Right.ManageTeams).IsForm().WithName("set-member-form");
        routes.MapPost("/teams/{team}/members/{user}/removal", RemoveMember).Needs(Right.ManageTeams).IsForm().WithName("remove-member-form");
    }

    static async Task<IResult> List(UserStore users, CancellationToken ct, string? after = null)
    {
        var rows = await users.List(after is { Length: <= 63 } ? after : "", Listing.Usual + 1, ct);
        return Screens.Show<PeopleScreen>(new { People = rows.Take(Listing.Usual).ToList(), More = rows.Count > Listing.Usual ? rows[Listing.Usual - 1].Name : null });
    }

    static Task<IResult> Show(string user, Call call, HttpContext http, PeopleDesk desk, CancellationToken ct, string? did = null) =>
        Person(user, call, http, desk, Doings.Contains(did, StringComparer.Ordinal) ? did : null, null, null, ct);

    static async Task<IResult> ChangeRole(string user, Form form, Call call, HttpContext http, PeopleDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await UserEndpoints.SetRole(db, user, form["role"], call, ct);
        return ruling.Allowed ? Did("/people/" + ruling.Value.Name, "role") : await Person(user, call, http, desk, null, ruling.Refusal, null, ct);
    }

    static async Task<IResult> InviteAgain(string user, Call call, HttpContext http, Viewer viewer, PeopleDesk desk, PublicAddress address, IMailLinks mail, ContactMethodStore methods, Db db, CancellationToken ct)
    {
        var ruling = await UserEndpoints.IssueAgain(db, user, call, ct, await AccountScreens.PostInvitation(mail, methods, address, call, ct));
        if (!ruling.Allowed) return await Person(user, call, http, desk, null, ruling.Refusal, null, ct);
        var until = Times.Short(ruling.Value.ExpiresAt, viewer.Zone, viewer.Language, viewer.Now);
        return await Person(user, call, http, desk, null, null, mail.Possible
            ? new(viewer.Say(PeopleTexts.All, "link.mailed", ruling.Value.User.Email ?? "", until), null)
            : new(viewer.Say(PeopleTexts.All, "link.once", until), $"{await address.Get(ct)}/join/{ruling.Value.Code}"), ct);
    }

    static async Task<IResult> ShowLeaving(string user, Call call, HttpContext http, Db db, UserStore users, IEnumerable<INamePeople> rooms, CancellationToken ct) =>
        await Leaving(user, http, db, users, rooms, null, [], ct);

    static async Task<IResult> Leave(string user, Form form, Call call, HttpContext http, Viewer viewer, Db db, UserStore users, IEnumerable<INamePeople> rooms, CancellationToken ct)
    {
        var replacements = form.Typed.Where(f => f.Key.StartsWith("for:", StringComparison.Ordinal) && f.Value.Length > 0).ToDictionary(f => f.Key[4..], f => f.Value, StringComparer.Ordinal);
        var outcome = await db.Write(tx => People.Leaving.Deactivate(tx, user, replacements, rooms, call), ct);
        if (outcome.Refusal is { Status: 404 } missing) return await Refused(http, missing);
        return outcome.Refusal is { } refusal ? await Leaving(user, http, db, users, rooms, refusal, replacements, ct) : Did("/people/" + outcome.User!.Name, "left");
    }

    static async Task<IResult> Leaving(string user, HttpContext http, Db db, UserStore users, IEnumerable<INamePeople> rooms, Refusal? refused, Dictionary<string, string> chosen, CancellationToken ct)
    {
        if (await users.Named(user, ct) is not { } found) return await Refused(http, UserEndpoints.NoSuchPerson);
        var mentions = await db.Write(async tx =>
        {
            var all = new List<Mention>();
            foreach (var room in rooms) all.AddRange(await room.Mentions(tx, found));
            return all;
        }, ct);
        return Screens.Show<LeavingScreen>(new { User = found, Mentions = mentions, Others = (await users.Active(ct)).Where(u => u.Id != found.Id).ToList(), Refused = refused, Chosen = chosen }, refused?.Status ?? 200);
    }

    static async Task<IResult> ShowErasure(string user, HttpContext http, UserStore users, CancellationToken ct) =>
        await users.Named(user, ct) is { } found ? Screens.Show<ErasureScreen>(new { User = found }) : await Refused(http, UserEndpoints.NoSuchPerson);

    static async Task<IResult> Erase(string user, Form form, Call call, HttpContext http, Viewer viewer, UserStore users, Db db, IEnumerable<IForgetPeople> rooms, CancellationToken ct)
    {
        if (await users.Named(user, ct) is not { } found) return await Refused(http, UserEndpoints.NoSuchPerson);
        if (form["handle"] != found.Name) return Screens.Show<ErasureScreen>(new { User = found, Error = viewer.Say(PeopleTexts.All, "erase.wrong") }, 422);
        return await db.Write(tx => Erasing.Erase(tx, found.Id, rooms, call), ct) is { } refusal
            ? Screens.Show<ErasureScreen>(new { User = found, Error = viewer.Why(refusal) }, refusal.Status)
            : Did("/people/" + found.Id, "erased");
    }

    static Task<IResult> Teams(Call call, PeopleDesk desk, CancellationToken ct) => TeamList(call, desk, null, null, ct);

    static async Task<IResult> CreateTeam(Form form, Call call, PeopleDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await TeamEndpoints.Make(db, new(form["name"], form["title"], form.Ticked("private")), call, ct);
        return ruling.Allowed ? Did("/teams/" + ruling.Value.Name, "team") : await TeamList(call, desk, form, ruling.Refusal, ct);
    }

    static async Task<IResult> TeamList(Call call, PeopleDesk desk, Form? form, Refusal? refused, CancellationToken ct) =>
        Screens.Show<TeamListScreen>(new { Teams = await desk.Teams(call, ct), Refused = refused, Typed = form?.Typed ?? new Dictionary<string, string>(StringComparer.Ordinal) }, refused?.Status ?? 200);

    static Task<IResult> ShowTeam(string team, Call call, HttpContext http, PeopleDesk desk, CancellationToken ct, string? did = null) =>
        Team(team, call, http, desk, Doings.Contains(did, StringComparer.Ordinal) ? did : null, null, ct);

    static async Task<IResult> ChangeTeam(string team, Form form, Call call, HttpContext http, PeopleDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await TeamEndpoints.Edit(db, team, new(form["title"], form.Ticked("private")), call, ct);
        return ruling.Allowed ? Did("/teams/" + ruling.Value.Name, "team") : await Team(team, call, http, desk, null, ruling.Refusal, ct);
    }

    static async Task<IResult> SetMember(string team, Form form, Call call, HttpContext http, PeopleDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await TeamEndpoints.PutIn(db, team, form["user"], form["role"], call, ct);
        return ruling.Allowed ? Did("/teams/" + team, "member") : await Team(team, call, http, desk, null, ruling.Refusal, ct);
    }

    static async Task<IResult> RemoveMember(string team, string user, Call call, HttpContext http, PeopleDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await TeamEndpoints.TakeOut(db, team, user, call, ct);
        return ruling.Allowed ? Did("/teams/" + team, "gone") : await Team(team, call, http, desk, null, ruling.Refusal, ct);
    }

    static async Task<IResult> Person(string user, Call call, HttpContext http, PeopleDesk desk, string? did, Refusal? refused, OnceLink? link, CancellationToken ct) =>
        await desk.Person(user, call, ct) is { } file
            ? Screens.Show<PersonScreen>(new { File = file, Did = did, Refused = refused, Link = link }, refused?.Status ?? 200)
            : await Refused(http, UserEndpoints.NoSuchPerson);

    static async Task<IResult> Team(string team, Call call, HttpContext http, PeopleDesk desk, string? did, Refusal? refused, CancellationToken ct) =>
        await desk.Team(team, call, ct) is { } file
            ? Screens.Show<TeamScreen>(new { File = file, Did = did, Refused = refused }, refused?.Status ?? 200)
            : await Refused(http, TeamEndpoints.NoSuchTeam);

    static IResult Did(string path, string did) => Screens.Back(QueryHelpers.AddQueryString(path, "did", did));

    static async Task<IResult> Refused(HttpContext http, Refusal refusal)
    {
        await Screens.Refuse(http, refusal);
        return Results.Empty;
    }
}

/// <summary>Reads what the screens of people and teams show, with the rights of who looks.</summary>
sealed class PeopleDesk(UserStore users, TeamStore teams, ContactMethodStore methods)
{
    public async Task<PersonFile?> Person(string user, Call call, CancellationToken ct)
    {
        if (await users.Named(user, ct) is not { } found) return null;
        var of = new List<(Team, TeamRole)>();
        foreach (var member in await teams.Of(found.Id, ct))
            if (await teams.Find(member.TeamId, ct) is { } team && team.VisibleTo(call.Caller)) of.Add((team, member.Role));
        // Addresses are for colleagues: an Observer sees names alone, as in the API.
        return new(found, call.Caller.Role >= OrganisationRole.Member || call.Caller.UserId == found.Id, await methods.Of(found.Id, ct), of);
    }

    public async Task<IReadOnlyList<(Team Team, int Members)>> Teams(Call call, CancellationToken ct)
    {
        var all = new List<(Team, int)>();
        foreach (var team in await teams.List(call.Caller, "", Listing.Most, ct)) all.Add((team, (await teams.Members(team.Id, ct)).Count));
        return all;
    }

    public async Task<TeamFile?> Team(string name, Call call, CancellationToken ct)
    {
        if (await teams.Find(name, ct) is not { } team || !team.VisibleTo(call.Caller)) return null;
        var members = new List<(User, TeamRole)>();
        foreach (var member in await teams.Members(team.Id, ct))
            if (await users.Find(member.UserId, ct) is { } user) members.Add((user, member.Role));
        var there = members.Select(m => m.Item1.Id).ToHashSet(StringComparer.Ordinal);
        return new(team, [.. members.OrderBy(m => m.Item1.DisplayName, StringComparer.Ordinal)], [.. (await users.Active(ct)).Where(u => !there.Contains(u.Id))], call.Caller.May(Right.ManageTeams, team.Id));
    }
}
