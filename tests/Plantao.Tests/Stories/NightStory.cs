using System.Net;
using Plantao.Notifications.Channels;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Stories;

/// <summary>A night, told through HTTP and a mail provider: who is paged, when, and who is not.</summary>
public class NightStory
{
    [Theory, EveryDatabase]
    public async Task Primary_sleeps_and_secondary_is_paged_after_the_wait(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)), ("linus", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");

        Assert.Equal(HttpStatusCode.OK, (await night.Fire("CheckoutDown")).StatusCode);
        Assert.Equal(["ada"], await night.Paged());

        await night.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Empty(await night.Paged());
        await night.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("grace", await night.Paged());

        await night.Pass(TimeSpan.FromMinutes(10));
        Assert.Contains("linus", await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task An_acknowledgement_before_the_wait_ends_stops_the_climb(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        Assert.Equal(["ada"], await night.Paged());

        await night.Pass(TimeSpan.FromMinutes(4) + TimeSpan.FromSeconds(59));
        var (status, text) = await night.Answer(night.Mail.Pages[0].AnswerUrl!);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("You have it", text, StringComparison.Ordinal);

        await night.Pass(TimeSpan.FromMinutes(20));
        Assert.DoesNotContain("grace", await night.Paged());
        Assert.Equal("Acknowledged", Assert.Single(await night.Alerts()).Status);
    }

    [Theory, EveryDatabase]
    public async Task A_gap_is_passed_at_once(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        // Nobody from Friday evening on; the alert comes on a Monday at 09:00 UTC, outside the window.
        await night.Schedule("primary", """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05","only":["monday-friday 10:00-18:00"]}]}""");
        await night.Policy("checkout", 1, null, ("schedule:primary", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");

        await night.Fire("CheckoutDown");
        Assert.Equal(["grace"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Everybody_unreachable_is_loud_and_never_a_silent_end(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        // Nobody answers: two rounds, then the Owner, by every method, every five minutes.
        await night.Fire("CheckoutDown");
        Assert.Equal(["ada"], await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("ada", await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("owner", await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(16));
        Assert.Equal(3, (await night.Paged()).Count(p => p == "owner"));

        var trail = await night.Trail((await night.Alerts())[0].Id);
        Assert.Equal("Unanswered", trail.Escalation!.Status);
        Assert.Contains(trail.Journal, e => e.Kind == "escalation.catch-all");
    }

    [Theory, EveryDatabase]
    public async Task Resolved_at_the_source_is_resolved_here_and_its_pages_are_closed(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        Assert.Equal(["ada"], await night.Paged());

        await night.Pass(TimeSpan.FromMinutes(1));
        await night.Resolve("CheckoutDown");
        await night.Pass(TimeSpan.FromMinutes(30));

        Assert.Empty(await night.Paged());
        var alert = Assert.Single(await night.Alerts());
        Assert.Equal("Resolved", alert.Status);
        var trail = await night.Trail(alert.Id);
        Assert.Equal("Ended", trail.Escalation!.Status);
        Assert.All(trail.Pages, p => Assert.Equal("Closed", p.Status));
        Assert.Equal(["Decided", "Attempted", "Accepted", "Closed"], trail.Pages[0].Hops.Select(h => h.Kind));
    }

    [Theory, EveryDatabase]
    public async Task A_forgotten_acknowledgement_pages_again(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        await night.Paged();
        await night.Answer(night.Mail.Pages[0].AnswerUrl!);

        await night.Pass(TimeSpan.FromMinutes(29));
        Assert.Empty(await night.Paged());
        Assert.Contains(night.Mail.Tried, m => m.Facts.Any(f => f.Value == "still on it?"));
        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains("ada", await night.Paged());
        Assert.Equal("Open", (await night.Alerts())[0].Status);
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("ada", await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("grace", await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Severity_page_wakes_the_primary_at_three_on_sunday_and_without_it_nobody(Database database)
    {
        await using var night = await Night.Start(database, new FakeClock(new DateTimeOffset(2026, 9, 20, 3, 0, 0, TimeSpan.Zero)));
        await night.Person("ada");
        await night.Schedule("primary", """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""");
        await night.Policy("checkout", 1, null, ("schedule:primary", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");

        await night.Fire("DiskFilling", "info");
        Assert.Empty(await night.Paged());
        await night.Fire("CheckoutDown", "page");
        Assert.Equal(["ada"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task A_mail_scanner_that_fetches_every_link_changes_nothing(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        await night.Paged();

        using var scanner = night.Site.Http();
        foreach (var url in new[] { night.Mail.Pages[0].AnswerUrl!, night.Mail.Pages[0].DetailsUrl! })
        {
            using var got = await scanner.GetAsync(new Uri(url).AbsolutePath);
            using var head = await scanner.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(url).AbsolutePath));
        }

        Assert.Equal("Open", Assert.Single(await night.Alerts()).Status);
    }

    [Theory, EveryDatabase]
    public async Task The_first_to_answer_has_it_and_the_second_is_told_who(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        Assert.Equal(["ada", "grace"], (await night.Paged()).Order());

        var links = night.Mail.Pages.ToDictionary(p => p.Address, p => p.AnswerUrl!);
        await night.Answer(links["grace@example.org"]);
        var (_, text) = await night.Answer(links["ada@example.org"]);
        Assert.Contains("Grace was first", text, StringComparison.Ordinal);

        await night.Pass(TimeSpan.FromMinutes(1));
        Assert.Contains(night.Mail.Tried, m => m.Kind is MessageKind.Notice && m.Address == "ada@example.org" && m.Title.Contains("Grace", StringComparison.Ordinal));
    }

    [Theory, EveryDatabase]
    public async Task A_storm_of_one_condition_is_one_page(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        for (var i = 0; i < 50; i++) await night.Fire("CheckoutDown", labels: ("instance", "web" + i % 10));

        Assert.Equal(["ada"], await night.Paged());
        var alerts = await night.Alerts();
        Assert.Equal(10, alerts.Count);
        Assert.Equal(50, alerts.Sum(a => a.Signals));
        Assert.Single(alerts.Select(a => a.Group).Distinct());
    }
}
