using Plantao.Platform;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Dies once at each place where the next instruction would make the difference (failures.md rig P, A1 to A3).</summary>
public static class FailPoints
{
    /// <summary>Each point once in <c>./test</c>, shared by the two databases so that each sees points before and after a commit; each on both in the long run.</summary>
    internal static IEnumerable<TheoryDataRow<string>> On(Database database) =>
        FailPoint.All.Select((point, at) => new TheoryDataRow<string>(point).WithTrait("Kind", at % 4 is 0 or 3 == (database == Database.Sqlite) ? "Crash" : "Long"));

    /// <summary>A point that is never hit does not kill, and fails here.</summary>
    internal static async Task Die(Database database, string point)
    {
        await using var world = await World.Make(database);
        Node? node = await world.Start(("PLANTAO_FAILPOINT", point + ":crash:2"));
        await using var driver = new Driver(world, () => Volatile.Read(ref node)?.Url, senders: 2);
        var doomed = node;
        var code = await doomed.Ended(TimeSpan.FromSeconds(30));
        Assert.True(code is Node.Killed, $"The fail point {point} was not hit: exit code {code?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none, it lives"}.");

        Volatile.Write(ref node, await world.Start());
        var before = driver.Taken;
        await Until.True(() => driver.Taken >= before + 4, TimeSpan.FromSeconds(30), () => "It takes nothing after the crash.");
        await Audit.After(world, driver, kills: 1);
    }
}

public class SqliteFailPointTests
{
    public static IEnumerable<TheoryDataRow<string>> Points => FailPoints.On(Database.Sqlite);

    [Theory, MemberData(nameof(Points))]
    public Task A_crash_here_loses_nothing_and_doubles_nothing_unmarked(string point) => FailPoints.Die(Database.Sqlite, point);
}

public class PostgresFailPointTests
{
    public static IEnumerable<TheoryDataRow<string>> Points => FailPoints.On(Database.Postgres);

    [Theory, MemberData(nameof(Points))]
    public Task A_crash_here_loses_nothing_and_doubles_nothing_unmarked(string point) => FailPoints.Die(Database.Postgres, point);
}
