using System.Net;
using Plantao.Cli;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;
using Plantao.Tests.Notifications.Channels;

namespace Plantao.Tests.Cli;

/// <summary>What goes wrong: a sentence, what to do, an id to find it by, and a number that a script can rely on.</summary>
public class ComplaintTests
{
    [Fact]
    public async Task What_is_refused_says_why_and_what_to_do()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        using var nobody = Terminal.At(site, null);
        using var wrong = Terminal.At(site, "plt_pwrong");
        using var observer = Terminal.At(site, (await site.Person("olga", OrganisationRole.Observer)).Token);
        using var admin = Terminal.At(site, (await site.Person("ada", OrganisationRole.Admin)).Token);
        var story = new System.Text.StringBuilder();
        foreach (var (who, exit, line) in ((Terminal, int, string[])[])[
                     (nobody, Exit.NotAllowed, ["alert", "list"]), (wrong, Exit.NotAllowed, ["alert", "list"]), (observer, Exit.NotAllowed, ["user", "invite", "x@example.org", "--called", "X"]),
                     (admin, Exit.Refused, ["ack", "alr_nothing"]), (admin, Exit.Refused, ["alert", "raise", "Down", "--service", "nothing"]),
                     (admin, Exit.Usage, ["ack"]), (admin, Exit.Usage, ["alert", "lst"]), (admin, Exit.Usage, ["alert", "pass-on", "alr_x"]), (admin, Exit.Usage, ["silence", "make", "a=b", "--comment", "c"]),
                     (admin, Exit.Usage, ["ack", ".."]), (admin, Exit.Usage, ["alert", "list", "--server", "file:///etc"]), (admin, Exit.Usage, ["alert", "list", "--limit", "0"]), (admin, Exit.Usage, [])])
        {
            var said = await who.Run(line);
            story.Append("$ plantao ").AppendJoin(' ', line).Append('\n').Append(said.Error).Append('(').Append(said.Exit).Append(")\n\n");
            Assert.Equal(exit, said.Exit);
            Assert.Empty(said.Out);
        }

        Approved.Check("refusals.txt", Terminal.Stable(story.ToString()));
    }

    [Fact]
    public async Task A_server_that_is_away_is_its_own_exit_code()
    {
        using var gone = new Terminal(new Answering(_ => throw new HttpRequestException("Connection refused")));
        using var proxy = new Terminal(new Answering(_ => new HttpResponseMessage(HttpStatusCode.BadGateway)));
        using var other = new Terminal(new Answering(_ => Answering.Json("<html>hello</html>", type: "text/html")));

        foreach (var terminal in (Terminal[])[gone, proxy, other])
        {
            var said = await terminal.Run("ack", "alr_1");
            Assert.Equal((Exit.Away, ""), (said.Exit, said.Out));
            Assert.Contains("Correlation id: ", said.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_keep_it_just_now_says_when_to_come_again()
    {
        using var terminal = new Terminal(new Answering(_ =>
        {
            var busy = Answering.Json("""{"type":"/problems/database-unavailable","status":503,"detail":"The database is away.","correlationId":"abc"}""", HttpStatusCode.ServiceUnavailable, "application/problem+json");
            busy.Headers.RetryAfter = new(TimeSpan.FromSeconds(5));
            return busy;
        }));

        var said = await terminal.Run("ack", "alr_1");

        Assert.Equal((Exit.Refused, "The database is away.\nTry again in 5 s.\nCorrelation id: abc\n"), (said.Exit, said.Error));
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_is_no_success()
    {
        var away = new Answering(_ => new HttpResponseMessage(HttpStatusCode.Found) { Headers = { Location = new("https://elsewhere.example/") } });
        using var terminal = new Terminal(away, "plt_psecret");

        Assert.Equal(Exit.Refused, (await terminal.Run("ack", "alr_1")).Exit);
        Assert.Single(away.Calls);
    }

    [Fact]
    public async Task What_still_names_a_person_is_listed_with_the_way_to_replace_it()
    {
        using var terminal = new Terminal(new Answering(_ => Answering.Json(
            """{"type":"/problems/still-named","status":409,"detail":"ada is named in 1 places.","names":[{"key":"policy:checkout","what":"step 1 of checkout"}]}""", HttpStatusCode.Conflict, "application/problem+json")));

        Assert.Contains("  policy:checkout: step 1 of checkout\nName somebody for each: --replace KEY=PERSON.", (await terminal.Run("user", "deactivate", "ada")).Error, StringComparison.Ordinal);
    }
}
