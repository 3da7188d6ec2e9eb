using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>Who is woken, and what they see: in a real browser.</summary>
[Trait("Kind", "Browser")]
public class ScreenStories
{
    const string Password = "correct horse battery";

    static async Task<Night> Start()
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");
        return night;
    }

    static async Task<string> Down(Night night, string alertname = "CheckoutDown", params (string, string)[] labels)
    {
        using var answer = await night.Fire(alertname, labels: labels);
        await night.Site.Work();
        return (await night.Alerts())[0].Id;
    }

    static async Task KeepPassword(Night night, string user)
    {
        var kept = await night.Site.Get<Passwords>().Make(Password, CancellationToken.None);
        await night.Site.Db.Write(tx => Passwords.Keep(tx, user, kept, "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task From_the_link_through_sign_in_to_acknowledged_with_one_tap(bool scripts)
    {
        await using var night = await Start();
        var alert = await Down(night);
        await KeepPassword(night, night.Id("ada"));
        await using var window = await Browser.Open(night.Site, scripts: scripts);

        await window.Go("/alerts/" + alert);
        Assert.Contains("/sign-in", window.Page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("CheckoutDown", await window.Page.ContentAsync(), StringComparison.Ordinal);

        await window.Type("E-mail", "ada@example.org");
        await window.Type("Password", Password);
        await window.Press("Sign in");
        Assert.EndsWith("/alerts/" + alert, window.Page.Url, StringComparison.Ordinal);
        Assert.Contains("Open, no answer", await window.Text(), StringComparison.Ordinal);
        await window.Picture($"alert-phone-{scripts}");

        await window.Press("Acknowledge");
        Assert.Contains("Acknowledged at 10:00:00. The climb stopped.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("Acknowledged", (await night.Alerts())[0].Status);
        await window.Picture($"acknowledged-phone-{scripts}");
    }

    [Fact]
    public async Task On_a_phone_the_menu_beside_the_buttons_opens_above_them_and_resolves()
    {
        await using var night = await Start();
        var alert = await Down(night);
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await window.Go("/alerts/" + alert);
        await window.Press("Acknowledge");

        await window.Page.Locator(".actbar details.drop > summary").ClickAsync();
        var bar = (await window.Page.Locator(".actbar").BoundingBoxAsync())!;
        var items = window.Page.Locator(".actbar .drop-b .btn");
        Assert.InRange(await items.CountAsync(), 2, 8);
        foreach (var item in await items.AllAsync())
        {
            var box = (await item.BoundingBoxAsync())!;
            Assert.InRange(box.Y, 0, bar.Y - box.Height);
            Assert.InRange(box.X, 0, Browser.Phone.Width - box.Width);
        }

        await window.Picture("alert-menu-phone");
        await window.Follow(items.GetByText("Resolve"));
        Assert.Equal("Resolved", (await night.Alerts())[0].Status);
        Assert.Contains("Step paged · Ada", string.Join(' ', await window.Page.Locator(".tl").AllInnerTextsAsync()), StringComparison.Ordinal);
        await window.Picture("alert-resolved-phone");
    }

    [Fact]
    public async Task First_run_leads_to_an_acknowledged_test_alert()
    {
        var mail = new SimulatedChannel("email");
        await using var site = await TestSite.Start(Database.Sqlite, builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<Plantao.Notifications.Channels.IChannel>(builder.Services, mail), bare: true, port: true);
        var code = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);
        await using var window = await Browser.Open(site);

        await window.Go("/");
        Assert.EndsWith("/setup", window.Page.Url, StringComparison.Ordinal);
        await window.Picture("setup-phone");
        Assert.Empty(await window.Barriers());
        await window.Type("Setup code", code!);
        await window.Type("Organisation", "Padaria");
        await window.Type("Name", "Ana Souza");
        await window.Type("E-mail", "ana@example.org");
        await window.Type("Password", "short");
        await window.Press("Set up");
        Assert.Contains("A password has 12 to 200 characters.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("Ana Souza", await window.Page.GetByLabel("Name", new() { Exact = true }).InputValueAsync());

        await window.Type("Password", Password);
        await window.Press("Set up");
        Assert.Contains("curl -X POST", await window.Text(), StringComparison.Ordinal);
        // It can be left, and is found again by its place and by where it began.
        await window.Go("/on-call");
        Assert.Equal(1, await window.Page.Locator("nav a[href='/first-alert']").CountAsync());
        await window.Go("/setup");
        Assert.EndsWith("/first-alert", window.Page.Url, StringComparison.Ordinal);
        Assert.Empty(await window.Barriers());
        await window.Picture("first-run-phone");
        await window.Press("Send the test alert");
        await site.Work();
        await window.Page.ReloadAsync();
        await window.Follow(window.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Alerts" }));
        await window.Press("Acknowledge");
        Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
        Assert.Single(mail.Pages);
        Assert.Equal(410, await window.Go("/setup"));
        Assert.Equal(0, await window.Page.Locator("nav a[href='/first-alert']").CountAsync());
    }

    [Fact]
    public async Task Of_two_who_acknowledge_at_once_the_second_is_told_who_was_first()
    {
        await using var night = await Start();
        var alert = await Down(night);
        await using var ada = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await using var owner = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("owner"));
        await ada.Go("/alerts/" + alert);
        await owner.Go("/alerts/" + alert);

        await ada.Press("Acknowledge");
        night.Site.Clock.Advance(TimeSpan.FromSeconds(6));
        await owner.Press("Acknowledge");

        await owner.Picture("conflict-laptop");
        Assert.Contains("Ada acknowledged 6\u00a0s before you. Nothing to do.", await owner.Page.Locator(".flash").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(night.Id("ada"), (await night.Alerts())[0].AcknowledgedBy);
        await owner.Picture("conflict-laptop");
    }

    [Theory]
    [InlineData("Acknowledge", "you are paged again", "Resolved at 10:00:00. By Owner. Nobody is paged for it any more.", "Still on it")]
    [InlineData("Escalate", "The next step is being paged.", "Resolved at 10:00:00.", "Acknowledge")]
    public async Task What_the_screen_promised_is_taken_back_when_another_resolves_and_no_button_moves(string act, string promised, string then, string next)
    {
        await using var night = await Start();
        var alert = await Down(night);
        await using var ada = await (await Browser.Open(night.Site)).As(night.Id("ada"));
        await ada.Go("/alerts/" + alert);
        var opened = ada.Page.WaitForResponseAsync(answer => answer.Url.Contains("/live/alert/", StringComparison.Ordinal) && answer.Request.Frame.Url.Contains("did=", StringComparison.Ordinal));
        await ada.Press(act);
        await opened;
        Assert.Contains(promised, await ada.Page.Locator(".flash").InnerTextAsync(), StringComparison.Ordinal);
        var before = await ada.Page.EvaluateAsync<string>(Positions);

        using (var resolved = await night.Site.Owner.PutAsync($"/api/v1/alerts/{alert}/resolution", null)) resolved.EnsureSuccessStatusCode();
        await night.Site.Work();
        var over = ada.Page.Locator(".flash").GetByText("Resolved at 10:00:00.");
        for (var i = 0; i < 20 && !await over.IsVisibleAsync(); i++)
        {
            night.Site.Clock.Advance(TimeSpan.FromSeconds(2));
            await ada.Page.WaitForTimeoutAsync(100);
        }

        await over.WaitForAsync();
        Assert.Equal(then, await ada.Page.Locator(".flash").InnerTextAsync());
        Assert.Equal(before, await ada.Page.EvaluateAsync<string>(Positions));
        Assert.Equal("Changed since you opened it · show", await ada.Page.Locator("[data-fresh]:not(.wait)").InnerTextAsync());
        await ada.Picture("overtaken-phone-" + act);

        // The buttons stayed as they were; one that is used says why nothing is to be done any more.
        await ada.Press(next);
        Assert.Contains("Not done.", await ada.Page.Locator(".flash").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("Open again", await ada.Text(), StringComparison.Ordinal);
        await ada.Picture("overtaken-used-phone-" + act);
    }

    const string Positions = "JSON.stringify([...document.querySelectorAll('a, button, h1')].filter(e => e.offsetParent && !e.matches('[data-fresh]')).map(e => { const r = e.getBoundingClientRect(); return [r.x, r.y, r.width, r.height]; }))";

    [Fact]
    public async Task What_arrives_while_a_list_is_open_waits_and_nothing_moves()
    {
        await using var night = await Start();
        for (var i = 0; i < 8; i++) await Down(night, "Here" + i);
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("owner"));
        var opened = window.Page.WaitForResponseAsync(answer => answer.Url.Contains("/live/alerts", StringComparison.Ordinal));
        await window.Go("/alerts");
        await opened;
        var before = await window.Page.EvaluateAsync<string>(Positions);

        for (var i = 0; i < 50; i++) (await night.Fire("Come" + i)).Dispose();
        await night.Site.Work();
        // At most one event a second: what comes within it is told with the next, once the clock has gone on.
        var link = window.Page.Locator("[data-fresh]:not(.wait)");
        await link.WaitForAsync();
        for (var i = 0; i < 20 && !(await link.InnerTextAsync()).StartsWith("50 ", StringComparison.Ordinal); i++)
        {
            night.Site.Clock.Advance(TimeSpan.FromSeconds(2));
            await window.Page.WaitForTimeoutAsync(100);
        }

        // Fifty fill the list's part: eight that were there have gone over its end.
        Assert.Matches("^(4[2-9]|50) new · show$", await link.InnerTextAsync());
        Assert.Equal(before, await window.Page.EvaluateAsync<string>(Positions));
        await window.Picture("fresh-phone");
    }

    /// <summary>Each tries to leave its place in another way.</summary>
    static readonly string[] Hostile =
    [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'-alert(3)-'", "</title><svg/onload=alert(4)>", "{{constructor.constructor('alert(5)')()}}", "javascript:alert(6)", "&lt;b&gt;x",
        "\u202egnp.exe", "<iframe src=//x>", "<!--", "]]>", "@onclick=\"alert(7)\"", "<a href=\"javascript:alert(8)\">x</a>", "<style>*{display:none}</style>", "<base href=//x>", "<form action=//x><button>Acknowledge</button></form>",
    ];

    [Fact]
    public async Task What_an_outsider_typed_is_text_and_nothing_else()
    {
        await using var night = await Start();
        var alerts = JsonSerializer.Serialize(Hostile.Select((text, i) => new
        {
            labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = text, ["severity"] = text, ["n" + i] = text, ["link"] = "javascript:alert(9)" },
            annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["summary"] = text, ["description"] = text, ["runbook"] = "data:text/html," + text },
            generatorURL = "javascript:alert(10)",
        }));
        Assert.Equal(HttpStatusCode.OK, (await night.Post("/api/v2/alerts", alerts)).StatusCode);
        await night.Site.Work();
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("owner"));

        await window.Go("/alerts");
        var rows = await window.Page.Locator("a.row").CountAsync();
        Assert.Equal(Hostile.Length, rows);
        foreach (var path in (await night.Alerts()).Select(a => "/alerts/" + a.Id).Prepend("/alerts"))
        {
            Assert.Equal(200, await window.Go(path));
            Assert.Equal(0, await window.Page.Locator("script:not([src^='/']), img, iframe, style, base, [onclick], [onerror], [onload], [style], a[href^='javascript'], a[href^='data'], form[action*='//']").CountAsync());
        }
        // A dialog, a fault of a script or a refusal of the policy would fail the window at its end.
    }
}
