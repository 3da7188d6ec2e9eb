using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Web;
using Plantao.Platform.Web.Components;
using Plantao.Tests.Crash;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>The states that every screen has (ui/README, §5): each says what is true, why, and what to do next.</summary>
[Trait("Kind", "Browser")]
public class StateStories
{
    static async Task<Night> Start(Action<Microsoft.AspNetCore.Builder.WebApplicationBuilder>? more = null)
    {
        var night = await Night.Start(Database.Sqlite, more: more, port: true);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        (await night.Fire("CheckoutDown")).Dispose();
        await night.Site.Work();
        return night;
    }

    [Fact]
    public async Task Empty_says_whether_it_is_good_news_what_a_filter_hides_and_what_to_make_first()
    {
        await using var bare = await Night.Start(Database.Sqlite, port: true);
        await using var owner = await (await Browser.Open(bare.Site)).As(bare.Id("owner"));
        // First use: the thing in one sentence, and the way to make it.
        foreach (var (path, act) in new[] { ("/alerts", "/first-alert"), ("/on-call", "/definitions/new?kind=schedule"), ("/policies", "/definitions/new?kind=escalation-policy") })
        {
            await owner.Go(path);
            Assert.Equal(act, await owner.Page.Locator(".empty .acts a.primary").GetAttributeAsync("href"));
            Assert.NotEqual("", await owner.Page.Locator(".empty p").First.InnerTextAsync());
        }

        var (looker, _) = await bare.Site.Person("olga", OrganisationRole.Observer);
        await using var other = await (await Browser.Open(bare.Site)).As(looker);
        await other.Go("/on-call");
        Assert.Equal(0, await other.Page.Locator(".empty .acts a").CountAsync());

        await using var night = await Start();
        await using var ada = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await ada.Go("/alerts?text=nowhere");
        Assert.Contains("1 are hidden by the filter.", await ada.Text(), StringComparison.Ordinal);
        await ada.Follow(ada.Page.Locator(".empty a"));
        Assert.Contains("CheckoutDown is on", await ada.Text(), StringComparison.Ordinal);
        await ada.Go("/alerts?status=acknowledged");
        Assert.Equal(1, await ada.Page.Locator(".empty").CountAsync());
    }

    [Fact]
    public async Task What_was_not_saved_is_kept_on_the_screen_and_sent_again_when_the_database_is_back()
    {
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var site = await TestSite.Start(place, bare: false, port: true);
        await using var window = await (await Browser.Open(site)).As(site.OwnerId);
        await using var looks = await (await Browser.Open(site)).As(site.OwnerId);
        await window.Go("/teams");
        await window.Type("Title", "Pagamentos & \"mais\"");
        await window.Type("Name", "pagamentos");

        await cluster.Stop();
        await window.Press("Make the team");
        await window.Picture("not-saved-phone");
        var said = await window.Page.Locator("[role=alert]").InnerTextAsync();
        Assert.Contains("Not saved.", said, StringComparison.Ordinal);
        Assert.Contains("nothing was kept", said, StringComparison.Ordinal);
        Assert.Contains("the link in your message", said, StringComparison.Ordinal);
        Assert.Contains("What you typed is kept on this screen.", said, StringComparison.Ordinal);
        Assert.Empty(await window.Barriers());
        // Still away: it says so again, and has lost nothing.
        await window.Press("Try again");
        Assert.Contains("Not saved.", await window.Text(), StringComparison.Ordinal);
        // A screen that is only looked at has nothing to send again.
        Assert.Equal(503, await looks.Go("/alerts"));
        Assert.Equal(0, await looks.Page.Locator("main form").CountAsync());

        await cluster.Start();
        await window.Press("Try again");
        Assert.Equal("Pagamentos & \"mais\"", (await site.Get<TeamStore>().Find("pagamentos", CancellationToken.None))?.Title);
    }

    [Fact]
    public async Task A_password_is_not_written_into_the_screen_that_says_it_was_not_saved()
    {
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var site = await TestSite.Start(place, bare: false, port: true);
        await using var window = await Browser.Open(site);
        await window.Go("/sign-in");
        await window.Type("E-mail", "owner@example.org");
        await window.Type("Password", "correct horse battery");
        await cluster.Stop();
        await window.Press("Sign in");
        Assert.Contains("Not saved.", await window.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("correct horse", await window.Page.ContentAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await window.Page.Locator("[role=alert] form").CountAsync());
    }

    [Fact]
    public async Task Without_the_stream_a_note_says_since_when_and_the_clocks_are_marked()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        var cut = true;
        await window.Page.RouteAsync("**/live/**", route => cut ? route.AbortAsync() : route.ContinueAsync());
        var alert = (await night.Alerts())[0].Id;
        await window.Go("/alerts/" + alert);
        var note = window.Page.Locator("[data-offline]");
        await note.WaitForAsync(new() { Timeout = 30_000 });
        await window.Picture("offline-phone");
        Assert.Matches(@"No connection since \d\d:\d\d:\d\d\.", await note.InnerTextAsync());
        Assert.Contains("The link in your message still acknowledges.", await note.InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("underline dotted", await window.Page.Locator("[data-until]").First.EvaluateAsync<string>("e => getComputedStyle(e).textDecorationLine + ' ' + getComputedStyle(e).textDecorationStyle"));

        // It comes back by itself, and the note goes.
        cut = false;
        await note.WaitForAsync(new() { State = WaitForSelectorState.Hidden, Timeout = 30_000 });
        Assert.Equal("none", await window.Page.Locator("[data-until]").First.EvaluateAsync<string>("e => getComputedStyle(e).textDecorationLine"));
        // Acts stayed what they were.
        await window.Press("Acknowledge");
        Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_is_told_whom_to_ask_and_is_offered_nothing()
    {
        await using var night = await Start();
        var (looker, _) = await night.Site.Person("olga", OrganisationRole.Observer);
        await night.Site.Person("ines", OrganisationRole.Admin);
        await using var window = await (await Browser.Open(night.Site)).As(looker);
        Assert.Equal(403, await window.Go("/people/invite"));
        Assert.Contains("Ask Ines, Owner, or a Manager", await window.Text(), StringComparison.Ordinal);
        await window.Picture("refused-phone");

        Assert.Equal(200, await window.Go("/alerts/" + (await night.Alerts())[0].Id));
        await window.Picture("alert-looker-phone");
        Assert.Equal(0, await window.Page.Locator("main form[action^='/alerts/']").CountAsync());
        Assert.Contains("You can see this, not change it.", await window.Text(), StringComparison.Ordinal);
        Assert.Contains("Ask Ines, Owner, or a Manager", await window.Text(), StringComparison.Ordinal);
    }

    /// <summary>A panel of a room that is broken.</summary>
    sealed class Broken : Part
    {
        [Microsoft.AspNetCore.Components.Parameter] public User Subject { get; set; } = null!;

        protected override void OnInitialized() => throw new InvalidOperationException("a fault of ours");
    }

    [Fact]
    public async Task A_screen_that_fails_says_that_paging_did_not_and_where_the_fault_is_written()
    {
        await using var night = await Start(builder => builder.Services.AddPanel<User, Broken>("main", 99));
        await using var window = await (await Browser.Open(night.Site, language: "en")).As(night.Id("ada"));
        Assert.Equal(500, await window.Go("/account"));
        await window.Picture("failed-phone");
        Assert.Contains("This page failed. Paging did not.", await window.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("a fault of ours", await window.Page.ContentAsync(), StringComparison.Ordinal);
        var id = System.Text.RegularExpressions.Regex.Match(await window.Text(), @"recorded as (?<id>\S+?)\.", System.Text.RegularExpressions.RegexOptions.NonBacktracking | System.Text.RegularExpressions.RegexOptions.ExplicitCapture).Groups["id"].Value;
        Assert.Contains(night.Site.Log.Lines, line => id.Length > 0 && line.Contains(id, StringComparison.Ordinal) && line.Contains("a fault of ours", StringComparison.Ordinal));
        Assert.Equal(["/account", "/"], await window.Page.Locator("main .acts a").EvaluateAllAsync<string[]>("links => links.map(a => a.getAttribute('href'))"));
        Assert.Empty(await window.Barriers());
    }

    [Fact]
    public async Task What_is_not_there_has_ended_or_comes_too_often_is_said_as_what_it_is()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        foreach (var path in new[] { "/nowhere", "/alerts/alr_none", "/services/none", "/on-call/none", "/people/none", "/teams/none", "/silences/sil_none", "/integrations/none", "/policies/none", "/definitions/service/none" })
        {
            Assert.True(await window.Go(path) == 404, path);
            Assert.Contains("There is nothing here", await window.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
            Assert.Equal("/", await window.Page.Locator("main .acts a").GetAttributeAsync("href"));
        }

        // A page's link opens a button until its climb has ended; then it says so, and lets nobody do anything.
        var link = new Uri(night.Mail.Pages[0].AnswerUrl!).AbsolutePath;
        await using var phone = await Browser.Open(night.Site);
        Assert.Equal(200, await phone.Go(link));
        // In one stride: who slept for a day takes one step late, not hundreds.
        await night.Site.Pass(TimeSpan.FromHours(25), step: TimeSpan.FromHours(25));
        Assert.Equal(410, await phone.Go(link));
        await phone.Picture("link-ended-phone");
        Assert.Equal(0, await phone.Page.Locator("button[value=acknowledge]").CountAsync());

        // Too many tries wait, and say how long.
        await using var stranger = await Browser.Open(night.Site);
        await stranger.Go("/sign-in");
        for (var i = 0; i < 5; i++)
        {
            await stranger.Type("E-mail", "ada@example.org");
            await stranger.Type("Password", "not the one at all");
            await stranger.Press("Sign in");
        }

        await stranger.Picture("sign-in-wait-phone");
        Assert.Contains("Too many tries from here.", await stranger.Text(), StringComparison.Ordinal);
    }
}
