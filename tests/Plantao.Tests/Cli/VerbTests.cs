using System.Text;
using System.Text.Json;
using Plantao.Cli;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;
using Plantao.Tests.Notifications.Channels;

namespace Plantao.Tests.Cli;

/// <summary>The verbs against a whole server, told as people use them.</summary>
public class VerbTests
{
    static async Task<(Night Night, Terminal Grace)> ANight()
    {
        var night = await Night.Start(Database.Sqlite);
        var (_, token) = await night.Site.Person("grace", OrganisationRole.Admin);
        await night.Schedule("primary", """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""");
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("linus", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        return (night, Terminal.At(night.Site, token));
    }

    static async Task<string> TheAlert(Night night) => Assert.Single(await night.Alerts()).Id;

    [Fact]
    public async Task A_night_at_the_command_line()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;
        var story = new StringBuilder();
        await night.Fire("CheckoutDown");
        await night.Paged();
        var alert = await TheAlert(night);

        foreach (var line in (string[][])[["alert", "list"], ["ack", alert], ["alert", "snooze", alert, "--minutes", "60"], ["alert", "list", "--status", "open"], ["alert", "show", alert],
                     ["alert", "escalate", alert], ["alert", "pass-on", alert, "--to", "linus"], ["resolve", alert], ["alert", "reopen", alert], ["alert", "resolve", alert]])
        {
            await night.Site.Pass(TimeSpan.FromSeconds(30));
            var said = await grace.Run(line);
            story.Append("$ plantao ").AppendJoin(' ', line).Append('\n').Append(said.Out).Append(said.Error).Append(said.Exit == 0 ? "" : $"(exit {said.Exit})\n").Append('\n');
        }

        Approved.Check("night.txt", Terminal.Stable(story.ToString()));
    }

    [Fact]
    public async Task What_is_around_an_alert_at_the_command_line()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;
        var story = new StringBuilder();
        foreach (var line in (string[][])[["oncall", "now"], ["oncall", "at", "2026-09-28 12:00"], ["oncall", "next", "primary", "--count", "2"],
                     ["oncall", "override", "primary", "--person", "linus", "--from", "10:30", "--until", "2026-09-21T12:00:00Z"], ["oncall", "show", "primary", "--until", "2026-09-29"],
                     ["silence", "make", "alertname=\"DiskFull\"", "--minutes", "30", "--comment", "known"], ["silence", "list"],
                     ["maintenance", "make", "checkout", "--until", "12:00", "--comment", "new disks"], ["maintenance", "list"],
                     ["integration", "list"], ["integration", "make", "pd", "--format", "pagerduty", "--service", "checkout"], ["integration", "refusals", "pd"],
                     ["service", "list"], ["team", "make", "payments", "--title", "Payments"], ["team", "add", "payments", "ada", "--role", "Manager"], ["team", "members", "payments"], ["team", "list"],
                     ["user", "list"], ["user", "role", "linus", "Observer"], ["me", "show"], ["me", "rules"], ["me", "set-rules", "low", "email@0"],
                     ["contact", "list"], ["token", "list"], ["dead-letter", "list"], ["audit", "list", "--kind", "silence.made"]])
        {
            var said = await grace.Run(line);
            story.Append("$ plantao ").AppendJoin(' ', line).Append('\n').Append(said.Out).Append(said.Error).Append(said.Exit == 0 ? "" : $"(exit {said.Exit})\n").Append('\n');
        }

        Approved.Check("around.txt", Terminal.Stable(story.ToString()));
    }

    [Fact]
    public async Task An_alert_that_nobody_answers_is_loud()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;
        await night.Fire("CheckoutDown");
        await night.Pass(TimeSpan.FromMinutes(11));

        var said = await grace.Run("alert", "show", await TheAlert(night), "--output", "json");

        Assert.Equal(Exit.Unanswered, said.Exit);
        Assert.StartsWith("NOBODY HAS ANSWERED", said.Error, StringComparison.Ordinal);
        Assert.Equal("Unanswered", JsonDocument.Parse(said.Out).RootElement.GetProperty("escalation").GetProperty("status").GetString());
    }

    [Fact]
    public async Task A_raised_alert_pages_and_is_listed()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;

        Assert.Equal(Exit.Done, (await grace.Run("alert", "raise", "Payments are refused", "--service", "checkout")).Exit);

        Assert.Equal(["ada"], await night.Paged());
        Assert.Contains("\tPayments are refused\n", (await grace.Run("alert", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_stands_alone_on_standard_output_and_takes_signals()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;
        await grace.Run("integration", "make", "prom", "--format", "alertmanager", "--service", "checkout");

        var said = await grace.Run("integration", "key", "make", "prom");
        await night.Fire("CheckoutDown", key: said.Out.TrimEnd('\n'));

        Assert.Contains($"Send to: http://127.0.0.1:8470/in/{said.Out.TrimEnd('\n')}/alertmanager", said.Error, StringComparison.Ordinal);
        Assert.Equal(["ada"], await night.Paged());

        var id = (await grace.Run("integration", "list", "-o", "json")).Out;
        var key = JsonDocument.Parse(id).RootElement.EnumerateArray().Single(i => i.GetProperty("name").GetString() == "prom").GetProperty("keys")[0].GetProperty("id").GetString()!;
        Assert.Equal(Exit.Done, (await grace.Run("integration", "key", "revoke", "prom", key)).Exit);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await night.Fire("CheckoutDown", key: said.Out.TrimEnd('\n'))).StatusCode);
    }

    [Fact]
    public async Task A_person_comes_by_invitation_and_leaves()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, token) = await site.Person("grace", OrganisationRole.Admin);
        using var grace = Terminal.At(site, token);
        using var newcomer = Terminal.At(site, null);

        var code = (await grace.Run("user", "invite", "linus@example.org", "--called", "Linus")).Out.TrimEnd('\n');
        var first = (await newcomer.Run("user", "accept", code, "--zone", "America/Sao_Paulo")).Out.TrimEnd('\n');
        Assert.Equal(Exit.Done, (await newcomer.Run("login", "--token", first)).Exit);
        Assert.Contains("America/Sao_Paulo", (await newcomer.Run("me", "show")).Out, StringComparison.Ordinal);
        var made = (await newcomer.Run("token", "make", "laptop", "--scope", "read,alerts", "--days", "30")).Out.TrimEnd('\n');
        Assert.Equal(Exit.Done, (await newcomer.Run("alert", "list", "--token", made)).Exit);

        Assert.Equal(Exit.Done, (await grace.Run("user", "deactivate", "linus")).Exit);
        Assert.Equal(Exit.NotAllowed, (await newcomer.Run("alert", "list")).Exit);
        Assert.Equal(Exit.NotAllowed, (await newcomer.Run("alert", "list", "--token", made)).Exit);
    }

    [Fact]
    public async Task A_contact_method_is_added_proven_and_removed()
    {
        var (night, grace) = await ANight();
        await using var _ = night;
        using var __ = grace;

        await grace.Run("contact", "add", "email", "grace.hopper@example.org");
        await night.Site.Work();
        var id = JsonDocument.Parse((await grace.Run("contact", "list", "-o", "json")).Out).RootElement.EnumerateArray().Last().GetProperty("id").GetString()!;
        var code = string.Concat(night.Mail.Tried[^1].Title.Where(char.IsAsciiDigit));

        Assert.Contains("is proven", (await grace.Run("contact", "prove", id, code)).Out, StringComparison.Ordinal);
        Assert.Equal($"{id} is removed.\n", (await grace.Run("contact", "remove", id)).Out);
    }
}
