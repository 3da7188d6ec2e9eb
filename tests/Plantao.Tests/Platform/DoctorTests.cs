using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Egress;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

/// <summary>Everything that <c>plantao doctor</c> looks at can be red, and green again (design §15, Backup and upgrade).</summary>
public class DoctorTests
{
    static Task<Finding> Look(TestSite site, string name) => site.Services.GetServices<IDoctorCheck>().Single(c => c.Name == name).Check(CancellationToken.None);

    static async Task<Finding> Is(TestSite site, string name, Health health)
    {
        var finding = await Look(site, name);
        Assert.True(finding.Health == health, $"{name} is {finding.Health}, not {health}: {finding.Message}");
        Assert.Equal(health is Health.Ok, finding.Next is null);
        return finding;
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task All_that_the_design_names_is_looked_at()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var names = site.Services.GetServices<IDoctorCheck>().Select(c => c.Name).ToList();
        Assert.Equal(names.Distinct(), names);
        // Each is called by a name that people read, in both languages.
        Assert.DoesNotContain(names, name => !Plantao.Home.HomeTexts.All.All.ContainsKey("check." + name));
        Assert.Empty(((string[])["configuration", "clock", "disk", "public address", "mail", "channels", "coverage", "policies", "people", "backup", "key", "durability", "state", "servers"]).Except(names));
    }

    [Fact]
    public void Configuration_is_red_for_what_cannot_be_and_for_what_nothing_reads()
    {
        var good = new ServeOptions { DataFolder = "x", Database = null, Urls = "http://127.0.0.1:8470", Lease = TimeSpan.FromSeconds(15), AllowLoopbackEgress = false, MetricsOpen = false };
        Assert.Equal(Health.Ok, ConfigurationCheck.Judge(good, ["PATH", "PLANTAO_SMTP_SERVER"]).Health);
        Assert.Equal(Health.Failure, ConfigurationCheck.Judge(good with { Lease = TimeSpan.FromMilliseconds(100) }, []).Health);
        Assert.Equal(Health.Failure, ConfigurationCheck.Judge(good, ["PLANTAO_FAILPOINT"]).Health);
        Assert.Contains("PLANTAO_STMP_SERVER", ConfigurationCheck.Judge(good, ["PLANTAO_STMP_SERVER"]).Message, StringComparison.Ordinal);
        Assert.Equal(Health.Warning, ConfigurationCheck.Judge(good with { AllowLoopbackEgress = true }, []).Health);
        Assert.Equal(Health.Warning, ConfigurationCheck.Judge(good with { MetricsOpen = true, Urls = "http://0.0.0.0:8470" }, []).Health);
        Assert.Equal(Health.Ok, ConfigurationCheck.Judge(good with { MetricsOpen = true }, []).Health);
    }

    [Fact]
    public void Configuration_knows_every_variable_that_the_program_reads()
    {
        var read = House.Sources.All.Where(f => f.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(f => System.Text.RegularExpressions.Regex.Matches(f.Text, "GetEnvironmentVariable\\(\"(?<name>PLANTAO_[A-Z_]+)\"\\)", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Select(m => m.Groups["name"].Value))
            .Where(name => !name.EndsWith('_') && name != "PLANTAO_FAILPOINT").Distinct(StringComparer.Ordinal).ToList();
        Assert.True(read.Count > 5);
        var good = new ServeOptions { Lease = TimeSpan.FromSeconds(15), AllowLoopbackEgress = false, MetricsOpen = false };
        Assert.Equal(Health.Ok, ConfigurationCheck.Judge(good, read).Health);
    }

    [Theory, EveryDatabase]
    public async Task Coverage_is_red_while_nobody_is_on_call_and_yellow_for_a_gap_to_come(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await Is(night.Site, "coverage", Health.Ok);

        // Monday to Friday: a gap on Saturday.
        const string Weekdays = """{"zone":"Etc/UTC","layers":[{"name":"a","people":["ada"],"start":"2026-01-01T00:00","only":["monday-friday"]}]}""";
        await night.Schedule("checkout", Weekdays);
        Assert.Contains("checkout: 4 gaps, the first 2026-09-26 00:00", (await Is(night.Site, "coverage", Health.Warning)).Message, StringComparison.Ordinal);
        night.Site.Clock.AdvanceTo(new DateTimeOffset(2026, 9, 26, 1, 0, 0, TimeSpan.Zero));
        await Is(night.Site, "coverage", Health.Failure);

        await night.Schedule("checkout", Weekdays.Replace("[\"monday-friday\"]", "[]", StringComparison.Ordinal));
        await Is(night.Site, "coverage", Health.Ok);
        // Whoever is not here takes no turn.
        await night.Schedule("checkout", Weekdays.Replace("[\"monday-friday\"]", "[]", StringComparison.Ordinal).Replace("\"ada\"", "\"nobody\"", StringComparison.Ordinal));
        await Is(night.Site, "coverage", Health.Failure);
    }

    [Theory, EveryDatabase]
    public async Task A_policy_is_red_while_it_finds_nobody_and_a_place_nobody_was_put_in_yet_is_no_gap(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        const string Always = """{"zone":"Etc/UTC","layers":[{"name":"a","people":["ada"],"start":"2026-01-01T00:00"}]}""";
        await night.Schedule("first", Always);
        await night.Schedule("second", Always.Replace("\"ada\"", "", StringComparison.Ordinal));
        await night.Policy("checkout", 1, null, ("schedule:first", TimeSpan.FromMinutes(5)), ("schedule:second", TimeSpan.FromMinutes(5)));
        Assert.Contains("1 schedules, no gap within 30 days; 1 more have nobody yet", (await Is(night.Site, "coverage", Health.Ok)).Message, StringComparison.Ordinal);
        await Is(night.Site, "policies", Health.Ok);

        await night.Policy("checkout", 1, null, ("schedule:second", TimeSpan.FromMinutes(5)));
        await Is(night.Site, "coverage", Health.Ok);
        Assert.Contains("checkout finds nobody from 2026-09-21 09:00", (await Is(night.Site, "policies", Health.Failure)).Message, StringComparison.Ordinal);

        // From Saturday on: yellow, with when.
        await night.Schedule("first", Always.Replace("\"2026-01-01T00:00\"", "\"2026-01-01T00:00\",\"only\":[\"monday-friday\"]", StringComparison.Ordinal));
        await night.Policy("checkout", 1, null, ("schedule:first", TimeSpan.FromMinutes(5)));
        Assert.Contains("checkout finds nobody from 2026-09-26 00:00", (await Is(night.Site, "policies", Health.Warning)).Message, StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task People_is_yellow_for_who_cannot_be_reached_and_red_when_no_owner_can(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await Is(night.Site, "people", Health.Ok);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = 1 WHERE user_id = {night.Id("ada")}"), CancellationToken.None);
        var finding = await Is(night.Site, "people", Health.Warning);
        Assert.Contains("ada", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("@", finding.Message, StringComparison.Ordinal);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = 1"), CancellationToken.None);
        await Is(night.Site, "people", Health.Failure);
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = NULL"), CancellationToken.None);
        await Is(night.Site, "people", Health.Ok);
    }

    [Theory, EveryDatabase]
    public async Task Channels_is_red_for_a_provider_that_takes_nothing(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await Is(night.Site, "channels", Health.Ok);
        night.Mail.Answers = _ => new Answer.GiveUp("no such mailbox", 550);
        await night.Fire("Down");
        await night.Site.Work();
        await Is(night.Site, "channels", Health.Failure);

        night.Mail.Answers = message => new Answer.Accepted("x", 250);
        await night.Fire("Down again", labels: ("alertname", "Other"));
        await night.Site.Work();
        await Is(night.Site, "channels", Health.Warning);
        night.Site.Clock.Advance(TimeSpan.FromHours(25));
        await Is(night.Site, "channels", Health.Ok);
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task Mail_is_red_where_people_rely_on_it_and_it_is_not_set_up()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        await Is(site, "mail", Health.Failure);
        await site.Db.Write(tx => tx.Execute($"UPDATE contact_methods SET disabled_at = 1"), CancellationToken.None);
        await Is(site, "mail", Health.Warning);
    }

    [Fact, Trait("Kind", "Sqlite")]
    public async Task Mail_is_green_when_its_server_answers_and_red_when_not()
    {
        var sink = new SmtpSink();
        EmailOptions mail = new() { Server = "127.0.0.1", Port = sink.Port, From = "plantao@example.org", Tls = MailTls.None, Timeout = TimeSpan.FromSeconds(2), Policy = new EgressPolicy { AllowLoopback = true, AllowPrivate = true } };
        await using (var site = await TestSite.Start(Database.Sqlite, builder => builder.Services.AddSingleton(mail)))
        {
            await Is(site, "mail", Health.Ok);
            sink.Instead["EHLO"] = "554 go away";
            await Is(site, "mail", Health.Failure);
            sink.Instead.Clear();
            sink.Instead["connect"] = "554 not here";
            await Is(site, "mail", Health.Failure);
            await sink.DisposeAsync();
            await Is(site, "mail", Health.Failure);
        }

        // STARTTLS is asked for, and this server does not offer it.
        await using var plain = new SmtpSink();
        await using var other = await TestSite.Start(Database.Sqlite, builder => builder.Services.AddSingleton(mail with { Port = plain.Port, Tls = MailTls.StartTls }));
        Assert.Contains("STARTTLS", (await Is(other, "mail", Health.Failure)).Message, StringComparison.Ordinal);
        plain.OfferTls = true;
        await Is(other, "mail", Health.Ok);
    }

    [Theory, EveryDatabase]
    public async Task Backup_is_green_with_a_fresh_proof_yellow_with_an_old_one_and_red_with_none(Database database)
    {
        await using var site = await TestSite.Start(database);
        await Is(site, "backup", Health.Warning);
        Task Keep(string name, TimeSpan age) => site.Db.Write(tx => Settings.Keep(tx, name, Instants.Micros(site.Clock.GetUtcNow() - age).ToString(System.Globalization.CultureInfo.InvariantCulture)), CancellationToken.None);
        await Keep(BackupWorker.MadeAt, TimeSpan.FromHours(3));
        await Is(site, "backup", Health.Failure);
        await Keep(BackupWorker.ProvedAt, TimeSpan.FromDays(1));
        await Is(site, "backup", Health.Ok);
        await Keep(BackupWorker.ProvedAt, TimeSpan.FromDays(9));
        await Is(site, "backup", Health.Warning);
        await Keep(BackupWorker.ProvedAt, TimeSpan.FromDays(20));
        await Is(site, "backup", Health.Failure);
    }
}
