using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Stories;

/// <summary>What is kept how long, and what is left of somebody who asked to be forgotten (design §15, Retention; failures.md K10).</summary>
public class RetentionStory
{
    static async Task Clear(Night night)
    {
        var worker = night.Site.Services.GetServices<Worker>().OfType<RetentionWorker>().Single();
        night.Site.Clock.Advance(TimeSpan.FromHours(1));
        await worker.Work(CancellationToken.None);
        Assert.DoesNotContain(night.Site.Log.Lines, line => line.Contains("Could not remove", StringComparison.Ordinal));
    }

    static Task<long> Count(Night night, Sql sql) => night.Site.Db.Write(tx => tx.Count(sql), CancellationToken.None);

    static async Task Seal(Night night)
    {
        var sealer = night.Site.Services.GetServices<Worker>().OfType<Sealer>().Single();
        while (await sealer.Work(CancellationToken.None)) { }
    }

    static Sql Text(string own) => Sql.Own(own);

    static async Task<Night> Start(Database database)
    {
        var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Over");
        await night.Fire("Open", endsAt: night.Site.Clock.GetUtcNow().AddDays(3650), labels: ("instance", "b"));
        await night.Site.Work();
        await night.Resolve("Over");
        await night.Pass(TimeSpan.FromSeconds(10));
        return night;
    }

    [Theory, EveryDatabase]
    public async Task Payloads_go_after_thirty_days_and_their_digest_stays_and_nothing_open_is_touched(Database database)
    {
        await using var night = await Start(database);
        var sent = await Count(night, Text("SELECT count(*) FROM signals"));
        night.Site.Clock.Advance(TimeSpan.FromDays(29));
        await Clear(night);
        Assert.Equal(sent, await Count(night, Text("SELECT count(*) FROM signals WHERE digest IS NULL AND length(body) > 0")));

        night.Site.Clock.Advance(TimeSpan.FromDays(2));
        await Clear(night);
        // The one of the alert that is still open, and no other, is there as it came.
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM signals WHERE digest IS NULL AND length(body) > 0")));
        Assert.Equal(sent - 1, await Count(night, Text("SELECT count(*) FROM signals WHERE length(digest) = 64 AND length(body) = 0")));
        Assert.Equal(2, (await night.Alerts()).Count);

        var open = Assert.Single(await night.Alerts("unresolved"));
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{open.Id}/resolution", null);
        await Clear(night);
        Assert.Equal(0, await Count(night, Text("SELECT count(*) FROM signals WHERE digest IS NULL")));
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task The_digest_is_that_of_the_body_as_it_came()
    {
        await using var night = await Night.Start(Database.Sqlite);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        const string Body = """[{"labels":{"alertname":"Gone"},"endsAt":"2020-01-01T00:00:00Z"}]""";
        await night.Post("/api/v2/alerts", Body);
        await night.Site.Work();
        night.Site.Clock.Advance(TimeSpan.FromDays(31));
        await Clear(night);
        var digest = await night.Site.Db.First(Text("SELECT digest FROM signals"), r => r.Text(0), CancellationToken.None);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))), digest);
    }

    [Theory, EveryDatabase]
    public async Task Alerts_pages_and_hops_go_after_thirteen_months_what_is_open_stays_and_the_journal_is_whole(Database database)
    {
        await using var night = await Start(database);
        var entries = await Count(night, Text("SELECT count(*) FROM journal"));
        night.Site.Clock.Advance(TimeSpan.FromDays(395));
        await Clear(night);
        Assert.Equal(2, await Count(night, Text("SELECT count(*) FROM alerts")));

        night.Site.Clock.Advance(TimeSpan.FromDays(2));
        await Clear(night);
        await Clear(night);
        var open = Assert.Single(await night.Site.Owner.GetFromJsonAsync<Part<AlertView>>("/api/v1/alerts") is { } part ? part.Items : []);
        Assert.Equal("Open is on", open.Title);
        var trail = await night.Trail(open.Id);
        Assert.NotEmpty(trail.Pages);
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM alert_groups")));
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM escalations")));
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM page_subjects")));
        Assert.Equal(0, await Count(night, Text("SELECT count(*) FROM pages WHERE status <> 'Open'")));
        Assert.Equal(0, await Count(night, Text("SELECT count(*) FROM hops WHERE page_id NOT IN (SELECT id FROM pages)")));
        Assert.Equal(0, await Count(night, Text("SELECT count(*) FROM alert_texts WHERE alert_id NOT IN (SELECT id FROM alerts)")));
        Assert.Equal(entries, await Count(night, Text("SELECT count(*) FROM journal")));
        await Seal(night);
        Assert.True((await night.Site.Get<Journals>().Verify(null, CancellationToken.None)).Whole);
    }

    [Theory, EveryDatabase]
    public async Task An_owner_sets_the_periods_within_bounds_and_they_hold(Database database)
    {
        await using var night = await Start(database);
        Assert.Equal(new RetentionView(30, 396), await night.Site.Owner.GetFromJsonAsync<RetentionView>("/api/v1/retention"));
        foreach (var bad in new RetentionView[] { new(0, 396), new(396, 400), new(30, 89), new(30, 3661), new(200, 100) })
        {
            using var refused = await night.Site.Owner.PutAsJsonAsync("/api/v1/retention", bad);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        using var set = await night.Site.Owner.PutAsJsonAsync("/api/v1/retention", new RetentionView(2, 90));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        night.Site.Clock.Advance(TimeSpan.FromDays(3));
        await Clear(night);
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM signals WHERE digest IS NULL")));
        night.Site.Clock.Advance(TimeSpan.FromDays(88));
        await Clear(night);
        Assert.Equal(1, await Count(night, Text("SELECT count(*) FROM alerts")));
    }

    [Theory, EveryDatabase]
    public async Task Of_somebody_who_was_erased_no_name_is_left_and_the_chain_is_whole(Database database)
    {
        await using var night = await Night.Start(database);
        var (id, token) = await night.Site.Person("zoroaster");
        foreach (var name in new[] { "ada", "zoroasters" }) await night.Person(name);
        PackRequest pack = new(
        [
            new("pack.yaml", "name: night\ntitle: Night\nversion: 1.0.0\n"),
            new("schedules/checkout.yaml", "zone: Etc/UTC\nlayers:\n  - name: primary\n    people: [zoroaster, zoroasters]\n    start: 2026-09-21\n"),
            new("escalation-policies/checkout.yaml", "title: Checkout\nsteps:\n  - targets: [person:zoroaster, person:zoroasters]\n    wait: 5m\n"),
            new("services/checkout.yaml", "title: Checkout\nescalation_policy: checkout\n"),
            new("integrations/am.yaml", "title: Alertmanager\nformat: alertmanager\nservice: checkout\n"),
        ]);
        using var applied = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", pack);
        using var made = await night.Site.Owner.PostAsync("/api/v1/integrations/am/keys", null);
        await night.Fire("Down", key: (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key);
        await night.Site.Work();
        using var own = night.Site.Http(token);
        await own.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Something is odd", null, "checkout"));
        await night.Pass(TimeSpan.FromMinutes(6));

        // Not before they have left.
        using var early = await night.Site.Owner.PostAsync("/api/v1/users/zoroaster/erasure", null);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        using var left = await night.Site.Owner.PostAsJsonAsync("/api/v1/users/zoroaster/deactivation", new DeactivateRequest(new Dictionary<string, string> { ["schedule/checkout"] = "ada", ["escalation-policy/checkout"] = "ada" }));
        Assert.True(left.IsSuccessStatusCode, await left.Content.ReadAsStringAsync());
        await Seal(night);
        var before = await night.Site.Get<Journals>().Verify(null, CancellationToken.None);
        Assert.NotEmpty(await Hits(night));

        using var erased = await night.Site.Owner.PostAsync("/api/v1/users/zoroaster/erasure", null);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        Assert.Empty(await Hits(night));
        await Seal(night);
        var verdict = await night.Site.Get<Journals>().Verify(before.Head, CancellationToken.None);
        Assert.True(verdict.Whole, verdict.Why);
        Assert.True(verdict.Erased > before.Erased);
        // A name that only begins alike is somebody else's.
        Assert.Contains("zoroasters", (await night.Site.Owner.GetFromJsonAsync<List<DefinitionView>>("/api/v1/definitions/"))!.Single(d => d.Kind == "schedule").Yaml, StringComparison.Ordinal);
        Assert.StartsWith("erased-", (await night.Site.Owner.GetFromJsonAsync<UserView>("/api/v1/users/" + id))!.Name, StringComparison.Ordinal);
        Assert.NotEmpty((await night.Trail((await night.Alerts())[0].Id)).Pages);
    }

    /// <summary>Where, in all columns of all tables, the name still stands: asked of the database itself.</summary>
    static Task<IReadOnlyList<string>> Hits(Night night) => night.Site.Db.Write<IReadOnlyList<string>>(async tx =>
    {
        var hits = new List<string>();
        foreach (var table in await Catalogue.Tables(tx))
            foreach (var column in table.Columns.Where(c => c.Type is ColumnType.Text))
                foreach (var text in await tx.Query(Sql.Own($"SELECT \"{column.Name}\" FROM \"{table.Name}\" WHERE lower(\"{column.Name}\") LIKE '%zoroaster%'"), r => r.Text(0)))
                    if (Handles.Stands(text, "zoroaster")) hits.Add($"{table.Name}.{column.Name}: {text}");
        return hits;
    }, CancellationToken.None);
}
