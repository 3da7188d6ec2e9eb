using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>People, teams, and how one is reached, in a real browser and over a real mail server.</summary>
[Trait("Kind", "Browser")]
public class PeopleStories
{
    const string Rota = """{"zone":"Europe/London","layers":[{"name":"day","people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""";

    /// <summary>A site whose mail goes to a real server on loopback.</summary>
    static Task<TestSite> WithMail(SmtpSink sink) => TestSite.Start(Database.Sqlite, builder => builder.Services
        .AddSingleton(new EmailOptions { Server = "127.0.0.1", Port = sink.Port, From = "plantao@example.org", Tls = MailTls.None, Policy = new Plantao.Platform.Egress.EgressPolicy { AllowLoopback = true } })
        .AddSingleton<IChannel, EmailChannel>(), port: true);

    static async Task<string> Mailed(TestSite site, SmtpSink sink, string pattern)
    {
        await site.Work();
        Assert.True(sink.Mails.TryDequeue(out var mail), "No mail came.");
        var found = Regex.Match(mail.Part(0), pattern, RegexOptions.NonBacktracking);
        Assert.True(found.Success, mail.Part(0));
        return found.Value;
    }

    [Fact]
    public async Task A_method_is_added_and_proven_by_the_code_that_was_mailed()
    {
        await using var sink = new SmtpSink();
        await using var site = await WithMail(sink);
        var (ada, _) = await site.Person("ada");
        await using var window = await (await Browser.Open(site, scripts: false)).As(ada);

        await window.Go("/account/reached");
        await window.Type("Address", "ada.night@example.org");
        await window.Press("Send the code");
        Assert.Contains("A code is on its way.", await window.Text(), StringComparison.Ordinal);
        await window.Picture("reached-phone");
        var code = await Mailed(site, sink, "[0-9]{6}");

        await window.Type("Code sent to ada.night@example.org", code == "000000" ? "000001" : "000000");
        await window.Press("Prove");
        Assert.Contains("This is not the code that was sent.", await window.Text(), StringComparison.Ordinal);
        Assert.Single(await site.Get<ContactMethodStore>().For([ada], CancellationToken.None));
        await window.Type("Code sent to ada.night@example.org", code);
        await window.Press("Prove");
        Assert.Contains("Pages go there from now on.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal(["ada@example.org", "ada.night@example.org"], (await site.Get<ContactMethodStore>().For([ada], CancellationToken.None)).Select(m => m.Address));

        await window.Press("Move ada.night@example.org up");
        Assert.Equal(["ada.night@example.org", "ada@example.org"], (await site.Get<ContactMethodStore>().For([ada], CancellationToken.None)).Select(m => m.Address));
        await window.Press("Send me a test page");
        await site.Work();
        Assert.Equal(2, sink.Mails.Count);
    }

    [Fact]
    public async Task A_forgotten_password_is_set_anew_by_a_mailed_link_that_is_good_once()
    {
        await using var sink = new SmtpSink();
        await using var site = await WithMail(sink);
        var (ada, _) = await site.Person("ada");
        var other = await site.Db.Write(tx => SessionStore.Begin(tx, ada, "elsewhere", site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        await using var window = await Browser.Open(site);

        await window.Go("/forgot");
        await window.Type("E-mail", "nobody@example.org");
        await window.Press("Send the link");
        var answer = await window.Text();
        await site.Work();
        Assert.Empty(sink.Mails);
        await window.Go("/forgot");
        await window.Type("E-mail", "ada@example.org");
        await window.Press("Send the link");
        Assert.Equal(answer, await window.Text());

        var path = new Uri(await Mailed(site, sink, "http[^ \r\n]*/reset/[^ \r\n]+")).AbsolutePath;
        Assert.Equal(200, await window.Go(path));
        await window.Type("New password", "short");
        await window.Press("Set password");
        Assert.Contains("A password has 12 to 200 characters.", await window.Text(), StringComparison.Ordinal);
        await window.Type("New password", "correct horse battery");
        await window.Press("Set password");
        Assert.EndsWith("/sign-in", window.Page.Url, StringComparison.Ordinal);
        Assert.True(await site.Get<Passwords>().Holds(ada, "correct horse battery", CancellationToken.None));
        Assert.Null(await site.Get<SessionStore>().IdOf(other.Clear, CancellationToken.None));
        Assert.Equal(410, await window.Go(path));
    }

    [Fact]
    public async Task Who_leaves_is_replaced_where_they_are_named_and_is_erased_only_when_it_was_confirmed()
    {
        await using var night = await Night.Start(Database.Sqlite, port: true);
        foreach (var person in (string[])["ada", "grace"]) await night.Person(person);
        // By a definition, as a team writes it: who leaves is found there.
        using (var http = night.Site.Http(await night.Site.TokenOf(night.Id("owner"))))
        {
            var yaml = "zone: Europe/London\nlayers:\n- name: day\n  people: [ada]\n  rotation: weekly\n  handoff: monday 09:00\n  start: 2026-01-05\n";
            using var put = await System.Net.Http.Json.HttpClientJsonExtensions.PutAsJsonAsync(http, "/api/v1/definitions/schedule/primary", new { yaml, reason = "test" });
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }

        await using var window = await (await Browser.Open(night.Site)).As(night.Id("owner"));
        await window.Go("/people/ada/leaving");
        await window.Press("Deactivate now");
        Assert.Contains("Something still names this person.", await window.Text(), StringComparison.Ordinal);
        await window.Picture("leaving-phone");
        await window.Page.GetByLabel("Schedule primary").SelectOptionAsync("grace");
        await window.Press("Deactivate now");
        Assert.Contains("Sessions and tokens have ended.", await window.Text(), StringComparison.Ordinal);
        Assert.Equal("grace", (await night.Site.Get<OnCallStore>().Find("primary", CancellationToken.None))!.Schedule.Layers[0].People[0]);

        await window.Go("/people/ada/erasure");
        await window.Type("Type ada to erase", "grace");
        await window.Press("Erase");
        Assert.Contains("Nothing was erased.", await window.Text(), StringComparison.Ordinal);
        await window.Type("Type ada to erase", "ada");
        await window.Press("Erase");
        Assert.Contains("Erased.", await window.Text(), StringComparison.Ordinal);
        Assert.Null(await night.Site.Get<UserStore>().Named("ada", CancellationToken.None));
    }

    [Fact]
    public async Task A_token_is_shown_once_and_revoked_and_a_team_gets_its_people()
    {
        await using var night = await Night.Start(Database.Sqlite, port: true);
        await night.Person("ada");
        await using var window = await (await Browser.Open(night.Site)).As(night.Id("owner"));
        await window.Go("/account/tokens");
        await window.Type("Name", "laptop");
        await window.Press("Make the token");
        var clear = await window.Page.Locator("#issued pre").InnerTextAsync();
        Assert.True(Tokens.Formed(clear, out _), clear);
        await window.Go("/account/tokens");
        Assert.DoesNotContain(clear, await window.Page.ContentAsync(), StringComparison.Ordinal);
        await window.Press("Revoke laptop");
        using (var http = night.Site.Http(clear)) Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/api/v1/me", UriKind.Relative))).StatusCode);

        await window.Go("/teams");
        await window.Type("Title", "Pagamentos");
        await window.Type("Name", "pagamentos");
        await window.Press("Make the team");
        await window.Page.Locator("#add select[name=user]").SelectOptionAsync(night.Id("ada"));
        await window.Page.Locator("#add select[name=role]").SelectOptionAsync("Manager");
        await window.Press("Put somebody in");
        var team = (await night.Site.Get<TeamStore>().Find("pagamentos", CancellationToken.None))!;
        Assert.Equal([new Membership(team.Id, night.Id("ada"), TeamRole.Manager)], await night.Site.Get<TeamStore>().Members(team.Id, CancellationToken.None));
    }
}
