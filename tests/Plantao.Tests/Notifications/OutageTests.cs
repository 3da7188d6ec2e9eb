using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Notifications;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications;

/// <summary>E7, H1, V16 and design §3 rule 9: what is due after an outage is judged again, the gravest goes first, and nobody is flooded.</summary>
public class OutageTests(ITestOutputHelper output)
{
    const int Alerts = 2000;
    const int People = 12;

    /// <summary>What one piece of work takes: so that an order shows as time.</summary>
    static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(25);

    [Theory, EveryDatabase(LongOnPostgres = true)]
    public async Task After_an_hour_down_with_two_thousand_alerts_the_gravest_goes_first_and_each_person_gets_a_page_a_minute_with_a_count(Database database)
    {
        await using var night = await Night.Start(database);
        var rules = new List<RouteRule>();
        for (var p = 0; p < People; p++)
        {
            await night.Policy("team-" + p, 1, null, ("person" + p, TimeSpan.FromMinutes(20)));
            rules.Add(new RouteRule([$"team=\"{p}\""], EscalationPolicy: "team-" + p));
        }

        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(20)));
        await night.Service("checkout");
        await night.Site.Db.Write(async tx =>
        {
            await RouteStore.Put(tx, new Route("teams", null, 1, rules), 1);
            await SeverityStore.Put(tx, new SeverityScale("house", [new SeverityLabel("critical", 0), new SeverityLabel("error", 2)]), null, 1);
        }, CancellationToken.None);

        // All were taken before the server went, none was decided. One in 100 is of the gravest, and they came last.
        var began = night.Site.Clock.GetUtcNow();
        foreach (var chunk in Enumerable.Range(0, Alerts).Chunk(500)) await Send(night, chunk, began, null);
        night.Site.Clock.Jump(began.AddHours(1));
        // Its sources come back with it: one in ten is over.
        var back = night.Site.Clock.GetUtcNow();
        await Send(night, [.. Enumerable.Range(0, Alerts).Where(i => i % 10 == 3)], began, back);

        await Run(night.Site, TimeSpan.FromMinutes(3));

        var pages = night.Mail.Pages;
        Assert.DoesNotContain(pages, p => Number(p.Title) % 10 == 3);
        var gravest = pages.Where(p => p.Rank == 0).ToList();
        Assert.Equal(Enumerable.Range(0, Alerts).Count(Gravest), gravest.Select(p => p.Title).Distinct(StringComparer.Ordinal).Count());
        Assert.All(gravest, p => Assert.DoesNotContain("(+", p.Title, StringComparison.Ordinal));
        Assert.InRange(gravest.Min(p => p.At) - back, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        foreach (var person in pages.Where(p => p.Rank > 1).GroupBy(p => p.Address, StringComparer.Ordinal))
        {
            var times = person.Select(p => p.At).Order().ToList();
            Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(60), $"{person.Key}: {pair.Second - pair.First} apart"));
        }

        // Every alert that is open has gone out, in a page of its own or counted in another's.
        Assert.Equal(0, await night.Site.Db.First($"""
            WITH RECURSIVE said (id) AS (
                SELECT d.page_id FROM deliveries d WHERE d.status = 'Accepted' AND d.page_id IS NOT NULL
                UNION SELECT h.page_id FROM said s JOIN hops h ON h.kind = 'Merged' AND h.detail = s.id)
            SELECT count(*) FROM escalations e WHERE e.status <> 'Ended' AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.subject = e.id AND p.id IN (SELECT id FROM said))
            """, r => r.Int(0), CancellationToken.None));
        output.WriteLine($"{database}: {pages.Count} pages for {Alerts} alerts and {People} people, the first of rank 0 after {(gravest.Min(p => p.At) - back).TotalSeconds:0.0} s; {pages.Where(p => p.Rank > 1).Select(p => p.Title).MaxBy(t => t.Length)}");
    }

    static bool Gravest(int i) => i % 100 == 99;

    static int Number(string title) => int.Parse(title.Split(' ')[0]["Alert".Length..], CultureInfo.InvariantCulture);

    static async Task Send(Night night, int[] numbers, DateTimeOffset startsAt, DateTimeOffset? endsAt)
    {
        var body = JsonSerializer.Serialize(numbers.Select(i => new
        {
            labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = "Alert" + i, ["severity"] = Gravest(i) ? "critical" : "error", ["team"] = (i % People).ToString(CultureInfo.InvariantCulture) },
            annotations = new { summary = $"Alert{i} is on" },
            startsAt,
            endsAt = endsAt ?? startsAt.AddHours(12),
        }));
        Assert.True((await night.Post("/api/v2/alerts", body)).IsSuccessStatusCode);
    }

    static async Task Run(TestSite site, TimeSpan time)
    {
        var workers = site.App.Services.GetServices<Worker>().Concat(site.Get<Deliverers>().Workers).ToList();
        for (var end = site.Clock.GetUtcNow() + time; site.Clock.GetUtcNow() < end;)
        {
            var more = false;
            foreach (var worker in workers)
            {
                if (!await worker.Work(CancellationToken.None)) continue;
                more = true;
                site.Clock.Advance(Piece);
            }

            if (!more) site.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
