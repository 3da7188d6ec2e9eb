using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

/// <summary>A stored document that cannot be read stops nothing but itself, and is said aloud.</summary>
public class BrokenDocumentTests
{
    const string NoJson = "{ this is no JSON";

    static async Task<Night> Checkout(Database database)
    {
        var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Policy("other", 1, null, ("linus", TimeSpan.FromMinutes(5)));
        await night.Site.Db.Write(async tx =>
        {
            await RouteStore.Put(tx, new Route("elsewhere", null, 10, [new RouteRule(["alertname=Elsewhere"], EscalationPolicy: "other")]), 1);
            await RouteStore.Put(tx, new Route("broken", null, 1, [new RouteRule(["alertname=~\".*\""], EscalationPolicy: "other")]), 1);
        }, CancellationToken.None);
        return night;
    }

    static Task<int> Do(Night night, FormattableString sql) => night.Site.Db.Write(tx => tx.Execute(Plain(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql.Format, [.. sql.GetArguments().Select(a => "'" + a + "'")]))), CancellationToken.None);

    static Sql Plain(string text)
    {
        var sql = new Sql(text.Length, 0);
        sql.AppendLiteral(text);
        return sql;
    }

    static async Task<string> Said(Night night, string kind, string name)
    {
        await night.Site.Work();
        var line = Assert.Single(night.Site.Log.Lines, l => l.Contains($"The stored {kind} {name} cannot be read", StringComparison.Ordinal));
        Assert.StartsWith("Error", line, StringComparison.Ordinal);
        var check = night.Site.App.Services.GetServices<IDoctorCheck>().Single(c => c.Name == "definitions");
        var finding = await check.Check(CancellationToken.None);
        Assert.Equal(Health.Failure, finding.Health);
        var test = night.Site.App.Services.GetServices<ISelfTest>().Single(t => t.Holds.StartsWith("Every stored definition", StringComparison.Ordinal));
        Assert.Equal([$"{kind} {name}"], await test.Broken(default, CancellationToken.None));
        Assert.DoesNotContain(night.Site.Log.Lines, l => l.Contains("could not be decided", StringComparison.Ordinal));
        return finding.Message;
    }

    public static TheoryData<Database, string> Routes
    {
        get
        {
            var all = new TheoryData<Database, string>();
            foreach (var doc in new[] { NoJson, "null", "{}", "{\"name\":\"broken\",\"rules\":[{}]}", "{\"name\":\"broken\",\"rules\":[{\"match\":[\"a=~\\\"(\\\"\"]}]}", "{\"name\":\"broken\",\"rules\":[null]}" })
                foreach (var database in new[] { Database.Sqlite, Database.Postgres })
                    all.Add(new TheoryDataRow<Database, string>(database, doc).WithTrait("Kind", database.ToString()));
            return all;
        }
    }

    [Theory, MemberData(nameof(Routes))]
    public async Task A_route_that_cannot_be_read_is_set_aside_and_its_alerts_go_to_the_integrations_service(Database database, string doc)
    {
        await using var night = await Checkout(database);
        await Do(night, $"UPDATE routes SET doc = {doc} WHERE name = 'broken'");
        night.Site.Clock.Advance(TimeSpan.FromSeconds(2));
        await night.Fire("Down");
        Assert.Equal(["ada"], await night.Paged());
        // The others still decide.
        await night.Fire("Elsewhere");
        Assert.Equal(["linus"], await night.Paged());
        Assert.Contains("route broken", await Said(night, "route", "broken"), StringComparison.Ordinal);

        await night.Site.Db.Write(tx => RouteStore.Put(tx, new Route("broken", null, 1, [new RouteRule(["alertname=Mended"], EscalationPolicy: "other")]), 2), CancellationToken.None);
        night.Site.Clock.Advance(TimeSpan.FromSeconds(2));
        await night.Fire("Mended");
        Assert.Contains("linus", await night.Paged());
        Assert.Contains(night.Site.Log.Lines, l => l.Contains("route broken can be read again", StringComparison.Ordinal));
    }

    [Theory, EveryDatabase]
    public async Task An_integration_whose_document_cannot_be_read_is_opened_by_its_key_and_pages_its_services_policy(Database database)
    {
        await using var night = await Checkout(database);
        await Do(night, $"DELETE FROM routes");
        await night.Service("other", "search");
        foreach (var doc in new[] { NoJson, "{\"id\":\"int_other\"}" })
        {
            await Do(night, $"UPDATE integrations SET doc = {doc} WHERE name = 'checkout-alerts'");
            night.Site.Clock.Advance(TimeSpan.FromMinutes(2));
            Assert.True((await night.Fire("Down" + doc.Length)).IsSuccessStatusCode);
            Assert.Equal(["ada"], await night.Paged());
        }

        await Said(night, "integration", "checkout-alerts");
        // It can be listed, and mended by applying it again.
        Assert.Contains("checkout-alerts", await night.Site.Owner.GetStringAsync("/api/v1/integrations"), StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task A_service_that_is_gone_with_its_route_leaves_the_alert_to_the_catch_all_marked_unrouted(Database database)
    {
        await using var night = await Checkout(database);
        await Do(night, $"UPDATE routes SET doc = {NoJson}");
        await Do(night, $"UPDATE integrations SET doc = {NoJson}, service = NULL");
        night.Site.Clock.Advance(TimeSpan.FromSeconds(2));
        await night.Fire("Down");
        Assert.Equal(["owner"], await night.Paged());
        Assert.True(Assert.Single(await night.Alerts()).Unrouted);
    }

    [Theory, EveryDatabase]
    public async Task A_silence_or_maintenance_that_cannot_be_read_mutes_nothing(Database database)
    {
        await using var night = await Checkout(database);
        await Do(night, $"DELETE FROM routes");
        var now = night.Site.Clock.GetUtcNow();
        await night.Site.Db.Write(async tx =>
        {
            await QuietStore.Add(tx, new Silence("sil_1", ["alertname=Other"], now, now.AddHours(1), "owner", now, "x", true, null));
            await QuietStore.Add(tx, new Maintenance("mnt_1", ["checkout"], now, now.AddHours(1), "owner", now, "x", true));
        }, CancellationToken.None);
        await Do(night, $"UPDATE silences SET matchers = '[\"=\"]'");
        await Do(night, $"UPDATE maintenance SET services = {NoJson}");
        await night.Fire("Down");
        Assert.Equal(["ada"], await night.Paged());
        Assert.Equal("[]", await night.Site.Owner.GetStringAsync("/api/v1/silences"));
        foreach (var one in new[] { "silence sil_1", "maintenance mnt_1" }) Assert.Contains(night.Site.Log.Lines, l => l.Contains($"The stored {one} cannot be read", StringComparison.Ordinal));
    }

    [Theory, EveryDatabase]
    public async Task A_policy_that_cannot_be_read_pages_the_catch_all_and_holds_up_no_other(Database database)
    {
        await using var night = await Checkout(database);
        await Do(night, $"DELETE FROM routes");
        await Do(night, $"UPDATE escalation_policies SET doc = {NoJson} WHERE name = 'checkout'");
        await night.Service("other", "search");
        await night.Fire("Down");
        Assert.Equal(["owner"], await night.Paged());
        await Said(night, "escalation-policy", "checkout");
    }

    [Theory, EveryDatabase]
    public async Task A_climb_whose_copy_of_its_policy_is_broken_goes_to_the_catch_all_and_holds_up_no_other(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        await night.Fire("Elsewhere");
        await night.Paged();
        await Do(night, $"UPDATE policy_copies SET doc = {NoJson}");
        // Another node, which has read nothing yet.
        await using var node = await TestSite.Start(night.Site.Place, builder => builder.Services.AddSingleton<Plantao.Notifications.Channels.IChannel>(night.Mail), clock: night.Site.Clock);
        node.Clock.Advance(TimeSpan.FromMinutes(5));
        await node.Work();
        Assert.Contains("owner", await night.Paged());
        Assert.DoesNotContain(node.Log.Lines, l => l.Contains("cannot act", StringComparison.Ordinal));
    }

    [Theory, EveryDatabase]
    public async Task A_schedule_and_a_persons_rules_that_cannot_be_read_are_passed_over_aloud(Database database)
    {
        await using var night = await Checkout(database);
        await Do(night, $"DELETE FROM routes");
        await night.Policy("checkout", 1, null, ("schedule:main", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Site.Db.Write(tx => OnCallStore.Put(tx, "main", "Main", null, NoJson, 1), CancellationToken.None);
        await Do(night, $"INSERT INTO notification_rules (user_id, urgency, steps) VALUES ({night.Id("grace")}, 'High', {NoJson})");
        await night.Fire("Down");
        Assert.Equal(["grace"], await night.Paged());
        var trail = await night.Trail(Assert.Single(await night.Alerts()).Id);
        Assert.Contains(trail.Journal, e => e.Kind == "escalation.passed");
        Assert.Contains(night.Site.Log.Lines, l => l.Contains("The stored schedule main cannot be read", StringComparison.Ordinal));
    }
}
