using System.Diagnostics;
using Microsoft.Playwright;
using Plantao.Platform.Access;
using Plantao.Tests.Demo;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Home;

/// <summary>The first screen, search, health, audit and the demonstration, in a real browser.</summary>
[Trait("Kind", "Browser")]
public class HomeStories
{
    static async Task<Night> Start()
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");
        await night.Schedule("checkout-primary", """{"zone":"UTC","layers":[{"people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2024-01-01"}]}""");
        using var fired = await night.Fire("CheckoutDown");
        await night.Site.Work();
        return night;
    }

    [Fact]
    public async Task From_the_first_screen_to_acknowledged_with_one_tap()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("ada"));

        Assert.Equal(200, await window.Go("/"));
        var button = window.Page.GetByRole(AriaRole.Button, new() { Name = "Acknowledge" });
        var box = (await button.BoundingBoxAsync())!;
        Assert.True(box.Height >= 48 && box.Y + box.Height <= Browser.Phone.Height, $"the button lies at {box.Y} and is {box.Height} high");
        await window.Press("Acknowledge");

        Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
        await window.Go("/");
        Assert.Contains("Nobody is asking for you.", await window.Text(), StringComparison.Ordinal);
        await window.Picture("now-calm-phone");
    }

    [Fact]
    public async Task Keys_move_the_focus_and_the_search_says_what_it_found()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("ada"));
        await window.Go("/");

        async Task<string> Focused(string key)
        {
            await window.Page.Keyboard.PressAsync(key);
            return await window.Page.EvaluateAsync<string>("document.activeElement.innerText");
        }

        Assert.StartsWith("Acknowledge", await Focused("a"), StringComparison.Ordinal);
        Assert.StartsWith("Keys", await Focused("?"), StringComparison.Ordinal);
        Assert.StartsWith("Search or go to…", await Focused("/"), StringComparison.Ordinal);
        Assert.Equal("/", new Uri(window.Page.Url).AbsolutePath);

        await window.Follow(window.Page.Locator("a.find"));
        await window.Page.Keyboard.TypeAsync("checkoutdown");
        await window.Press("Search");
        await window.Follow(window.Page.GetByRole(AriaRole.Link, new() { Name = "CheckoutDown is on" }));
        Assert.Contains("/alerts/alr_", window.Page.Url, StringComparison.Ordinal);

        await window.Go("/search?q=" + Uri.EscapeDataString("<script>alert(1)</script>"));
        Assert.Contains("Nothing matches “<script>alert(1)</script>”", await window.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demonstration_is_answered_by_its_link_and_cleans_up_after_itself()
    {
        await using var demo = ChildProgram.Start("plantao.dll", null, "demo");
        var (link, told) = await Until(demo, line => line.Contains("/demo/", StringComparison.Ordinal));
        var address = new Uri(link.Trim());
        await using (var window = await Browser.Open(address))
        {
            Assert.Equal(200, await window.Go(address.PathAndQuery));
            Assert.Contains("Paging you for", await window.Text(), StringComparison.Ordinal);
            await window.Picture("demo-now-phone");
            await window.Press("Acknowledge");
            Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
            await Until(demo, line => line.Contains("Now mend it", StringComparison.Ordinal));
            await window.Page.SetViewportSizeAsync(Browser.Laptop.Width, Browser.Laptop.Height);
            await window.Press("Resolve");
            await window.Picture("demo-resolved-laptop");
            Assert.Contains("Resolved", await window.Text(), StringComparison.Ordinal);
            await Until(demo, line => line.Contains("Read what happened", StringComparison.Ordinal));
            Assert.Equal(200, await window.Go("/audit"));
        }

        await using (var second = await Browser.Open(address))
        {
            Assert.Equal(410, await second.Go(address.PathAndQuery));
            Assert.Contains("/sign-in", (await second.Page.GotoAsync("/"))!.Url, StringComparison.Ordinal);
        }

        var folder = told.Split("its database is a file in ")[1].Split('\n')[0];
        Assert.True(Directory.Exists(folder));
        demo.Interrupt();
        var (code, rest, errors) = await demo.End();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Nothing is left running, and its data is gone.", rest, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder), "its data is still there");
    }

    static async Task<(string Line, string Told)> Until(ChildProgram demo, Func<string, bool> there)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
        var told = new System.Text.StringBuilder();
        while (await demo.Output.ReadLineAsync(limit.Token) is { } line)
        {
            told.Append(line).Append('\n');
            if (there(line)) return (line, told.ToString());
        }

        throw new InvalidOperationException("It ended before that:\n" + told);
    }
}
