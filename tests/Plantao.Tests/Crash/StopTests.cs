using System.Globalization;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Told to end while it works, it finishes what it has: nothing is lost, and nothing is sent twice (failures.md A7).</summary>
public class StopTests(ITestOutputHelper output)
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres"), Trait("Kind", "Crash")]
    public Task Two_stops_under_load_lose_nothing_and_send_nothing_twice(string database) => Stops(database == "Sqlite" ? Database.Sqlite : Database.Postgres, 2);

    [Theory, InlineData("Sqlite"), InlineData("Postgres"), Trait("Kind", "Long")]
    public Task A_hundred_stops_under_load_lose_nothing_and_send_nothing_twice(string database) => Stops(database == "Sqlite" ? Database.Sqlite : Database.Postgres, 100);

    async Task Stops(Database database, int times)
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var world = await World.Make(database);
        // Something is always on its way when it is told.
        world.Pager.Delay = TimeSpan.FromMilliseconds(60);
        Node? node = null;
        await using var driver = new Driver(world, () => Volatile.Read(ref node)?.Url);
        var longest = TimeSpan.Zero;
        for (var round = 0; round < times; round++)
        {
            var next = await world.Start(Node.ProductLease);
            Volatile.Write(ref node, next);
            var taken = driver.Taken;
            await Until.True(() => driver.Taken > taken + 3, TimeSpan.FromSeconds(30), () => "It takes nothing.");
            await Until.Pause(random.Next(0, 500));
            var told = TimeProvider.System.GetTimestamp();
            var code = await next.Stop();
            Assert.True(code == 0, $"It ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing: it still runs"}.\n{string.Join('\n', next.Log.TakeLast(20))}");
            if (TimeProvider.System.GetElapsedTime(told) is var took && took > longest) longest = took;
            Volatile.Write(ref node, null);
        }

        Volatile.Write(ref node, await world.Start(Node.ProductLease));
        // No kill: so no copy either, not even a marked one.
        var seen = await Audit.After(world, driver, kills: 0);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{database}, seed {seed}: {times} stops, the longest {longest.TotalSeconds:0.00} s; {seen}"));
    }
}
