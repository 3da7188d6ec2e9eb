using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.Notifications;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications;

/// <summary>What becomes of a page when channels fail, when somebody answers, and after an outage.</summary>
public class DeliveryTests
{
    static async Task<(Night Night, SimulatedChannel Slack)> Checkout(Database database)
    {
        var slack = new SimulatedChannel("slack");
        var night = await Night.Start(database, more: builder => builder.Services.AddSingleton<IChannel>(slack));
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        return (night, slack);
    }

    static Task Chat(Night night, string name) => night.Site.Db.Write(
        tx => night.Site.Get<ContactMethodStore>().AddVerified(tx, night.Id(name), "slack", name + "@chat", "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);

    /// <summary>Chat first, mail only when it is asked for: so that falling back is seen.</summary>
    static async Task ChatFirst(Night night, string name)
    {
        await Chat(night, name);
        await night.Site.Db.Write(tx => NotificationRuleStore.Keep(tx, night.Id(name), Urgency.High, [new RuleStep(["slack"], TimeSpan.Zero)], "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
    }

    [Theory, EveryDatabase]
    public async Task A_channel_that_fails_gives_way_at_once_for_the_gravest_and_within_thirty_seconds_for_the_rest(Database database)
    {
        var (night, slack) = await Checkout(database);
        await using var _ = night;
        await ChatFirst(night, "ada");
        slack.Answers = _ => new Answer.TryAgain("503", 503);

        await night.Fire("Grave");
        await night.Site.Work();
        Assert.Single(night.Mail.Pages);
        await night.Fire("Lesser", "error");
        await night.Site.Work();
        Assert.Single(night.Mail.Pages);
        await night.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal(2, night.Mail.Pages.Count);
    }

    [Theory, EveryDatabase]
    public async Task A_wait_that_is_absurd_sends_it_the_next_way(Database database)
    {
        var (night, slack) = await Checkout(database);
        await using var _ = night;
        await ChatFirst(night, "ada");
        slack.Answers = _ => new Answer.TryAgain("429", 429, TimeSpan.FromDays(400));
        await night.Fire("Lesser", "error");
        await night.Site.Work();
        Assert.Single(night.Mail.Pages);
    }

    [Theory, EveryDatabase]
    public async Task A_dead_address_is_put_out_of_use_and_its_owner_told_elsewhere(Database database)
    {
        var (night, slack) = await Checkout(database);
        await using var _ = night;
        await ChatFirst(night, "ada");
        slack.Answers = _ => new Answer.GiveUp("channel_not_found", 404, AddressIsDead: true);
        await night.Fire("Lesser", "error");
        await night.Site.Work();

        Assert.Single(night.Mail.Pages);
        Assert.Contains(night.Mail.Tried, m => m.Kind is MessageKind.Notice && m.Title.Contains("switched off", StringComparison.Ordinal));
        await night.Pass(TimeSpan.FromMinutes(1));
        await night.Fire("Next", "error");
        await night.Site.Work();
        Assert.Single(slack.Pages);
        Assert.Equal(2, night.Mail.Pages.Count);
    }

    [Theory, EveryDatabase]
    public async Task A_fault_of_our_own_in_a_channel_takes_the_next_way_too(Database database)
    {
        var (night, slack) = await Checkout(database);
        await using var _ = night;
        await ChatFirst(night, "ada");
        slack.Answers = _ => throw new InvalidOperationException("a bug");
        await night.Fire("Grave");
        await night.Site.Work();
        Assert.Single(night.Mail.Pages);
    }

    [Theory, EveryDatabase]
    public async Task Acknowledged_between_claim_and_send_it_is_not_sent(Database database)
    {
        var (night, slack) = await Checkout(database);
        await using var _ = night;
        await Chat(night, "ada");
        await night.Fire("Down");
        foreach (var worker in night.Site.Services.GetServices<Worker>()) await worker.Work(CancellationToken.None);
        foreach (var worker in night.Site.Services.GetServices<Worker>()) await worker.Work(CancellationToken.None);
        // Somebody answers while another channel is at it: this claim was made before, and is looked at again.
        var store = night.Site.Get<NotificationStore>();
        var claimed = Assert.Single(await night.Site.Db.Write(tx => store.Claim(tx, "email", 4, night.Site.Clock.GetUtcNow(), TimeSpan.FromSeconds(15)), CancellationToken.None));
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE deliveries SET status = 'Pending' WHERE id = {claimed.Id}"), CancellationToken.None);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE pages SET status = 'Answered'"), CancellationToken.None);
        await night.Site.Work();

        Assert.Empty(night.Mail.Pages);
        Assert.Empty(slack.Pages);
        Assert.Contains((await night.Trail((await night.Alerts())[0].Id)).Pages[0].Hops, h => h.Kind == "Reevaluated");
    }

    [Theory, EveryDatabase]
    public async Task An_old_button_takes_nothing_from_who_has_it(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada grace", TimeSpan.FromMinutes(5)), ("linus", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down");
        await night.Paged();
        var links = night.Mail.Pages.ToDictionary(p => p.Address, p => p.AnswerUrl!);
        await night.Answer(links["grace@example.org"]);

        var (_, text) = await night.Answer(links["ada@example.org"], "pass-on");
        Assert.Contains("Grace", text, StringComparison.Ordinal);
        Assert.Empty(await night.Paged());
        Assert.Equal("Acknowledged", Assert.Single(await night.Alerts()).Status);
    }

    /// <summary>E7, V16 and design §3 rule 9.</summary>
    [Theory, EveryDatabase(LongOnPostgres = true)]
    public async Task After_an_hour_without_any_channel_nobody_is_flooded_and_nothing_is_forgotten(Database database)
    {
        var (night, _) = await Checkout(database);
        await using var _1 = night;
        night.Mail.Answers = _ => new Answer.TryAgain("away", 503);
        for (var minute = 0; minute < 60; minute++)
        {
            for (var i = 0; i < 2; i++) await night.Fire($"Down{minute}x{i}", "error");
            if (minute == 20) await night.Fire("Gravest", "critical");
            if (minute == 30) await night.Fire("Gone", "critical");
            await night.Site.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20));
        }

        await night.Resolve("Gone", "critical");
        await night.Resolve("Down0x0", "error");
        await night.Site.Work();
        var back = night.Site.Clock.GetUtcNow();
        var seen = night.Mail.Tried.Count;
        night.Mail.Answers = m => new Answer.Accepted(m.Id, 200);
        await night.Site.Pass(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));

        var pages = night.Mail.Tried.Skip(seen).Where(m => m.Kind is MessageKind.Page).ToList();
        Assert.NotEmpty(pages);
        Assert.DoesNotContain(pages, p => p.Title.StartsWith("Gone", StringComparison.Ordinal) || p.Title.StartsWith("Down0x0", StringComparison.Ordinal));
        foreach (var person in pages.Where(p => p.Rank > 1).GroupBy(p => (p.Address, Minute: (int)(p.At - back).TotalMinutes)))
            Assert.True(person.Count() <= 1, $"{person.Key.Address} got {person.Count()} pages in minute {person.Key.Minute}");
        Assert.Contains(pages, p => p.Title.StartsWith("Gravest", StringComparison.Ordinal));
        Assert.Contains(pages, p => p.Text is { } text && text.Contains('+'));
        // Everything that is open is still being asked about, by somebody, within the next minutes.
        var silent = await night.Site.Db.First($"SELECT count(*) FROM escalations WHERE status IN ('Climbing', 'Unanswered') AND (due_at IS NULL OR due_at < {night.Site.Clock.GetUtcNow()})", r => r.Int(0), CancellationToken.None);
        Assert.Equal(0, silent);
        Assert.Equal(0, await night.Site.Db.First($"""
            SELECT count(*) FROM escalations e WHERE e.status = 'Unanswered' AND NOT EXISTS (SELECT 1 FROM pages p WHERE p.subject = e.id AND p.status = 'Open' AND p.due_at IS NOT NULL)
            """, r => r.Int(0), CancellationToken.None));
    }

    /// <summary>Never answers, until it is told to.</summary>
    sealed class BlackHole : IChannel
    {
        public string Name => "slack";

        public TaskCompletionSource<Answer> Said { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Ruling<string> Address(string typed) => typed;

        public Task<Answer> Send(Outgoing message, CancellationToken ct) => Said.Task;
    }

    /// <summary>E6: a channel has workers of its own.</summary>
    [Theory, EveryDatabase]
    public async Task A_channel_that_hangs_holds_up_no_other(Database database)
    {
        var hole = new BlackHole();
        await using var night = await Night.Start(database, more: builder => builder.Services.AddSingleton<IChannel>(hole));
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await Chat(night, "ada");
        var workers = night.Site.Get<Deliverers>().Workers.ToLookup(w => w.Channel == "slack");
        Task hanging = Task.CompletedTask;
        for (var i = 0; i < 20; i++)
        {
            await night.Fire("Down" + i);
            for (var round = 0; round < 3; round++)
            {
                foreach (var worker in night.Site.Services.GetServices<Worker>()) await worker.Work(CancellationToken.None);
                if (hanging.IsCompleted) hanging = workers[true].Single().Work(CancellationToken.None);
                foreach (var worker in workers[false]) await worker.Work(CancellationToken.None);
            }

            Assert.Equal(i + 1, night.Mail.Pages.Count);
        }

        Assert.False(hanging.IsCompleted);
        hole.Said.SetResult(new Answer.Accepted("late", 200));
        await hanging;
    }

    /// <summary>Low urgency is mail, and mail can be a flood as well.</summary>
    [Theory, EveryDatabase]
    public async Task Low_urgency_is_told_once_a_minute_with_a_count_and_takes_nothing_from_the_pages(Database database)
    {
        var (night, _) = await Checkout(database);
        await using var _1 = night;
        for (var i = 0; i < 30; i++) await night.Fire("Filling" + i, "warning");
        await night.Fire("Down", "error");
        await night.Pass(TimeSpan.FromMinutes(3));
        Assert.Single(night.Mail.Pages);
        var told = night.Mail.Tried.Where(m => m.Kind is MessageKind.Notice).ToList();
        Assert.InRange(told.Count, 1, 2);
        var said = string.Join('\n', told.Select(m => m.Title + m.Text));
        Assert.Contains("+", said, StringComparison.Ordinal);
    }

    /// <summary>E7: what a message carried is not forgotten when the one that carried it is over before it left.</summary>
    [Theory, EveryDatabase]
    public async Task What_travelled_in_a_page_that_was_resolved_before_it_was_sent_goes_by_itself(Database database)
    {
        var (night, _) = await Checkout(database);
        await using var _1 = night;
        night.Mail.Answers = _ => new Answer.TryAgain("away", 503);
        await night.Fire("First", "error");
        await night.Fire("Second", "error");
        await night.Fire("Third", "error");
        await night.Site.Work();
        var carrier = Assert.Single(night.Mail.Pages);
        Assert.Equal(" (+2)", carrier.Title[^5..]);
        await night.Resolve(carrier.Title.Split(' ')[0], "error");
        var seen = night.Mail.Tried.Count;
        night.Mail.Answers = m => new Answer.Accepted(m.Id, 200);
        await night.Pass(TimeSpan.FromMinutes(1));
        var page = Assert.Single(night.Mail.Tried.Skip(seen));
        Assert.EndsWith(" (+1)", page.Title, StringComparison.Ordinal);
        Assert.DoesNotContain(carrier.Title.Split(' ')[0], page.Title + page.Text, StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task The_answer_to_a_page_that_carries_others_is_the_answer_to_those_that_its_screen_showed(Database database)
    {
        var (night, _) = await Checkout(database);
        await using var _1 = night;
        night.Mail.Answers = _ => new Answer.TryAgain("away", 503);
        foreach (var name in (string[])["First", "Second", "Third"]) await night.Fire(name, "error");
        await night.Site.Work();
        night.Mail.Answers = m => new Answer.Accepted(m.Id, 200);
        await night.Pass(TimeSpan.FromMinutes(1));
        var page = night.Mail.Tried[^1];
        Assert.EndsWith(" (+2)", page.Title, StringComparison.Ordinal);

        var (status, text) = await night.Answer(page.AnswerUrl!);
        Assert.Equal((HttpStatusCode.OK, true), (status, text.Contains("You have it", StringComparison.Ordinal)));
        Assert.All(await night.Alerts(), a => Assert.Equal("Acknowledged", a.Status));
        Assert.Equal(3, (await night.Alerts()).Count);

        // Somebody else's page is not answered by naming it.
        await night.Fire("Fourth", "error");
        await night.Pass(TimeSpan.FromMinutes(1));
        var other = await night.Site.Db.First($"SELECT max(id) FROM pages", r => r.Text(0), CancellationToken.None);
        using var http = night.Site.Http();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("answer", "acknowledge"), KeyValuePair.Create("with", other!)]);
        using var again = await http.PostAsync(new Uri(page.AnswerUrl!).AbsolutePath, form);
        Assert.Equal("Open", (await night.Alerts()).Single(a => a.Title == "Fourth is on").Status);
    }

    [Theory, EveryDatabase]
    public async Task A_storm_is_one_page_and_then_one_a_minute_with_what_came_meanwhile_and_the_gravest_alone(Database database)
    {
        var (night, _) = await Checkout(database);
        await using var _1 = night;
        for (var second = 0; second < 180; second += 5)
        {
            await night.Fire("Down" + second, "error");
            if (second == 90) await night.Fire("Gravest");
            await night.Pass(TimeSpan.FromSeconds(5));
        }

        await night.Pass(TimeSpan.FromMinutes(1));
        var pages = night.Mail.Pages.Where(p => p.Rank > 1).ToList();
        Assert.InRange(pages.Count, 4, 5);
        Assert.All(pages.Zip(pages.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= TimeSpan.FromSeconds(60), $"{pair.Second.At - pair.First.At} apart"));
        // Everything was said, with its number, at most a minute and a step after it came.
        var said = string.Join('\n', pages.Select(p => p.Title + p.Text));
        for (var second = 0; second < 180; second += 5) Assert.Contains($"Down{second} ", said, StringComparison.Ordinal);
        Assert.Matches(@"\(\+1[0-9]\)$", pages[1].Title);
        var gravest = Assert.Single(night.Mail.Pages, p => p.Rank <= 1);
        Assert.DoesNotContain("Down", gravest.Text ?? "", StringComparison.Ordinal);
        Assert.InRange(gravest.At - pages[0].At, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(95));
    }
}
