using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

/// <summary>D7, D8, D9: what cannot be decided pages all the same, and what is not taken leaves a trace.</summary>
public class PoisonTests
{
    static async Task<Night> Checkout(Database database, FakeClock? clock = null, Action<WebApplicationBuilder>? more = null)
    {
        var night = await Night.Start(database, clock, more);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        return night;
    }

    [Theory, EveryDatabase]
    public async Task A_signal_that_was_damaged_on_disk_pages_and_holds_up_nobody(Database database)
    {
        await using var night = await Checkout(database);
        for (var i = 0; i < 6; i++) await night.Fire("Down" + i);
        // Cut to nothing, cut short, and changed inside: three ways in which a disk lies.
        await night.Site.Db.Write(async tx =>
        {
            await tx.Execute($"UPDATE signals SET body = {Array.Empty<byte>()} WHERE id = 2");
            await tx.Execute($"UPDATE signals SET body = {new byte[20]} WHERE id = 3");
            await tx.Execute($"UPDATE signals SET body = {new byte[200]} WHERE id = 4");
        }, CancellationToken.None);

        var alerts = await night.Alerts();
        Assert.Equal(3, alerts.Count(a => a.Title.StartsWith("Down", StringComparison.Ordinal)));
        Assert.Equal(3, alerts.Count(a => a.Title.Contains("could not be understood", StringComparison.Ordinal)));
        Assert.All(alerts, a => Assert.Equal("checkout", a.Service));
        Assert.Equal(6, (await night.Paged()).Count(p => p == "ada"));
        var dead = (await night.Site.Owner.GetFromJsonAsync<DeadLetterView[]>("/api/v1/dead-letters"))!;
        Assert.Equal(["sig_2", "sig_3", "sig_4"], dead.Select(d => d.Signal));
    }

    [Theory, EveryDatabase]
    public async Task It_is_tried_five_times_and_once_it_is_mended_a_replay_decides_it_and_ends_its_raw_alert(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down");
        var body = await night.Site.Db.First($"SELECT body FROM signals WHERE id = 1", r => r.Bytes(0), CancellationToken.None);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE signals SET body = {new byte[100]} WHERE id = 1"), CancellationToken.None);
        await night.Pass(TimeSpan.FromMinutes(10));
        var dead = Assert.Single((await night.Site.Owner.GetFromJsonAsync<DeadLetterView[]>("/api/v1/dead-letters"))!);
        Assert.Equal((5, (DateTimeOffset?)null), (dead.Attempts, dead.NextTryAt));

        await night.Site.Db.Write(tx => tx.Execute($"UPDATE signals SET body = {body} WHERE id = 1"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.NoContent, (await night.Site.Owner.PostAsync("/api/v1/dead-letters/sig_1/replay", null)).StatusCode);
        Assert.StartsWith("Down", Assert.Single(await night.Alerts("unresolved")).Title, StringComparison.Ordinal);
        Assert.Empty((await night.Site.Owner.GetFromJsonAsync<DeadLetterView[]>("/api/v1/dead-letters"))!);
    }

    /// <summary>The applying throws, not the reading: what the try had written must be gone, and the other letters still tried.</summary>
    [Theory, EveryDatabase]
    public async Task What_throws_while_it_is_applied_leaves_nothing_behind_and_lets_the_others_be_tried(Database database)
    {
        await using var night = await Checkout(database);
        await night.Fire("Down0");
        await night.Paged();
        await night.Resolve("Down0");
        await night.Site.Work();
        // What is known of its condition is damaged: reading the signal works, and applying it does not.
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE alert_keys SET openings = 'not json'"), CancellationToken.None);
        await night.Fire("Down0");
        await night.Fire("Down1");

        Assert.Contains("ada", await night.Paged());
        var titles = (await night.Alerts("unresolved")).Select(a => a.Title).ToList();
        Assert.Contains(titles, t => t.StartsWith("Down1", StringComparison.Ordinal));
        Assert.Contains(titles, t => t.Contains("could not be understood", StringComparison.Ordinal));
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(2, Assert.Single((await night.Site.Owner.GetFromJsonAsync<DeadLetterView[]>("/api/v1/dead-letters"))!).Attempts);

        await night.Site.Db.Write(tx => tx.Execute($"UPDATE alert_keys SET openings = '[]' WHERE openings = 'not json'"), CancellationToken.None);
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty((await night.Site.Owner.GetFromJsonAsync<DeadLetterView[]>("/api/v1/dead-letters"))!);
        Assert.Equal(2, (await night.Alerts("unresolved")).Count);
    }

    [Theory, EveryDatabase]
    public async Task What_is_refused_leaves_a_trace_and_its_people_are_told_at_first_and_while_it_goes_on(Database database)
    {
        await using var night = await Checkout(database);
        var deep = new string('[', 2000);
        foreach (var body in new[] { "{", "not json", deep, "{\"title\":\"" + new string('x', 2_000_000) + "\"}" })
            Assert.False((await night.Post("/in/" + night.Key + "/json", body)).IsSuccessStatusCode);

        var refusals = (await night.Site.Owner.GetFromJsonAsync<RefusalView[]>("/api/v1/integrations/checkout-alerts/refusals"))!;
        Assert.Equal(4, refusals.Length);
        Assert.Contains(refusals, r => r.Status == 413);
        Assert.All(refusals, r => Assert.True(r.Head.Length <= 2048));
        var alert = Assert.Single(await night.Alerts());
        Assert.Equal("checkout", alert.Service);
        Assert.Contains(night.Mail.Tried, m => m.Address == "ada@example.org" && m.Title == alert.Title);

        // It goes on for half an hour: the alert stays open all the while, and is said at most every 5 min.
        for (var minute = 0; minute < 30; minute++)
        {
            await night.Pass(TimeSpan.FromMinutes(1));
            await night.Post("/in/" + night.Key + "/json", "{");
        }

        var after = Assert.Single(await night.Alerts());
        Assert.Equal("Open", after.Status);
        Assert.InRange(after.Signals, 6, 8);
        await night.Pass(TimeSpan.FromMinutes(16));
        Assert.Empty(await night.Alerts("unresolved"));
    }

    [Theory, EveryDatabase]
    public async Task Over_the_limit_what_was_taken_and_what_was_refused_is_what_was_sent(Database database)
    {
        var clock = new FakeClock();
        await using var night = await Checkout(database, clock, builder => builder.Services.AddSingleton(new IntakeLimiter(clock, 20)));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 60; i++) answers.Add((await night.Post("/in/" + night.Key + "/json", $$"""{"title":"Storm {{i.ToString(CultureInfo.InvariantCulture)}}"}""")).StatusCode);

        Assert.Equal(20, answers.Count(a => (int)a is >= 200 and < 300));
        Assert.Equal(40, answers.Count(a => a is HttpStatusCode.TooManyRequests));
        var alerts = await night.Alerts();
        Assert.Equal(20, alerts.Count(a => a.Title.StartsWith("Storm", StringComparison.Ordinal)));
        Assert.Single(alerts, a => a.Title.Contains("more than it may", StringComparison.Ordinal));
        // One row for all of them, with their number.
        Assert.Equal((1L, 40L), await night.Site.Db.First($"SELECT count(*), CAST(sum(count) AS BIGINT) FROM refusals WHERE status = 429", r => (r.Long(0), r.Long(1)), CancellationToken.None));

        // It goes on for eleven minutes: a row in five, each refusal counted, and the owner told with each row.
        var sent = 60;
        for (var minute = 0; minute < 11; minute++)
        {
            await night.Pass(TimeSpan.FromMinutes(1));
            for (var i = 0; i < 50; i++, sent++) answers.Add((await night.Post("/in/" + night.Key + "/json", $$"""{"title":"Storm {{sent.ToString(CultureInfo.InvariantCulture)}}"}""")).StatusCode);
        }

        await night.Site.Work();
        var (rows, refused) = await night.Site.Db.First($"SELECT count(*), CAST(sum(count) AS BIGINT) FROM refusals WHERE status = 429", r => (r.Long(0), r.Long(1)), CancellationToken.None);
        Assert.InRange(rows, 2, 3);
        Assert.Equal(sent, answers.Count(a => (int)a is >= 200 and < 300) + refused);
        Assert.Equal(refused, answers.Count(a => a is HttpStatusCode.TooManyRequests));
        Assert.Equal(rows, await night.Site.Db.First($"SELECT a.signals FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE t.title LIKE '%more than it may%'", r => r.Long(0), CancellationToken.None));
    }
}
