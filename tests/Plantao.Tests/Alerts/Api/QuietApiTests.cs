using System.Net;
using System.Text.Json;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts.Api;

/// <summary>Silences and maintenance over the API: always with an end, never wider than who made them may go.</summary>
public class QuietApiTests
{
    static string Fired(string alertname, string severity = "critical") => JsonSerializer.Serialize(new[] { new { labels = new { alertname, severity } } });

    [Theory, EveryDatabase]
    public async Task A_silenced_alert_is_received_and_shown_pages_nobody_and_climbs_when_the_silence_ends(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("alertmanager");
        var silence = await desk.Call<SilenceView>("grace", "POST", "/api/v1/silences", new SilenceRequest(["alertname=\"Noisy\""], null, null, 60, "known, being fixed", Team: "payments"), HttpStatusCode.Created);
        Assert.Equal("Active", silence.State);

        await desk.Send("POST", $"/in/{key}/api/v2/alerts", Fired("Noisy"));
        Assert.Equal((silence.Id, "Open"), ((await desk.Only()).Quiet, (await desk.Only()).Status));
        Assert.Empty(await desk.Paged());

        await desk.Call<object>("grace", "DELETE", "/api/v1/silences/" + silence.Id, null, HttpStatusCode.NoContent);
        Assert.Equal(["ada"], await desk.Paged());
        Assert.Null((await desk.Only()).Quiet);
        Assert.Equal("not-found", await desk.Refused("grace", "DELETE", "/api/v1/silences/" + silence.Id, null, HttpStatusCode.NotFound));
        Assert.Empty(await desk.Get<IReadOnlyList<SilenceView>>("/api/v1/silences"));
        Assert.Equal("Ended", Assert.Single(await desk.Get<IReadOnlyList<SilenceView>>("/api/v1/silences?ended=true")).State);
    }

    [Theory, EveryDatabase]
    public async Task A_teams_silence_mutes_no_other_teams_alerts(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("alertmanager");
        var linus = (await desk.Get<JsonElement>("/api/v1/me", "linus")).GetProperty("id").GetString()!;
        await desk.Site.Team("search", false, (linus, Plantao.Platform.Access.TeamRole.Manager));
        await desk.Call<SilenceView>("linus", "POST", "/api/v1/silences", new SilenceRequest(["alertname=~\".+\""], null, null, 60, "ours only", Gravest: true, Team: "search"), HttpStatusCode.Created);

        await desk.Send("POST", $"/in/{key}/api/v2/alerts", Fired("CheckoutDown"));
        Assert.Equal(["ada"], await desk.Paged());
        Assert.Null((await desk.Only()).Quiet);
        // An Admin may mute for all.
        await desk.Call<SilenceView>("owner", "POST", "/api/v1/silences", new SilenceRequest(["alertname=~\".+\""], null, null, 60, "everything"), HttpStatusCode.Created);
        Assert.NotNull((await desk.Only()).Quiet);
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task What_has_no_end_is_too_long_or_mutes_everything_is_refused()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        var now = desk.Site.Clock.GetUtcNow();
        SilenceRequest Of(double? minutes, string match = "alertname=\"X\"", string comment = "why", DateTimeOffset? endsAt = null) => new([match], null, endsAt, minutes, comment, Team: "payments");
        Task<string> Silence(string who, SilenceRequest wanted, HttpStatusCode expect = HttpStatusCode.UnprocessableEntity) => desk.Refused(who, "POST", "/api/v1/silences", wanted, expect);

        Assert.Equal("no-end", await Silence("ada", Of(null)));
        Assert.Equal("no-end", await Silence("ada", Of(60, endsAt: now.AddHours(1))));
        Assert.Equal("no-end", await Silence("ada", Of(-1)));
        Assert.Equal("bad-span", await Silence("ada", Of(null, endsAt: now.AddHours(-1))));
        Assert.Equal("matches-everything", await Silence("ada", Of(60, "alertname=~\".*\"")));
        Assert.Equal("bad-matcher", await Silence("ada", Of(60, "alertname=~\"(\"")));
        Assert.Equal("personal-matcher", await Silence("ada", Of(60, "customer=\"ana@example.com\"")));
        Assert.Equal("no-comment", await Silence("ada", Of(60, comment: " ")));
        Assert.Equal("quiet-too-long", await Silence("grace", Of(24 * 60 + 1), HttpStatusCode.Forbidden));
        Assert.Equal("not-allowed", await Silence("linus", Of(60), HttpStatusCode.Forbidden));
        await desk.Call<SilenceView>("grace", "POST", "/api/v1/silences", Of(24 * 60), HttpStatusCode.Created);
        await desk.Call<SilenceView>("ada", "POST", "/api/v1/silences", Of(30 * 24 * 60), HttpStatusCode.Created);

        MaintenanceRequest Work(double? minutes, params string[] services) => new(services, null, null, minutes, "new disks");
        Task<string> Maintenance(string who, MaintenanceRequest wanted, HttpStatusCode expect = HttpStatusCode.UnprocessableEntity) => desk.Refused(who, "POST", "/api/v1/maintenance", wanted, expect);
        Assert.Equal("no-end", await Maintenance("ada", Work(null, "checkout")));
        Assert.Equal("no-services", await Maintenance("ada", Work(60)));
        Assert.Equal("no-such-service", await Maintenance("ada", Work(60, "nowhere")));
        Assert.Equal("quiet-too-long", await Maintenance("ada", Work(7 * 24 * 60 + 1, "checkout")));
        Assert.Equal("quiet-too-long", await Maintenance("grace", Work(24 * 60 + 1, "checkout"), HttpStatusCode.Forbidden));
    }

    [Theory, EveryDatabase]
    public async Task Alerts_of_a_service_under_maintenance_wait_for_its_end(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("alertmanager");
        var work = await desk.Call<MaintenanceView>("grace", "POST", "/api/v1/maintenance", new MaintenanceRequest(["checkout"], desk.Site.Clock.GetUtcNow().AddMinutes(10), null, 30, "new disks"), HttpStatusCode.Created);
        Assert.Equal("Pending", work.State);

        await desk.Site.Pass(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
        await desk.Send("POST", $"/in/{key}/api/v2/alerts", JsonSerializer.Serialize(new[] { new { labels = new { alertname = "DiskGone", severity = "critical" }, endsAt = desk.Site.Clock.GetUtcNow().AddHours(6) } }));
        Assert.Equal(work.Id, (await desk.Only()).Quiet);
        Assert.Empty(await desk.Paged());
        await desk.Site.Pass(TimeSpan.FromMinutes(26), TimeSpan.FromMinutes(1));
        Assert.Contains("ada", await desk.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Of_more_silences_than_one_answer_holds_the_last_are_given(Database database)
    {
        await using var desk = await Desk.Start(database);
        var now = desk.Site.Clock.GetUtcNow();
        await desk.Site.Db.Write(async tx =>
        {
            for (var i = 0; i < 1003; i++)
            {
                var end = now.AddDays(-10).AddMinutes(i);
                await QuietStore.Add(tx, new Silence($"sil_{i:0000}", ["alertname=\"Old\""], end.AddMinutes(-1), end, "test", end.AddMinutes(-1), "old", false, null));
            }

            await tx.Execute($"UPDATE silences SET ended_at = ends_at");
        }, CancellationToken.None);

        var all = await desk.Site.Get<QuietStore>().Silences(ended: true, CancellationToken.None);
        Assert.Equal((1000, "sil_0003", "sil_1002"), (all.Count, all[0].Id, all[^1].Id));
    }
}
