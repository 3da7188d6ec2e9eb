using Plantao.Platform.Access;

namespace Plantao.Tests.Access;

/// <summary>One way to call an endpoint.</summary>
/// <param name="Variant">Names the row beside the route: whose thing is called. Empty when there is but one.</param>
/// <param name="Path">Makes what the path names, fresh for each call, since a call that passes may take it away.</param>
/// <param name="Body">JSON that the endpoint takes: with a body it refuses, nobody's rights would be tried.</param>
public sealed record Sample(string Variant, Func<SweepWorld, Identity, Task<string>> Path, string? Body = null);

/// <summary>How the sweep calls each endpoint that has something in its path or takes a body. A new endpoint gets its lines here.</summary>
static class Samples
{
    /// <summary>Endpoints that answer without credentials (failures.md, property 1). Nothing else does.</summary>
    public static IReadOnlyList<string> Doors { get; } =
    [
        "GET /api/v1/openapi.json",
        "GET /health/live",
        "GET /health/ready",
        "POST /api/v1/invitations/acceptance",
        "POST /api/v1/setup",
    ];

    public static IReadOnlyDictionary<string, IReadOnlyList<Sample>> All { get; } = new Dictionary<string, IReadOnlyList<Sample>>(StringComparer.Ordinal)
    {
        ["POST /api/v1/setup"] = [Body("""{"code":"K7QM-4XPA-9T2C","ownerEmail":"a@example.org"}""")],
        ["POST /api/v1/invitations/acceptance"] = [Body("""{"code":"plt_i"}""")],

        ["PATCH /api/v1/me"] = [Body("""{"zone":"America/Sao_Paulo"}""")],
        ["POST /api/v1/users"] = [New("", (_, _) => Task.FromResult("/api/v1/users"), """{"email":"new@example.org","displayName":"New"}""")],
        ["GET /api/v1/users/{user}"] = [New("", async (w, _) => $"/api/v1/users/{await w.Person()}")],
        ["POST /api/v1/users/{user}/invitation"] = [New("", async (w, _) => $"/api/v1/users/{await w.Invited()}/invitation")],
        ["PUT /api/v1/users/{user}/role"] =
        [
            New("to-admin", async (w, _) => $"/api/v1/users/{await w.Person()}/role", """{"role":"Admin"}"""),
            New("to-owner", async (w, _) => $"/api/v1/users/{await w.Person()}/role", """{"role":"Owner"}"""),
            New("of-owner", async (w, _) => $"/api/v1/users/{await w.Person(OrganisationRole.Owner)}/role", """{"role":"Member"}"""),
        ],
        ["POST /api/v1/users/{user}/deactivation"] =
        [
            New("of-member", async (w, _) => $"/api/v1/users/{await w.Person()}/deactivation", "{}"),
            New("of-owner", async (w, _) => $"/api/v1/users/{await w.Person(OrganisationRole.Owner)}/deactivation", "{}"),
        ],

        ["POST /api/v1/teams"] = [Body("""{"name":"gamma","title":"Gamma"}""")],
        ["GET /api/v1/teams/{team}"] = OfTeams(""),
        ["PATCH /api/v1/teams/{team}"] = OfTeams("", """{"title":"Renamed"}"""),
        ["GET /api/v1/teams/{team}/members"] = OfTeams("/members"),
        ["PUT /api/v1/teams/{team}/members/{user}"] =
        [
            New("alpha", async (w, _) => $"/api/v1/teams/alpha/members/{await w.Person()}", """{"role":"Manager"}"""),
            New("hidden", async (w, _) => $"/api/v1/teams/hidden/members/{await w.Person()}", """{"role":"Manager"}"""),
        ],
        ["DELETE /api/v1/teams/{team}/members/{user}"] =
        [
            New("alpha", async (w, _) => $"/api/v1/teams/alpha/members/{await w.MemberOf("alpha")}"),
            New("hidden", async (w, _) => $"/api/v1/teams/hidden/members/{await w.MemberOf("hidden")}"),
        ],
        ["GET /api/v1/teams/{team}/tokens"] = OfTeams("/tokens"),
        ["POST /api/v1/teams/{team}/tokens"] = OfTeams("/tokens", """{"name":"robot","scopes":["read"]}"""),
        ["DELETE /api/v1/teams/{team}/tokens/{id}"] =
        [
            New("alpha", async (w, _) => $"/api/v1/teams/alpha/tokens/{await w.TokenOfTeam("alpha")}"),
            New("hidden", async (w, _) => $"/api/v1/teams/hidden/tokens/{await w.TokenOfTeam("hidden")}"),
            New("beta-through-alpha", async (w, _) => $"/api/v1/teams/alpha/tokens/{await w.TokenOfTeam("beta")}"),
        ],

        ["POST /api/v1/tokens"] = [Body("""{"name":"robot","scopes":["read"]}""")],
        ["DELETE /api/v1/tokens/{id}"] = [New("", async (w, _) => $"/api/v1/tokens/{await w.TokenOfTeam(null)}")],
        ["POST /api/v1/me/tokens"] = [Body("""{"name":"laptop","scopes":["read"]}""")],
        ["DELETE /api/v1/me/tokens/{id}"] =
        [
            New("own", async (w, who) => $"/api/v1/me/tokens/{await w.TokenOf(who.UserId ?? w.Owner)}"),
            New("other's", async (w, _) => $"/api/v1/me/tokens/{await w.TokenOf(w.Owner)}"),
        ],
        ["DELETE /api/v1/me/sessions/{id}"] =
        [
            New("own", async (w, who) => $"/api/v1/me/sessions/{await w.SessionOf(who.UserId ?? w.Owner)}"),
            New("other's", async (w, _) => $"/api/v1/me/sessions/{await w.SessionOf(w.Owner)}"),
        ],

        ["POST /api/v1/me/contact-methods"] = [Body("""{"channel":"ntfy","address":"https://ntfy.example/x"}""")],
        ["PUT /api/v1/me/contact-methods/order"] = [Body("""{"ids":[]}""")],
        ["POST /api/v1/me/contact-methods/{id}/code"] = OfMethods("/code"),
        ["POST /api/v1/me/contact-methods/{id}/proof"] = OfMethods("/proof", """{"code":"000000"}"""),
        ["DELETE /api/v1/me/contact-methods/{id}"] = OfMethods(""),
        ["PUT /api/v1/me/notification-rules/{urgency}"] = [New("", (_, _) => Task.FromResult("/api/v1/me/notification-rules/high"), """[{"channels":["all"],"after":0}]""")],

        ["GET /api/v1/services/{service}"] =
        [
            New("alpha", (_, _) => Task.FromResult("/api/v1/services/shop")),
            New("hidden", (_, _) => Task.FromResult("/api/v1/services/hidden-shop")),
        ],
    };

    static Sample New(string variant, Func<SweepWorld, Identity, Task<string>> path, string? body = null) => new(variant, path, body);

    /// <summary>For a path without parameters.</summary>
    static Sample Body(string body) => new("", (_, _) => Task.FromResult(""), body);

    static IReadOnlyList<Sample> OfTeams(string rest, string? body = null) =>
        [.. new[] { "alpha", "hidden" }.Select(team => New(team, (_, _) => Task.FromResult($"/api/v1/teams/{team}{rest}"), body))];

    static IReadOnlyList<Sample> OfMethods(string rest, string? body = null) =>
    [
        New("own", async (w, who) => $"/api/v1/me/contact-methods/{await w.MethodOf(who.UserId ?? w.Owner)}{rest}", body),
        New("other's", async (w, _) => $"/api/v1/me/contact-methods/{await w.MethodOf(w.Owner)}{rest}", body),
    ];
}
