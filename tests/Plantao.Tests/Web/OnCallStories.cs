using Microsoft.Playwright;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>Who is on call, and what people change about it, in a real browser.</summary>
[Trait("Kind", "Browser")]
public class OnCallStories
{
    const string Rota = """{"zone":"Europe/London","layers":[{"name":"day","people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"},{"name":"night","people":["linus"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05","only":["21:00-09:00"]}]}""";

    static async Task<Night> Start()
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        foreach (var person in (string[])["ada", "grace", "linus"]) await night.Person(person);
        var team = await night.Site.Team("checkout", false, (night.Id("ada"), TeamRole.Responder), (night.Id("grace"), TeamRole.Responder), (night.Id("linus"), TeamRole.Manager));
        await night.Schedule("primary", Rota, "checkout");
        await night.Policy("ladder", 2, "checkout", ("schedule:primary", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)));
        await night.Service("ladder", teamId: team);
        return night;
    }

    static async Task<string?> OnCall(Night night, DateTimeOffset at)
    {
        var store = night.Site.Get<OnCallStore>();
        return WhoIsOnCall.At((await store.Find("primary", CancellationToken.None))!.Schedule, await store.Overrides("primary", at, at.AddDays(1), CancellationToken.None), at).Person;
    }

    [Fact]
    public async Task The_day_on_which_the_clocks_go_back_has_twenty_five_columns()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("ada"));

        await window.Go("/on-call/primary?from=2026-10-25");
        await window.Picture("schedule-week-laptop");
        Assert.Equal(["24", "24", "24", "24", "24", "24", "25"], await window.Page.Locator(".sched thead th[data-hours]").EvaluateAllAsync<string[]>("cells => cells.map(c => String(c.colSpan))"));
        foreach (var row in await window.Page.Locator(".sched tbody tr").AllAsync())
            Assert.Equal(169, await row.Locator("td").EvaluateAllAsync<int>("cells => cells.reduce((sum, c) => sum + c.colSpan, 0)"));
        Assert.Contains("01:00 comes twice", await window.Text(), StringComparison.Ordinal);

        await window.Go("/on-call/primary?from=2026-03-29");
        Assert.Equal("23", await window.Page.Locator(".sched thead th[data-hours]").Last.GetAttributeAsync("data-hours"));
        await window.Go("/on-call/primary?span=month&from=2026-10-25");
        await window.Picture("schedule-month-laptop");
        Assert.Contains("25\u00a0h", await window.Page.Locator(".month").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ladder_counts_its_steps_and_a_ledger_tells_each_time_once()
    {
        await using var night = await Start();
        (await night.Fire("CheckoutDown")).Dispose();
        await night.Site.Work();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("ada"));

        await window.Go("/policies/ladder");
        Assert.Equal(["Step 1", "Step 2", "Catch-all"], await window.Page.Locator("#written .ladder b").AllInnerTextsAsync());

        // Who was asked second is told from the attempt on: what came before was told above.
        await night.Site.Pass(TimeSpan.FromMinutes(6));
        await window.Go("/alerts/" + (await night.Alerts()).Single().Id);
        var rows = await window.Page.Locator(".ledger tbody tr").AllAsync();
        Assert.True(rows.Count > 1);
        Assert.All(await rows[0].Locator("td").AllInnerTextsAsync(), (cell, at) => Assert.Equal(at < 5, cell.Any(char.IsDigit)));
        Assert.All(await rows[1].Locator("td").AllInnerTextsAsync(), (cell, at) => Assert.Equal(at is 3 or 4, cell.Any(char.IsDigit)));
    }

    [Fact]
    public async Task An_override_made_on_a_phone_changes_who_is_on_call_until_it_is_ended()
    {
        await using var night = await Start();
        var at = new DateTimeOffset(2026, 10, 22, 12, 0, 0, TimeSpan.Zero);
        var before = await OnCall(night, at);
        await using var window = await (await Browser.Open(night.Site, scripts: false)).As(night.Id("ada"));

        await window.Go("/on-call/primary?from=2026-10-22");
        await window.Picture("schedule-phone");
        await window.Page.GetByLabel("Who goes in").SelectOptionAsync("linus");
        await window.Type("From", "2026-10-22T18:00");
        await window.Type("Until", "2026-10-22T09:00");
        await window.Press("Put in");
        Assert.Contains("An override ends after it begins", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("2026-10-22T18:00", await window.Page.GetByLabel("From", new() { Exact = true }).InputValueAsync());
        Assert.Equal(before, await OnCall(night, at));

        await window.Type("From", "2026-10-22T09:00");
        await window.Type("Until", "2026-10-22T18:00");
        await window.Press("Put in");
        Assert.Contains("The override holds.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("linus", await OnCall(night, at));
        Assert.NotEqual("linus", before);

        await window.Press("End the override of Linus");
        Assert.Equal(before, await OnCall(night, at));
    }

    [Fact]
    public async Task A_swap_holds_when_the_other_agreed_and_not_before()
    {
        await using var night = await Start();
        await using var ada = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await ada.Go("/on-call/primary");
        var (gives, takes) = (await ada.Page.Locator("#f-gives option").First.GetAttributeAsync("value"), await ada.Page.Locator("#f-takes option", new() { HasTextString = "Grace" }).First.GetAttributeAsync("value"));
        static DateTimeOffset Begin(string? span) => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(span!.Split('-')[0], System.Globalization.CultureInfo.InvariantCulture)).AddMinutes(1);
        await ada.Page.Locator("#f-gives").SelectOptionAsync(gives!);
        await ada.Page.Locator("#f-takes").SelectOptionAsync(takes!);
        await ada.Press("Ask");
        Assert.Equal(("ada", "grace"), (await OnCall(night, Begin(gives)), await OnCall(night, Begin(takes))));
        await night.Site.Work();
        Assert.Contains(night.Mail.Tried, m => m.Title.Contains("asks to swap", StringComparison.Ordinal));

        await using var grace = await (await Browser.Open(night.Site)).As(night.Id("grace"));
        await grace.Go("/on-call");
        await grace.Picture("on-call-phone");
        Assert.Contains("Ada asks to swap with you", await grace.Text(), StringComparison.Ordinal);
        await grace.Press("Agree");
        Assert.Equal(("grace", "ada"), (await OnCall(night, Begin(gives)), await OnCall(night, Begin(takes))));
    }

    [Fact]
    public async Task A_calendars_address_is_shown_once_and_ended_with_a_button()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, scripts: false)).As(night.Id("ada"));
        await window.Go("/account");
        await window.Follow(window.Page.GetByRole(AriaRole.Link, new() { Name = "Calendar" }).Last);
        await window.Press("Make an address");
        await window.Picture("calendar-made-phone");
        Assert.Equal(0, await window.Sideways());
        var address = new Uri(await window.Page.Locator("#made code").InnerTextAsync());
        Assert.Equal("webcal://" + address.Authority + address.AbsolutePath, await window.Page.Locator("#made a").GetAttributeAsync("href"));
        using var http = night.Site.Http();
        Assert.Contains("SUMMARY:On call: primary", await http.GetStringAsync(address.AbsolutePath), StringComparison.Ordinal);

        await window.Go("/account/calendar");
        Assert.DoesNotContain("plt_f", await window.Page.ContentAsync(), StringComparison.Ordinal);
        await window.Press("End this address");
        Assert.Contains("The address has ended.", await window.Text(), StringComparison.Ordinal);
        using var gone = await http.GetAsync(address.AbsolutePath);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Who_would_be_paged_at_a_moment_that_comes_twice_is_asked_which()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await window.Go("/who-would-be-paged?zone=Europe/London&date=2026-10-25&time=01:30&of=service:checkout&urgency=high");
        await window.Picture("who-phone");
        Assert.Contains("01:30 happens twice that day", await window.Text(), StringComparison.Ordinal);
        var steps = window.Page.Locator("#answer .ladder li");
        Assert.Contains("Linus", await steps.Nth(0).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("+5\u00a0min", await steps.Nth(1).InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Catch-all", await steps.Nth(2).InnerTextAsync(), StringComparison.Ordinal);
    }
}
