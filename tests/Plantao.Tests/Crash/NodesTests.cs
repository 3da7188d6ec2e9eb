using Plantao.Escalations;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Several nodes on one PostgreSQL, of which one dies or is suspended (failures.md A1, F1, F2; performance.md P19).</summary>
[Trait("Kind", "Timed")]
public class NodesTests(ITestOutputHelper output)
{
    /// <summary>As <c>PLANTAO_LEASE_SECONDS</c> says.</summary>
    static readonly TimeSpan Lease = TimeSpan.FromSeconds(1);

    static readonly TimeSpan Step = TimeSpan.FromSeconds(4);

    /// <summary>To how much the clocks of two nodes agree: what one wrote as due, another may find due so much earlier.</summary>
    static readonly TimeSpan Agreement = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_node_that_is_killed_under_way_delays_a_climb_by_its_lease_and_nobody_is_paged_early_or_twice()
    {
        const int Alerts = 30;
        await using var world = await World.Make(Database.Postgres, ("ana", Step), ("bruno", TimeSpan.FromMinutes(20)));
        var nodes = await Task.WhenAll(world.Start(), world.Start(), world.Start());
        // Some deliveries of each node are under way at any moment.
        world.Pager.Delay = TimeSpan.FromMilliseconds(100);
        var turn = 0;
        await using var driver = new Driver(world, () => nodes[Interlocked.Increment(ref turn) % 2].Url, senders: 3, pause: 50, answered: 0);
        await Until.True(() => driver.Taken >= Alerts, TimeSpan.FromSeconds(30), () => "They take nothing.");
        await driver.Finish();
        await Until.True(() => Titles(world, "ana") >= Alerts / 2, TimeSpan.FromSeconds(20), () => "Nobody is paged.");

        await nodes[2].Kill();
        await Until.True(() => Titles(world, "ana") == driver.Taken && Titles(world, "bruno") == driver.Taken, TimeSpan.FromSeconds(60), () => $"{driver.Taken} alerts, ana has {Titles(world, "ana")}, bruno {Titles(world, "bruno")}");
        await Audit.Rest(world);

        // Each person once for each alert; a copy only where the dead node had it, and marked.
        var pages = world.Pager.All;
        Assert.All(pages.GroupBy(p => (p.Title, p.Who)), each => Assert.Single(each.Select(p => p.Id).Distinct(StringComparer.Ordinal)));
        var copies = pages.GroupBy(p => p.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).ToList();
        Assert.All(copies, copy => Assert.All(copy.Skip(1), p => Assert.True(p.Repeat)));
        Assert.InRange(copies.Count, 0, 4);
        Assert.All(copies, copy => Assert.Equal(2, copy.Count()));

        // Never early; late by the lease at most, and what the worker rests.
        var waits = await Waits(world.Ground.Db);
        Assert.Equal(driver.Taken, waits.Count);
        output.WriteLine($"{waits.Count} climbs, second step after {waits.Min().TotalSeconds:0.000} to {waits.Max().TotalSeconds:0.000} s, {copies.Count} marked copies");
        Assert.All(waits, wait => Assert.InRange(wait, Step - Agreement, Step + Lease + TimeSpan.FromSeconds(2)));
        Assert.All(await Hands(world.Ground.Db), hand => Assert.InRange(hand, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.Empty(await world.Ground.Db.Query($"SELECT delivery_id FROM hops WHERE kind = 'Accepted' GROUP BY delivery_id HAVING count(*) > 1", r => r.Text(0), CancellationToken.None));
    }

    [Fact]
    public async Task Timers_of_a_node_that_died_fire_on_another()
    {
        await using var world = await World.Make(Database.Postgres, ("ana", Step), ("bruno", TimeSpan.FromMinutes(20)));
        var first = await world.Start();
        await using var driver = new Driver(world, () => first.Url, senders: 2, pause: 50, answered: 0);
        await Until.True(() => Titles(world, "ana") >= 5, TimeSpan.FromSeconds(30), () => "Nobody is paged.");
        await driver.Finish();
        await Until.True(() => Titles(world, "ana") == driver.Taken, TimeSpan.FromSeconds(30), () => "Not all were paged.");

        var second = await world.Start();
        await first.Kill();
        await Until.True(() => Titles(world, "bruno") == driver.Taken, TimeSpan.FromSeconds(30), () => $"bruno has {Titles(world, "bruno")} of {driver.Taken}");

        Assert.True(second.Alive);
        var waits = await Waits(world.Ground.Db);
        output.WriteLine($"{waits.Count} timers fired on the other node, {(waits.Max() - Step).TotalSeconds:0.000} s late at most");
        Assert.All(waits, wait => Assert.InRange(wait, Step - Agreement, Step + TimeSpan.FromSeconds(10)));
        await Audit.Rest(world);
    }

    [Fact]
    public async Task What_a_node_whose_host_vanished_had_locked_is_taken_over_within_twenty_seconds()
    {
        await using var world = await World.Make(Database.Postgres, ("ana", TimeSpan.FromSeconds(2)), ("bruno", TimeSpan.FromMinutes(20)));
        await using var wire = new Wire(world.Place.Options.Database!);
        var gone = await world.Start(Node.ProductLease, ("PLANTAO_DATABASE", wire.Database));
        await using var driver = new Driver(world, () => gone.Url, senders: 1, pause: 20_000, answered: 0);
        await Until.True(() => Titles(world, "ana") == 1, TimeSpan.FromSeconds(30), () => "Nobody is paged.");
        await driver.Finish();
        // It has taken the climb's second step, and holds the climb: its commit never arrives, and no connection is closed.
        wire.DieAtCommit("esc_", "grp_");
        await Until.True(() => wire.Dead, TimeSpan.FromSeconds(30), () => "The second step is not taken.");
        var since = TimeProvider.System.GetTimestamp();
        Assert.NotEqual(0, await world.Ground.Db.First($"SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()", r => r.Long(0), CancellationToken.None));

        var other = await world.Start(Node.ProductLease);
        await Until.True(() => Titles(world, "bruno") == 1, TimeSpan.FromSeconds(20) - TimeProvider.System.GetElapsedTime(since), () => "Nobody takes over the climb.");
        output.WriteLine($"taken over {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0.0} s after the host vanished");

        // Back again, it finds that its step was not kept, and does not take it a second time.
        wire.Heal();
        await Until.True(() => gone.Log.Any(line => line.Contains("could not commit", StringComparison.Ordinal) || line.Contains("unavailable", StringComparison.OrdinalIgnoreCase)), TimeSpan.FromSeconds(30), () => string.Join('\n', gone.Log.TakeLast(20)));
        await Audit.Rest(world);
        Assert.True(gone.Alive && other.Alive);
        Assert.All(world.Pager.All.GroupBy(p => p.Who), each => Assert.Single(each));
    }

    [Fact]
    public async Task A_node_that_wakes_up_after_its_lease_does_not_close_what_another_has_taken_over()
    {
        await using var world = await World.Make(Database.Postgres);
        var sleeper = await world.Start();
        await using var driver = new Driver(world, () => sleeper.Url, senders: 1, pause: 20_000, answered: 0);
        // The sink has the page and has not answered yet when the node is suspended: its outcome cannot be written.
        world.Pager.Delay = TimeSpan.FromMilliseconds(700);
        await Until.True(() => world.Pager.All.Count == 1, TimeSpan.FromSeconds(30), () => "Nobody is paged.");
        sleeper.Suspend();
        try
        {
            world.Pager.Delay = TimeSpan.Zero;
            await world.Start();
            await Until.True(() => world.Pager.All.Count == 2, TimeSpan.FromSeconds(10), () => "The other node does not take it over.");
            await Audit.Rest(world);
        }
        finally
        {
            sleeper.Resume();
        }

        await Until.True(() => sleeper.Log.Any(line => line.Contains("was lost before its outcome was written", StringComparison.Ordinal)), TimeSpan.FromSeconds(10), () => string.Join('\n', sleeper.Log));
        var pages = world.Pager.All;
        Assert.Equal([false, true], pages.Select(p => p.Repeat));
        Assert.Single(pages.Select(p => p.Id).Distinct(StringComparer.Ordinal));
        Assert.Equal(1, await world.Ground.Db.First($"SELECT count(*) FROM hops WHERE kind = 'Accepted'", r => r.Long(0), CancellationToken.None));
        Assert.Equal(2, await world.Ground.Db.First($"SELECT fence FROM deliveries WHERE status = 'Accepted'", r => r.Long(0), CancellationToken.None));
    }

    static int Titles(World world, string who) => world.Pager.All.Where(p => p.Who == who).Select(p => p.Title).Distinct(StringComparer.Ordinal).Count();

    /// <summary>From the first step of each climb to its second, by the database.</summary>
    static Task<IReadOnlyList<TimeSpan>> Waits(Db db) => db.Query(
        $"SELECT max(created_at) - min(created_at) FROM pages GROUP BY subject HAVING count(*) > 1", r => TimeSpan.FromMicroseconds(r.Long(0)), CancellationToken.None);

    /// <summary>From when each page was written to when it was accepted.</summary>
    static Task<IReadOnlyList<TimeSpan>> Hands(Db db) => db.Query(
        $"SELECT max(h.at) - min(p.created_at) FROM pages p JOIN hops h ON h.page_id = p.id WHERE h.kind = 'Accepted' GROUP BY p.id", r => TimeSpan.FromMicroseconds(r.Long(0)), CancellationToken.None);
}
