using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Text;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

/// <summary>What a service and an integration say of their alerts: words, support hours, age. Applied as a pack, seen through HTTP (design §15).</summary>
public class UrgencyStories
{
    /// <summary>Monday, 21 September 2026, 09:00 UTC.</summary>
    static readonly DateTimeOffset Monday = FakeClock.Start;

    static async Task<(Night Night, string Key)> Start(Database database, string service, string integration = "", DateTimeOffset? at = null)
    {
        var night = await Night.Start(database, new FakeClock(at));
        await night.Person("ada");
        PackRequest pack = new(
        [
            new("pack.yaml", "name: night\ntitle: Night\nversion: 1.0.0\n"),
            new("escalation-policies/checkout.yaml", "title: Checkout\nsteps:\n  - targets: [person:ada]\n    wait: 5m\n"),
            new("services/checkout.yaml", "title: Checkout\nescalation_policy: checkout\n" + service),
            new("integrations/am.yaml", "title: Alertmanager\nformat: generic\nservice: checkout\n" + integration),
        ]);
        using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", pack);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.True((await answer.Content.ReadFromJsonAsync<PlanView>())!.Applied, await answer.Content.ReadAsStringAsync());
        using var made = await night.Site.Owner.PostAsync("/api/v1/integrations/am/keys", null);
        return (night, (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key);
    }

    static async Task Tell(Night night, string key, string title, string severity, string text = "")
    {
        using var answer = await night.Post($"/in/{key}/json", JsonSerializer.Serialize(new { title, severity, text, dedup_key = title }));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await night.Site.Work();
    }

    static async Task<AlertView> Only(Night night) => Assert.Single(await night.Alerts("unresolved"));

    static async Task Acknowledge(Night night)
    {
        using var answer = await night.Site.Owner.PutAsync($"/api/v1/alerts/{(await Only(night)).Id}/acknowledgement", null);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Theory, EveryDatabase]
    public async Task A_services_own_words_decide_what_climbs_and_its_routes_word_goes_before_them(Database database)
    {
        var (night, key) = await Start(database, "urgency:\n  words:\n    ARDE: high\n    critical: low\n  otherwise: low\n");
        await using var _ = night;
        await Tell(night, key, "One", "critical");
        await Tell(night, key, "Two", "arde");
        await Tell(night, key, "Three", "whatever");
        Assert.Equal(
            [("One", "Low"), ("Three", "Low"), ("Two", "High")],
            (await night.Alerts("unresolved")).Select(a => (a.Title, a.Urgency)).Order());

        using var route = await night.Site.Owner.PutAsJsonAsync("/api/v1/definitions/route/all", new DefinitionRequest("title: All\nrules:\n  - title: the big one\n    match: [alertname=\"\"]\n    urgency: high\n", "test"));
        Assert.True(route.IsSuccessStatusCode, await route.Content.ReadAsStringAsync());
        await night.Pass(TimeSpan.FromSeconds(2));
        await Tell(night, key, "Four", "critical");
        var four = (await night.Alerts("unresolved")).Single(a => a.Title == "Four");
        Assert.Equal("High", four.Urgency);
        Assert.Contains("the big one", four.Routed, StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task Outside_support_hours_it_is_low_and_when_they_begin_what_is_still_open_becomes_high(Database database)
    {
        // Sunday 20:00 in São Paulo (UTC-3).
        var (night, key) = await Start(database, "support_hours:\n  zone: America/Sao_Paulo\n  times: [\"monday-friday 09:00-18:00\"]\n  raise: true\n", at: Monday.AddHours(-10));
        await using var _ = night;
        await Tell(night, key, "Open", "critical");
        await Tell(night, key, "Done", "critical");
        await Tell(night, key, "Had", "critical");
        Assert.All(await night.Alerts("unresolved"), a => Assert.Equal("Low", a.Urgency));
        var byTitle = (await night.Alerts("unresolved")).ToDictionary(a => a.Title, a => a.Id);
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{byTitle["Done"]}/resolution", null);
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{byTitle["Had"]}/acknowledgement", null);

        // Said again, with another text, five minutes before nine and five after: only the hours themselves raise it.
        await night.Site.Pass(TimeSpan.FromHours(12) + TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(10));
        await Tell(night, key, "Open", "critical", "still");
        Assert.All(await night.Alerts("unresolved"), a => Assert.Equal("Low", a.Urgency));
        await night.Paged();
        await night.Site.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
        Assert.Equal([("Had", "Low", "Acknowledged"), ("Open", "High", "Open")], (await night.Alerts("unresolved")).Select(a => (a.Title, a.Urgency, a.Status)).Order());
        Assert.Contains("ada", await night.Paged());
        var trail = await night.Trail(byTitle["Open"]);
        Assert.Equal("Climbing", trail.Escalation!.Status);
        Assert.Contains(trail.Journal, e => e.Kind == "alert.raised" && e.Actor == "plantao");
    }

    [Theory, EveryDatabase]
    public async Task Without_raise_a_repeat_in_the_hours_pages_nobody_and_a_graver_word_does(Database database)
    {
        var (night, key) = await Start(database, "support_hours:\n  zone: Etc/UTC\n  times: [\"09:00-18:00\"]\n", at: Monday.AddHours(-1));
        await using var _ = night;
        await Tell(night, key, "Lag", "error");
        await night.Site.Pass(TimeSpan.FromMinutes(70), TimeSpan.FromMinutes(5));
        await Tell(night, key, "Lag", "error", "another text");
        Assert.Equal("Low", (await Only(night)).Urgency);
        await Tell(night, key, "Lag", "critical", "another text");
        Assert.Equal("High", (await Only(night)).Urgency);
    }

    [Theory, EveryDatabase]
    public async Task Outside_may_be_high_or_unchanged(Database database)
    {
        var (night, key) = await Start(database, "support_hours:\n  zone: Etc/UTC\n  times: [\"10:00-18:00\"]\n  outside: unchanged\n");
        await using var _ = night;
        await Tell(night, key, "Same", "critical");
        Assert.Equal("High", (await Only(night)).Urgency);
        using var edit = await night.Site.Owner.PutAsJsonAsync("/api/v1/definitions/service/checkout", new DefinitionRequest("title: Checkout\nescalation_policy: checkout\nsupport_hours:\n  zone: Etc/UTC\n  times: [\"10:00-18:00\"]\n  outside: high\n", "test"));
        Assert.True(edit.IsSuccessStatusCode, await edit.Content.ReadAsStringAsync());
        await night.Pass(TimeSpan.FromSeconds(2));
        await Tell(night, key, "Info", "info");
        Assert.Equal("High", (await night.Alerts("unresolved")).Single(a => a.Title == "Info").Urgency);
    }

    [Theory, EveryDatabase]
    public async Task Low_urgency_is_told_once_and_said_again_at_nine_in_the_persons_zone(Database database)
    {
        // 15:00 UTC on Monday; nine in London (summer time) is 08:00 UTC on Tuesday.
        var (night, key) = await Start(database, "", at: Monday.AddHours(6));
        await using var _ = night;
        await Tell(night, key, "Filling", "warning");
        Assert.Equal("ada@example.org", Assert.Single(night.Mail.Tried).Address);
        await night.Site.Pass(TimeSpan.FromHours(16) + TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(20));
        Assert.Single(night.Mail.Tried);
        await night.Site.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));
        Assert.Equal(["ada@example.org", "ada@example.org"], night.Mail.Tried.Select(m => m.Address));
    }

    [Theory, EveryDatabase]
    public async Task What_was_acknowledged_resolves_by_age_and_what_nobody_acknowledged_does_not(Database database)
    {
        var (night, key) = await Start(database, "", "resolve_after: 20m\n");
        await using var _ = night;
        await Tell(night, key, "Old", "critical");
        await night.Site.Pass(TimeSpan.FromHours(2), TimeSpan.FromMinutes(5));
        Assert.Equal("Open", (await Only(night)).Status);

        // Acknowledged late: the age counts from here, and from each time that its source is heard.
        await Acknowledge(night);
        await night.Site.Pass(TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1));
        await Tell(night, key, "Old", "critical");
        await night.Site.Pass(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(1));
        await night.Site.Owner.PutAsJsonAsync($"/api/v1/alerts/{(await Only(night)).Id}/snooze", new SnoozeRequest(60));
        await night.Site.Pass(TimeSpan.FromMinutes(19) + TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(50));
        Assert.Equal("Acknowledged", (await Only(night)).Status);
        await night.Site.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
        Assert.Empty(await night.Alerts("unresolved"));
        Assert.Equal(ResolvedBy.Age, Assert.Single(await night.Alerts()).ResolvedBy);
    }

    [Theory, EveryDatabase]
    public async Task An_acknowledgement_that_ran_out_takes_the_age_with_it(Database database)
    {
        var (night, key) = await Start(database, "", "resolve_after: 40m\n");
        await using var _ = night;
        await Tell(night, key, "Old", "critical");
        await Acknowledge(night);
        await night.Site.Pass(TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(1));
        Assert.Equal("Open", (await Only(night)).Status);
    }

    [Theory, EveryDatabase]
    public async Task What_a_service_does_stands_on_its_pages_for_who_has_never_seen_it(Database database)
    {
        var (night, key) = await Start(database, "text: Takes the payments.\n");
        await using var _ = night;
        await Tell(night, key, "Down", "critical");
        Assert.Contains(Assert.Single(night.Mail.Pages).Facts, f => f.Value == "Takes the payments.");
    }

    [Theory, EveryDatabase]
    public async Task A_teams_scale_holds_for_its_alerts_and_for_no_other_teams(Database database)
    {
        await using var night = await Night.Start(database);
        var payments = await night.Site.Team("payments");
        var search = await night.Site.Team("search");
        foreach (var (team, rank) in new[] { ("payments", 0), ("search", 3) })
        {
            using var put = await night.Site.Owner.PutAsJsonAsync($"/api/v1/definitions/severities/{team}", new DefinitionRequest($"title: {team}\nteam: {team}\nlabels:\n  - label: SEV1\n    rank: {rank}\n", "test"));
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }

        await night.Site.Db.Write(async tx =>
        {
            var scales = await SeverityStore.All(tx);
            Assert.Equal(("SEV1", 0), scales.Of("sev1", null, Routing.RankOf, payments));
            Assert.Equal(("SEV1", 3), scales.Of("sev1", null, Routing.RankOf, search));
            Assert.Equal(("sev1", 2), scales.Of("sev1", null, Routing.RankOf, null));
        }, CancellationToken.None);
    }

    [Fact]
    public void Support_hours_keep_their_wall_clock_over_a_change_of_the_clocks()
    {
        var hours = SupportHours.Of("Europe/London", ["monday-friday 09:00-18:00"])!;
        // Friday before and Monday after the change of 25 October 2026.
        var friday = new DateTimeOffset(2026, 10, 23, 8, 0, 0, TimeSpan.Zero);
        Assert.True(hours.Open(friday));
        Assert.False(hours.Open(friday.AddTicks(-1)));
        Assert.Equal(new DateTimeOffset(2026, 10, 26, 9, 0, 0, TimeSpan.Zero), hours.NextBegin(friday));
        Assert.Equal(friday, hours.NextBegin(friday.AddTicks(-1)));
        Assert.Null(SupportHours.Of("Etc/UTC", ["monday-sunday"])!.NextBegin(friday));
    }

    [Fact]
    public void Hours_that_cannot_be_read_are_a_problem_at_their_line()
    {
        Assert.Equal(
            ["supportHours.zone", "supportHours.times[1]"],
            SupportHours.Problems("""{"supportHours":{"zone":"Europe/Nowhere","times":["09:00-18:00","office hours"]}}""").Select(p => p.Path));
    }

    [Fact]
    public void A_label_that_is_there_and_empty_is_there_for_routes_and_silences()
    {
        // Alertmanager: `x!=""` matches a label that is present, also when it is empty; absent counts as the empty string.
        var empty = new Dictionary<string, string> { ["tier"] = "" };
        var absent = new Dictionary<string, string>();
        Route[] routes = [new("r", null, 1, [new(["tier!=\"\""], "checkout")])];
        Assert.Equal("checkout", Routing.Take(routes, "am", null, empty).Service);
        Assert.Null(Routing.Take(routes, "am", null, absent).Service);

        var quiet = new QuietBook([new Silence("sil_1", ["tier!~\"\""], Monday, Monday.AddHours(1), "usr_1", Monday, "", true, null)], []);
        Assert.Equal("sil_1", quiet.Reason(empty, null, null, 1, Monday));
        Assert.Null(quiet.Reason(absent, null, null, 1, Monday));
    }
}
