using Microsoft.Playwright;

namespace Plantao.Bench;

/// <summary>One screen, loaded again and again in a real Chromium: when its document stands, as the browser's own clock says.</summary>
static class DomVerb
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

    public static async Task<int> Run(Arguments arguments)
    {
        var url = new Uri(arguments.Needed("url"));
        var cookie = arguments.Needed("cookie").Split('=', 2);
        var loads = arguments.Count("loads", 20, 1, 1000);
        var what = arguments.Text("case") ?? url.PathAndQuery;
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();
        if (Places.FirstOrDefault(File.Exists) is not { } program) throw new UsageException("Debian's chromium is not installed.");

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
        var ready = new Latencies();
        var whole = new Latencies();
        long failed = 0;
        // The first is not counted: it brings style and script into the browser's cache, as on any day but the first.
        await using var context = await browser.NewContextAsync();
        await context.AddCookiesAsync([new() { Name = cookie[0], Value = cookie[1], Url = url.GetLeftPart(UriPartial.Authority), HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);
        var page = await context.NewPageAsync();
        for (var i = 0; i <= loads; i++)
        {
            var answer = await page.GotoAsync(url.ToString());
            var times = await page.EvaluateAsync<double[]>("() => { const t = performance.getEntriesByType('navigation')[0]; return [t.domContentLoadedEventEnd, t.loadEventEnd]; }");
            if (answer?.Status != 200) failed++;
            else if (i > 0)
            {
                ready.Add((long)(times[0] * 1e6));
                whole.Add((long)(times[1] * 1e6));
            }
        }

        Result.Of("dom", arguments, what, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["domReadyP50us"] = ready.Quantile(0.5),
            ["domReadyMaxUs"] = ready.MaxMicroseconds,
            ["loadedP50us"] = whole.Quantile(0.5),
            ["failed"] = failed,
        }).Report(arguments);
        return failed > 0 ? 1 : 0;
    }
}
