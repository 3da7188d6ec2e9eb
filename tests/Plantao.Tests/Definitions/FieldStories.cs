using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Client;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Definitions;

/// <summary>What the fields of routes, policies and integrations do, applied as a pack and seen from outside.</summary>
public class FieldStories
{
    static async Task<Night> Start(Database database, params (string Path, string Text)[] files)
    {
        var night = await Night.Start(database);
        foreach (var name in new[] { "ada", "grace", "linus", "bob" }) await night.Person(name);
        await night.Site.Team("payments", false, (night.Id("bob"), TeamRole.Manager));
        PackRequest pack = new([new("pack.yaml", "name: night\ntitle: Night\nversion: 1.0.0\n"), .. files.Select(f => new PackFileBody(f.Path, f.Text))]);
        using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", pack);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return night;
    }

    static async Task<string> Key(Night night, string integration)
    {
        using var made = await night.Site.Owner.PostAsync($"/api/v1/integrations/{integration}/keys", null);
        return (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key;
    }

    static async Task<string> Team(Night night, string name) => (await night.Site.Owner.GetFromJsonAsync<JsonElement>("/api/v1/teams/" + name)).GetProperty("id").GetString()!;

    [Theory, EveryDatabase]
    public async Task Routes_are_asked_by_position_and_each_rule_says_what_it_says(Database database)
    {
        await using var night = await Start(database,
            ("severities/house.yaml", "title: House\nlabels:\n  - label: SEV1\n    rank: 1\n    aliases: [gravest]\n"),
            ("escalation-policies/first.yaml", "title: First\nsteps:\n  - targets: [person:ada]\n    wait: 5m\n"),
            ("escalation-policies/other.yaml", "title: Other\nsteps:\n  - targets: [person:grace]\n    wait: 5m\n"),
            ("services/shop.yaml", "title: Shop\nteam: payments\nescalation_policy: first\n"),
            ("services/rest.yaml", "title: Rest\nescalation_policy: first\n"),
            ("integrations/am.yaml", "title: Alertmanager\nteam: payments\nformat: alertmanager\n"),
            ("routes/a.yaml", "title: Everything else\nposition: 200\nrules:\n  - match: [kind=~\"split|rest\"]\n    service: rest\n"),
            ("routes/b.yaml", "title: Split\nposition: 10\nrules:\n  - match: [kind=\"split\"]\n    severity: gravest\n    continue: true\n  - match: [kind=\"split\", integration=\"am\"]\n    service: shop\n    urgency: high\n    escalation_policy: other\n    group_by: [zone]\n"));
        var key = await Key(night, "am");
        await night.Fire("One", "info", key, null, ("kind", "split"), ("zone", "1"));
        await night.Fire("Two", "info", key, null, ("kind", "split"), ("zone", "1"));
        await night.Fire("Three", "info", key, null, ("kind", "split"), ("zone", "2"));
        await night.Fire("Four", "critical", key, null, ("kind", "rest"));
        await night.Fire("Five", "critical", key);

        var alerts = (await night.Alerts()).ToDictionary(a => a.Title.Split(' ')[0]);
        Assert.Equal(("shop", "SEV1", 1, "High", await Team(night, "payments")), (alerts["One"].Service, alerts["One"].Severity, alerts["One"].Rank, alerts["One"].Urgency, alerts["One"].Team));
        Assert.Equal(alerts["One"].Group, alerts["Two"].Group);
        Assert.NotEqual(alerts["One"].Group, alerts["Three"].Group);
        // The service is nobody's, or there is none: the integration's team looks after it.
        Assert.Equal(("rest", await Team(night, "payments")), (alerts["Four"].Service, alerts["Four"].Team));
        Assert.Equal((null, await Team(night, "payments")), (alerts["Five"].Service, alerts["Five"].Team));
        Assert.Equal("other", (await night.Trail(alerts["One"].Id)).Escalation!.Policy);
        Assert.Equal("first", (await night.Trail(alerts["Four"].Id)).Escalation!.Policy);
    }

    [Theory, EveryDatabase]
    public async Task A_schedule_is_called_by_its_title_and_without_one_by_its_name(Database database)
    {
        const string Layers = "zone: America/Sao_Paulo\nlayers:\n  - name: always\n    people: [ada]\n    start: 2026-01-05\n";
        await using var night = await Start(database, ("schedules/first.yaml", "title: First on call\n" + Layers), ("schedules/second.yaml", Layers));

        Assert.Equal("First on call", (await night.Site.Owner.GetFromJsonAsync<ScheduleView>("/api/v1/schedules/first"))!.Title);
        Assert.Equal("second", (await night.Site.Owner.GetFromJsonAsync<ScheduleView>("/api/v1/schedules/second"))!.Title);
    }

    [Theory, EveryDatabase]
    public async Task Responders_of_a_schedules_team_put_somebody_in_and_a_private_teams_schedule_is_not_there_for_others(Database database)
    {
        const string Layers = "zone: America/Sao_Paulo\nlayers:\n  - name: always\n    people: [ada]\n    start: 2026-01-05\n";
        await using var night = await Start(database);
        var (id, token) = await night.Site.Person("mia");
        await night.Site.Team("search", false, (id, TeamRole.Responder));
        await night.Site.Team("vault", true);
        foreach (var (name, team) in new[] { ("own", "team: search\n"), ("theirs", "team: payments\n"), ("nobodys", ""), ("hidden", "team: vault\n") })
        {
            using var answer = await night.Site.Owner.PutAsJsonAsync("/api/v1/definitions/schedule/" + name, new DefinitionRequest(team + Layers, "test"));
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        using var mia = night.Site.Http(token);
        async Task<HttpStatusCode> PutIn(string schedule)
        {
            var from = night.Site.Clock.GetUtcNow();
            using var answer = await mia.PostAsJsonAsync($"/api/v1/schedules/{schedule}/overrides", new OverrideRequest("mia", from, from.AddHours(2)));
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Created, await PutIn("own"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutIn("theirs"));
        Assert.Equal(HttpStatusCode.Forbidden, await PutIn("nobodys"));
        Assert.Equal(HttpStatusCode.NotFound, await PutIn("hidden"));
    }

    [Theory, EveryDatabase]
    public async Task A_policys_otherwise_rounds_catch_all_and_team_say_who_comes_next(Database database)
    {
        await using var night = await Start(database,
            ("escalation-policies/own.yaml", "title: Own\nsteps:\n  - targets: [person:gone]\n    otherwise: [person:ada]\n    wait: 1m\nrounds: 2\ncatch_all: [person:linus]\n"),
            ("escalation-policies/teams.yaml", "title: Team's\nteam: payments\nsteps:\n  - targets: [person:grace]\n    wait: 1m\nrounds: 1\n"),
            ("services/own.yaml", "title: Own\nescalation_policy: own\n"),
            ("services/teams.yaml", "title: Team's\nescalation_policy: teams\n"),
            ("integrations/own.yaml", "title: Own\nservice: own\nformat: alertmanager\n"),
            ("integrations/teams.yaml", "title: Team's\nservice: teams\nformat: alertmanager\n"));
        await night.Fire("Own", key: await Key(night, "own"));
        Assert.Equal(["ada"], await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["ada"], (await night.Paged()).Distinct());
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("linus", await night.Paged());

        await night.Fire("Team's", key: await Key(night, "teams"));
        Assert.Contains("grace", await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("bob", await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task An_alert_without_an_end_ends_after_the_integrations_resolve_timeout(Database database)
    {
        await using var night = await Start(database,
            ("services/shop.yaml", "title: Shop\n"),
            ("integrations/short.yaml", "title: Short\nservice: shop\nformat: alertmanager\nresolve_timeout: 2m\n"),
            ("integrations/usual.yaml", "title: Usual\nservice: shop\nformat: alertmanager\n"));
        foreach (var name in new[] { "short", "usual" })
            await night.Post("/api/v2/alerts", $$$"""[{"labels":{"alertname":"{{{name}}}"}}]""", await Key(night, name));
        await night.Pass(TimeSpan.FromSeconds(115));
        Assert.Equal(2, (await night.Alerts("unresolved")).Count);
        await night.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal("usual", Assert.Single(await night.Alerts("unresolved")).Integration);
        await night.Pass(TimeSpan.FromMinutes(3));
        Assert.Empty(await night.Alerts("unresolved"));
    }

    [Theory, EveryDatabase]
    public async Task A_definitions_team_says_whose_manager_may_change_it(Database database)
    {
        await using var night = await Start(database);
        var (id, token) = await night.Site.Person("mia");
        await night.Site.Team("search", false, (id, TeamRole.Manager));
        using var mia = night.Site.Http(token);
        async Task<HttpStatusCode> Put(string kind, string name, string yaml)
        {
            using var answer = await mia.PutAsJsonAsync($"/api/v1/definitions/{kind}/{name}", new DefinitionRequest(yaml, "test"));
            return answer.StatusCode;
        }

        foreach (var (kind, rest) in new[] { ("route", "rules:\n  - match: []\n"), ("service", ""), ("integration", "format: generic\n"), ("escalation-policy", "steps:\n  - targets: [team:search]\n    wait: 1m\n"), ("severities", "labels:\n  - label: X\n    rank: 1\n"), ("schedule", "zone: Etc/UTC\nlayers:\n  - name: always\n    people: []\n    start: 2026-01-05\n") })
        {
            Assert.Equal(HttpStatusCode.OK, await Put(kind, "own", $"title: Own\nteam: search\n{rest}"));
            Assert.Equal(HttpStatusCode.Forbidden, await Put(kind, "other", $"title: Other\nteam: payments\n{rest}"));
            Assert.Equal(HttpStatusCode.Forbidden, await Put(kind, "none", $"title: None\n{rest}"));
        }
    }
}
