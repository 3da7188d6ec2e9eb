using System.Globalization;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Kills the program at random while alerts come in, again and again, on one database (failures.md rig K).</summary>
public static class KillLoop
{
    /// <returns>What was seen, in one line.</returns>
    public static async Task<string> Run(Database database, int kills, int seed)
    {
        var random = new Random(seed);
        await using var world = await World.Make(database);
        Node? node = null;
        await using var driver = new Driver(world, () => Volatile.Read(ref node)?.Url);
        for (var round = 0; round < kills; round++)
        {
            var next = await world.Start();
            Volatile.Write(ref node, next);
            // Counted from its first answer, or what is killed on a slow machine is only the start; every fourth dies while it starts to work.
            var taken = driver.Taken;
            if (round % 4 != 0) await Until.True(() => driver.Taken > taken || !next.Alive, TimeSpan.FromSeconds(30), () => "It takes nothing.");
            await Until.Pause(random.Next(50, 900));
            Volatile.Write(ref node, null);
            Assert.True(next.Alive, $"It ended by itself:\n{string.Join('\n', next.Log.TakeLast(20))}");
            await next.Kill();
        }

        Volatile.Write(ref node, await world.Start());
        var seen = await Audit.After(world, driver, kills);
        return string.Create(CultureInfo.InvariantCulture, $"{database}, seed {seed}: {seen}");
    }
}
