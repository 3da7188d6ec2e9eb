using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Home;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Doctor;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Home;

/// <summary>What the first screen, search, health and audit say, and to whom.</summary>
[Trait("Kind", "Sqlite")]
public class HomeTests
{
    static async Task<Night> Start()
    {
        var night = await Night.Start(Database.Sqlite);
        await night.Policy("checkout", 2, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(10)));
        await night.Service("checkout");
        return night;
    }

    static async Task<string> Page(Night night, string user, string path)
    {
        using var http = night.Site.Http(await night.Site.TokenOf(night.Id(user)));
        using var answer = await http.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {(int)answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_first_screen_rings_for_who_is_paged_alone_and_names_who_is_next()
    {
        await using var night = await Start();
        using var fired = await night.Fire("CheckoutDown");
        await night.Site.Work();

        var ada = await Page(night, "ada", "/");
        Assert.Contains("Paging you for", ada, StringComparison.Ordinal);
        Assert.Contains("Without an answer pages <bdi>Grace</bdi>", ada, StringComparison.Ordinal);
        Assert.Contains("/acknowledge\"", ada, StringComparison.Ordinal);

        var grace = await Page(night, "grace", "/");
        Assert.Contains("Nobody is asking for you.", grace, StringComparison.Ordinal);
        Assert.Contains("CheckoutDown is on", grace, StringComparison.Ordinal);

        await night.Site.Pass(TimeSpan.FromMinutes(6));
        Assert.Contains("Paging you for", await Page(night, "grace", "/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_says_until_when_the_viewer_is_on_call_and_where_nobody_is()
    {
        await using var night = await Start();
        await night.Schedule("days", """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2024-01-01","only":["monday-sunday 08:00-20:00"]}]}""");

        var screen = await Page(night, "ada", "/");

        Assert.Matches("You are on call until [^<]*\\(days\\)", screen);
        Assert.Contains(": nobody for 12", screen, StringComparison.Ordinal);
        Assert.Contains("You have no turn in any schedule.", await Page(night, "grace", "/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_teams_things_are_found_by_its_people_alone()
    {
        await using var night = await Start();
        var (insider, _) = await night.Site.Person("insider");
        var team = await night.Site.Team("vault", isPrivate: true, (insider, TeamRole.Responder));
        await night.Policy("vault-ladder", 1, team, ("owner", TimeSpan.FromMinutes(5)));
        await night.Service("vault-ladder", "vault-api", team);
        await night.Schedule("vault-rota", """{"zone":"UTC","layers":[{"people":["owner"],"rotation":"weekly","handoff":"monday 09:00","start":"2024-01-01"}]}""", team);
        await night.Person("insider-friend");

        using var mine = night.Site.Http(await night.Site.TokenOf(insider));
        var found = await mine.GetStringAsync("/search?q=vault");
        foreach (var thing in (string[])["vault-api", "vault-rota", "vault-ladder", "vault-api-alerts"]) Assert.Contains($"<bdi>{thing}</bdi>", found, StringComparison.Ordinal);

        var others = await Page(night, "insider-friend", "/search?q=vault");
        Assert.Contains("Nothing matches “vault”", others, StringComparison.Ordinal);
        Assert.DoesNotContain("vault-", others, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CHECKOUTDOWN", true)]   // the title, whatever the case
    [InlineData("eu-west", true)]        // a label
    [InlineData("100% \"done\"", true)]  // what LIKE and JSON would read otherwise
    [InlineData("100_", false)]
    [InlineData("nowhere", false)]
    public async Task Alerts_are_found_by_title_and_label(string text, bool expected)
    {
        await using var night = await Start();
        using var fired = await night.Fire("CheckoutDown", labels: [("region", "eu-west"), ("state", "100% \"done\"")]);
        await night.Site.Work();
        var id = (await night.Alerts())[0].Id;

        Assert.Equal(expected, (await Page(night, "ada", "/search?q=" + Uri.EscapeDataString(text))).Contains("/alerts/" + id, StringComparison.Ordinal));
        Assert.Contains("/alerts/" + id, await Page(night, "ada", "/search?q=" + id), StringComparison.Ordinal);
    }

    [Theory, InlineData("conceicao", "Conceição", true), InlineData("AÇÃO", "acao corretiva", true), InlineData("x", "Conceição", false)]
    public void Names_are_found_without_their_accents(string text, string name, bool expected) => Assert.Equal(expected, SearchDesk.Fits(text, name));

    [Fact]
    public async Task What_does_not_hold_is_loud_on_the_first_screen_and_named_on_the_screen_of_health()
    {
        await using var night = await Start();
        await night.Site.Work();
        Assert.DoesNotContain("do not hold", await Page(night, "owner", "/"), StringComparison.Ordinal);

        await night.Site.Db.Write(tx => tx.Execute($"UPDATE journal SET kind = 'forged' WHERE position = 1"), CancellationToken.None);
        await night.Site.Db.Write(tx => Plantao.Alerts.SignalStore.SetAside(tx, 4711, "broken", night.Site.Clock.GetUtcNow()), CancellationToken.None);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE dead_letters SET due_at = NULL"), CancellationToken.None);
        await night.Site.Pass(TimeSpan.FromMinutes(61), TimeSpan.FromMinutes(30));

        var first = await Page(night, "owner", "/");
        Assert.Contains("its chain is broken", first, StringComparison.Ordinal);
        Assert.Contains("1 of ", first, StringComparison.Ordinal);
        var health = await Page(night, "owner", "/health");
        Assert.Contains("Something does not work", health, StringComparison.Ordinal);
        Assert.Contains("sig_4711", health, StringComparison.Ordinal);
        Assert.Contains("position 1: ", health, StringComparison.Ordinal);
    }

    public static TheoryData<int, long, Health> Queues() => new() { { 0, 0, Health.Ok }, { 5, 10, Health.Ok }, { 1, 31, Health.Warning }, { 1, 61, Health.Failure } };

    [Theory, MemberData(nameof(Queues))]
    public void A_queue_is_judged_by_how_long_its_oldest_waits(int count, long seconds, Health expected)
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        Assert.Equal(expected, HealthDesk.Queue("sign.sending", "sending", count, count == 0 ? null : now.AddSeconds(-seconds), now).Health);
    }

    [Fact]
    public void A_channel_that_takes_nothing_is_a_failure_and_one_that_rests_a_warning()
    {
        Assert.Equal(Health.Ok, HealthDesk.OfChannels([], 0).Health);
        Assert.Equal(Health.Ok, HealthDesk.OfChannels([new("email", 5, 0, 0)], 0).Health);
        Assert.Equal(Health.Warning, HealthDesk.OfChannels([new("email", 5, 1, 0)], 0).Health);
        Assert.Equal(Health.Warning, HealthDesk.OfChannels([new("email", 5, 0, 0)], 1).Health);
        Assert.Equal(Health.Failure, HealthDesk.OfChannels([new("email", 5, 0, 0), new("ntfy", 0, 0, 2)], 0).Health);
    }

    [Fact]
    public async Task The_audit_is_searched_by_person_kind_subject_and_time()
    {
        await using var night = await Start();
        var ada = night.Id("ada");
        await night.Site.Db.Write(tx => SessionStore.Begin(tx, ada, "=HYPERLINK(\"//x\")", night.Site.Clock.GetUtcNow(), "c1"), CancellationToken.None);
        night.Site.Clock.Advance(TimeSpan.FromHours(2));
        await night.Site.Db.Write(tx => SessionStore.Begin(tx, night.Id("grace"), "later", night.Site.Clock.GetUtcNow(), "c2"), CancellationToken.None);
        await night.Site.Work();

        var person = await Page(night, "owner", "/audit?who=ada@example.org&kind=session.");
        Assert.Contains("session.begun", person, StringComparison.Ordinal);
        Assert.Contains("<span class=\"muted\">userId</span> <bdi>Ada</bdi>", person, StringComparison.Ordinal);
        Assert.DoesNotContain("<bdi>later</bdi>", person, StringComparison.Ordinal);
        Assert.Contains("<bdi>later</bdi>", await Page(night, "owner", "/audit?kind=session.begun&from=" + night.Site.Clock.GetUtcNow().AddHours(-1).ToOffset(TimeSpan.FromHours(1)).ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture)), StringComparison.Ordinal);
        Assert.Contains("Nothing matches this filter", await Page(night, "owner", "/audit?subject=nothing"), StringComparison.Ordinal);
        using var http = night.Site.Http(await night.Site.TokenOf(night.Site.OwnerId));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await http.GetAsync("/audit?who=nobody-here")).StatusCode);

        var csv = await http.GetStringAsync("/audit.csv?kind=session.");
        Assert.Contains("\"'=HYPERLINK(\"\"//x\"\")\"", csv, StringComparison.Ordinal);
        Assert.Equal(3, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("  =1", "'  =1")]
    [InlineData("\uff1d1", "'\uff1d1")]
    [InlineData("a=1", "a=1")]
    [InlineData("", "")]
    public void No_field_of_a_table_is_a_formula(string field, string expected) => Assert.Equal($"\"{expected}\",\"\"\r\n", Csv.Line(field, null));

    [Theory]
    [InlineData("10.0.0.5", "203.0.113.9", "10.0.0.5, 10.0.0.6", "203.0.113.9")]              // no proxy of ours: its header says nothing
    [InlineData("10.0.0.5", "10.0.0.5", "203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.5", "10.0.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9")]          // what stands left of a stranger, the stranger wrote
    [InlineData("10.0.0.0/8", "10.0.0.5", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9")]
    [InlineData("10.0.0.5", "10.0.0.5", "198.51.100.1, junk", "10.0.0.5")]
    [InlineData("10.0.0.5", "10.0.0.5", "", "10.0.0.5")]
    [InlineData("10.0.0.5", "::ffff:10.0.0.5", "203.0.113.9:4711", "203.0.113.9")]
    [InlineData("2001:db8::/32", "2001:db8::1", "[2a00::7]:80", "2a00::7")]
    [InlineData("", "10.0.0.5", "203.0.113.9", "10.0.0.5")]
    public async Task Where_a_call_comes_from_is_said_by_listed_proxies_alone(string list, string peer, string header, string expected)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Request.Scheme = "http";
        if (header.Length > 0) http.Request.Headers["X-Forwarded-For"] = header;
        http.Request.Headers["X-Forwarded-Proto"] = "https";

        await new ProxyMiddleware(_ => Task.CompletedTask, Proxies.Read(list)).Invoke(http);

        Assert.Equal(IPAddress.Parse(expected), http.Connection.RemoteIpAddress);
        Assert.Equal(Proxies.Read(list).Hold(IPAddress.Parse(peer)), http.Request.IsHttps);
    }

    [Theory, InlineData("proxy"), InlineData("10.0.0.0/33"), InlineData("10.0.0.1,,x")]
    public void A_list_of_proxies_that_is_misspelt_starts_nothing(string list) => Assert.Throws<FormatException>(() => Proxies.Read(list));

    [Fact]
    public async Task Behind_a_proxy_that_ends_https_every_cookie_is_secure()
    {
        await using var night = await Start();
        Assert.StartsWith("https://", night.Site.Place.Options.PublicAddress, StringComparison.Ordinal);
        using var http = night.Site.Http();

        using var answer = await http.GetAsync("/sign-in");

        Assert.Equal("http", answer.RequestMessage!.RequestUri!.Scheme);
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Theory, InlineData("https://plantao.example.org", "http", true), InlineData("http://127.0.0.1:8470", "http", false), InlineData("http://127.0.0.1:8470", "https", true)]
    public void A_cookie_is_secure_when_people_come_by_https(string address, string scheme, bool expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Scheme = scheme;
        Plantao.Platform.Web.SecureCookies.GoBy(http, address);

        Assert.Equal(expected, Session.CookieOf(http.Request, TimeSpan.FromDays(1)).Secure);
    }

    [Fact]
    public async Task What_checks_and_self_tests_say_is_said_in_both_languages()
    {
        await using var night = await Start();
        Assert.All(night.Site.App.Services.GetServices<ISelfTest>(), test => Assert.Contains(test.Holds, HomeTexts.All.All.Keys));
        foreach (var check in night.Site.App.Services.GetServices<IDoctorCheck>())
            if ((await check.Check(CancellationToken.None)).ToDo is { } next) Assert.True(next.English != next.Portuguese, check.Name);

        await night.Site.Db.Write(tx => tx.Execute($"UPDATE users SET language = 'pt-BR' WHERE id = {night.Id("owner")}"), CancellationToken.None);
        await night.Site.Work();
        var said = await Page(night, "owner", "/health");
        Assert.Contains("Um reconhecimento diz quem está com ele.", said, StringComparison.Ordinal);
        Assert.Contains("nenhum feito ainda", said, StringComparison.Ordinal);
        Assert.DoesNotContain("none made yet", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 600)]
    [InlineData(1, 600)]
    [InlineData(30, 6000)]
    [InlineData(3600, 43200)]
    public void A_self_test_that_takes_long_is_made_more_seldom(int tookSeconds, int restSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(restSeconds), SelfTestWorker.Rest(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(tookSeconds)));
}
