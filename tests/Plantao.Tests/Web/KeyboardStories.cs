using System.Text.Json;
using Microsoft.Playwright;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;
using Window = Plantao.Tests.Kit.Window;

namespace Plantao.Tests.Web;

/// <summary>Everything is done with the keyboard alone: no test here has a pointer (ui/README, §7 and §8).</summary>
[Trait("Kind", "Browser")]
public class KeyboardStories
{
    const string Password = "correct horse battery";

    static async Task<Night> Start()
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        foreach (var person in (string[])["ada", "grace", "linus"]) await night.Person(person);
        var team = await night.Site.Team("checkout", false, (night.Id("ada"), TeamRole.Manager));
        await night.Schedule("primary", """{"zone":"Europe/London","layers":[{"name":"day","people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""", "checkout");
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout", teamId: team);
        (await night.Fire("CheckoutDown")).Dispose();
        await night.Site.Work();
        var kept = await night.Site.Get<Passwords>().Make(Password, CancellationToken.None);
        await night.Site.Db.Write(tx => Passwords.Keep(tx, night.Id("ada"), kept, "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        return night;
    }

    /// <summary>Tab, again and again, until the focus is on what is looked for.</summary>
    static async Task<ILocator> TabTo(Window window, string what)
    {
        var focused = window.Page.Locator(string.Join(", ", what.Split(", ").Select(one => one + ":focus")));
        for (var i = 0; i < 250; i++)
        {
            await window.Page.Keyboard.PressAsync("Tab");
            if (await focused.CountAsync() == 1) return focused;
        }

        Assert.Fail($"Tab never comes to {what} on {window.Page.Url}");
        return focused;
    }

    static Task Type(Window window, string text) => window.Page.Keyboard.TypeAsync(text);

    /// <summary>Presses a key that leads to another screen.</summary>
#pragma warning disable CS0612, CS0618 // as Window.Follow
    static Task Go(Window window, string key) => window.Page.RunAndWaitForNavigationAsync(() => window.Page.Keyboard.PressAsync(key));
#pragma warning restore CS0612, CS0618

    [Theory, InlineData(true), InlineData(false)]
    public async Task From_sign_in_through_the_list_to_acknowledged_and_resolved(bool scripts)
    {
        await using var night = await Start();
        await using var window = await Browser.Open(night.Site, Browser.Laptop, scripts);
        await window.Go("/sign-in?to=/alerts");
        await TabTo(window, "input[name=email]");
        await Type(window, "ada@example.org");
        await TabTo(window, "input[name=password]");
        await Type(window, Password);
        await Go(window, "Enter");
        Assert.EndsWith("/alerts", window.Page.Url, StringComparison.Ordinal);

        await TabTo(window, "a.row");
        await Go(window, "Enter");
        Assert.Contains("/alerts/alr_", window.Page.Url, StringComparison.Ordinal);
        await TabTo(window, "button:has-text('Acknowledge')");
        await Go(window, "Space");
        Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("Acknowledged", (await night.Alerts())[0].Status);

        await TabTo(window, "button:has-text('Resolve')");
        await Go(window, "Enter");
        Assert.Equal("Resolved", (await night.Alerts())[0].Status);
    }

    [Fact]
    public async Task A_silence_is_made()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("owner"));
        await window.Go("/silences/new?alert=" + (await night.Alerts())[0].Id);
        await TabTo(window, "input[name=why], textarea[name=why]");
        await Type(window, "the deploy is being undone");
        await TabTo(window, "button:has-text('Make the silence')");
        await Go(window, "Enter");
        Assert.Contains("/silences/sil_", window.Page.Url, StringComparison.Ordinal);
        Assert.NotNull((await night.Alerts())[0].Quiet);
    }

    [Fact]
    public async Task Somebody_is_put_in_for_a_day()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("ada"));
        await window.Go("/on-call/primary?from=2026-10-22");
        var who = await TabTo(window, "select[name=person]");
        await Type(window, "Lin");
        Assert.Equal("linus", await who.InputValueAsync());
        foreach (var (field, time) in new[] { ("from", "0900AM"), ("until", "0600PM") })
        {
            var input = await TabTo(window, $"input[name={field}]");
            // A browser's own field for a time goes from part to part by itself, but for the year.
            await Type(window, "10222026");
            await window.Page.Keyboard.PressAsync("ArrowRight");
            await Type(window, time);
            Assert.Equal(field == "from" ? "2026-10-22T09:00" : "2026-10-22T18:00", await input.InputValueAsync());
        }

        await TabTo(window, "button:has-text('Put in')");
        await Go(window, "Enter");
        Assert.Contains("The override holds.", await window.Text(), StringComparison.Ordinal);
        var at = new DateTimeOffset(2026, 10, 22, 12, 0, 0, TimeSpan.Zero);
        var store = night.Site.Get<OnCallStore>();
        Assert.Equal("linus", WhoIsOnCall.At((await store.Find("primary", CancellationToken.None))!.Schedule, await store.Overrides("primary", at, at.AddDays(1), CancellationToken.None), at).Person);
    }

    [Fact]
    public async Task A_definition_is_saved()
    {
        await using var night = await Start();
        await using var window = await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("owner"));
        await window.Go("/definitions/new?kind=service");
        await TabTo(window, "input[name=name]");
        await Type(window, "shop");
        await TabTo(window, "input[name=title]");
        await Type(window, "The shop");
        await Go(window, "Enter");
        Assert.EndsWith("/definitions/service/shop", window.Page.Url, StringComparison.Ordinal);
        Assert.Equal("The shop", (await night.Site.Get<ServiceStore>().Find("shop", CancellationToken.None))?.Title);
    }

    /// <summary>Writes down each stop as the focus comes to it: where it stands in the document, whether something shows that it has the focus, and whether it can be seen.</summary>
    const string Watch = """
        () => {
            const tree = [...document.querySelectorAll('*')];
            const ring = e => { const s = getComputedStyle(e); return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || (s.boxShadow !== 'none' && s.boxShadow !== ''); };
            window.stops = [];
            addEventListener('focusin', event => {
                const e = event.target, stop = { at: tree.indexOf(e), html: e.outerHTML.slice(0, 140), ring: ring(e) || (e.closest('label') !== null && ring(e.closest('label'))), seen: true };
                if (window.stops.at(-1)?.at === stop.at) return;
                window.stops.push(stop);
                const box = (e.closest('.pick label') ?? e).getBoundingClientRect();
                stop.seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
            });
            const name = e => e.type === 'radio' ? e.form?.action + ' ' + e.name : '';
            const can = tree.filter(e => e.matches("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']") && !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }));
            // Of a group of circles one is a stop: the chosen one, or the first.
            const radios = can.filter(e => e.type === 'radio');
            return can.filter(e => e.type !== 'radio' || e === (radios.find(r => name(r) === name(e) && r.checked) ?? radios.find(r => name(r) === name(e)))).map(e => tree.indexOf(e));
        }
        """;

    sealed record Stop(int At, string Html, bool Ring, bool Seen);

    static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    [Theory, Trait("Kind", "Long"), InlineData(true), InlineData(false)]
    public async Task Tab_walks_through_each_screen_once_in_order_and_every_stop_is_seen(bool phone)
    {
        await using var all = await EveryScreen.Start("en");
        await using var windows = new EveryScreen.Windows(all, "en", phone ? Browser.Phone : Browser.Laptop);
        var wrong = new List<string>();
        foreach (var row in all.Rows)
        {
            var window = await windows.As(row.As);
            await row.Bring(window);
            // A field that takes the focus by itself is right where it is the one thing to do; the walk begins at the top all the same.
            await window.Page.EvaluateAsync("() => { const body = document.body; body.tabIndex = -1; body.focus(); body.removeAttribute('tabindex'); }");
            var can = (await window.Page.EvaluateAsync<int[]>(Watch)).ToList();
            // A field for a date has a stop for each of its parts: seven at most.
            for (var i = 0; i < can.Count + 8 * await window.Page.Locator("input[type=datetime-local], input[type=date], input[type=time]").CountAsync() + 2; i++) await window.Page.Keyboard.PressAsync("Tab");
            var stops = JsonSerializer.Deserialize<List<Stop>>(await window.Page.EvaluateAsync<string>("JSON.stringify(window.stops)"), Web)!;

            if (stops.Count == 0)
            {
                // The page behind a link that has ended has words alone.
                if (can.Count > 0) wrong.Add($"{row.Name}: nothing was reached");
                continue;
            }

            // Until it begins anew.
            var end = stops.FindIndex(1, stop => stop.At == stops[0].At);
            var walk = end < 0 ? stops : stops[..end];
            // The page behind an e-mail's link has nothing to skip: its one button comes first.
            if (!walk[0].Html.Contains(row.Name == "page-answer" ? "name=\"answer\"" : "class=\"skip\"", StringComparison.Ordinal)) wrong.Add($"{row.Name}: the first stop is {walk[0].Html}");
            for (var i = 1; i < walk.Count; i++) if (walk[i].At <= walk[i - 1].At) wrong.Add($"{row.Name}: goes back from {walk[i - 1].Html} to {walk[i].Html}");
            wrong.AddRange(walk.Where(stop => !stop.Ring).Select(stop => $"{row.Name}: shows no focus: {stop.Html}"));
            wrong.AddRange(walk.Where(stop => !stop.Seen).Select(stop => $"{row.Name}: cannot be seen: {stop.Html}"));
            if (can.Except(walk.Select(stop => stop.At)).ToList() is { Count: > 0 } missed) wrong.Add($"{row.Name}: never reached: {string.Join(", ", await window.Page.EvaluateAsync<string[]>("at => { const tree = [...document.querySelectorAll('*')]; return at.map(i => tree[i].outerHTML.slice(0, 140)); }", missed))}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Distinct(StringComparer.Ordinal)));
    }
}
