using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Plantao.Alerts;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;
using Plantao.Tests.Notifications.Channels;

namespace Plantao.Tests.Web;

/// <summary>A team that sets itself up without opening a file: in a real browser.</summary>
[Trait("Kind", "Browser")]
public class SetupStories
{
    static async Task<(Night Night, Window Window)> Start()
    {
        var night = await Night.Start(Database.Sqlite, port: true);
        return (night, await (await Browser.Open(night.Site, Browser.Laptop)).As(night.Id("owner")));
    }

    [Fact]
    public async Task A_service_a_policy_and_an_integration_are_made_in_the_browser_and_a_test_alert_is_answered()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;

        await window.Go("/definitions/new?kind=escalation-policy");
        await window.Type("Name", "ladder");
        await window.Type("What people call it", "The owner, then the owner");
        await window.Type("Whom to page", "person:owner");
        await window.Type("Then wait", "5 minuts");
        await window.Press("Save");
        Assert.Contains("5 minuts", await window.Page.Locator("#f-step-0-wait-error").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal("person:owner", await window.Page.Locator("#f-step-0-targets").InputValueAsync());
        await window.Type("Then wait", "5m");
        await window.Press("Save");
        Assert.EndsWith("/definitions/escalation-policy/ladder", window.Page.Url, StringComparison.Ordinal);

        await window.Go("/definitions/new?kind=service");
        await window.Type("Name", "shop");
        await window.Type("What people call it", "The shop");
        await window.Type("Escalation policy", "ladder");
        await window.Press("Save");
        Assert.EndsWith("/definitions/service/shop", window.Page.Url, StringComparison.Ordinal);

        await window.Go("/services/shop");
        await window.Follow(window.Page.GetByRole(AriaRole.Link, new() { Name = "New integration" }));
        await window.Type("Name", "Our tool");
        await window.Press("Make the integration");
        Assert.Contains("A name has 1 to 63", await window.Text(), StringComparison.Ordinal);
        await window.Type("Name", "our-tool");
        await window.Press("Make the integration");
        await window.Press("Make a key");
        var key = await window.Page.Locator("#new-key code").InnerTextAsync();
        Assert.Contains($"Authorization: Bearer {key}", await window.Page.Locator("#send").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await night.Post("/api/v2/alerts", "[]", key)).StatusCode);
        await window.Picture("integration-laptop");
        await window.Page.GotoAsync(window.Page.Url.Replace("/keys", "", StringComparison.Ordinal));
        Assert.DoesNotContain(key, await window.Page.ContentAsync(), StringComparison.Ordinal);

        await window.Press("Send the test alert");
        Assert.Contains("It is on disk and is being decided.", await window.Text(), StringComparison.Ordinal);
        await night.Site.Work();
        await window.Page.ReloadAsync();
        await window.Follow(window.Page.GetByRole(AriaRole.Link, new() { Name = "See the alert" }));
        await window.Press("Acknowledge");
        Assert.Contains("The climb stopped.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal(("Acknowledged", "shop"), (await night.Alerts()) is [var alert] ? (alert.Status, alert.Service) : ("", ""));
    }

    [Fact]
    public async Task A_silence_made_from_an_alert_keeps_it_quiet_until_it_is_ended()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        (await night.Fire("CheckoutDown")).Dispose();
        (await night.Fire("Other")).Dispose();
        var down = (await night.Alerts()).Single(a => a.Title.StartsWith("CheckoutDown", StringComparison.Ordinal));

        await window.Go("/silences/new?alert=" + down.Id);
        await window.Press("See what it covers");
        Assert.Equal(["CheckoutDown is on"], await window.Page.Locator("#preview .row-t").AllInnerTextsAsync());
        await window.Press("Make the silence");
        Assert.Contains("Say why", await window.Text(), StringComparison.Ordinal);
        await window.Type("Why", "the deploy is being undone");
        await window.Press("Make the silence");
        Assert.Contains("/silences/sil_", window.Page.Url, StringComparison.Ordinal);
        await window.Picture("silence-laptop");

        Assert.Equal([true, false], (await night.Alerts()).OrderBy(a => a.Title, StringComparer.Ordinal).Select(a => a.Quiet is not null));
        await window.Go("/silences");
        Assert.Contains("the deploy is being undone", await window.Text(), StringComparison.Ordinal);
        await window.Follow(window.Page.Locator("a.row").First);
        await window.Press("End it now");
        Assert.All(await night.Alerts(), a => Assert.Null(a.Quiet));
    }

    [Fact]
    public async Task A_definition_with_an_error_comes_back_with_its_line_and_what_was_typed()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        const string Wrong = "title: The shop\nescaltion_policy: ladder\n";
        await window.Go("/definitions/new?kind=service&with=text");
        await window.Type("Name", "shop");
        await window.Type("Document (YAML)", Wrong);
        await window.Press("Save");
        var said = await window.Page.Locator(".note.red").InnerTextAsync();
        Assert.Contains("line 2, column 1:", said, StringComparison.Ordinal);
        Assert.Contains("escalation_policy", said, StringComparison.Ordinal);
        Assert.Equal(Wrong, await window.Page.Locator("#f-yaml").InputValueAsync());
        await window.Picture("definition-error-laptop");

        await window.Type("Document (YAML)", "title: The shop\nescalation_policy: ladder\n");
        await window.Press("Save");
        Assert.Contains("escalation-policy ladder", await window.Page.Locator("#holes").InnerTextAsync(), StringComparison.Ordinal);
        await window.Go("/definitions/service/shop/edit");
        await window.Type("What people call it", "Our shop");
        await window.Type("Why", "renamed");
        await window.Press("Save");
        await window.Press("Compare");
        Assert.Equal(["title: The shop", "title: Our shop"], (await window.Page.Locator("#compared tr.del td:last-child, #compared tr.add td:last-child").AllInnerTextsAsync()).Select(t => t[(t.IndexOf("title", StringComparison.Ordinal))..].Trim()));
        await window.Press("Back to revision 1");
        Assert.Contains("title: The shop", await window.Page.Locator("#document").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Contains("revision 3", await window.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pasted_pack_is_planned_and_applied_by_a_second_press()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await window.Go("/packs/new");
        await window.Type("Or pasted", "=== pack.yaml\nname: padaria\ntitle: Padaria\nversion: 1.0.0\n=== services/forno.yaml\ntitle: O forno\nteem: x\n");
        await window.Press("See the plan");
        Assert.Contains("services/forno.yaml line 2, column 1:", await window.Page.Locator(".note.red").InnerTextAsync(), StringComparison.Ordinal);
        await window.Type("Or pasted", "=== pack.yaml\nname: padaria\ntitle: Padaria\nversion: 1.0.0\n=== services/forno.yaml\ntitle: O forno\n");
        await window.Press("See the plan");
        Assert.Contains("Planned, nothing is applied yet", await window.Text(), StringComparison.Ordinal);
        Assert.Null(await night.Site.Get<ServiceStore>().Find("forno", CancellationToken.None));
        await window.Picture("plan-laptop");

        await window.Press("Apply 1 change");
        Assert.Contains("Applied", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("O forno", (await night.Site.Get<ServiceStore>().Find("forno", CancellationToken.None))?.Title);
        var file = await window.Page.EvaluateAsync<int[]>("async () => { const r = await fetch('/packs/padaria/archive'); const b = new Uint8Array(await r.arrayBuffer()); return [r.status, b[0], b[1]]; }");
        Assert.Equal([200, 'P', 'K'], file);
    }

    [Fact]
    public async Task A_route_is_tried_by_the_function_that_decides()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await window.Go("/definitions/new?kind=route");
        await window.Type("Name", "words");
        await window.Type("What people call it", "What severity means");
        await window.Page.Locator("#f-rule-0-match").FillAsync("severity=~\"page|critical\"");
        await window.Page.Locator("#f-rule-0-service").FillAsync("checkout");
        await window.Page.Locator("#f-rule-0-title").FillAsync("Wake somebody");
        await window.Page.Locator("#f-rule-1-match").FillAsync("severity=\"info\"");
        await window.Page.Locator("#f-rule-1-urgency").SelectOptionAsync("low");
        await window.Press("Save");
        await night.Service("", "checkout");

        await window.Go("/routes?labels=" + Uri.EscapeDataString("alertname=Down\nseverity=critical"));
        var tried = await window.Page.Locator("#tried").InnerTextAsync();
        Assert.Contains("checkout", tried, StringComparison.Ordinal);
        Assert.Contains("Wake somebody", await window.Page.Locator("li:has(.tag.blue)").InnerTextAsync(), StringComparison.Ordinal);
        await window.Go("/routes?labels=" + Uri.EscapeDataString("severity=info"));
        Assert.Contains("low: told, wakes nobody", await window.Page.Locator("#tried").InnerTextAsync(), StringComparison.Ordinal);
        await window.Picture("routes-laptop");
    }

    [Fact]
    public async Task Whoever_has_the_link_reports_without_signing_in()
    {
        var (night, owner) = await Start();
        await using var _ = night;
        await using var __ = owner;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await owner.Go("/integrations/new?service=checkout");
        await owner.Type("Name", "reports");
        await owner.Page.GetByLabel("What the tool speaks").SelectOptionAsync("report");
        await owner.Press("Make the integration");
        await owner.Press("Make a key");
        var key = await owner.Page.Locator("#new-key code").InnerTextAsync();
        await using var customer = await Browser.Open(night.Site);
        await customer.Go("/report/" + key);
        Assert.Empty(await customer.Barriers());
        await customer.Type("What is wrong, in one line", "I cannot pay");
        await customer.Press("Send");
        Assert.Contains("Thank you. It was received.", await customer.Text(), StringComparison.Ordinal);
        Assert.Equal(("I cannot pay", "customer"), (await night.Alerts()) is [var alert] ? (alert.Title, alert.Source) : ("", ""));
        Assert.Equal(404, await customer.Go("/report/pli0123456789abcdef0123456789abc"));
    }

    static byte[] Zip(params (string Path, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in files)
            {
                using var entry = new StreamWriter(zip.CreateEntry(path).Open());
                entry.Write(text);
            }
        }

        return stream.ToArray();
    }

    [Fact]
    public async Task A_pack_comes_as_a_zip_archive_and_what_it_holds_no_more_goes_only_when_that_is_said()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        async Task Upload(params (string Path, string Text)[] files)
        {
            await window.Go("/packs/new");
            // As a repository's host packs it: everything in one folder.
            await window.Page.Locator("#f-files").SetInputFilesAsync(new FilePayload { Name = "padaria-main.zip", MimeType = "application/zip", Buffer = Zip([.. files.Select(f => ("padaria-main/" + f.Path, f.Text))]) });
            await window.Press("See the plan");
        }

        const string Head = "name: padaria\ntitle: Padaria\nversion: 1.0.0\n";
        await Upload(("pack.yaml", Head), ("services/forno.yaml", "title: O forno\n"), ("services/balcao.yaml", "title: O balcão\n"));
        await window.Press("Apply 2 changes");
        Assert.Equal("O balcão", (await night.Site.Get<ServiceStore>().Find("balcao", CancellationToken.None))?.Title);

        await Upload(("pack.yaml", Head), ("services/forno.yaml", "title: O forno\n"));
        Assert.Contains("These stay unless you say that they go.", await window.Page.Locator("#prune").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await window.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).CountAsync());
        await window.Press("Plan without them");
        await window.Picture("plan-prune-laptop");
        await window.Press("Apply 1 change");
        Assert.Equal((true, false), (await night.Site.Get<ServiceStore>().Find("forno", CancellationToken.None) is not null, await night.Site.Get<ServiceStore>().Find("balcao", CancellationToken.None) is not null));

        // What is no archive says so, and changes nothing.
        await window.Go("/packs/new");
        await window.Page.Locator("#f-files").SetInputFilesAsync(new FilePayload { Name = "padaria.zip", MimeType = "application/zip", Buffer = "PK, but not one"u8.ToArray() });
        await window.Press("See the plan");
        Assert.Contains("This is not a zip archive that can be read", await window.Page.Locator(".note.red").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maintenance_is_announced_for_the_services_that_were_chosen_and_ended_with_a_button()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Service("checkout", "other");
        await window.Go("/maintenance/new");
        await window.Type("What is done", "new disks");
        await window.Press("Announce the maintenance");
        Assert.Equal(1, await window.Page.Locator("#f-service .err").CountAsync());
        Assert.Equal("new disks", await window.Page.GetByLabel("What is done").InputValueAsync());

        await window.Page.Locator("input[name=service][value=checkout]").CheckAsync();
        await window.Press("Announce the maintenance");
        await window.Picture("maintenance-laptop");
        (await night.Fire("DiskGone")).Dispose();
        Assert.Single(await night.Alerts(), a => a.Quiet is not null);
        Assert.Empty(await night.Paged());
        await window.Page.ReloadAsync();
        Assert.Contains("DiskGone is on", await window.Text(), StringComparison.Ordinal);
        await window.Press("End it now");
        Assert.All(await night.Alerts(), a => Assert.Null(a.Quiet));
        Assert.Equal(["ada"], await night.Paged());
    }

    [Fact]
    public async Task Two_keys_live_side_by_side_until_the_old_one_is_revoked()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await window.Go("/integrations/checkout-alerts");
        await window.Press("Make another key");
        var second = await window.Page.Locator("#new-key code").InnerTextAsync();
        foreach (var key in (string[])[night.Key, second]) Assert.Equal(HttpStatusCode.OK, (await night.Post("/api/v2/alerts", "[]", key)).StatusCode);
        await window.Go("/integrations/checkout-alerts");
        await window.Press("Make another key");
        Assert.Equal(1, await window.Page.Locator("#keys .note.red").CountAsync());
        await window.Picture("third-key-laptop");

        // The oldest stands last.
        await window.Follow(window.Page.Locator("#keys form[action$='/revoke'] button").Last);
        Assert.Equal(HttpStatusCode.Unauthorized, (await night.Post("/api/v2/alerts", "[]", night.Key)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await night.Post("/api/v2/alerts", "[]", second)).StatusCode);
    }

    [Fact]
    public async Task A_test_message_of_each_format_opens_an_alert_by_its_button_and_by_the_command_that_is_shown()
    {
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        foreach (var format in (string[])["grafana", "pagerduty", "generic", "report"])
        {
            await window.Go("/integrations/new?service=checkout");
            await window.Type("Name", format);
            await window.Page.GetByLabel("What the tool speaks").SelectOptionAsync(format);
            await window.Press("Make the integration");
            await window.Press("Make a key");
            var key = await window.Page.Locator("#new-key code").InnerTextAsync();
            var command = await window.Page.Locator("#send pre").First.InnerTextAsync();
            Assert.Contains(key, command, StringComparison.Ordinal);
            var before = (await night.Alerts()).Count;

            await window.Go("/integrations/" + format);
            await window.Press("Send the test alert");
            Assert.Contains("It is on disk and is being decided.", await window.Text(), StringComparison.Ordinal);
            Assert.True((await night.Alerts()).Count == before + 1, format);
            await window.Page.ReloadAsync();
            Assert.Contains("It opened an alert.", await window.Text(), StringComparison.Ordinal);

            // What stands there to copy is what was sent: its address and its body are taken by the same door.
            var body = command[command.IndexOf('{', StringComparison.Ordinal)..(command.LastIndexOf('}') + 1)].Replace("'\\''", "'", StringComparison.Ordinal);
            var path = new Uri(command.Split(' ', '\n', '\'').First(word => word.StartsWith("http", StringComparison.Ordinal))).AbsolutePath;
            using var sent = await night.Post(path, body, key);
            Assert.True(sent.IsSuccessStatusCode, $"{format}: {path} answered {(int)sent.StatusCode} to {body}");
        }
    }

    /// <summary>The house's own list for messages, and as much again that tries to leave its place in a document.</summary>
    static IReadOnlyList<string> Payloads { get; } =
    [
        .. InjectionTests.Payloads.Select(p => p.Data),
        .. from place in (string[])["{0}", "\">{0}", "'>{0}", "</title>{0}", "</textarea>{0}", "</script>{0}", "--><!-->{0}", "]]>{0}"]
           from thing in (string[])["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>", "<a href=\"javascript:alert(1)\">x</a>", "<form action=//x><button>Acknowledge</button></form>", "<base href=//x>", "<style>*{display:none}</style>", "<meta http-equiv=refresh content=\"0;url=//x\">", "<object data=//x></object>", "<link rel=stylesheet href=//x>", "<details open ontoggle=alert(1)>"]
           select string.Format(CultureInfo.InvariantCulture, place, thing),
    ];

    /// <summary>Looks into a screen without leaving this one: what came of the payloads there is counted by a parser, not run.</summary>
    const string Inert = """
        async path => {
            const answer = await fetch(path);
            const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
            const bad = [...page.querySelectorAll("script:not([src^='/']):not([src^='live']), img, iframe, object, style, meta[http-equiv], form[action*='//'], base:not([href='/'])")].map(e => e.outerHTML);
            for (const e of page.querySelectorAll('*')) for (const a of e.attributes) if (/^on/i.test(a.name) || a.name === 'style' || (['href', 'src', 'action', 'formaction'].includes(a.name) && /^\s*(javascript|data|vbscript):/i.test(a.value))) bad.push(e.outerHTML.slice(0, 200));
            return answer.status === 200 ? bad : ['status ' + answer.status];
        }
        """;

    [Fact]
    public async Task A_hundred_and_fifty_hostile_texts_are_text_on_every_screen()
    {
        Assert.True(Payloads.Distinct(StringComparer.Ordinal).Count() >= 150, $"{Payloads.Count}");
        var (night, window) = await Start();
        await using var _ = night;
        await using var __ = window;
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        var fired = JsonSerializer.Serialize(Payloads.Select((text, i) => new
        {
            labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = text, ["severity"] = text, ["n" + i.ToString(CultureInfo.InvariantCulture)] = text },
            annotations = new Dictionary<string, string>(StringComparer.Ordinal) { ["summary"] = text, ["description"] = text, ["runbook_url"] = text },
            generatorURL = "javascript:alert(1)",
        }));
        Assert.Equal(HttpStatusCode.OK, (await night.Post("/api/v2/alerts", fired)).StatusCode);
        var now = night.Site.Clock.GetUtcNow();
        await night.Site.Db.Write(async tx =>
        {
            foreach (var (text, i) in Payloads.Chunk(20).Select((some, i) => (string.Join(' ', some), i)))
            {
                await ServiceStore.Put(tx, new($"hostile-{i}", text, null, text, JsonSerializer.Serialize(new { title = text, text, urgency = new { words = new Dictionary<string, string>(StringComparer.Ordinal) { [text] = "high" } } })), "test", now, "test");
                var integration = new Integration(Plantao.Platform.Ids.New("int", now), $"hostile-{i}", text, $"hostile-{i}", null, i % 2 == 0 ? "generic" : "alertmanager");
                await IntegrationStore.Put(tx, integration, 1, now);
                await SignalStore.Refuse(tx, new(integration.Id, now, 400, text, 1, text, text, text));
            }
        }, CancellationToken.None);
        var alerts = await night.Alerts();
        Assert.True(alerts.Count >= 150, $"{alerts.Count}");

        await window.Go("/alerts");
        var screens = Enumerable.Range(0, (Payloads.Count + 19) / 20).SelectMany(i => new[] { $"/services/hostile-{i}", $"/integrations/hostile-{i}" })
            .Concat(["/alerts", "/services", "/integrations", "/silences/new?alert=" + alerts[0].Id, "/routes?labels=" + Uri.EscapeDataString("a=" + Payloads[^1])]).Concat(alerts.Select(a => "/alerts/" + a.Id));
        foreach (var path in screens) Assert.True(await window.Page.EvaluateAsync<string[]>(Inert, path) is { Length: 0 }, path);
        // And some of them for real: a dialog, a fault of a script or a refusal of the policy fails the window at its end.
        foreach (var path in new[] { "/alerts", "/services", "/integrations", "/services/hostile-3", "/integrations/hostile-5", "/alerts/" + alerts[0].Id, "/alerts/" + alerts[70].Id }) Assert.Equal(200, await window.Go(path));
    }
}
