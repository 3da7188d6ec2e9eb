using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary><c>/api/v1/users</c>, <c>/api/v1/invitations</c> and the caller's own profile.</summary>
static class UserEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/me", Me).Needs(Right.ReadPeople).WithName("get-me");
        routes.MapPatch("/api/v1/me", ChangeProfile).Needs(Right.OwnAccount).WithName("change-profile");
        routes.MapGet("/api/v1/users", List).Needs(Right.ReadPeople).WithName("list-users");
        routes.MapPost("/api/v1/users", Invite).Needs(Right.ManagePeople).WithName("invite-user");
        routes.MapGet("/api/v1/users/{user}", Get).Needs(Right.ReadPeople).WithName("get-user");
        routes.MapPost("/api/v1/users/{user}/invitation", InviteAgain).Needs(Right.ManagePeople).WithName("invite-user-again");
        routes.MapPut("/api/v1/users/{user}/role", ChangeRole).Needs(Right.ManagePeople).WithName("change-user-role");
        routes.MapPost("/api/v1/users/{user}/deactivation", Deactivate).Needs(Right.ManagePeople).WithName("deactivate-user");
        routes.MapPost("/api/v1/users/{user}/erasure", Erase).Needs(Right.ManagePeople).WithName("erase-user");
        routes.MapPost("/api/v1/invitations/acceptance", Accept).Needs(Right.AnswerPage).WithName("accept-invitation");
    }

    static async Task<Ok<MeView>> Me(Call call, UserStore users, CancellationToken ct)
    {
        var caller = call.Caller;
        var user = caller.UserId is null ? null : await users.Find(caller.UserId, ct);
        return TypedResults.Ok(new MeView(caller.Kind.ToString(), caller.Id, caller.Name, user is null ? null : View(user, caller),
            [.. caller.Teams.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new TeamRoleView(t.Key, t.Value.ToString()))], caller.Scopes.Words()));
    }

    static async Task<Results<Ok<UserView>, ProblemHttpResult>> ChangeProfile(ChangeProfileRequest wanted, Call call, Db db, CancellationToken ct) => Answer(await Change(db, wanted, call, ct), call);

    /// <summary>Changes one's own details; for the API and the screen alike.</summary>
    internal static Task<Ruling<User>> Change(Db db, ChangeProfileRequest wanted, Call call, CancellationToken ct) =>
        db.Write<Ruling<User>>(async tx =>
        {
            var before = (await UserStore.Find(tx, call.UserId))!;
            var after = before with { DisplayName = wanted.DisplayName?.Trim() ?? before.DisplayName, Zone = wanted.Zone ?? before.Zone, Language = wanted.Language ?? before.Language };
            if (after.Fault() is { } fault) return fault;
            await UserStore.Change(tx, before, after, call.By, call.At, call.Correlation);
            return after;
        }, ct);

    static async Task<Results<Ok<Part<UserView>>, ProblemHttpResult>> List(Call call, UserStore users, CancellationToken ct, string? cursor = null, int? limit = null)
    {
        if (Listing.Fault(limit) is { } fault) return fault.ToProblem();
        var count = Listing.Count(limit);
        return TypedResults.Ok(Listing.Part(await users.List(cursor ?? "", count + 1, ct), count, u => View(u, call.Caller), u => u.Name));
    }

    static async Task<Results<Ok<UserView>, ProblemHttpResult>> Get(string user, Call call, UserStore users, CancellationToken ct) =>
        await users.Named(user, ct) is { } found ? TypedResults.Ok(View(found, call.Caller)) : Problems.NotFound("person");

    static async Task<Results<Created<InvitedView>, ProblemHttpResult>> Invite(InviteRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var ruling = await InviteOne(db, wanted, call, ct);
        return ruling.Allowed ? TypedResults.Created($"/api/v1/users/{ruling.Value.User.Name}", ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Invites somebody; for the API and the screen alike.</summary>
    internal static async Task<Ruling<InvitedView>> InviteOne(Db db, InviteRequest wanted, Call call, CancellationToken ct, Func<Tx, User, string, DateTimeOffset, Task>? mail = null)
    {
        if (Role(wanted.Role ?? nameof(OrganisationRole.Member)) is not { } role) return UnknownRole;
        if (role is OrganisationRole.Owner && !call.Caller.May(Right.Own)) return call.NotAllowed(Right.Own);
        return await db.Write<Ruling<InvitedView>>(async tx =>
        {
            var user = new User(Ids.New("usr", call.At), wanted.Name ?? Slug.From(wanted.DisplayName, "person"), wanted.DisplayName.Trim(), EmailAddress.Normal(wanted.Email) ?? "",
                wanted.Zone ?? await Organisation.Zone(tx), wanted.Language ?? await Organisation.Language(tx), role, UserStatus.Invited, call.At.Stored());
            if (user.Fault() is { } fault) return fault;
            if (await UserStore.WithEmail(tx, user.Email) is not null) return new Refusal("email-taken", "Somebody with this e-mail address is here already.");
            if (!await UserStore.Add(tx, user, call.By, call.Correlation)) return new Refusal("name-taken", $"The name {user.Name} is taken. Give another as name.");
            var (code, until) = await Invitations.Issue(tx, user.Id, call.By, call.At, call.Correlation);
            if (mail is not null) await mail(tx, user, code, until);
            return new InvitedView(View(user, call.Caller), code, until);
        }, ct);
    }

    static async Task<Results<Ok<InvitedView>, ProblemHttpResult>> InviteAgain(string user, Call call, Db db, CancellationToken ct)
    {
        var ruling = await IssueAgain(db, user, call, ct);
        return ruling.Allowed ? TypedResults.Ok(ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Ends an invitation and makes another; for the API and the screen alike.</summary>
    /// <param name="mail">Puts it into the post, in the same transaction.</param>
    internal static Task<Ruling<InvitedView>> IssueAgain(Db db, string user, Call call, CancellationToken ct, Func<Tx, User, string, DateTimeOffset, Task>? mail = null) =>
        db.Write<Ruling<InvitedView>>(async tx =>
        {
            if (await UserStore.Named(tx, user) is not { } found) return NoSuchPerson;
            if (found.Status is not UserStatus.Invited) return new Refusal("not-invited", $"{found.Name} does not wait for an invitation: {found.Status}.");
            if (found.Role is OrganisationRole.Owner && !call.Caller.May(Right.Own)) return call.NotAllowed(Right.Own);
            var (code, until) = await Invitations.Issue(tx, found.Id, call.By, call.At, call.Correlation);
            if (mail is not null) await mail(tx, found, code, until);
            return new InvitedView(View(found, call.Caller), code, until);
        }, ct);

    static async Task<Results<Ok<WelcomeView>, ProblemHttpResult>> Accept(AcceptInvitationRequest wanted, Call call, Db db, ContactMethodStore methods, CancellationToken ct)
    {
        var ruling = await db.Write<Ruling<WelcomeView>>(async tx =>
        {
            var joined = await Invitations.Accept(tx, methods, wanted.Code, wanted.DisplayName, wanted.Zone, wanted.Language, call);
            if (!joined.Allowed) return joined.Refusal;
            var user = joined.Value;
            var issued = await TokenStore.Issue(tx, TokenKind.Personal, user.Id, null, "first", Scope.All, call.At, call.At + ApiToken.Life(TokenKind.Personal), user.Id, call.Correlation);
            return new WelcomeView(View(user, email: true), issued.Clear, issued.Token.ExpiresAt);
        }, ct);
        return ruling.Allowed ? TypedResults.Ok(ruling.Value) : ruling.Refusal.ToProblem();
    }

    static async Task<Results<Ok<UserView>, ProblemHttpResult>> ChangeRole(string user, ChangeRoleRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var ruling = await SetRole(db, user, wanted.Role, call, ct);
        return Answer(ruling, call);
    }

    /// <summary>Gives somebody an organisation role; for the API and the screen alike.</summary>
    internal static async Task<Ruling<User>> SetRole(Db db, string user, string word, Call call, CancellationToken ct)
    {
        if (Role(word) is not { } role) return UnknownRole;
        return await db.Write<Ruling<User>>(async tx =>
        {
            if (await Locked(tx, user) is not { } before) return NoSuchPerson;
            if ((before.Role is OrganisationRole.Owner || role is OrganisationRole.Owner) && !call.Caller.May(Right.Own)) return call.NotAllowed(Right.Own);
            if (await LastOwner(tx, before) && role is not OrganisationRole.Owner) return LastOwnerStays;
            var after = before with { Role = role };
            await UserStore.Change(tx, before, after, call.By, call.At, call.Correlation);
            return after;
        }, ct);
    }

    static async Task<Results<Ok<UserView>, ProblemHttpResult>> Deactivate(string user, DeactivateRequest wanted, Call call, Db db, IEnumerable<INamePeople> rooms, CancellationToken ct)
    {
        var ruling = await db.Write(tx => Leaving.Deactivate(tx, user, wanted.Replacements ?? new Dictionary<string, string>(StringComparer.Ordinal), rooms, call), ct);
        return ruling switch
        {
            { Refusal: { } refusal, Named: { } named } => refusal.ToProblem(new Dictionary<string, object?>(StringComparer.Ordinal) { ["names"] = named }),
            { Refusal: { } refusal } => refusal.ToProblem(),
            { User: var left } => TypedResults.Ok(View(left!, call.Caller)),
        };
    }

    static async Task<Results<NoContent, ProblemHttpResult>> Erase(string user, Call call, Db db, IEnumerable<IForgetPeople> rooms, CancellationToken ct) =>
        await db.Write(tx => Erasing.Erase(tx, user, rooms, call), ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    internal static Refusal NoSuchPerson { get; } = new("not-found", "There is no such person.", 404);

    internal static Refusal LastOwnerStays { get; } = new("last-owner", "This is the last Owner. Make somebody else Owner first.");

    static Refusal UnknownRole { get; } = new("unknown-role", "The role is Observer, Member, Admin or Owner.", 400);

    internal static async Task<User?> Locked(Tx tx, string idOrName) => await UserStore.Named(tx, idOrName) is { } found ? await UserStore.Find(tx, found.Id) : null;

    internal static async Task<bool> LastOwner(Tx tx, User user) => user is { Role: OrganisationRole.Owner, Status: UserStatus.Active } && await UserStore.Owners(tx) == 1;

    static OrganisationRole? Role(string word) => Enum.GetNames<OrganisationRole>().Contains(word, StringComparer.Ordinal) ? Enum.Parse<OrganisationRole>(word) : null;

    static Results<Ok<UserView>, ProblemHttpResult> Answer(Ruling<User> ruling, Call call) =>
        ruling.Allowed ? TypedResults.Ok(View(ruling.Value, call.Caller)) : ruling.Refusal.ToProblem();

    /// <summary>Addresses are for colleagues: an Observer and a team's token see names alone.</summary>
    static UserView View(User user, Caller to) => View(user, email: to.Role >= OrganisationRole.Member || to.UserId == user.Id);

    static UserView View(User user, bool email) =>
        new(user.Id, user.Name, user.DisplayName, email ? user.Email : null, user.Zone, user.Language, user.Role.ToString(), user.Status.ToString(), user.CreatedAt);
}
