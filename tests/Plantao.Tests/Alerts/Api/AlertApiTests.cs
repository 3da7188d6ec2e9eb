using System.Net;
using System.Text.Json;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts.Api;

/// <summary>Alerts as people and scripts work on them over the API.</summary>
public class AlertApiTests
{
    static string Fired(string alertname, string severity = "critical") => JsonSerializer.Serialize(new[] { new { labels = new { alertname, severity } } });

    [Theory, EveryDatabase]
    public async Task From_a_new_key_to_a_page_and_its_answers_and_the_trail_says_who_did_what(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("alertmanager");
        Assert.Equal(HttpStatusCode.OK, (await desk.Send("POST", $"/in/{key}/api/v2/alerts", Fired("CheckoutDown"))).StatusCode);

        var alert = await desk.Only();
        Assert.Equal(("CheckoutDown", "Open", "checkout", "alertmanager"), (alert.Title, alert.Status, alert.Service, alert.Integration));
        Assert.Equal(["ada"], await desk.Paged());
        var at = $"/api/v1/alerts/{alert.Id}";

        Assert.Equal("Acknowledged", (await desk.Call<EscalationView>("grace", "PUT", at + "/acknowledgement")).Status);
        Assert.Equal("Resolved", (await desk.Call<AlertView>("grace", "PUT", at + "/resolution")).Status);
        Assert.Equal("alert-resolved", await desk.Refused("grace", "PUT", at + "/acknowledgement", null, HttpStatusCode.Conflict));
        Assert.Equal("Open", (await desk.Call<AlertView>("ada", "DELETE", at + "/resolution")).Status);
        Assert.Equal(["ada"], await desk.Paged());
        Assert.Equal("snooze-length", await desk.Refused("grace", "PUT", at + "/snooze", new SnoozeRequest(1441), HttpStatusCode.UnprocessableEntity));
        Assert.Equal("Snoozed", (await desk.Call<EscalationView>("grace", "PUT", at + "/snooze", new SnoozeRequest(60))).Status);
        await desk.Call<EscalationView>("grace", "PUT", at + "/assignee", new PassOnRequest("linus", null));
        Assert.Equal(["linus"], await desk.Paged());
        Assert.Equal("pass-on-to-whom", await desk.Refused("grace", "PUT", at + "/assignee", new PassOnRequest("linus", "payments"), HttpStatusCode.UnprocessableEntity));
        await desk.Call<EscalationView>("grace", "PUT", at + "/assignee", new PassOnRequest(null, "payments"));
        Assert.Equal(["ada"], await desk.Paged());
        await desk.Call<EscalationView>("grace", "POST", at + "/escalation");
        Assert.Equal(["linus"], await desk.Paged());
        // In no team, and paged for this one: linus may act on it, and on nothing else of the team.
        Assert.Equal("Acknowledged", (await desk.Call<EscalationView>("linus", "PUT", at + "/acknowledgement")).Status);
        await desk.Send("POST", $"/in/{key}/api/v2/alerts", Fired("Other"));
        var other = (await desk.Alerts()).Single(a => a.Title == "Other");
        Assert.Equal("not-allowed", await desk.Refused("linus", "PUT", $"/api/v1/alerts/{other.Id}/resolution", null, HttpStatusCode.Forbidden));

        var trail = await desk.Get<AlertTrailView>(at + "/trail");
        Assert.Equal("Opened", Assert.Single(trail.Signals).Outcome);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "ada", "grace", "linus" }) names[(await desk.Get<MeView>("/api/v1/me", name)).Id] = name;
        string[] By(string kind) => [.. trail.Journal.Where(e => e.Kind == kind).Select(e => names.GetValueOrDefault(e.Actor, e.Actor))];
        Assert.Equal(["integration:alertmanager"], By("alert.opened"));
        Assert.Equal(["grace"], By("alert.resolved"));
        Assert.Equal(["ada"], By("alert.reopened"));
        Assert.True(trail.Journal.Any(e => names.GetValueOrDefault(e.Actor) == "linus"), string.Join(", ", trail.Journal.Select(e => $"{e.Kind} by {e.Actor}")));
        Assert.Contains(trail.Pages, p => p.User == "ada" && p.Hops.Any(h => h.Kind == "Accepted" && h.Channel == "email"));
    }

    sealed record MeView(string Id);

    [Theory, EveryDatabase]
    public async Task Alerts_are_listed_newest_first_filtered_and_in_parts(Database database)
    {
        await using var desk = await Desk.Start(database);
        var key = await desk.Integration("alertmanager");
        for (var i = 0; i < 5; i++)
        {
            await desk.Send("POST", $"/in/{key}/api/v2/alerts", Fired($"A{i}"));
            await desk.Site.Work();
            desk.Site.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var all = await desk.Alerts();
        Assert.Equal(["A4", "A3", "A2", "A1", "A0"], all.Select(a => a.Title));
        await desk.Call<AlertView>("grace", "PUT", $"/api/v1/alerts/{all[0].Id}/resolution");
        await desk.Call<EscalationView>("grace", "PUT", $"/api/v1/alerts/{all[1].Id}/acknowledgement");

        Assert.Equal(["A4"], (await desk.Alerts("&status=resolved")).Select(a => a.Title));
        Assert.Equal(["A3"], (await desk.Alerts("&status=acknowledged")).Select(a => a.Title));
        Assert.Equal(4, (await desk.Alerts("&status=unresolved")).Count);
        Assert.Equal(5, (await desk.Alerts("&service=checkout")).Count);
        Assert.Empty(await desk.Alerts("&service=other"));
        Assert.Equal(["A2"], (await desk.Alerts("&group=" + all[2].Group)).Select(a => a.Title));

        var (read, cursor) = (new List<string>(), (string?)null);
        do
        {
            var part = await desk.Get<Part<AlertView>>("/api/v1/alerts?limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            Assert.InRange(part.Items.Count, 1, 2);
            read.AddRange(part.Items.Select(a => a.Title));
            cursor = part.Next;
        }
        while (cursor is not null);
        Assert.Equal(["A4", "A3", "A2", "A1", "A0"], read);
        Assert.Equal("bad-status", await desk.Refused("grace", "GET", "/api/v1/alerts?status=broken", null, HttpStatusCode.BadRequest));
        Assert.Equal("bad-limit", await desk.Refused("grace", "GET", "/api/v1/alerts?limit=0", null, HttpStatusCode.BadRequest));
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task A_person_raises_an_alert_by_hand_and_it_pages_as_any_other()
    {
        await using var desk = await Desk.Start(Database.Sqlite);
        await desk.Call<RaisedView>("linus", "POST", "/api/v1/alerts", new RaiseRequest("Nobody can pay", "Three customers called", "checkout", null, null), HttpStatusCode.Accepted);
        Assert.Equal(["ada"], await desk.Paged());
        Assert.Equal("linus", (await desk.Only()).Labels["raised_by"]);
        await desk.Call<RaisedView>("linus", "POST", "/api/v1/alerts", new RaiseRequest("A typo", null, "checkout", "low", null), HttpStatusCode.Accepted);
        Assert.Empty(await desk.Paged());
        // What the person says of the urgency stands, whatever the severity would come to.
        await desk.Call<RaisedView>("linus", "POST", "/api/v1/alerts", new RaiseRequest("It is the minister", null, "checkout", "high", "info"), HttpStatusCode.Accepted);
        await desk.Call<RaisedView>("linus", "POST", "/api/v1/alerts", new RaiseRequest("We know", null, "checkout", "low", "critical"), HttpStatusCode.Accepted);
        var raised = (await desk.Alerts()).ToDictionary(a => a.Title, a => (a.Urgency, a.Integration), StringComparer.Ordinal);
        Assert.Equal(("High", "by-hand"), raised["It is the minister"]);
        Assert.Equal(("Low", "by-hand"), raised["We know"]);
        Assert.Equal("no-title", await desk.Refused("linus", "POST", "/api/v1/alerts", new RaiseRequest(" ", null, "checkout", null, null), HttpStatusCode.UnprocessableEntity));
    }
}
