using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Data.Sqlite;
using Plantao.Alerts;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Access;

/// <summary>What a hostile reviewer checks first (failures.md §2), of every route that there is at run time.</summary>
[Trait("Kind", "Sqlite")]
public partial class HostileTests
{
    /// <summary>Doors where a GET is a message: <c>curl</c> in a crontab can do no better, and the key in the path says who.</summary>
    static bool Tells(string route) => route.StartsWith("/in/", StringComparison.Ordinal);

    [Fact]
    public async Task Static_files_are_stylesheets_and_icons_and_nothing_else()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var files = ((IEndpointRouteBuilder)site.App).DataSources.SelectMany(s => s.Endpoints).Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is not null).OfType<RouteEndpoint>().ToList();

        Assert.NotEmpty(files);
        using var http = site.Http();
        foreach (var file in files)
        {
            Assert.Equal(Right.Open, file.Metadata.GetMetadata<NeededRight>()!.Right);
            Assert.Contains(Path.GetExtension(file.RoutePattern.RawText!.Replace(".gz", "", StringComparison.Ordinal).Replace(".br", "", StringComparison.Ordinal)), new[] { ".css", ".svg", ".ico", ".js", ".woff2" });
        }

        foreach (var path in new[] { "/..%2fplantao.db", "/plantao.key", "/appsettings.json", "/_framework/x.js", "/Plantao.Server.dll" })
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task No_get_changes_anything()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        var owner = world.Identities.Single(i => i.Name == "owner");
        using var http = site.Http(owner.Token);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/me")).StatusCode);
        var link = await PageLink(world);

        var asked = 0;
        foreach (var (verb, route, takesBody) in SweepTests.Endpoints(site).Where(e => e.Verb == "GET" && !Tells(e.Route)))
            foreach (var sample in SweepTests.SamplesOf(verb, route, takesBody))
            {
                var path = route == "/p/{token}" ? link : await sample.Path(world, owner) is { Length: > 0 } made ? made : route;
                // When it was used last is noted once in a while, as of a token.
                if (route.StartsWith("/calendar/", StringComparison.Ordinal)) (await http.GetAsync(path)).Dispose();
                var before = Everything(site);
                foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Options })
                    using (await http.SendAsync(new HttpRequestMessage(method, path), HttpCompletionOption.ResponseHeadersRead)) asked++;   // a live stream has no end
                Assert.True(before == Everything(site), $"GET, HEAD or OPTIONS {path} changed what is kept.");
            }

        Assert.True(asked > 60, $"Only {asked} were asked.");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task A_call_from_another_site_changes_nothing_whatever_the_route()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        var owner = world.Identities.Single(i => i.Name == "owner");
        var cookie = (await site.Db.Write(tx => SessionStore.Begin(tx, owner.UserId!, "browser", site.Clock.GetUtcNow(), "test"), CancellationToken.None)).Clear;
        using var http = site.Http();
        var refused = 0;
        foreach (var (verb, route, takesBody) in SweepTests.Endpoints(site).Where(e => e.Verb is not ("GET" or "HEAD") && Needs(site, e.Verb, e.Route) is not (Right.Intake or Right.AnswerPage)))
            foreach (var sample in SweepTests.SamplesOf(verb, route, takesBody))
            {
                var path = await sample.Path(world, owner) is { Length: > 0 } made ? made : route;
                var before = Everything(site);
                foreach (var (header, value) in new[] { ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"), ("Origin", "https://evil.example"), ("Origin", "null") })
                {
                    using var request = new HttpRequestMessage(new HttpMethod(verb), path);
                    if (sample.Body is not null) request.Content = new StringContent(sample.Body, Encoding.UTF8, "application/json");
                    request.Headers.Add("Cookie", $"{Session.Cookie}={cookie}");
                    request.Headers.Add(header, value);
                    using var answer = await http.SendAsync(request);
                    Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
                    // A form is answered with a screen.
                    if (answer.Content.Headers.ContentType?.MediaType is not "text/html")
                        Assert.Equal("/problems/cross-site", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
                    refused++;
                }

                Assert.True(before == Everything(site), $"{verb} {path} from another site changed what is kept.");
            }

        Assert.True(refused > 100, $"Only {refused} were tried.");
    }

    [Fact]
    public async Task A_token_in_a_header_is_nobodys_cookie_and_may_come_from_anywhere()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/teams") { Content = JsonContent.Create(new { name = "gamma", title = "Gamma" }) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        request.Headers.Add("Cookie", "other=1");
        using var answer = await site.Owner.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_that_opens_nothing_gets_the_same_answer_whether_it_was_revoked_or_never_was()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        var revoked = Tokens.NewIntegrationKey();
        var name = await world.Integration("alpha");
        await site.Db.Write(async tx =>
        {
            var id = (await IntegrationStore.ByName(tx, name))!.Id;
            var key = (await IntegrationStore.AddKey(tx, id, revoked, site.Clock.GetUtcNow())).Value;
            await IntegrationStore.RevokeKey(tx, id, key, site.Clock.GetUtcNow());
        }, CancellationToken.None);
        site.Clock.Advance(TimeSpan.FromSeconds(2));
        string[] keys = [revoked, Tokens.NewIntegrationKey(), "x", new string('k', 4000), "plt_p0123456789abcdef"];

        using var http = site.Http();
        var before = Everything(site);
        foreach (var (verb, route, _) in SweepTests.Endpoints(site).Where(e => Needs(site, e.Verb, e.Route) is Right.Intake))
        {
            var answers = new List<string>();
            foreach (var key in keys)
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), route.Replace("{key}", key, StringComparison.Ordinal).Replace("{name}", "nightly", StringComparison.Ordinal));
                if (verb == "POST") request.Content = JsonContent.Create(new { routing_key = key, service_key = key, event_action = "trigger", event_type = "trigger", payload = new { summary = "x" } });
                if (route == "/api/v2/alerts") request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
                using var answer = await http.SendAsync(request);
                var headers = answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("X-Correlation-ID" or "Date" or "Set-Cookie" or "Content-Length")).Select(h => $"{h.Key}: {string.Join(',', h.Value)}").Order(StringComparer.Ordinal);
                // A screen bears its correlation and the token of its forms.
                var said = Chance().Replace((await answer.Content.ReadAsStringAsync()).Replace("/report/" + key, "/report/", StringComparison.Ordinal), "");
                answers.Add($"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n{said}");
            }

            Assert.Single(answers.Distinct(StringComparer.Ordinal));
            Assert.StartsWith(route.StartsWith("/report/", StringComparison.Ordinal) ? verb == "POST" ? "40" : "404" : route is "/v2/enqueue" or "/v2/change/enqueue" || route.StartsWith("/generic/", StringComparison.Ordinal) ? "400" : "401", answers[0], StringComparison.Ordinal);
        }

        Assert.Equal(before, Everything(site));
    }

    [Fact]
    public async Task What_is_hidden_and_what_never_was_are_answered_alike()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        var alert = await world.Alert("beta-shop");
        using var http = site.Http(world.Identities.Single(i => i.Name == "manager-b").Token);
        foreach (var (verb, path, body) in new[]
        {
            ("POST", "/api/v1/alerts", """{"title":"x","service":"NAME-shop"}"""),
            ("PUT", $"/api/v1/alerts/{alert}/assignee", """{"policy":"NAME-ladder"}"""),
            ("POST", "/api/v1/silences", """{"match":["a=\"b\""],"minutes":60,"comment":"x","team":"NAME"}"""),
            ("POST", "/api/v1/maintenance", """{"services":["NAME-shop"],"minutes":60,"comment":"x"}"""),
            ("POST", "/api/v1/integrations", """{"name":"mine","format":"generic","service":"NAME-shop"}"""),
            ("POST", "/api/v1/integrations/NAME-shop-alerts/keys", null),
            ("GET", "/api/v1/integrations/NAME-shop-alerts/refusals", null),
            ("GET", "/api/v1/schedules/NAME-rota", null),
            ("POST", "/api/v1/schedules/NAME-rota/overrides", """{"person":"owner","from":"2026-09-22T09:00:00Z","until":"2026-09-22T10:00:00Z"}"""),
            ("GET", "/api/v1/services?team=NAME", null),
        })
        {
            async Task<string> Ask(string name)
            {
                using var request = new HttpRequestMessage(new HttpMethod(verb), path.Replace("NAME", name, StringComparison.Ordinal));
                if (body is not null) request.Content = new StringContent(body.Replace("NAME", name, StringComparison.Ordinal), Encoding.UTF8, "application/json");
                request.Headers.Add("X-Correlation-ID", "the-same");
                request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
                using var answer = await http.SendAsync(request);
                return $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync()).Replace(name, "NAME", StringComparison.Ordinal).Split("\"traceId\"")[0]}";
            }

            Assert.Equal(await Ask("nowhere"), await Ask("hidden"));
        }
    }

    [Fact]
    public async Task Lists_hold_nothing_of_a_private_team_for_others()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        await world.Alert("hidden-shop");
        await world.Silence("hidden");
        await world.Maintenance("hidden-shop");
        await world.Maintenance("shop", "hidden-shop");
        using var b = site.Http(world.Identities.Single(i => i.Name == "manager-b").Token);
        using var a = site.Http(world.Identities.Single(i => i.Name == "responder-a").Token);
        foreach (var path in new[] { "/api/v1/alerts", "/api/v1/alerts?service=hidden-shop", "/api/v1/oncall", "/api/v1/silences?ended=true", "/api/v1/maintenance?ended=true", "/api/v1/integrations", "/api/v1/services", "/api/v1/teams" })
        {
            var hidden = (await site.Get<TeamStore>().Find("hidden", CancellationToken.None))!.Id;
            var (theirs, ours) = (await b.GetStringAsync(path), await a.GetStringAsync(path));
            Assert.DoesNotContain("hidden", theirs, StringComparison.Ordinal);
            Assert.DoesNotContain(hidden, theirs, StringComparison.Ordinal);
            if (path != "/api/v1/silences?ended=true") Assert.Contains("hidden", ours, StringComparison.Ordinal);
        }

        Assert.Equal("[]", await b.GetStringAsync("/api/v1/silences"));
        Assert.NotEqual("[]", await a.GetStringAsync("/api/v1/silences"));
        Assert.Contains("\"shop\"", await b.GetStringAsync("/api/v1/maintenance"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_in_a_path_reaches_no_log_no_error_and_no_trace()
    {
        var traced = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (traced) traced.Add($"{activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(t => $"{t.Key}={t.Value}"))}"); },
        };
        ActivitySource.AddActivityListener(listener);
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        var (key, token) = (world.Key, (await PageLink(world))[3..]);
        using var http = site.Http();
        var said = new List<string>();
        foreach (var (method, path) in new[]
        {
            ("GET", $"/in/{key}/nothing"), ("GET", $"/in/{key}/grafana"), ("POST", $"/in/{key}/grafana"), ("POST", $"/IN/{key}/json"), ("GET", $"/in/{key}"), ("PUT", $"/in//{key}/json"),
            ("GET", $"/p/{token}/more"), ("POST", $"/p/{token}"), ("PUT", $"/P/{token}"), ("GET", $"/x/{key}"), ("GET", $"/api/v1/alerts/{key}"),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST") request.Content = new StringContent("{", Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            said.Add($"{method} {path.Replace(key, "K", StringComparison.Ordinal).Replace(token, "T", StringComparison.Ordinal)}: {(int)answer.StatusCode} {answer.Headers} {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.All(said.Concat(site.Log.Lines), line =>
        {
            Assert.DoesNotContain(key, line, StringComparison.Ordinal);
            Assert.DoesNotContain(token, line, StringComparison.Ordinal);
        });
        Assert.Contains(said, line => line.Contains("/in/{key}/nothing", StringComparison.Ordinal));
        Assert.DoesNotContain(said, line => line.Contains(": 500", StringComparison.Ordinal));
        lock (traced) Assert.DoesNotContain(traced, line => line.Contains(key, StringComparison.Ordinal) || line.Contains(token, StringComparison.Ordinal));
    }

    /// <summary>The path of a page's link that opens something.</summary>
    static async Task<string> PageLink(SweepWorld world)
    {
        await world.Alert("paged-shop");
        await world.Site.Work();
        var mail = (SimulatedChannel)world.Site.Services.GetService(typeof(Plantao.Notifications.Channels.IChannel))!;
        return new Uri(mail.Pages[^1].AnswerUrl!).AbsolutePath;
    }

    static Right? Needs(TestSite site, string verb, string route) => ((IEndpointRouteBuilder)site.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
        .First(e => "/" + e.RoutePattern.RawText!.TrimStart('/') == route && (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(verb) ?? verb == "GET"))
        .Metadata.GetMetadata<NeededRight>()?.Right;

    /// <summary>A digest over every row of every table, but for the row that <c>/health/ready</c> writes to prove that it can.</summary>
    static string Everything(TestSite site)
    {
        using var connection = new SqliteConnection($"Data Source={site.Place.Options.SqliteFile};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var tables = Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name").Select(r => r.Trim('|')).ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var table in tables)
            foreach (var row in Rows(connection, $"SELECT * FROM {table}").Where(r => table != "settings" || !r.StartsWith("|probe|", StringComparison.Ordinal)))
                hash.AppendData(Encoding.UTF8.GetBytes(table + row));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add("|" + string.Concat(Enumerable.Range(0, reader.FieldCount).Select(i => (reader.IsDBNull(i) ? "" : reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : reader.GetValue(i).ToString()) + "|")));
        return rows;
    }

    [GeneratedRegex("[0-9a-f]{32}|[A-Za-z0-9_-]{43}|[0-9]{13}", RegexOptions.NonBacktracking)]
    private static partial Regex Chance();
}
