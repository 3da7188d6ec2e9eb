using Microsoft.Extensions.Logging.Abstractions;
using Plantao.Notifications;
using Plantao.Notifications.Channels.Email;
using Plantao.People;
using Plantao.Platform.Egress;
using Plantao.Tests.Kit;
using Plantao.Tests.Notifications.Channels;

namespace Plantao.Tests.Crash;

/// <summary>A server that cannot reach its database says so to its Owners (failures.md B1, F3).</summary>
[Trait("Kind", "Crash")]
public class LastResortTests
{
    [Fact]
    public async Task Owners_are_told_within_two_minutes_that_the_database_is_gone_and_when_it_is_back()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var world = await World.Make(place, ownsPlace: false);
        await using var sink = new SmtpSink();
        using var egress = new EgressClient(new EgressOptions(), TimeProvider.System);
        var clock = new FakeClock();
        using var last = Watching(world, sink, egress, clock);

        var answered = await last.Look(clock.GetUtcNow(), ct);
        await cluster.Stop();
        async Task Round(TimeSpan after)
        {
            clock.Advance(after);
            answered = await last.Look(answered, ct);
        }

        await Round(LastResort.Round);
        Assert.Empty(sink.Mails);
        await Round(TimeSpan.FromSeconds(45));
        var first = Assert.Single(sink.Mails);
        Assert.Equal("olga@example.org", Assert.Single(first.To));
        Assert.Contains("its database does not answer since 2026-09-21 10:00 +01:00", first.Part(0), StringComparison.Ordinal);
        Assert.Contains("nobody is paged until the database is back", first.Part(0), StringComparison.Ordinal);

        // Said once, and again while it lasts.
        await Round(LastResort.Round);
        Assert.Single(sink.Mails);
        await Round(LastResort.Again);
        Assert.Equal(2, sink.Mails.Count);

        // A mail server that is away as well is tried until it takes the message.
        sink.Instead["MAIL"] = "451 later";
        await Round(LastResort.Again);
        Assert.Equal(2, sink.Mails.Count);
        sink.Instead.Clear();
        await Round(LastResort.Round);
        Assert.Equal(3, sink.Mails.Count);

        await cluster.Start();
        await Round(LastResort.Round);
        Assert.Equal(4, sink.Mails.Count);
        Assert.Contains("Plantão takes alerts again", sink.Mails.Last().Part(0), StringComparison.Ordinal);
        await Round(LastResort.Round);
        Assert.Equal(4, sink.Mails.Count);
        Assert.Equal(4, sink.Mails.Select(m => m["Message-ID"]).Distinct().Count());
    }

    [Fact]
    public async Task A_restart_of_the_database_is_no_news()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var world = await World.Make(place, ownsPlace: false);
        await using var sink = new SmtpSink();
        using var egress = new EgressClient(new EgressOptions(), TimeProvider.System);
        var clock = new FakeClock();
        using var last = Watching(world, sink, egress, clock);

        var answered = await last.Look(clock.GetUtcNow(), ct);
        await cluster.Stop();
        clock.Advance(TimeSpan.FromSeconds(30));
        answered = await last.Look(answered, ct);
        await cluster.Start();
        clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(clock.GetUtcNow(), await last.Look(answered, ct));
        Assert.Empty(sink.Mails);
    }

    static LastResort Watching(World world, SmtpSink sink, EgressClient egress, FakeClock clock)
    {
        var mail = new EmailChannel(new EmailOptions { Server = "127.0.0.1", Port = sink.Port, From = "plantao@example.org", Tls = MailTls.None, Policy = Sample.Loopback }, Sample.Options, egress, TimeProvider.System);
        var (db, vault) = (world.Ground.Db, world.Ground.Vault);
        return new LastResort(db, new ContactMethodStore(db, vault), new UserStore(db), [mail], Sample.Options, clock, world.Ground.State, NullLogger<LastResort>.Instance);
    }
}
