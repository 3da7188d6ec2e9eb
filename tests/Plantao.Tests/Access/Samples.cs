using Plantao.Platform.Access;

namespace Plantao.Tests.Access;

/// <summary>One way to call an endpoint.</summary>
/// <param name="Variant">Names the row beside the route: whose thing is called. Empty when there is but one.</param>
/// <param name="Path">Makes what the path names, fresh for each call, since a call that passes may take it away.</param>
/// <param name="Body">JSON that the endpoint takes: with a body it refuses, nobody's rights would be tried.</param>
/// <param name="IsForm">It is the fields of a form instead; <c>{new}</c> in it is another word each time.</param>
public sealed record Sample(string Variant, Func<SweepWorld, Identity, Task<string>> Path, string? Body = null, bool IsForm = false);

/// <summary>How the sweep calls each endpoint that has something in its path or takes a body. A new endpoint gets its lines here.</summary>
static class Samples
{
    /// <summary>Services of alpha, of beta, of the private team, and one of alpha whose ladder asks <c>member</c>, who is in no team.</summary>
    static readonly (string Variant, string Name)[] Services = [("alpha", "shop"), ("beta", "beta-shop"), ("hidden", "hidden-shop"), ("member-was-paged", "paged-shop")];

    static readonly string[] Teams = ["alpha", "beta", "hidden"];

    /// <summary>
    /// Endpoints that answer without credentials (failures.md, property 1). Nothing else does. The link of a page answers 410 to who does not
    /// hold one, and PagerDuty's dialect has 400 for a key that opens nothing: neither tells or keeps anything.
    /// </summary>
    public static IReadOnlyList<string> Doors { get; } =
    [
        "GET /-/healthy",
        "GET /-/ready",
        "GET /api/v1/openapi.json",
        "GET /health/live",
        "GET /health/ready",
        "POST /api/v1/invitations/acceptance",
        "POST /api/v1/setup",
        "GET /join/{code}",
        "POST /join/{code}",
        "POST /preferences/language",
        "POST /preferences/theme",
        "GET /setup",
        "POST /setup",
        "GET /sign-in",
        "POST /sign-in",
        "POST /sign-in/code",
        "POST /sign-in/token",
        "GET /forgot",
        "POST /forgot",
        "GET /reset/{code}",
        "POST /reset/{code}",
        "GET /calendar/{secret}.ics",
        "GET /report/{key}",
        "POST /report/{key}",
        "GET /p/{token}",
        "POST /p/{token}",
        "POST /generic/2010-04-15/create_event.json",
        "POST /v2/change/enqueue",
        "POST /v2/enqueue",
    ];

    /// <summary>The variant of a row in whose path stands a key or token that opens it: whoever calls, that is the credential.</summary>
    public const string WithKey = "with-key";

    public static IReadOnlyDictionary<string, IReadOnlyList<Sample>> All { get; } = new Dictionary<string, IReadOnlyList<Sample>>(StringComparer.Ordinal)
    {
        ["POST /api/v1/setup"] = [Body("""{"code":"K7QM-4XPA-9T2C","ownerEmail":"a@example.org"}""")],
        ["POST /api/v1/invitations/acceptance"] = [Body("""{"code":"plt_i"}""")],

        ["PATCH /api/v1/me"] = [Body("""{"zone":"America/Sao_Paulo"}""")],
        ["POST /api/v1/users"] = [New("", (_, _) => Task.FromResult("/api/v1/users"), """{"email":"new@example.org","displayName":"New"}""")],
        ["GET /api/v1/users/{user}"] = [New("", async (w, _) => $"/api/v1/users/{await w.Person()}")],
        ["POST /api/v1/users/{user}/invitation"] = [New("", async (w, _) => $"/api/v1/users/{await w.Invited()}/invitation")],
        ["POST /api/v1/users/{user}/test-page"] = [New("", async (w, _) => $"/api/v1/users/{await w.Person()}/test-page")],
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

        ["POST /api/v1/users/{user}/erasure"] = [New("", async (w, _) => $"/api/v1/users/{await w.Person()}/erasure")],
        ["PUT /api/v1/retention"] = [Body("""{"payloadDays":30,"historyDays":396}""")],
        ["PUT /api/v1/secrets/{name}"] = [New("", (_, _) => Task.FromResult("/api/v1/secrets/swept"), """{"value":"long-enough"}""")],
        ["DELETE /api/v1/secrets/{name}"] = [New("absent", (_, _) => Task.FromResult("/api/v1/secrets/absent"))],

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

        ["GET /api/v1/schedules/{schedule}"] = OfSchedules(""),
        ["GET /api/v1/schedules/{schedule}/next"] = OfSchedules("/next"),
        ["POST /api/v1/schedules/{schedule}/overrides"] = OfSchedules("/overrides", """{"person":"owner","from":"2026-09-22T09:00:00Z","until":"2026-09-22T10:00:00Z"}"""),
        ["DELETE /api/v1/schedules/{schedule}/overrides/{id}"] =
        [
            .. Teams.Select(team => New(team, async (w, _) => $"/api/v1/schedules/{team}-rota/overrides/{await w.Override(team + "-rota")}")),
            New("beta-through-alpha", async (w, _) => $"/api/v1/schedules/alpha-rota/overrides/{await w.Override("beta-rota")}"),
        ],

        ["POST /api/v1/alerts"] =
        [
            .. Services.Take(2).Select(s => New(s.Variant, (_, _) => Task.FromResult("/api/v1/alerts"), $$"""{"title":"Swept","service":"{{s.Name}}"}""")),
            New("names-hidden", (_, _) => Task.FromResult("/api/v1/alerts"), """{"title":"Swept","service":"hidden-shop"}"""),
        ],
        ["GET /api/v1/alerts/{alert}"] = OfAlerts(""),
        ["GET /api/v1/alerts/{alert}/trail"] = OfAlerts("/trail"),
        ["PUT /api/v1/alerts/{alert}/acknowledgement"] = OfAlerts("/acknowledgement"),
        ["PUT /api/v1/alerts/{alert}/resolution"] = OfAlerts("/resolution"),
        ["DELETE /api/v1/alerts/{alert}/resolution"] = OfAlerts("/resolution"),
        ["PUT /api/v1/alerts/{alert}/snooze"] = OfAlerts("/snooze", """{"minutes":30}"""),
        ["POST /api/v1/alerts/{alert}/escalation"] = OfAlerts("/escalation"),
        ["PUT /api/v1/alerts/{alert}/assignee"] =
        [
            .. OfAlerts("/assignee", """{"to":"owner"}"""),
            New("names-hidden", async (w, _) => $"/api/v1/alerts/{await w.Alert("shop")}/assignee", """{"policy":"hidden-ladder"}"""),
        ],
        ["POST /api/v1/dead-letters/{signal}/replay"] = [New("", async (w, _) => $"/api/v1/dead-letters/{await w.DeadLetter()}/replay")],

        ["POST /api/v1/silences"] =
        [
            New("of-nobody", Silences, """{"match":["alertname=\"X\""],"minutes":60,"comment":"swept"}"""),
            New("alpha", Silences, """{"match":["alertname=\"X\""],"minutes":60,"comment":"swept","team":"alpha"}"""),
            New("alpha-two-days", Silences, """{"match":["alertname=\"X\""],"minutes":2880,"comment":"swept","team":"alpha"}"""),
            New("beta", Silences, """{"match":["alertname=\"X\""],"minutes":60,"comment":"swept","team":"beta"}"""),
            New("names-hidden", Silences, """{"match":["alertname=\"X\""],"minutes":60,"comment":"swept","team":"hidden"}"""),
        ],
        ["DELETE /api/v1/silences/{id}"] = [New("of-nobody", async (w, _) => "/api/v1/silences/" + await w.Silence(null)), .. Teams.Select(team => New(team, async (w, _) => "/api/v1/silences/" + await w.Silence(team)))],
        ["POST /api/v1/maintenance"] =
        [
            New("alpha", Maintenance, """{"services":["shop"],"minutes":60,"comment":"swept"}"""),
            New("alpha-two-days", Maintenance, """{"services":["shop"],"minutes":2880,"comment":"swept"}"""),
            New("alpha-and-beta", Maintenance, """{"services":["shop","beta-shop"],"minutes":60,"comment":"swept"}"""),
            New("names-hidden", Maintenance, """{"services":["hidden-shop"],"minutes":60,"comment":"swept"}"""),
        ],
        ["DELETE /api/v1/maintenance/{id}"] =
        [
            .. Services.Take(3).Select(s => New(s.Variant, async (w, _) => "/api/v1/maintenance/" + await w.Maintenance(s.Name))),
            New("alpha-and-beta", async (w, _) => "/api/v1/maintenance/" + await w.Maintenance("shop", "beta-shop")),
        ],

        ["POST /api/v1/integrations"] =
        [
            New("of-nobody", Integrations, """{"name":"swept-none","format":"generic"}"""),
            New("alpha", Integrations, """{"name":"swept-alpha","format":"generic","service":"shop"}"""),
            New("beta", Integrations, """{"name":"swept-beta","format":"generic","service":"beta-shop"}"""),
            New("names-hidden", Integrations, """{"name":"swept-hidden","format":"generic","service":"hidden-shop"}"""),
        ],
        ["POST /api/v1/integrations/{integration}/keys"] = OfIntegrations("/keys"),
        ["DELETE /api/v1/integrations/{integration}/keys/{key}"] =
        [
            .. Teams.Select(team => New(team, async (w, _) => { var (name, key) = await w.KeyedIntegration(team); return $"/api/v1/integrations/{name}/keys/{key}"; })),
            New("beta-through-alpha", async (w, _) => $"/api/v1/integrations/{await w.Integration("alpha")}/keys/{(await w.KeyedIntegration("beta")).KeyId}"),
        ],
        ["PUT /api/v1/integrations/{integration}/signing-secrets"] = OfIntegrations("/signing-secrets", """{"secrets":["long-enough"]}"""),
        ["GET /api/v1/integrations/{integration}/refusals"] = OfIntegrations("/refusals"),

        ["POST /api/v2/alerts"] = [Body(Alertmanager)],
        ["POST /in/{key}/api/v2/alerts"] = OfKeys("/api/v2/alerts", Alertmanager),
        ["POST /in/{key}/alertmanager"] = OfKeys("/alertmanager", "{}"),
        ["POST /in/{key}/grafana"] = OfKeys("/grafana", "{}"),
        ["POST /in/{key}/json"] = OfKeys("/json", """{"title":"Swept"}"""),
        ["POST /in/{key}/report"] = OfKeys("/report", """{"title":"Swept","who":"team"}"""),
        ["GET /in/{key}/heartbeat"] = OfKeys("/heartbeat"),
        ["HEAD /in/{key}/heartbeat"] = OfKeys("/heartbeat"),
        ["POST /in/{key}/heartbeat"] = OfKeys("/heartbeat"),
        ["GET /in/{key}/heartbeat/{name}"] = OfKeys("/heartbeat/nightly"),
        ["HEAD /in/{key}/heartbeat/{name}"] = OfKeys("/heartbeat/nightly"),
        ["POST /in/{key}/heartbeat/{name}"] = OfKeys("/heartbeat/nightly"),
        ["POST /v2/enqueue"] = [Body("""{"routing_key":"0123456789abcdef0123456789abcdef","event_action":"trigger","payload":{"summary":"Swept","source":"x","severity":"info"}}""")],
        ["POST /v2/change/enqueue"] = [Body("""{"routing_key":"0123456789abcdef0123456789abcdef","payload":{"summary":"Swept"}}""")],
        ["POST /generic/2010-04-15/create_event.json"] = [Body("""{"service_key":"0123456789abcdef0123456789abcdef","event_type":"trigger","description":"Swept"}""")],

        ["POST /api/v1/packs/lint"] = [Body(SweptPack)],
        ["POST /api/v1/packs/plan"] = [Body(SweptPack)],
        ["POST /api/v1/packs/apply"] = [Body(SweptPack)],
        ["GET /api/v1/packs/{pack}/export"] = [New("absent", (_, _) => Task.FromResult("/api/v1/packs/absent/export"))],
        ["GET /api/v1/definitions/{kind}/{name}"] = [New("absent", (_, _) => Task.FromResult("/api/v1/definitions/service/absent"))],
        ["GET /api/v1/definitions/{kind}/{name}/revisions"] = [New("absent", (_, _) => Task.FromResult("/api/v1/definitions/service/absent/revisions"))],
        ["PUT /api/v1/definitions/{kind}/{name}"] =
        [
            New("of-nobody", (_, _) => Task.FromResult("/api/v1/definitions/service/swept-none"), """{"yaml":"title: Swept\n","reason":"swept"}"""),
            .. Teams.Select(team => New(team is "hidden" ? "names-hidden" : team, (_, _) => Task.FromResult($"/api/v1/definitions/service/swept-{team}"), $$"""{"yaml":"title: Swept\nteam: {{team}}\n","reason":"swept"}""")),
        ],

        ["GET /join/{code}"] = [New("wrong", (_, _) => Task.FromResult("/join/plt_i"))],
        ["POST /join/{code}"] = [New("wrong", (_, _) => Task.FromResult("/join/plt_i"))],
        ["GET /live/{topic}/{about?}"] = [.. Services.Select(s => New(s.Variant, async (w, _) => $"/live/alert/{await w.Alert(s.Name)}")), New("unknown", (_, _) => Task.FromResult("/live/nothing"))],
        ["POST /account/sessions/{id}/end"] =
        [
            New("own", async (w, who) => $"/account/sessions/{await w.SessionOf(who.UserId ?? w.Owner)}/end"),
            New("other's", async (w, _) => $"/account/sessions/{await w.SessionOf(w.Owner)}/end"),
        ],
        ["GET /alerts/{alert}"] = OfAlertScreens(""),
        ["POST /alerts/{alert}/acknowledge"] = OfAlertScreens("/acknowledge"),
        ["POST /alerts/{alert}/resolve"] = OfAlertScreens("/resolve"),
        ["POST /alerts/{alert}/reopen"] = OfAlertScreens("/reopen"),
        ["POST /alerts/{alert}/escalate"] = OfAlertScreens("/escalate"),
        ["POST /alerts/{alert}/snooze"] = OfAlertScreens("/snooze", "minutes=30"),
        ["POST /alerts/{alert}/pass-on"] =
        [
            .. OfAlertScreens("/pass-on", "to=person:owner"),
            Form("names-hidden", async (w, _) => $"/alerts/{await w.Alert("shop")}/pass-on", "to=policy:hidden-ladder"),
        ],
        ["POST /alerts/{alert}/silence"] = OfAlertScreens("/silence", "minutes=30&why=swept"),
        ["POST /first-alert"] =
        [
            .. Services.Take(2).Select(s => Form(s.Variant, (_, _) => Task.FromResult("/first-alert"), $"service={s.Name}")),
            Form("names-hidden", (_, _) => Task.FromResult("/first-alert"), "service=hidden-shop"),
        ],
        ["POST /account/profile"] = [Form("", (_, _) => Task.FromResult("/account/profile"), "name=Swept&zone=Etc/UTC&language=en")],
        ["POST /people/invite"] =
        [
            Form("member", (w, _) => Task.FromResult("/people/invite"), "name=Swept&email={new}@example.org&role=Member"),
            Form("owner", (w, _) => Task.FromResult("/people/invite"), "name=Swept&email={new}@example.org&role=Owner"),
        ],
        ["GET /on-call/{schedule}"] = [.. Teams.Select(team => New(team, (_, _) => Task.FromResult($"/on-call/{team}-rota")))],
        ["POST /on-call/{schedule}/overrides"] = [.. Teams.Select(team => Form(team, (_, _) => Task.FromResult($"/on-call/{team}-rota/overrides"), "person=owner&from=2026-09-22T09:00&until=2026-09-22T10:00"))],
        ["POST /on-call/{schedule}/overrides/{id}/end"] =
        [
            .. Teams.Select(team => Form(team, async (w, _) => $"/on-call/{team}-rota/overrides/{await w.Override(team + "-rota")}/end", "")),
            Form("beta-through-alpha", async (w, _) => $"/on-call/alpha-rota/overrides/{await w.Override("beta-rota")}/end", ""),
        ],
        ["POST /on-call/{schedule}/swaps"] = [.. Teams.Select(team => Form(team, (_, _) => Task.FromResult($"/on-call/{team}-rota/swaps"), "gives=2000000000000-2000003600000&takes=2000007200000-2000010800000"))],
        ["POST /on-call/{schedule}/swaps/{id}/agree"] = OfSwaps("/agree"),
        ["POST /on-call/{schedule}/swaps/{id}/end"] = OfSwaps("/end"),
        ["GET /policies/{policy}"] = [.. Teams.Select(team => New(team, (_, _) => Task.FromResult($"/policies/{team}-ladder")))],
        ["GET /people/{user}"] = [New("", async (w, _) => $"/people/{await w.Person()}")],
        ["POST /people/{user}/role"] =
        [
            Form("to-admin", async (w, _) => $"/people/{await w.Person()}/role", "role=Admin"),
            Form("to-owner", async (w, _) => $"/people/{await w.Person()}/role", "role=Owner"),
            Form("of-owner", async (w, _) => $"/people/{await w.Person(OrganisationRole.Owner)}/role", "role=Member"),
        ],
        ["POST /people/{user}/invitation"] = [Form("", async (w, _) => $"/people/{await w.Invited()}/invitation", "")],
        ["GET /people/{user}/leaving"] = [New("", async (w, _) => $"/people/{await w.Person()}/leaving")],
        ["POST /people/{user}/leaving"] =
        [
            Form("of-member", async (w, _) => $"/people/{await w.Person()}/leaving", ""),
            Form("of-owner", async (w, _) => $"/people/{await w.Person(OrganisationRole.Owner)}/leaving", ""),
        ],
        ["GET /people/{user}/erasure"] = [New("", async (w, _) => $"/people/{await w.Person()}/erasure")],
        ["POST /people/{user}/erasure"] = [Form("not-confirmed", async (w, _) => $"/people/{await w.Person()}/erasure", "handle=")],
        ["POST /people/{user}/reset"] = [Form("", async (w, _) => $"/people/{await w.Person()}/reset", "")],
        ["POST /teams"] = [Form("", (_, _) => Task.FromResult("/teams"), "name={new}&title=Swept")],
        ["GET /teams/{team}"] = [.. new[] { "alpha", "hidden" }.Select(team => New(team, (_, _) => Task.FromResult($"/teams/{team}")))],
        ["POST /teams/{team}"] = [.. new[] { ("alpha", ""), ("hidden", "&private=1") }.Select(team => Form(team.Item1, (_, _) => Task.FromResult($"/teams/{team.Item1}"), "title=Swept" + team.Item2))],
        ["POST /teams/{team}/members"] = [.. new[] { "alpha", "hidden" }.Select(team => Form(team, (_, _) => Task.FromResult($"/teams/{team}/members"), "user=owner&role=Responder"))],
        ["POST /teams/{team}/members/{user}/removal"] = [.. new[] { "alpha", "hidden" }.Select(team => Form(team, async (w, _) => $"/teams/{team}/members/{await w.MemberOf(team)}/removal", ""))],
        ["POST /account/methods"] = [Form("", (_, _) => Task.FromResult("/account/methods"), "channel=email&address={new}@example.org")],
        ["POST /account/methods/{id}/code"] = OfMethodForms("/code"),
        ["POST /account/methods/{id}/proof"] = OfMethodForms("/proof", "code=000000"),
        ["POST /account/methods/{id}/removal"] = OfMethodForms("/removal"),
        ["POST /account/methods/{id}/up"] = OfMethodForms("/up"),
        ["POST /account/rules/{urgency}"] = [Form("", (_, _) => Task.FromResult("/account/rules/high"), "channels-0=all&after-0=0")],
        ["POST /account/tokens"] = [Form("", (_, _) => Task.FromResult("/account/tokens"), "name=Swept&scopes=read")],
        ["POST /account/tokens/{id}/revocation"] =
        [
            Form("own", async (w, who) => $"/account/tokens/{await w.TokenOf(who.UserId ?? w.Owner)}/revocation", ""),
            Form("other's", async (w, _) => $"/account/tokens/{await w.TokenOf(w.Owner)}/revocation", ""),
        ],
        ["GET /calendar/{secret}.ics"] = [New("wrong", (_, _) => Task.FromResult("/calendar/plt_f.ics")), New(WithKey, async (w, _) => $"/calendar/{await w.Calendar()}.ics")],
        ["POST /account/calendar"] = [Form("", (_, _) => Task.FromResult("/account/calendar"), "")],
        ["POST /account/calendar/end"] = [Form("", (_, _) => Task.FromResult("/account/calendar/end"), "")],
        ["GET /reset/{code}"] = [New("wrong", (_, _) => Task.FromResult("/reset/plt_r"))],
        ["POST /reset/{code}"] = [Form("wrong", (_, _) => Task.FromResult("/reset/plt_r"), "password=correct horse battery")],
        ["GET /services/{service}"] =
        [
            New("alpha", (_, _) => Task.FromResult("/services/shop")),
            New("hidden", (_, _) => Task.FromResult("/services/hidden-shop")),
        ],
        ["GET /integrations/{integration}"] = [.. Teams.Select(team => New(team, async (w, _) => $"/integrations/{await w.Integration(team)}"))],
        ["POST /integrations/new"] =
        [
            Form("of-nobody", (_, _) => Task.FromResult("/integrations/new"), "name={new}&format=generic"),
            Form("alpha", (_, _) => Task.FromResult("/integrations/new"), "name={new}&format=generic&service=shop"),
            Form("beta", (_, _) => Task.FromResult("/integrations/new"), "name={new}&format=generic&service=beta-shop"),
            Form("names-hidden", (_, _) => Task.FromResult("/integrations/new"), "name={new}&format=generic&service=hidden-shop"),
        ],
        ["POST /integrations/{integration}/keys"] = OfIntegrationScreens("/keys"),
        ["POST /integrations/{integration}/keys/{key}/revoke"] =
        [
            .. Teams.Select(team => Form(team, async (w, _) => { var (name, key) = await w.KeyedIntegration(team); return $"/integrations/{name}/keys/{key}/revoke"; }, "")),
            Form("beta-through-alpha", async (w, _) => $"/integrations/{await w.Integration("alpha")}/keys/{(await w.KeyedIntegration("beta")).KeyId}/revoke", ""),
        ],
        ["POST /integrations/{integration}/signing-secrets"] = OfIntegrationScreens("/signing-secrets", "secrets=long-enough"),
        ["POST /integrations/{integration}/test"] = OfIntegrationScreens("/test"),
        ["POST /raise"] =
        [
            .. Services.Take(2).Select(s => Form(s.Variant, (_, _) => Task.FromResult("/raise"), $"title=Swept&service={s.Name}")),
            Form("names-hidden", (_, _) => Task.FromResult("/raise"), "title=Swept&service=hidden-shop"),
        ],
        ["GET /report/{key}"] = [New("wrong", (_, _) => Task.FromResult("/report/pli0123456789abcdef0123456789abc"))],
        ["POST /report/{key}"] = [Form("wrong", (_, _) => Task.FromResult("/report/pli0123456789abcdef0123456789abc"), "title=Swept")],
        ["GET /silences/{id}"] = [New("of-nobody", async (w, _) => "/silences/" + await w.Silence(null)), .. Teams.Select(team => New(team, async (w, _) => "/silences/" + await w.Silence(team))), New("hidden-work", async (w, _) => "/silences/" + await w.Maintenance("hidden-shop"))],
        ["POST /silences/{id}/end"] =
        [
            Form("of-nobody", async (w, _) => $"/silences/{await w.Silence(null)}/end", ""), .. Teams.Select(team => Form(team, async (w, _) => $"/silences/{await w.Silence(team)}/end", "")),
            Form("work-on-alpha-and-beta", async (w, _) => $"/silences/{await w.Maintenance("shop", "beta-shop")}/end", ""),
            Form("hidden-work", async (w, _) => $"/silences/{await w.Maintenance("hidden-shop")}/end", ""),
        ],
        ["POST /silences/new"] =
        [
            Form("of-nobody", (_, _) => Task.FromResult("/silences/new"), "match=alertname%3D%22X%22&minutes=60&why=swept"),
            Form("alpha", (_, _) => Task.FromResult("/silences/new"), "match=alertname%3D%22X%22&minutes=60&why=swept&team=alpha"),
            Form("alpha-preview", (_, _) => Task.FromResult("/silences/new"), "match=alertname%3D%22X%22&minutes=60&why=swept&team=alpha&act=preview"),
            Form("names-hidden", (_, _) => Task.FromResult("/silences/new"), "match=alertname%3D%22X%22&minutes=60&why=swept&team=hidden"),
        ],
        ["POST /maintenance/new"] =
        [
            Form("alpha", (_, _) => Task.FromResult("/maintenance/new"), "service=shop&from=2026-12-30T10:00&minutes=60&why=swept"),
            Form("alpha-and-beta", (_, _) => Task.FromResult("/maintenance/new"), "service=shop&service=beta-shop&from=2026-12-30T10:00&minutes=60&why=swept"),
            Form("names-hidden", (_, _) => Task.FromResult("/maintenance/new"), "service=hidden-shop&from=2026-12-30T10:00&minutes=60&why=swept"),
        ],
        ["GET /definitions/{kind}/{name}"] = OfDefinitionScreens(""),
        ["GET /definitions/{kind}/{name}/file"] = OfDefinitionScreens("/file"),
        ["GET /definitions/{kind}/{name}/edit"] = OfDefinitionScreens("/edit"),
        ["POST /definitions/{kind}/{name}/edit"] = [.. Teams.Select(team => Form(team, async (w, _) => $"/definitions/service/{await w.Definition(team)}/edit", $"with=text&revision=1&reason=swept&act=save&yaml=title%3A+Renamed%0Ateam%3A+{team}%0A"))],
        ["POST /definitions/{kind}/{name}/roll-back"] = [.. Teams.Select(team => Form(team, async (w, _) => $"/definitions/service/{await w.Definition(team)}/roll-back", "revision=1"))],
        ["POST /definitions/new"] =
        [
            Form("of-nobody", (_, _) => Task.FromResult("/definitions/new"), "kind=service&name={new}&with=text&reason=swept&act=save&yaml=title%3A+Swept%0A"),
            .. Teams.Select(team => Form(team is "hidden" ? "names-hidden" : team, (_, _) => Task.FromResult("/definitions/new"), $"kind=service&name={{new}}&with=text&reason=swept&act=save&yaml=title%3A+Swept%0Ateam%3A+{team}%0A")),
        ],
        ["POST /packs/plan"] = [Form("", (_, _) => Task.FromResult("/packs/plan"), "pack=" + Uri.EscapeDataString(SweptText))],
        ["POST /packs/apply"] = [Form("unseen", (_, _) => Task.FromResult("/packs/apply"), "pack=" + Uri.EscapeDataString(SweptText))],
        ["GET /packs/{pack}/archive"] = [New("absent", (_, _) => Task.FromResult("/packs/absent/archive"))],

        ["GET /p/{token}"] = [New("wrong", (_, _) => Task.FromResult("/p/0123456789abcdef0123456789abcdef"))],
        ["POST /p/{token}"] = [New("wrong", (_, _) => Task.FromResult("/p/0123456789abcdef0123456789abcdef"))],
    };

    const string SweptPack = """{"files":[{"path":"pack.yaml","text":"name: swept\ntitle: Swept\nversion: 1.0.0\n"},{"path":"services/swept.yaml","text":"title: Swept\nteam: alpha\n"}]}""";

    const string SweptText = "=== pack.yaml\nname: swept\ntitle: Swept\nversion: 1.0.0\n=== services/swept.yaml\ntitle: Swept\nteam: alpha\n";

    const string Alertmanager = """[{"labels":{"alertname":"Swept"}}]""";

    static Task<string> Silences(SweepWorld world, Identity who) => Task.FromResult("/api/v1/silences");

    static Task<string> Maintenance(SweepWorld world, Identity who) => Task.FromResult("/api/v1/maintenance");

    static Task<string> Integrations(SweepWorld world, Identity who) => Task.FromResult("/api/v1/integrations");

    static IReadOnlyList<Sample> OfSchedules(string rest, string? body = null) => [.. Teams.Select(team => New(team, (_, _) => Task.FromResult($"/api/v1/schedules/{team}-rota{rest}"), body))];

    static IReadOnlyList<Sample> OfAlerts(string rest, string? body = null) => [.. Services.Select(s => New(s.Variant, async (w, _) => $"/api/v1/alerts/{await w.Alert(s.Name)}{rest}", body))];

    static IReadOnlyList<Sample> OfIntegrations(string rest, string? body = null) => [.. Teams.Select(team => New(team, async (w, _) => $"/api/v1/integrations/{await w.Integration(team)}{rest}", body))];

    static IReadOnlyList<Sample> OfKeys(string rest, string? body = null) =>
    [
        New(WithKey, (w, _) => Task.FromResult($"/in/{w.Key}{rest}"), body),
        New("wrong", (_, _) => Task.FromResult($"/in/pli0123456789abcdef0123456789abc{rest}"), body),
    ];

    static Sample New(string variant, Func<SweepWorld, Identity, Task<string>> path, string? body = null) => new(variant, path, body);

    /// <summary>For a path without parameters.</summary>
    static Sample Body(string body) => new("", (_, _) => Task.FromResult(""), body);

    static IReadOnlyList<Sample> OfTeams(string rest, string? body = null) =>
        [.. new[] { "alpha", "hidden" }.Select(team => New(team, (_, _) => Task.FromResult($"/api/v1/teams/{team}{rest}"), body))];

    static IReadOnlyList<Sample> OfAlertScreens(string rest, string? form = null) =>
        [.. Services.Select(s => new Sample(s.Variant, async (w, _) => $"/alerts/{await w.Alert(s.Name)}{rest}", form, IsForm: true))];

    static IReadOnlyList<Sample> OfMethodForms(string rest, string form = "") =>
    [
        Form("own", async (w, who) => $"/account/methods/{await w.MethodOf(who.UserId ?? w.Owner)}{rest}", form),
        Form("other's", async (w, _) => $"/account/methods/{await w.MethodOf(w.Owner)}{rest}", form),
    ];

    /// <summary>A swap that the caller is asked, and one that is between others.</summary>
    static IReadOnlyList<Sample> OfSwaps(string rest) =>
    [
        .. Teams.Select(team => Form(team, async (w, who) => $"/on-call/{team}-rota/swaps/{await w.Swap(team + "-rota", who.UserId ?? w.Owner)}{rest}", "")),
        Form("other's", async (w, _) => $"/on-call/alpha-rota/swaps/{await w.Swap("alpha-rota", w.Owner)}{rest}", ""),
        Form("beta-through-alpha", async (w, who) => $"/on-call/alpha-rota/swaps/{await w.Swap("beta-rota", who.UserId ?? w.Owner)}{rest}", ""),
    ];
    static IReadOnlyList<Sample> OfIntegrationScreens(string rest, string form = "") => [.. Teams.Select(team => Form(team, async (w, _) => $"/integrations/{await w.Integration(team)}{rest}", form))];

    static IReadOnlyList<Sample> OfDefinitionScreens(string rest) => [.. Teams.Select(team => New(team, async (w, _) => $"/definitions/service/{await w.Definition(team)}{rest}"))];

    static Sample Form(string variant, Func<SweepWorld, Identity, Task<string>> path, string form) => new(variant, path, form, IsForm: true);

    static IReadOnlyList<Sample> OfMethods(string rest, string? body = null) =>
    [
        New("own", async (w, who) => $"/api/v1/me/contact-methods/{await w.MethodOf(who.UserId ?? w.Owner)}{rest}", body),
        New("other's", async (w, _) => $"/api/v1/me/contact-methods/{await w.MethodOf(w.Owner)}{rest}", body),
    ];
}
