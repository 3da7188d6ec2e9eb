using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Alerts.Intake;
using Plantao.Client;
using Plantao.Notifications.Channels;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

/// <summary>The life of an alert as design §15 writes it, through HTTP.</summary>
public class AlertLifeTests
{
    static async Task<Night> Checkout(Database database)
    {
        var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");
        return night;
    }

    static Task<HttpResponseMessage> Silence(Night night, string match, double minutes, bool gravest = false) =>
        night.Site.Owner.PostAsJsonAsync("/api/v1/silences", new SilenceRequest([match], null, null, minutes, "work", gravest));

    [Theory, EveryDatabase]
    public async Task The_fourth_opening_within_half_an_hour_is_one_alert_and_one_page_until_ten_minutes_of_quiet(Database database)
    {
        await using var night = await Checkout(database);
        for (var i = 0; i < 3; i++)
        {
            await night.Fire("Flap");
            await night.Pass(TimeSpan.FromSeconds(30));
            await night.Resolve("Flap");
            await night.Pass(TimeSpan.FromSeconds(30));
        }

        await night.Paged();
        for (var i = 0; i < 4; i++)
        {
            await night.Fire("Flap");
            await night.Pass(TimeSpan.FromSeconds(30));
            await night.Resolve("Flap");
            await night.Pass(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(["ada"], await night.Paged());
        var flapping = Assert.Single(await night.Alerts("unresolved"));
        Assert.True(flapping.Flapping);
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{flapping.Id}/acknowledgement", null);
        await night.Pass(TimeSpan.FromMinutes(9));
        Assert.Single(await night.Alerts("unresolved"));
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(await night.Alerts("unresolved"));
        Assert.Equal(4, (await night.Alerts()).Count);
    }

    [Theory, EveryDatabase]
    public async Task What_comes_back_within_one_batch_is_a_new_alert_and_no_fault(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        await night.Pass(TimeSpan.FromSeconds(10));
        await night.Resolve("Down");
        night.Site.Clock.Advance(TimeSpan.FromSeconds(1));
        await night.Fire("Down");

        Assert.Equal(["Open", "Resolved"], (await night.Alerts()).Select(a => a.Status));
        Assert.DoesNotContain(night.Site.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Theory, EveryDatabase]
    public async Task What_came_and_went_in_one_batch_pages_nobody_until_a_person_opens_it_again(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Blip");
        night.Site.Clock.Advance(TimeSpan.FromSeconds(1));
        await night.Resolve("Blip");
        Assert.Empty(await night.Paged());

        var alert = Assert.Single(await night.Alerts());
        Assert.Equal(HttpStatusCode.OK, (await night.Site.Owner.DeleteAsync($"/api/v1/alerts/{alert.Id}/resolution")).StatusCode);
        Assert.Equal(["ada"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Resolved_by_hand_and_still_firing_half_an_hour_later_it_opens_again_at_the_first_step(Database database)
    {
        await using var night = await Checkout(database);
        var began = night.Site.Clock.GetUtcNow();
        Task Say() => night.Post("/in/" + night.Key + "/json", $$"""{"title":"Disk","key":"d","status":"firing","timestamp":"{{began:O}}"}""");
        await Say();
        var alert = Assert.Single(await night.Alerts());
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/resolution", null);
        await night.Paged();

        for (var i = 0; i < 5; i++)
        {
            await night.Pass(TimeSpan.FromMinutes(5));
            await Say();
        }

        Assert.Empty(await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(5));
        await Say();
        Assert.Equal(["ada"], await night.Paged());
        Assert.Equal(alert.Id, Assert.Single(await night.Alerts("unresolved")).Id);
    }

    [Theory, EveryDatabase]
    public async Task A_resolve_of_the_source_in_between_keeps_it_resolved(Database database)
    {
        await using var night = await Checkout(database);
        var began = night.Site.Clock.GetUtcNow();
        Task Say(string status, DateTimeOffset at) => night.Post("/in/" + night.Key + "/json", $$"""{"title":"Disk","key":"d","status":"{{status}}","timestamp":"{{at:O}}"}""");
        await Say("firing", began);
        var alert = Assert.Single(await night.Alerts());
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/resolution", null);
        await night.Pass(TimeSpan.FromMinutes(1));
        await Say("resolved", night.Site.Clock.GetUtcNow());
        await night.Paged();

        await night.Pass(TimeSpan.FromMinutes(31));
        await Say("firing", began);
        Assert.Empty(await night.Paged());
        Assert.Empty(await night.Alerts("unresolved"));
    }

    [Theory, EveryDatabase]
    public async Task A_resolved_alert_opens_again_for_a_day_and_not_longer(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        await night.Pass(TimeSpan.FromSeconds(5));
        await night.Resolve("Down");
        var alert = Assert.Single(await night.Alerts());
        await night.Paged();

        night.Site.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Equal(HttpStatusCode.OK, (await night.Site.Owner.DeleteAsync($"/api/v1/alerts/{alert.Id}/resolution")).StatusCode);
        Assert.Equal(["ada"], await night.Paged());
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/resolution", null);
        night.Site.Clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(HttpStatusCode.Conflict, (await night.Site.Owner.DeleteAsync($"/api/v1/alerts/{alert.Id}/resolution")).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task What_rises_from_low_to_high_pages_again_although_it_was_acknowledged(Database database)
    {
        await using var night = await Checkout(database);
        Task Say(string severity) => night.Post("/in/" + night.Key + "/json", $$"""{"title":"Disk","key":"d","severity":"{{severity}}"}""");
        await Say("warning");
        Assert.Empty(await night.Paged());
        var alert = Assert.Single(await night.Alerts());
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/acknowledgement", null);
        await Say("warning");
        Assert.Empty(await night.Paged());
        await Say("critical");
        Assert.Equal(["ada"], await night.Paged());
        Assert.Equal("Open", Assert.Single(await night.Alerts()).Status);
        await Say("critical");
        Assert.Empty(await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task The_climb_of_a_group_ends_with_its_last_alert(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down", labels: ("instance", "a"));
        await night.Fire("Down", labels: ("instance", "b"));
        await night.Fire("Other", labels: ("instance", "a"));
        Assert.Equal(2, (await night.Alerts()).Select(a => a.Group).Distinct().Count());
        await night.Pass(TimeSpan.FromSeconds(5));

        await night.Resolve("Down", labels: ("instance", "a"));
        var left = (await night.Alerts("unresolved")).Single(a => a.Title.StartsWith("Down", StringComparison.Ordinal));
        Assert.Equal("Climbing", (await night.Trail(left.Id)).Escalation!.Status);
        await night.Resolve("Down", labels: ("instance", "b"));
        await night.Site.Work();
        Assert.Equal("Ended", (await night.Trail(left.Id)).Escalation!.Status);
    }

    [Theory, EveryDatabase]
    public async Task Without_route_and_without_service_it_goes_to_the_catch_all_and_says_so(Database database)
    {
        await using var night = await Checkout(database);
        var key = Plantao.People.Tokens.NewIntegrationKey();
        await night.Site.Db.Write(async tx =>
        {
            await IntegrationStore.Put(tx, new Integration("int_stray", "stray", "stray", null, null, "generic"), 1, night.Site.Clock.GetUtcNow());
            await IntegrationStore.AddKey(tx, "int_stray", key, night.Site.Clock.GetUtcNow());
        }, CancellationToken.None);

        await night.Post("/in/" + key + "/json", """{"title":"Whose is this?"}""");
        Assert.Equal(["owner"], await night.Paged());
        Assert.True(Assert.Single(await night.Alerts()).Unrouted);
    }

    [Theory, EveryDatabase]
    public async Task A_silence_from_before_keeps_it_quiet_and_its_climb_starts_when_the_last_reason_ends(Database database)
    {
        await using var night = await Checkout(database);
        Assert.Equal(HttpStatusCode.Created, (await Silence(night, "alertname=\"Down\"", 10)).StatusCode);
        await night.Site.Owner.PostAsJsonAsync("/api/v1/maintenance", new MaintenanceRequest(["checkout"], null, null, 20, "deploy"));
        await night.Fire("Down");
        Assert.Empty(await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(15));
        Assert.Empty(await night.Paged());
        Assert.NotNull(Assert.Single(await night.Alerts()).Quiet);
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(["ada"], await night.Paged());
        Assert.Null(Assert.Single(await night.Alerts()).Quiet);
    }

    [Theory, EveryDatabase]
    public async Task A_silence_from_after_pauses_a_climb_that_nobody_acknowledged_and_leaves_an_acknowledged_one(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        await night.Fire("Held");
        await night.Site.Work();
        var held = (await night.Alerts()).Single(a => a.Title.StartsWith("Held", StringComparison.Ordinal));
        var down = (await night.Alerts()).Single(a => a.Title.StartsWith("Down", StringComparison.Ordinal));
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{held.Id}/acknowledgement", null);
        await night.Paged();
        await Silence(night, "alertname=~\"Down|Held\"", 20);
        await night.Pass(TimeSpan.FromMinutes(19));

        Assert.Empty(await night.Paged());
        Assert.Equal("Quiet", (await night.Trail(down.Id)).Escalation!.Status);
        Assert.Equal("Acknowledged", (await night.Trail(held.Id)).Escalation!.Status);
    }

    [Theory, EveryDatabase]
    public async Task When_the_last_loud_member_is_resolved_the_silenced_rest_is_quiet(Database database)
    {
        await using var night = await Checkout(database);
        await Silence(night, "instance=\"b\"", 60);
        await night.Fire("Down", labels: ("instance", "a"));
        await night.Fire("Down", labels: ("instance", "b"));
        Assert.Equal(["ada"], await night.Paged());
        await night.Pass(TimeSpan.FromSeconds(5));
        await night.Resolve("Down", labels: ("instance", "a"));
        await night.Pass(TimeSpan.FromMinutes(30));
        Assert.Empty(await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Opened_again_under_a_silence_it_waits_for_its_end(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        await night.Pass(TimeSpan.FromSeconds(5));
        await night.Resolve("Down");
        var alert = Assert.Single(await night.Alerts());
        await Silence(night, "alertname=\"Down\"", 10);
        await night.Paged();
        await night.Site.Owner.DeleteAsync($"/api/v1/alerts/{alert.Id}/resolution");
        await night.Pass(TimeSpan.FromMinutes(9));
        Assert.Empty(await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["ada"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Pages_say_what_the_alert_says_now_under_the_title_it_had(Database database)
    {
        await using var night = await Checkout(database);
        await night.Post("/in/" + night.Key + "/json", """{"title":"Disk 80 %","key":"d","text":"eighty"}""");
        await night.Paged();
        await night.Post("/in/" + night.Key + "/json", """{"title":"Disk 99 %","key":"d","text":"ninety-nine"}""");
        await night.Pass(TimeSpan.FromMinutes(5));
        var last = night.Mail.Pages[^1];
        Assert.Equal(("Disk 80 %", "ninety-nine"), (last.Title, last.Text));
    }

    [Theory, EveryDatabase]
    public async Task Two_transactions_cannot_open_one_condition_twice(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        var alert = Assert.Single(await night.Alerts());
        await Assert.ThrowsAnyAsync<Exception>(() => night.Site.Db.Write(async tx =>
        {
            var open = (await AlertStore.Load(tx, [alert.Id]))[0];
            await AlertStore.Insert(tx, [open with { Id = "alr_second" }]);
        }, CancellationToken.None));
    }
}
