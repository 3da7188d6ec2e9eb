using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Escalations;

/// <summary>Climbs on a real database: changes underneath, nobody reachable, clocks that jump, and answers that race.</summary>
public class ClimbStories
{
    static Task Unreachable(Night night, string name) =>
        night.Site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = 1 WHERE user_id = {night.Id(name)}"), CancellationToken.None);

    [Theory, EveryDatabase]
    public async Task With_everybody_unreachable_the_climb_stays_loud_and_pages_who_can_be_reached_again(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        foreach (var name in new[] { "ada", "grace", "owner" }) await Unreachable(night, name);

        await night.Fire("Down");
        await night.Pass(TimeSpan.FromMinutes(6));
        var trail = await night.Trail(Assert.Single(await night.Alerts()).Id);
        Assert.Equal(("Unanswered", false), (trail.Escalation!.Status, trail.Escalation.Reached));
        Assert.Contains(trail.Journal, e => e.Kind == "escalation.unreached");
        Assert.Equal((1L, 1L), await night.Site.Get<EscalationStore>().Loud(CancellationToken.None));

        await night.Site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = NULL WHERE user_id = {night.Id("owner")}"), CancellationToken.None);
        await night.Pass(TimeSpan.FromMinutes(6));
        Assert.Contains("owner", await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Low_urgency_for_somebody_who_cannot_be_reached_is_told_to_the_catch_all(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await Unreachable(night, "ada");
        await night.Fire("Filling", "warning");
        await night.Site.Work();
        Assert.Equal("owner@example.org", Assert.Single(night.Mail.Tried).Address);
    }

    [Theory, EveryDatabase]
    public async Task A_policy_that_is_edited_or_gone_and_a_person_who_left_stop_no_climb(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)), ("linus", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down");
        Assert.Equal(["ada"], await night.Paged());

        await night.Site.Db.Write(tx => EscalationStore.Remove(tx, "checkout", night.Site.Clock.GetUtcNow()), CancellationToken.None);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE users SET status = 'Deactivated' WHERE id = {night.Id("grace")}"), CancellationToken.None);
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("linus", await night.Paged());
        var trail = await night.Trail(Assert.Single(await night.Alerts()).Id);
        Assert.Contains(trail.Journal, e => e.Kind == "escalation.passed");

        // What opens now finds no policy: the Owners, aloud.
        await night.Fire("Another");
        Assert.Contains("owner", await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task A_clock_that_jumps_an_hour_takes_one_step_and_pages_nobody_twice(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 3, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)), ("linus", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down");
        Assert.Equal(["ada"], await night.Paged());
        night.Site.Clock.Jump(night.Site.Clock.GetUtcNow().AddHours(1));
        Assert.Single(await night.Paged(), p => p == "grace");
        night.Site.Clock.Jump(night.Site.Clock.GetUtcNow().AddHours(-1));
        Assert.Empty(await night.Paged());
    }

    /// <summary>Design §15, Quiet: when the last reason ends and the alert is still open, its climb starts.</summary>
    [Theory, EveryDatabase(LongOnPostgres = true)]
    public async Task An_acknowledgement_or_a_snooze_that_runs_out_under_a_silence_leaves_it_open_and_quiet_until_the_last_reason_ends(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down");
        await night.Fire("Slow");
        await night.Paged();
        foreach (var page in night.Mail.Pages.ToList()) await night.Answer(page.AnswerUrl!);
        var slow = Assert.Single(await night.Alerts(), a => a.Title.StartsWith("Slow", StringComparison.Ordinal)).Id;
        Assert.True((await night.Site.Owner.PutAsJsonAsync($"/api/v1/alerts/{slow}/snooze", new { minutes = 60 })).IsSuccessStatusCode);

        var now = night.Site.Clock.GetUtcNow();
        await night.Site.Db.Write(async tx =>
        {
            await QuietStore.Add(tx, new Silence("sil_1", ["service=checkout"], now, now.AddMinutes(90), "owner", now, "network work", Gravest: true, Team: null));
            await QuietStore.Add(tx, new Maintenance("mnt_1", ["checkout"], now, now.AddMinutes(120), "owner", now, "a longer one", Gravest: true));
        }, CancellationToken.None);
        await night.Paged();
        Assert.All(await night.Alerts(), a => Assert.Equal("Acknowledged", a.Status));

        // Both run out, and the first reason ends: open again, quiet, and nobody is asked.
        await night.Pass(TimeSpan.FromMinutes(110));
        Assert.Empty(await night.Paged());
        foreach (var alert in await night.Alerts())
        {
            Assert.Equal("Open", alert.Status);
            Assert.Equal("Quiet", (await night.Trail(alert.Id)).Escalation!.Status);
        }

        await night.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(["ada"], (await night.Paged()).Distinct(StringComparer.Ordinal));
        Assert.All(await night.Alerts(), a => Assert.Equal("Open", a.Status));
    }

    /// <summary>Design §15, Acknowledgement timeout.</summary>
    [Theory, EveryDatabase]
    public async Task Still_on_it_goes_by_chat_once_and_one_tap_keeps_it(Database database)
    {
        var chat = new SimulatedChannel("slack");
        await using var night = await Night.Start(database, more: builder => builder.Services.AddSingleton<IChannel>(chat));
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Site.Db.Write(tx => night.Site.Get<ContactMethodStore>().AddVerified(tx, night.Id("ada"), "slack", "ada@chat", "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        await night.Fire("Down");
        await night.Site.Work();
        await night.Answer(night.Mail.Pages[0].AnswerUrl!);
        var (mails, chats) = (night.Mail.Tried.Count, chat.Tried.Count);

        await night.Pass(TimeSpan.FromMinutes(24));
        Assert.Equal((mails, chats), (night.Mail.Tried.Count, chat.Tried.Count));
        await night.Pass(TimeSpan.FromMinutes(2));
        // Her low rules are mail alone; this goes where she looks at night.
        var asked = Assert.Single(chat.Tried.Skip(chats));
        Assert.Equal(mails, night.Mail.Tried.Count);
        Assert.StartsWith("Still on it?", asked.Title, StringComparison.Ordinal);

        var (_, text) = await night.Answer(asked.AnswerUrl!);
        Assert.Contains("another 30 minutes", text, StringComparison.Ordinal);
        await night.Pass(TimeSpan.FromMinutes(24));
        Assert.Equal("Acknowledged", Assert.Single(await night.Alerts()).Status);
        var trail = await night.Trail(Assert.Single(await night.Alerts()).Id);
        Assert.Contains(trail.Journal, e => e.Kind == "escalation.extended");
        Assert.Equal("Answered", Assert.Single(trail.Pages, p => p.Urgency == "StillOnIt").Status);

        // Asked again, and this time nobody answers: she and who is on call are paged.
        await night.Pass(TimeSpan.FromMinutes(7));
        Assert.Contains(chat.Pages.Skip(1), p => !p.Title.StartsWith("Still", StringComparison.Ordinal));
        Assert.Equal("Open", Assert.Single(await night.Alerts()).Status);
    }

    [Theory, EveryDatabase]
    public async Task Escalate_now_past_an_unreachable_step_answers_with_the_step_that_was_taken(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)), ("linus", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await Unreachable(night, "grace");
        await night.Fire("Down");
        await night.Paged();
        var alert = Assert.Single(await night.Alerts());
        var answer = await night.Site.Owner.PostAsync($"/api/v1/alerts/{alert.Id}/escalation", null);
        var view = await answer.Content.ReadFromJsonAsync<EscalationView>();
        Assert.Contains("linus", await night.Paged());
        Assert.Equal((await night.Trail(alert.Id)).Escalation!.Step, view!.Step);
    }

    /// <summary>G1, V5: acknowledgements by link and by API, resolves, new members and steps, all at once. One commit order, no deadlock, nobody asked afterwards.</summary>
    [Fact]
    [Trait("Kind", "Postgres")]
    public Task Eighty_races_of_answers_and_steps_end_in_one_order_without_a_deadlock() => Race(8);

    /// <summary>The number of failures.md G1.</summary>
    [Fact]
    [Trait("Kind", "Long")]
    public async Task Ten_thousand_races_of_answers_and_steps_end_in_one_order_without_a_deadlock()
    {
        // On a fresh database each: the list of alerts that a race asks for is no part of it.
        for (var batch = 0; batch < 50; batch++) await Race(20, 4711 + batch);
    }

    static async Task Race(int races, int seed = 4711)
    {
        await using var night = await Night.Start(Database.Postgres);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        var random = new Random(seed);
        var workers = night.Site.Services.GetServices<Plantao.Platform.Worker>().ToList();
        for (var race = 0; race < races; race++)
        {
            for (var i = 0; i < 10; i++)
                foreach (var instance in new[] { "a", "b" }) await night.Fire($"Down{race}x{i}", labels: ("instance", instance));
            await night.Site.Work();
            var open = (await night.Alerts("unresolved")).Where(a => a.Title.StartsWith($"Down{race}x", StringComparison.Ordinal)).ToList();
            Assert.Equal(20, open.Count);
            var links = night.Mail.Pages.Where(p => p.Title.StartsWith($"Down{race}x", StringComparison.Ordinal)).Select(p => p.AnswerUrl!).ToList();
            night.Site.Clock.Advance(TimeSpan.FromMinutes(5));
            for (var i = 0; i < 5; i++) await night.Fire($"Down{race}x{i}", labels: ("instance", "c"));

            var acts = new List<Func<Task>>();
            foreach (var alert in open)
            {
                acts.Add(() => night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/acknowledgement", null));
                if (random.Next(3) == 0) acts.Add(() => night.Site.Owner.PutAsync($"/api/v1/alerts/{alert.Id}/resolution", null));
            }

            foreach (var link in links) acts.Add(() => night.Answer(link));
            foreach (var worker in workers) for (var i = 0; i < 3; i++) acts.Add(() => worker.Work(CancellationToken.None));
            var shuffled = acts.ToArray();
            random.Shuffle(shuffled);
            await Task.WhenAll(shuffled.Select(act => Task.Run(act)));
            await night.Site.Work();
        }

        var db = night.Site.Db;
        Assert.Equal(0, await db.First($"SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", r => r.Int(0), CancellationToken.None));
        // Of the epochs before an answer no page still asks, and no delivery could still go.
        Assert.Equal(0, await db.First($"""
            SELECT count(*) FROM escalations e JOIN pages p ON p.subject = e.id LEFT JOIN deliveries d ON d.page_id = p.id AND d.status IN ('Pending', 'Sending')
             WHERE e.status IN ('Acknowledged', 'Ended') AND p.epoch < e.epoch AND (p.status = 'Open' OR d.id IS NOT NULL)
            """, r => r.Int(0), CancellationToken.None));
        Assert.Equal(0, await db.First($"SELECT count(*) FROM alert_groups g WHERE g.unresolved <> (SELECT count(*) FROM alerts a WHERE a.group_id = g.id AND a.status <> 'Resolved')", r => r.Int(0), CancellationToken.None));
        Assert.Equal(0, await db.First($"SELECT count(*) FROM escalations e JOIN alert_groups g ON g.id = e.subject WHERE (g.ended_at IS NULL) = (e.status = 'Ended')", r => r.Int(0), CancellationToken.None));
        Assert.DoesNotContain(night.Site.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }
}
