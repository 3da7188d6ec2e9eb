using System.Globalization;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>The wall clock under a running server: set back, set forward, and a machine that slept (failures.md C1, C2).</summary>
public class ClockTests(ITestOutputHelper output)
{
    static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    /// <summary>Seen from outside, from one page's arrival to the next one's: each may be held up on its way, and one wait has a start of the program in it.</summary>
    static readonly (TimeSpan Early, TimeSpan Late) Tolerated = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15));

    /// <summary>SIGSTOP for longer than a whole ladder: at the wake one step is taken, not all that became due.</summary>
    [Theory, EveryDatabase]
    [Trait("Kind", "Timed")]
    public async Task A_server_that_slept_through_its_ladder_takes_one_step_when_it_wakes(Database database)
    {
        var step = TimeSpan.FromSeconds(3);
        await using var world = await World.Make(database, ("ana", step), ("bruno", step), ("ana bruno", TimeSpan.FromMinutes(20)));
        // Its page may be under way when it falls asleep: with the product's lease it is still its own when it wakes.
        var node = await world.Start(Node.ProductLease);
        await using var driver = new Driver(world, () => node.Url, senders: 1, pause: 60_000, answered: 0);
        await Until.True(() => world.Pager.All.Count == 1, TimeSpan.FromSeconds(30), () => "Nobody is paged.");
        node.Suspend();
        await Until.Pause(step.TotalMilliseconds * 3);
        Assert.Single(world.Pager.All);
        node.Resume();
        var woke = TimeProvider.System.GetUtcNow();
        await Until.True(() => world.Pager.All.Count >= 2, TimeSpan.FromSeconds(10), () => "It does not wake.");
        var second = world.Pager.All[1];
        Assert.Equal("bruno", second.Who);
        Assert.InRange(second.At - woke, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await Until.True(() => world.Pager.All.Count == 4, TimeSpan.FromSeconds(15), () => $"{world.Pager.All.Count} pages.");
        // The third step has its wait counted from the wake.
        Assert.InRange(world.Pager.All[2].At - second.At, step - TimeSpan.FromMilliseconds(500), step + TimeSpan.FromSeconds(5));
        Assert.Equal(["ana", "bruno"], world.Pager.All.Skip(2).Select(p => p.Who).Order(StringComparer.Ordinal));
    }

    /// <summary>On the real program under libfaketime (Debian's <c>faketime</c>, which this test needs): the wall clock jumps, the machine's stamps do not.</summary>
    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [Trait("Kind", "Long")]
    public async Task A_wall_clock_that_is_set_by_an_hour_pages_nobody_early_or_late_also_over_a_kill(int seconds)
    {
        const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
        Assert.True(File.Exists(Library), "This test sets the clock of a process with libfaketime: apt-get install faketime.");
        await using var world = await World.Make(Database.Sqlite, ("ana", Wait), ("bruno", Wait), ("ana", Wait), ("bruno", TimeSpan.FromMinutes(20)));
        var shift = Path.Combine(world.Place.Folder, "shift");
        void Set(int by) => File.WriteAllText(shift, by.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        Set(0);
        (string, string)[] faked = [("LD_PRELOAD", Library), ("FAKETIME_TIMESTAMP_FILE", shift), ("FAKETIME_NO_CACHE", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            // Without it the library turns every timed wait of the runtime into a loop.
            ("FAKETIME_FORCE_MONOTONIC_FIX", "0")];
        var node = await world.Start(faked);
        await using var driver = new Driver(world, () => node.Url, senders: 1, pause: 600_000, answered: 0);
        await Until.True(() => world.Pager.All.Count == 1, TimeSpan.FromSeconds(60), () => "Nobody is paged.");

        Set(seconds);
        await Until.True(() => world.Pager.All.Count == 2, Wait * 3, () => "The second step does not come.");
        await Until.True(() => node.Log.Any(l => l.Contains("clock was set while the server ran", StringComparison.Ordinal)), TimeSpan.FromSeconds(20), () => "The skew is not said.\n" + string.Join('\n', node.Log));

        // Killed in the middle of a wait, and started on a clock that stays where it was set.
        await node.Kill();
        node = await world.Start(faked);
        Assert.Contains(node.Log, l => l.Contains("since the last server ran here", StringComparison.Ordinal));
        await Until.True(() => world.Pager.All.Count == 3, Wait * 3, () => "The third step does not come.");
        // And put right again, while it runs.
        Set(0);
        await Until.True(() => world.Pager.All.Count == 4, Wait * 3, () => "The fourth step does not come.");

        var pages = world.Pager.All;
        Assert.Equal(["ana", "bruno", "ana", "bruno"], pages.Select(p => p.Who));
        var waits = pages.Zip(pages.Skip(1)).Select(p => p.Second.At - p.First.At).ToList();
        output.WriteLine($"{seconds} s: waits of {Wait.TotalSeconds} s took {string.Join(", ", waits.Select(w => w.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)))} s");
        Assert.All(waits, wait => Assert.InRange(wait, Wait - Tolerated.Early, Wait + Tolerated.Late));
    }
}
