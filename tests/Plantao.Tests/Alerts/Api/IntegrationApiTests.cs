using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plantao.Client;
using Plantao.OnCall;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts.Api;

/// <summary>Integrations made over the API, and what their doors take.</summary>
public class IntegrationApiTests
{
    [Theory, EveryDatabase]
    [Covers("S1-70")]
    public async Task A_job_that_fails_raises_an_alert_and_so_does_one_that_is_not_heard(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("heartbeat", new { periodSeconds = 300, graceSeconds = 60 });
        var beat = $"/in/{key}/heartbeat/outbox-check";
        Assert.Equal(HttpStatusCode.OK, (await desk.Send("GET", beat)).StatusCode);
        Assert.Empty(await desk.Alerts());

        Assert.Equal(HttpStatusCode.OK, (await desk.Send("POST", beat + "?exit=1")).StatusCode);
        var failed = await desk.Only();
        Assert.Equal(("outbox-check: failed with exit code 1", "Open"), (failed.Title, failed.Status));
        Assert.Equal(["ada"], await desk.Paged());
        await desk.Send("POST", beat + "?exit=0");
        Assert.Equal("Resolved", (await desk.Only()).Status);

        // Period and grace have passed, to the second, and not one before.
        await desk.Site.Pass(TimeSpan.FromSeconds(359));
        Assert.Single(await desk.Alerts());
        await desk.Site.Pass(TimeSpan.FromSeconds(1));
        var silent = (await desk.Alerts("&status=unresolved")).Single();
        Assert.Equal("The heartbeat outbox-check is silent", silent.Title);
        Assert.Equal(["ada"], await desk.Paged());

        await desk.Send("HEAD", beat);
        Assert.Empty(await desk.Alerts("&status=unresolved"));
        await desk.Site.Pass(TimeSpan.FromSeconds(359));
        Assert.Empty(await desk.Alerts("&status=unresolved"));
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task A_report_by_the_team_or_a_customer_is_an_alert_that_says_who()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        var key = await desk.Integration("report");
        foreach (var who in new[] { "team", "customer" })
            Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{key}/report", $$"""{"title":"Cannot pay ({{who}})","who":"{{who}}","text":"since 10:00"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Send("POST", $"/in/{key}/report", """{"title":"x","who":"a passer-by"}""")).StatusCode);

        var reported = (await desk.Alerts()).Where(a => a.Labels.ContainsKey("reported_by")).ToDictionary(a => a.Labels["reported_by"], StringComparer.Ordinal);
        Assert.Equal(["customer", "team"], reported.Keys.Order());
        Assert.All(reported.Values, a => Assert.Equal(("since 10:00", "High"), (a.Text, a.Urgency)));
        Assert.Contains("ada", await desk.Paged());
        Assert.Equal(400, Assert.Single(await desk.Get<IReadOnlyList<RefusalView>>("/api/v1/integrations/report/refusals", "ada")).Status);
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task Grafana_fires_and_resolves()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        var key = await desk.Integration("grafana");
        static string Message(string status) => $$"""
            {"receiver":"plantao","status":"{{status}}","orgId":1,"version":"1","groupKey":"{}:{alertname=\"Lag\"}","truncatedAlerts":0,"state":"alerting","title":"Lag","message":"",
             "groupLabels":{"alertname":"Lag"},"commonLabels":{"alertname":"Lag"},"commonAnnotations":{},"externalURL":"https://grafana.example/",
             "alerts":[{"status":"{{status}}","labels":{"alertname":"Lag","severity":"critical"},"annotations":{"summary":"The queue lags"},"startsAt":"2026-09-21T09:00:00Z",
                        "endsAt":"{{(status == "firing" ? "0001-01-01T00:00:00Z" : "2026-09-21T09:05:00Z")}}","generatorURL":"https://grafana.example/a","fingerprint":"c6eadffa33fcdf37","panelURL":"https://grafana.example/p","values":{"A":7} }]}
            """;
        Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{key}/grafana", Message("firing"))).StatusCode);
        var alert = await desk.Only();
        Assert.Equal(("Open", "https://grafana.example/p"), (alert.Status, alert.Link));
        Assert.Equal(["ada"], await desk.Paged());
        await desk.Send("POST", $"/in/{key}/grafana", Message("resolved"));
        Assert.Equal("Resolved", (await desk.Only()).Status);
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task A_tool_we_never_heard_of_is_read_by_its_mapping()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        var key = await desk.Integration("generic", new
        {
            mapping = new { title = "problem.name", dedup_key = "problem.id", status = "problem.state", status_words = new { PROBLEM = "firing", OK = "resolved" }, labels = new { host = "problem.host" } },
        });
        Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{key}/json", """{"problem":{"name":"CPU","id":"7","state":"PROBLEM","host":"web1"}}""")).StatusCode);
        Assert.Equal(("CPU", "web1"), ((await desk.Only()).Title, (await desk.Only()).Labels["host"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Send("POST", $"/in/{key}/json", """{"problem":{"name":"CPU","id":"7","state":"NOT OK"}}""")).StatusCode);
        await desk.Send("POST", $"/in/{key}/json", """{"problem":{"name":"CPU","id":"7","state":"OK"}}""");
        Assert.Equal("Resolved", (await desk.Alerts()).Single(a => a.Title == "CPU").Status);
        Assert.Equal(400, (int)(await desk.Call<JsonElement>("ada", "POST", "/api/v1/integrations", new { name = "bad", format = "generic", service = "checkout", mapping = new { titel = "x" } }, HttpStatusCode.BadRequest)).GetProperty("status").GetInt32());
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task A_change_is_kept_and_pages_nobody()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        var key = await desk.Integration("pagerduty");
        Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", "/v2/change/enqueue", JsonSerializer.Serialize(new { routing_key = key, payload = new { summary = "Deployed 4.2", timestamp = "2026-09-21T08:59:00Z" } }))).StatusCode);
        Assert.Empty(await desk.Alerts());
        Assert.Empty(await desk.Paged());
        Assert.Equal(1, await desk.Site.Db.First($"SELECT count(*) FROM changes WHERE title = 'Deployed 4.2' AND service = 'checkout'", r => r.Long(0), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task Two_keys_live_while_one_is_rotated_and_a_third_is_refused(Database database)
    {
        await using var desk = await Desk.Start(database);
        var old = await desk.Integration("generic");
        var keys = "/api/v1/integrations/generic/keys";
        var fresh = (await desk.Call<IntegrationKeyMade>("ada", "POST", keys, null, HttpStatusCode.Created)).Key;
        Assert.Equal("two-keys-live", await desk.Refused("ada", "POST", keys, null, HttpStatusCode.Conflict));
        foreach (var key in new[] { old, fresh }) Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{key}/json", """{"title":"x"}""")).StatusCode);

        var listed = (await desk.Get<IReadOnlyList<IntegrationView>>("/api/v1/integrations")).Single().Keys;
        Assert.DoesNotContain(listed, k => k.Hint == old || k.Hint == fresh);
        await desk.Call<object>("ada", "DELETE", $"{keys}/{listed[0].Id}", null, HttpStatusCode.NoContent);
        desk.Site.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.Send("POST", $"/in/{old}/json", """{"title":"x"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{fresh}/json", """{"title":"x"}""")).StatusCode);
        Assert.Equal("not-allowed", await desk.Refused("grace", "POST", keys, null, HttpStatusCode.Forbidden));
    }

    [Theory, EveryDatabase]
    public async Task What_is_not_signed_or_signed_too_long_ago_is_refused_and_leaves_a_trace(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("generic", new { signature = "StandardWebhooks" });
        var secret = RandomNumberGenerator.GetBytes(24);
        await desk.Call<object>("ada", "PUT", "/api/v1/integrations/generic/signing-secrets", new SigningSecretsRequest(["whsec_" + Convert.ToBase64String(secret)]), HttpStatusCode.NoContent);
        const string Body = """{"title":"Signed"}""";
        (string, string)[] Signed(string id, DateTimeOffset at)
        {
            var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            return [("webhook-id", id), ("webhook-timestamp", seconds), ("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{id}.{seconds}.{Body}"))))];
        }

        var now = desk.Site.Clock.GetUtcNow();
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.Send("POST", $"/in/{key}/json", Body)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.Send("POST", $"/in/{key}/json", Body, Signed("m1", now.AddSeconds(-301)))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await desk.Send("POST", $"/in/{key}/json", Body + " ", Signed("m1", now))).StatusCode);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Accepted, (await desk.Send("POST", $"/in/{key}/json", Body, Signed("m1", now))).StatusCode);

        var alerts = await desk.Alerts();
        Assert.Equal(1, Assert.Single(alerts, a => a.Title == "Signed").Signals);
        Assert.Contains(alerts, a => a.Labels.GetValueOrDefault("alertname") == "IntakeRefused");
        var refusals = await desk.Get<IReadOnlyList<RefusalView>>("/api/v1/integrations/generic/refusals", "ada");
        Assert.Equal(3, refusals.Count);
        Assert.All(refusals, r => Assert.Equal((401, "the message is not signed as agreed"), (r.Status, r.Why)));
        // A period or a format that cannot be is refused when it is typed.
        Assert.Equal("bad-time", await desk.Refused("ada", "POST", "/api/v1/integrations", new { name = "beats", format = "heartbeat", periodSeconds = 0 }, HttpStatusCode.UnprocessableEntity));
        Assert.Equal("unknown-format", await desk.Refused("ada", "POST", "/api/v1/integrations", new { name = "beats", format = "smoke" }, HttpStatusCode.UnprocessableEntity));
    }

    [Theory, EveryDatabase]
    public async Task On_call_now_then_and_next_know_of_an_override(Database database)
    {
        await using var desk = await Desk.Start(database);
        var team = (await desk.Get<Part<JsonElement>>("/api/v1/teams")).Items.Single().GetProperty("id").GetString();
        await desk.Site.Db.Write(tx => OnCallStore.Put(tx, "primary", "Primary", team, """{"zone":"UTC","layers":[{"people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-09-21"}]}""", 1), CancellationToken.None);
        var now = desk.Site.Clock.GetUtcNow();
        static string At(DateTimeOffset at) => Uri.EscapeDataString(at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        async Task<string> Who(DateTimeOffset at) => (await desk.Get<IReadOnlyList<OnCallView>>("/api/v1/oncall?at=" + At(at), "linus")).Single().Person ?? "nobody";

        Assert.Equal("ada", (await desk.Get<IReadOnlyList<OnCallView>>("/api/v1/oncall")).Single().Person);
        var wanted = new OverrideRequest("linus", now.AddHours(1), now.AddHours(3));
        Assert.Equal("not-allowed", await desk.Refused("linus", "POST", "/api/v1/schedules/primary/overrides", wanted, HttpStatusCode.Forbidden));
        var made = await desk.Call<OverrideView>("grace", "POST", "/api/v1/schedules/primary/overrides", wanted, HttpStatusCode.Created);

        Assert.Equal(["ada", "linus", "ada"], [await Who(now), await Who(now.AddHours(2)), await Who(now.AddHours(3))]);
        Assert.Equal("grace", await Who(now.AddDays(7)));
        var next = await desk.Get<IReadOnlyList<ShiftView>>("/api/v1/schedules/primary/next?count=3");
        Assert.Equal((("linus", now.AddHours(1)), "override " + made.Id), ((next[0].Person, next[0].Start), next[0].Because));
        Assert.Equal(["ada", "linus", "ada"], (await desk.Get<ScheduleView>($"/api/v1/schedules/primary?from={At(now)}&until={At(now.AddHours(5))}")).Shifts.Select(s => s.Person));

        await desk.Call<object>("grace", "DELETE", "/api/v1/schedules/primary/overrides/" + made.Id, null, HttpStatusCode.NoContent);
        Assert.Equal("ada", await Who(now.AddHours(2)));
        Assert.Equal("bad-span", await desk.Refused("grace", "POST", "/api/v1/schedules/primary/overrides", new OverrideRequest("linus", now, now.AddHours(-1)), HttpStatusCode.UnprocessableEntity));
    }
}
