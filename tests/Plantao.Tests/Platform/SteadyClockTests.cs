using Microsoft.Extensions.DependencyInjection;
using Plantao.Platform;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

/// <summary>C1, C2 and V8: a wall clock that is set moves no timer, whatever way it is set, over restarts as well.</summary>
public class SteadyClockTests
{
    const string ThisBoot = "boot-1";

    /// <summary>A machine whose wall clock somebody sets, and whose stamps count what really passed.</summary>
    sealed class Machine : TimeProvider
    {
        public DateTimeOffset Wall { get; set; } = FakeClock.Start;

        public TimeSpan Up { get; set; } = TimeSpan.FromHours(3);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Up.Ticks;

        public void Pass(TimeSpan time) => (Wall, Up) = (Wall + time, Up + time);
    }

    /// <summary>A timer as a row holds it, and when it was really set.</summary>
    sealed class Waiting(TimeSpan wait, TimeSpan setAt, DateTimeOffset dueAt)
    {
        public TimeSpan Wait => wait;

        public TimeSpan SetAt => setAt;

        public DateTimeOffset DueAt { get; set; } = dueAt;
    }

    /// <summary>Runs a server through 50 jumps of the wall clock, with suspends and restarts between them.</summary>
    /// <param name="steady">Else its timers go by the wall clock: so that it is seen what the rules below catch.</param>
    static List<string> Run(int seed, bool steady)
    {
        var random = new Random(seed);
        var machine = new Machine();
        var clock = new SteadyClock(machine, machine.Wall);
        var (rows, breaches) = (new List<Waiting>(), new List<string>());
        var (previous, set, fired) = (machine.Up, 0, 0);
        DateTimeOffset Now() => steady ? clock.GetUtcNow() : machine.Wall;
        var last = Now();

        void Tick()
        {
            clock.FollowTheWall();
            var now = Now();
            if (now < last) breaches.Add($"seed {seed}: the clock went back by {last - now}");
            last = now;
            foreach (var due in rows.Where(r => r.DueAt <= now).ToList())
            {
                rows.Remove(due);
                fired++;
                var slack = due.Wait / SteadyMoment.Slew + TimeSpan.FromMilliseconds(1);
                if (machine.Up - due.SetAt < due.Wait - slack) breaches.Add($"seed {seed}: fired {due.Wait - (machine.Up - due.SetAt)} early");
                // What was due at the look before should have fired there.
                if (previous - due.SetAt > due.Wait + slack) breaches.Add($"seed {seed}: fired {machine.Up - due.SetAt - due.Wait} late");
            }

            previous = machine.Up;
        }

        void Pass(TimeSpan time)
        {
            for (var end = machine.Up + time; machine.Up < end;)
            {
                machine.Pass(TimeSpan.FromSeconds(1));
                Tick();
            }
        }

        for (var jump = 0; jump < 50; jump++)
        {
            for (var i = 0; i < 3; i++, set++)
            {
                var wait = TimeSpan.FromSeconds(random.Next(1, 4000));
                rows.Add(new Waiting(wait, machine.Up, Now() + wait));
            }

            Pass(TimeSpan.FromSeconds(random.Next(1, 120)));
            machine.Wall += random.Next(6) switch
            {
                0 => TimeSpan.FromHours(1),
                1 => TimeSpan.FromHours(-1),
                2 => TimeSpan.FromMilliseconds(random.Next(-1500, 1500)),
                3 => TimeSpan.FromDays(random.Next(-3000, 3000)),
                4 => TimeSpan.FromSeconds(random.Next(-100_000, 100_000)),
                _ => FakeClock.Start - machine.Wall,
            };
            if (random.Next(3) == 0)
            {
                // A suspend: time passes for every clock, and nobody looks.
                machine.Pass(TimeSpan.FromSeconds(random.Next(1, 1200)));
            }

            if (random.Next(4) == 0 && steady)
            {
                // Killed and started again: what the last server wrote down, and what it has not.
                var kept = new KeptTime(clock.GetUtcNow(), clock.Up, ThisBoot);
                machine.Pass(TimeSpan.FromSeconds(random.Next(0, 400)));
                clock = new SteadyClock(machine, KeptTime.Expected(kept, machine.Wall, machine.Up, ThisBoot));
                var by = -clock.Offset;
                if (by.Duration() > SetTimers.Tolerated)
                {
                    clock.Move(by);
                    foreach (var row in rows) row.DueAt += by;
                    last = clock.GetUtcNow();
                }
            }

            Tick();
        }

        for (var i = 0; i < 5000 && rows.Count > 0; i++) Pass(TimeSpan.FromSeconds(1));
        if (rows.Count > 0 || fired != set) breaches.Add($"seed {seed}: {rows.Count} of {set} timers never fired");
        return breaches;
    }

    [Fact]
    public void Ten_thousand_jumps_of_the_wall_clock_fire_no_timer_early_late_twice_or_never() =>
        Assert.Empty(Enumerable.Range(0, 200).SelectMany(seed => Run(seed, steady: true)).Take(10));

    [Fact]
    public void Timers_that_went_by_the_wall_clock_would_be_early_late_and_stuck()
    {
        var breaches = Enumerable.Range(0, 20).SelectMany(seed => Run(seed, steady: false)).ToList();
        foreach (var kind in new[] { "early", "late", "never", "back" }) Assert.Contains(breaches, b => b.Contains(kind, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(-1)]
    public void What_the_clock_is_away_is_made_up_slowly_and_in_full(int seconds)
    {
        var machine = new Machine();
        var clock = new SteadyClock(machine, machine.Wall);
        machine.Wall += TimeSpan.FromSeconds(seconds);
        clock.FollowTheWall();
        Assert.Equal(-seconds, clock.Offset.TotalSeconds, 3);
        machine.Pass(TimeSpan.FromSeconds(1000));
        Assert.Equal(Math.Sign(-seconds) * (Math.Abs(seconds) - 0.5), clock.Offset.TotalSeconds, 3);
        machine.Pass(TimeSpan.FromSeconds(2000.0 * Math.Abs(seconds)));
        Assert.Equal(0, clock.Offset.TotalSeconds, 3);
    }

    [Fact]
    public void A_start_goes_on_where_the_last_server_stood_and_never_before_it()
    {
        var (at, up) = (FakeClock.Start, TimeSpan.FromHours(5));
        var kept = new KeptTime(at, up, ThisBoot);
        // The same run of the machine: exact, whatever the wall clock says.
        Assert.Equal(at.AddSeconds(30), KeptTime.Expected(kept, at.AddYears(-3), up + TimeSpan.FromSeconds(30), ThisBoot));
        // The machine was restarted: only its wall clock tells how long that took, and it may have been set back.
        Assert.Equal(at.AddMinutes(4), KeptTime.Expected(kept, at.AddMinutes(4), TimeSpan.FromMinutes(1), "boot-2"));
        Assert.Equal(at, KeptTime.Expected(kept, at.AddHours(-1), TimeSpan.FromMinutes(1), "boot-2"));
        // A system that does not name its runs, and a first start.
        Assert.Equal(at.AddMinutes(4), KeptTime.Expected(kept with { Boot = "" }, at.AddMinutes(4), up + TimeSpan.FromSeconds(30), ""));
        Assert.Equal(at, KeptTime.Expected(null, at, up, ThisBoot));
    }

    /// <summary>What an earlier server wrote an hour ahead would be due an hour late.</summary>
    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    [Trait("Kind", "Sqlite")]
    public async Task A_restart_after_the_clock_was_set_keeps_the_waits_that_rows_had_left_and_the_hours_that_people_named(int jumped)
    {
        await using var night = await Night.Start(Database.Sqlite);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)), ("grace", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down");
        await night.Fire("Filling", "warning");
        await night.Fire("Held");
        await night.Paged();
        var held = Assert.Single(await night.Alerts(), a => a.Title.StartsWith("Held", StringComparison.Ordinal)).Id;
        await night.Site.Owner.PutAsync($"/api/v1/alerts/{held}/acknowledgement", null);
        var before = await Due(night);
        Assert.Contains(before, row => row.Status == "Climbing");
        Assert.Contains(before, row => row.Status == "Told");
        Assert.Contains(before, row => row.Status == "Acknowledged");

        var machine = new Machine { Wall = night.Site.Clock.GetUtcNow().AddSeconds(jumped) };
        var clock = new SteadyClock(machine, night.Site.Clock.GetUtcNow());
        var timers = night.Site.App.Services.GetServices<WaitingTimers>();
        Assert.Equal(jumped, (await SetTimers.ToTheWall(night.Site.Db, clock, timers, CancellationToken.None)).TotalSeconds);
        Assert.Equal(machine.Wall, clock.GetUtcNow());
        foreach (var (was, now) in before.Zip(await Due(night)))
            Assert.Equal(was.Status == "Told" ? was.DueAt : was.DueAt.AddSeconds(jumped), now.DueAt);
        // Done once: a second start at the same time finds nothing to set.
        Assert.Equal(TimeSpan.Zero, await SetTimers.ToTheWall(night.Site.Db, clock, timers, CancellationToken.None));
        Assert.Equal(1, await night.Site.Db.First($"SELECT count(*) FROM journal WHERE kind = 'clock.set'", r => r.Int(0), CancellationToken.None));
        Assert.Equal(machine.Wall, (await KeptTime.Find(night.Site.Db, CancellationToken.None))!.At);
    }

    static Task<IReadOnlyList<(string Status, DateTimeOffset DueAt)>> Due(Night night) =>
        night.Site.Db.Query($"SELECT status, due_at FROM escalations WHERE due_at IS NOT NULL ORDER BY id", r => (r.Text(0), r.At(1)), CancellationToken.None);

    [Fact]
    public void The_machines_stamps_rise_and_count_at_least_what_the_runtime_counts()
    {
        var (ours, theirs) = (MachineTime.Instance.GetTimestamp(), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(theirs) < TimeSpan.FromMilliseconds(20)) Thread.Yield();
        Assert.InRange(MachineTime.Instance.GetElapsedTime(ours).TotalMilliseconds, 20, 10_000);
    }
}
