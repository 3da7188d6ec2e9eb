using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Web;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>One screen in one state, and how a browser gets there.</summary>
/// <param name="Route">Of the endpoint that shows it; <see langword="null"/>: it answers a form, or stands outside the screens of signed-in people.</param>
/// <param name="Name">Names its picture.</param>
/// <param name="As">A handle; empty: nobody is signed in.</param>
/// <param name="Open">Brings it up, and gives the status of its answer.</param>
/// <param name="Makes">Rows behind it show what it made: it is never left out.</param>
public sealed record Shown(string? Route, string Name, string As, Func<Window, Task<int>> Open, int Status = 200, bool Makes = false)
{
    /// <inheritdoc cref="Open"/>
    /// <exception cref="InvalidOperationException">It could not be brought up: says which.</exception>
    public async Task<int> Bring(Window window)
    {
        try
        {
            return await Open(window);
        }
        catch (Exception fault) when (fault is TimeoutException or Microsoft.Playwright.PlaywrightException)
        {
            throw new InvalidOperationException($"The screen {Name} did not come up; the window is at {window.Page.Url}.", fault);
        }
    }
}

/// <summary>A site on which there is something of everything, and every screen of the product on it. A new screen without a row here fails <see cref="EveryScreenTests"/>.</summary>
public sealed class EveryScreen : IAsyncDisposable
{
    const string Owner = "marina", Paged = "ada", Looker = "olga", Nobody = "";

    /// <summary>Endpoints that stand among the screens and give a file.</summary>
    static readonly string[] Files = ["/audit.csv", "/definitions/{kind}/{name}/file", "/packs/{pack}/archive"];

    EveryScreen(Night night, IReadOnlyDictionary<string, string> people, IReadOnlyList<Shown> rows) => (Night, People, Rows) = (night, people, rows);

    public Night Night { get; }

    /// <summary>Ids by handle.</summary>
    public IReadOnlyDictionary<string, string> People { get; }

    public IReadOnlyList<Shown> Rows { get; }

    /// <summary>Routes of screens that have no row, and rows whose route is none: both are to be mended here.</summary>
    public IEnumerable<string> OutOfStep()
    {
        var routes = ((IEndpointRouteBuilder)Night.Site.App).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ScreenEndpoint>() is { Form: false }).Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Except(Files, StringComparer.Ordinal).ToList();
        var rows = Rows.Select(row => row.Route).OfType<string>().ToList();
        return routes.Except(rows, StringComparer.Ordinal).Select(route => $"{route} is a screen without a row").Concat(rows.Except(routes, StringComparer.Ordinal).Select(route => $"{route} has a row and is no screen"));
    }

    public static async Task<EveryScreen> Start(string language)
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        var people = new Dictionary<string, string>(StringComparer.Ordinal);
        people[Owner] = (await night.Site.Person(Owner, OrganisationRole.Owner, zone: "America/Sao_Paulo", language: language)).Id;
        people[Looker] = (await night.Site.Person(Looker, OrganisationRole.Observer, language: language)).Id;
        foreach (var person in (string[])[Paged, "grace"]) people[person] = await night.Person(person);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE users SET language = {language} WHERE name IN ('ada', 'grace')"), CancellationToken.None);
        await night.Site.Team("checkout", false, (people[Paged], TeamRole.Responder), (people["grace"], TeamRole.Manager));
        await night.Schedule("primary", """{"zone":"Europe/London","layers":[{"name":"day","people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"},{"name":"night","people":["grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05","only":["21:00-09:00"]}]}""", "checkout");
        await night.Schedule("sundays", """{"zone":"America/Sao_Paulo","layers":[{"name":"week","people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05","only":["monday 09:00-sunday 06:00"]}]}""", "checkout");
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)), ("schedule:primary", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");
        (await night.Fire("Holds presos: 214 ativos com expires_at no passado", labels: [("env", "prd"), ("runbook_url", "https://example.org/runbook")])).Dispose();
        (await night.Fire("ErrorRateHigh")).Dispose();
        (await night.Fire("Settled")).Dispose();
        (await night.Post("/in/" + night.Key + "/alertmanager", "{\"broken\": tru")).Dispose();
        var alerts = await night.Alerts();
        string Alert(string text) => alerts.Single(a => a.Title.Contains(text, StringComparison.Ordinal)).Id;
        using (var resolved = await night.Resolve("Settled")) resolved.EnsureSuccessStatusCode();
        await night.Site.Work();
        var link = new Uri(night.Mail.Pages.First(p => p.AnswerUrl is not null).AnswerUrl!).AbsolutePath;
        using var silenced = await night.Site.Owner.PostAsJsonAsync("/api/v1/silences", new SilenceRequest(["alertname=\"ErrorRateHigh\""], Minutes: 120, Comment: "the deploy is being undone"));
        silenced.EnsureSuccessStatusCode();
        var silence = (await silenced.Content.ReadFromJsonAsync<SilenceView>())!.Id;
        var kept = await night.Site.Get<Passwords>().Make("correct horse battery", CancellationToken.None);
        await night.Site.Db.Write(tx => Passwords.Keep(tx, people["grace"], kept, "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        return new(night, people, [.. Screens(night, Alert, silence, link)]);
    }

    static IEnumerable<Shown> Screens(Night night, Func<string, string> alert, string silence, string link)
    {
        yield return Screen("/", "now");
        yield return Screen("/", "now-ringing", who: Paged);
        yield return Screen("/search", "search", "?q=checkout");
        yield return Screen("/search", "search-nothing", "?q=nowhere");
        yield return Screen("/health", "health");
        yield return Screen("/audit", "audit");
        yield return Screen("/places", "places");
        yield return Screen("/alerts", "alerts");
        yield return Screen("/alerts", "alerts-filter", "?text=nowhere");
        yield return At("/alerts/{alert}", "alert", "/alerts/" + alert("Holds"));
        yield return At("/alerts/{alert}", "alert-paged", "/alerts/" + alert("Holds"), Paged);
        yield return At("/alerts/{alert}", "alert-looker", "/alerts/" + alert("Holds"), Looker);
        yield return At("/alerts/{alert}", "alert-quiet", "/alerts/" + alert("ErrorRateHigh"));
        yield return At("/alerts/{alert}", "alert-resolved", "/alerts/" + alert("Settled"));
        yield return At("/alerts/{alert}", "alert-missing", "/alerts/alr_none") with { Status = 404 };
        yield return Screen("/first-alert", "first-alert");
        yield return Screen("/raise", "raise");
        yield return Screen("/silences", "silences");
        yield return Screen("/silences/new", "silence-new");
        yield return At("/silences/{id}", "silence", "/silences/" + silence);
        yield return Screen("/maintenance/new", "maintenance-new");
        yield return Screen("/services", "services");
        yield return At("/services/{service}", "service", "/services/checkout");
        yield return Screen("/integrations", "integrations");
        yield return Screen("/integrations/new", "integration-new");
        yield return At("/integrations/{integration}", "integration", "/integrations/checkout-alerts");
        yield return Screen("/routes", "routes", "?labels=alertname%3DForno");
        yield return Screen("/on-call", "on-call");
        yield return At("/on-call/{schedule}", "schedule", "/on-call/primary?from=2026-10-25");
        yield return At("/on-call/{schedule}", "schedule-month", "/on-call/primary?span=month&from=2026-10-25");
        yield return At("/on-call/{schedule}", "schedule-gap", "/on-call/sundays", Paged);
        yield return Screen("/policies", "policies");
        yield return At("/policies/{policy}", "policy", "/policies/checkout");
        yield return Screen("/who-would-be-paged", "who", "?date=2026-10-25&time=01:30&zone=Europe/London&of=service:checkout");
        yield return Screen("/people", "people");
        yield return Screen("/people", "people-refused", who: Looker);
        yield return Screen("/people/invite", "invite");
        yield return Screen("/people/invite", "invite-refused", who: Looker) with { Status = 403 };
        yield return At("/people/{user}", "person", "/people/ada");
        yield return At("/people/{user}/leaving", "leaving", "/people/ada/leaving");
        yield return At("/people/{user}/erasure", "erasure", "/people/ada/erasure");
        yield return Screen("/teams", "teams");
        yield return At("/teams/{team}", "team", "/teams/checkout");
        yield return Screen("/account", "account");
        yield return Screen("/account/reached", "reached");
        yield return Screen("/account/tokens", "tokens");
        yield return Screen("/account/calendar", "calendar");
        yield return new(null, "calendar-made", Owner, window => After(window, "/account/calendar", "form[action='/account/calendar'] button"));
        yield return new(null, "token-made", Owner, async window =>
        {
            await window.Go("/account/tokens");
            await window.Page.Locator("#f-name").FillAsync("laptop");
            return await After(window, null, "form[action='/account/tokens'] button");
        });
        yield return new(null, "key-made", Owner, window => After(window, "/integrations/checkout-alerts", "form[action$='/keys'] button"));
        yield return new(null, "silence-faults", Owner, async window =>
        {
            await window.Go("/silences/new");
            // As a browser sends it that does not ask for what is missing.
            await window.Page.EvaluateAsync("() => document.querySelectorAll('form').forEach(form => form.noValidate = true)");
            return await After(window, null, "form[action='/silences/new'] button.primary");
        }, 422);
        yield return new("/account/second-factor", "second-factor", Owner, window => After(window, "/account", "form[action='/account/second-factor'] button"));
        yield return new(null, "plan-faults", Owner, window => Plan(window, "teem: x"), 422);
        yield return new(null, "plan", Owner, window => Plan(window, "escalation_policy: none"));
        yield return new(null, "plan-applied", Owner, async window =>
        {
            await Plan(window, "escalation_policy: none");
            return await After(window, null, ".head button.primary");
        }, Makes: true);
        yield return Screen("/packs/new", "pack");
        yield return Screen("/definitions", "definitions");
        yield return At("/definitions/{kind}/{name}", "definition", "/definitions/service/forno");
        yield return At("/definitions/{kind}/{name}/edit", "definition-edit", "/definitions/service/forno/edit");
        foreach (var kind in (string[])["escalation-policy", "schedule", "route", "severities", "service&with=text"]) yield return Screen("/definitions/new", "definition-new-" + kind.Split('&')[0], "?kind=" + kind);
        yield return new(null, "nowhere", Owner, window => window.Go("/nowhere"), 404);
        yield return At("/sign-in", "sign-in", "/sign-in", Nobody);
        yield return At("/forgot", "forgot", "/forgot", Nobody);
        yield return At("/reset/{code}", "reset-ended", "/reset/plt_r", Nobody) with { Status = 410 };
        yield return At("/join/{code}", "join-ended", "/join/plt_i", Nobody) with { Status = 410 };
        yield return new("/join/{code}", "join", Nobody, async window => await window.Go("/join/" + (await Invited(night)).Code));
        yield return new("/reset/{code}", "reset", Nobody, async window => await window.Go("/reset/" + (await night.Site.Db.Write(tx => PasswordResets.Issue(tx, night.Id("grace"), TimeSpan.FromHours(1), "test", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None)).Clear));
        yield return At("/setup", "setup-done", "/setup", Nobody) with { Status = 410 };
        yield return At("/report/{key}", "report-ended", "/report/pli0123456789abcdef0123456789abc", Nobody) with { Status = 404 };
        yield return new(null, "page-answer", Nobody, window => window.Go(link));
        yield return new(null, "page-ended", Nobody, window => window.Go("/p/0123456789abcdef0123456789abcdef"), 410);
        yield return new(null, "sign-in-wrong", Nobody, async window =>
        {
            await window.Go("/sign-in");
            await window.Page.Locator("input[name=email]").FillAsync("grace@example.org");
            await window.Page.Locator("input[name=password]").FillAsync("not the one at all");
            return await After(window, null, "form[action='/sign-in'] button");
        }, 422);
    }

    static Shown Screen(string path, string name, string query = "", string who = Owner) => At(path, name, path + query, who);

    static Shown At(string route, string name, string path, string who = Owner) => new(route, name, who, window => window.Go(path));

    static async Task<int> After(Window window, string? path, string button)
    {
        if (path is not null) await window.Go(path);
        var answer = await window.Page.RunAndWaitForResponseAsync(() => window.Follow(window.Page.Locator(button).First), answer => answer.Request.IsNavigationRequest && answer.Status is < 300 or >= 400);
        return answer.Status;
    }

    static async Task<int> Plan(Window window, string line)
    {
        await window.Go("/packs/new");
        await window.Page.Locator("#f-pack").FillAsync($"=== pack.yaml\nname: padaria\ntitle: Padaria\nversion: 1.0.0\n=== services/forno.yaml\ntitle: O forno\n{line}\n=== routes/forno.yaml\ntitle: Forno\nrules:\n  - match: ['alertname=\"Forno\"']\n    service: forno\n");
        return await After(window, null, "#pack button.primary");
    }

    static async Task<InvitedView> Invited(Night night)
    {
        var name = "guest" + Guid.NewGuid().ToString("N")[..8];
        using var invited = await night.Site.Owner.PostAsJsonAsync("/api/v1/users", new InviteRequest(name + "@example.org", name));
        return (await invited.Content.ReadFromJsonAsync<InvitedView>())!;
    }

    /// <summary>A window as each of those who look, opened when first asked for.</summary>
    public sealed class Windows(EveryScreen of, string language, (int Width, int Height) size) : IAsyncDisposable
    {
        readonly Dictionary<string, Window> open = new(StringComparer.Ordinal);

        public async Task<Window> As(string who)
        {
            if (open.TryGetValue(who, out var window)) return window;
            window = await (await Browser.Open(of.Night.Site, size, language: language)).WithAxe();
            return open[who] = who.Length == 0 ? window : await window.As(of.People[who]);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var window in open.Values) await window.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => Night.DisposeAsync();
}
