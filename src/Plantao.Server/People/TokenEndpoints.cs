using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>A person's own tokens and sessions, a team's tokens, the organisation's tokens.</summary>
static class TokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/me/tokens", Own).Needs(Right.OwnAccount).WithName("list-own-tokens");
        routes.MapPost("/api/v1/me/tokens", IssueOwn).Needs(Right.OwnAccount).WithName("issue-own-token");
        routes.MapDelete("/api/v1/me/tokens/{id}", RevokeOwn).Needs(Right.OwnAccount).WithName("revoke-own-token");
        routes.MapGet("/api/v1/me/sessions", Sessions).Needs(Right.OwnAccount).WithName("list-own-sessions");
        routes.MapDelete("/api/v1/me/sessions/{id}", EndSession).Needs(Right.OwnAccount).WithName("end-own-session");
        routes.MapGet("/api/v1/teams/{team}/tokens", OfTeam).Needs(Right.ManageTeams).WithName("list-team-tokens");
        routes.MapPost("/api/v1/teams/{team}/tokens", IssueForTeam).Needs(Right.ManageTeams).WithName("issue-team-token");
        routes.MapDelete("/api/v1/teams/{team}/tokens/{id}", RevokeOfTeam).Needs(Right.ManageTeams).WithName("revoke-team-token");
        routes.MapGet("/api/v1/tokens", OfOrganisation).Needs(Right.Administer).WithName("list-organisation-tokens");
        routes.MapPost("/api/v1/tokens", IssueForOrganisation).Needs(Right.Administer).WithName("issue-organisation-token");
        routes.MapDelete("/api/v1/tokens/{id}", RevokeAny).Needs(Right.Administer).WithName("revoke-token");
    }

    static Refusal NoSuchToken { get; } = new("not-found", "There is no such token.", 404);

    static async Task<Ok<IReadOnlyList<TokenView>>> Own(Call call, TokenStore tokens, CancellationToken ct) =>
        TypedResults.Ok(Views(await tokens.Of(call.UserId, ct)));

    static async Task<Results<Created<IssuedTokenView>, ProblemHttpResult>> IssueOwn(IssueTokenRequest wanted, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write(tx => Issue(tx, TokenKind.Personal, call.UserId, null, wanted, call), ct));

    static async Task<Results<NoContent, ProblemHttpResult>> RevokeOwn(string id, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write(tx => Revoke(tx, id, token => token.UserId == call.UserId, call), ct));

    static async Task<Ok<IReadOnlyList<SessionView>>> Sessions(Call call, SessionStore sessions, CancellationToken ct) =>
        TypedResults.Ok<IReadOnlyList<SessionView>>([.. (await sessions.Of(call.UserId, call.At, ct)).Select(s => new SessionView(s.Id, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.UserAgent))]);

    static async Task<Results<NoContent, ProblemHttpResult>> EndSession(string id, Call call, Db db, CancellationToken ct) =>
        await db.Write(tx => SessionStore.End(tx, id, call.UserId, call.By, call.At, call.Correlation), ct) ? TypedResults.NoContent() : Problems.NotFound("session");

    static async Task<Results<Ok<IReadOnlyList<TokenView>>, ProblemHttpResult>> OfTeam(string team, Call call, TeamStore teams, TokenStore tokens, CancellationToken ct)
    {
        var managed = TeamEndpoints.Managed(await teams.Find(team, ct), call);
        return managed.Allowed ? TypedResults.Ok(Views(await tokens.OfTeam(managed.Value.Id, ct))) : managed.Refusal.ToProblem();
    }

    static async Task<Results<Created<IssuedTokenView>, ProblemHttpResult>> IssueForTeam(string team, IssueTokenRequest wanted, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write<Ruling<Issued>>(async tx =>
        {
            var managed = await TeamEndpoints.Managed(tx, team, call);
            return managed.Allowed ? await Issue(tx, TokenKind.Service, null, managed.Value.Id, wanted, call) : managed.Refusal;
        }, ct));

    static async Task<Results<NoContent, ProblemHttpResult>> RevokeOfTeam(string team, string id, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write<Ruling<bool>>(async tx =>
        {
            var managed = await TeamEndpoints.Managed(tx, team, call);
            return managed.Allowed ? await Revoke(tx, id, token => token.TeamId == managed.Value.Id, call) : managed.Refusal;
        }, ct));

    static async Task<Ok<IReadOnlyList<TokenView>>> OfOrganisation(TokenStore tokens, CancellationToken ct) =>
        TypedResults.Ok(Views(await tokens.OfTeam(null, ct)));

    static async Task<Results<Created<IssuedTokenView>, ProblemHttpResult>> IssueForOrganisation(IssueTokenRequest wanted, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write(tx => Issue(tx, TokenKind.Service, null, null, wanted, call), ct));

    /// <summary>An Admin ends any token, whoever's it is: one that leaked is not asked for its owner first.</summary>
    static async Task<Results<NoContent, ProblemHttpResult>> RevokeAny(string id, Call call, Db db, CancellationToken ct) =>
        Answer(await db.Write(tx => Revoke(tx, id, _ => true, call), ct));

    internal static async Task<Ruling<Issued>> Issue(Tx tx, TokenKind kind, string? userId, string? teamId, IssueTokenRequest wanted, Call call)
    {
        if (Line.Fault(wanted.Name, "name") is { } fault) return fault;
        if (wanted.Days is < 1 or > 366) return new Refusal("bad-days", "A token lives 1 to 366 days.", 400);
        if (ScopeWords.Parse(wanted.Scopes) is not { } scopes) return new Refusal("bad-scopes", $"The scopes are one or more of {string.Join(", ", Scope.All.Words())}.", 400);
        // A token cannot make one that may more than itself.
        if ((scopes & ~call.Caller.Scopes) != Scope.None) return new Refusal("beyond-own-scopes", $"You hold {string.Join(", ", call.Caller.Scopes.Words())}, and cannot give more.", 403);
        var life = wanted.Days is { } days ? TimeSpan.FromDays(days) : ApiToken.Life(kind);
        return await TokenStore.Issue(tx, kind, userId, teamId, wanted.Name.Trim(), scopes, call.At, call.At + life, call.By, call.Correlation);
    }

    internal static async Task<Ruling<bool>> Revoke(Tx tx, string id, Func<ApiToken, bool> theirs, Call call) =>
        await TokenStore.Find(tx, id) is { } token && theirs(token) && await TokenStore.Revoke(tx, id, call.By, call.At, call.Correlation) ? true : NoSuchToken;

    static Results<Created<IssuedTokenView>, ProblemHttpResult> Answer(Ruling<Issued> ruling) => ruling.Allowed
        ? TypedResults.Created((string?)null, new IssuedTokenView(View(ruling.Value.Token), ruling.Value.Clear))
        : ruling.Refusal.ToProblem();

    static Results<NoContent, ProblemHttpResult> Answer(Ruling<bool> ruling) => ruling.Allowed ? TypedResults.NoContent() : ruling.Refusal.ToProblem();

    static IReadOnlyList<TokenView> Views(IReadOnlyList<ApiToken> tokens) => [.. tokens.Select(View)];

    static TokenView View(ApiToken t) => new(t.Id, t.Kind.ToString(), t.TeamId, t.Name, t.Scopes.Words(), t.CreatedAt, t.ExpiresAt, t.LastUsedAt, t.RevokedAt);
}
