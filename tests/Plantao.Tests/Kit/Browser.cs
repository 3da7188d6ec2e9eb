using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Plantao.People;

namespace Plantao.Tests.Kit;

/// <summary>Debian's Chromium, one process for all tests; each test has windows of its own, which share no cookie.</summary>
public static class Browser
{
    /// <summary>A phone held upright, and a laptop.</summary>
    public static readonly (int Width, int Height) Phone = (390, 844), Laptop = (1440, 900);

    /// <summary>The shell is the same engine without a browser's windows around it, and takes half the time.</summary>
    static readonly string[] Places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser"];

    static readonly Lazy<Task<IBrowser>> Started = new(async () =>
    {
        var playwright = await Playwright.CreateAsync();
        // Nobody looks at it but a screenshot: a graphics processor that is imitated takes a third of the time.
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Places.First(File.Exists), Args = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--in-process-gpu"] });
    });

    /// <summary>A window on a site.</summary>
    /// <param name="size"><see cref="Phone"/> unless said.</param>
    /// <param name="scripts">Whether scripts run.</param>
    /// <param name="dark">The system's theme.</param>
    public static Task<Window> Open(TestSite site, (int Width, int Height)? size = null, bool scripts = true, bool dark = false, string language = "en") =>
        Open(site.Address ?? throw new InvalidOperationException("Start the site on a port for a browser."), site, size, scripts, dark, language);

    /// <summary>A window on a server that is no site of this test.</summary>
    public static Task<Window> Open(Uri address, (int Width, int Height)? size = null) => Open(address, null, size, true, false, "en");

    static async Task<Window> Open(Uri address, TestSite? site, (int Width, int Height)? size, bool scripts, bool dark, string language)
    {
        Assert.True(Places.Any(File.Exists), $"Chromium is not installed: none of {string.Join(", ", Places)} is there. ./test installs it from Debian; by hand: apt-get install chromium-headless-shell, or chromium.");
        var (width, height) = size ?? Phone;
        var context = await (await Started.Value).NewContextAsync(new()
        {
            BaseURL = address.GetLeftPart(UriPartial.Authority),
            ViewportSize = new() { Width = width, Height = height },
            HasTouch = width < 700,
            JavaScriptEnabled = scripts,
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = language,
        });
        context.SetDefaultTimeout(15_000);
        return new Window(site, context, await context.NewPageAsync());
    }
}

/// <summary>One person's browser. Whatever the screen's policy refused, any fault of a script and any dialog fails the test at its end.</summary>
public sealed class Window : IAsyncDisposable
{
    static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    readonly TestSite? site;
    readonly IBrowserContext context;
    readonly List<string> faults = [];

    internal Window(TestSite? site, IBrowserContext context, IPage page)
    {
        (this.site, this.context, Page) = (site, context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && (message.Text.Contains("Content Security Policy", StringComparison.Ordinal) || message.Text.Contains("violates", StringComparison.Ordinal))) faults.Add(message.Text);
        };
        page.PageError += (_, fault) => faults.Add(fault);
        page.Dialog += async (_, dialog) =>
        {
            faults.Add("a dialog: " + dialog.Message);
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    /// <summary>Signs a person in as the server itself would, without the form.</summary>
    public async Task<Window> As(string userId)
    {
        if (site is null) throw new InvalidOperationException("Nobody is signed in by hand on a server of its own.");
        var (_, clear) = await site.Db.Write(tx => SessionStore.Begin(tx, userId, "test", site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        await context.AddCookiesAsync([new() { Name = Session.Cookie, Value = clear, Url = site.Address!.ToString(), HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        return this;
    }

    /// <returns>The status of the answer.</returns>
    public async Task<int> Go(string path) => (await Page.GotoAsync(path))!.Status;

    public Task<string> Text() => Page.Locator("body").InnerTextAsync();

    /// <summary>Presses the visible button of that name, and waits for the screen that answers.</summary>
    public Task Press(string name) => Follow(Page.GetByRole(AriaRole.Button, new() { Name = name }).Locator("visible=true").First);

    /// <summary>Presses what leads to another screen, and waits for it.</summary>
#pragma warning disable CS0612, CS0618 // the other ways ask for the address beforehand, which a form that may come back does not have
    public Task Follow(ILocator what) => Page.RunAndWaitForNavigationAsync(() => what.ClickAsync());
#pragma warning restore CS0612, CS0618

    /// <summary>Types into the field of that label.</summary>
    public Task Type(string label, string text) => Page.GetByLabel(label, new() { Exact = true }).Locator("visible=true").First.FillAsync(text);

    /// <summary>What axe finds wrong (WCAG 2.2 A and AA), one line each.</summary>
    public async Task<IReadOnlyList<string>> Barriers()
    {
        if (!await Page.EvaluateAsync<bool>("'axe' in window")) await Page.EvaluateAsync(Axe);
        // There are no frames here, and nothing that is fetched beforehand is asked about. What passed is not written out node by node.
        return await Page.EvaluateAsync<string[]>("""
            async () => {
              const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
              const found = await axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'], iframes: false, preload: false });
              return found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`));
            }
            """);
    }

    /// <summary>Brings axe along with every screen from now on: half a megabyte that is otherwise sent with each look.</summary>
    public async Task<Window> WithAxe()
    {
        await Page.AddInitScriptAsync(Axe);
        return this;
    }

    /// <summary>How far the screen can be scrolled sideways, in pixels: 0 is right.</summary>
    public Task<int> Sideways() => Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

    /// <summary>Keeps a picture in the folder that <c>PLANTAO_PICTURES</c> names, to be looked at beside the drawn screens: of what is on the screen, or with <c>PLANTAO_PICTURES_WHOLE=1</c> of all that it scrolls to.</summary>
    public async Task Picture(string name)
    {
        if (Environment.GetEnvironmentVariable("PLANTAO_PICTURES") is { Length: > 0 } folder) await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = Environment.GetEnvironmentVariable("PLANTAO_PICTURES_WHOLE") is "1" });
    }

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        Assert.Empty(faults);
    }
}
