namespace Plantao.Tests.House;

public class ArchitectureTests
{
    const string Planted = "Plantao.Tests.House.Planted";

    static readonly Lazy<IReadOnlyList<Use>> Server = new(() => Uses("plantao.dll"));
    static readonly Lazy<IReadOnlyList<Use>> Tests = new(() => [.. Uses("Plantao.Tests.dll").Where(use => use.By.Namespace.StartsWith(Planted, StringComparison.Ordinal))]);

    static IReadOnlyList<Use> Uses(string assembly) => AssemblyUses.Of(Path.Combine(AppContext.BaseDirectory, assembly));

    [Fact]
    public void No_room_points_up() => Assert.Empty(HouseRules.PointingUp(Server.Value, "Plantao"));

    [Theory, InlineData("plantao.dll"), InlineData("Plantao.Cli.dll"), InlineData("Plantao.Client.dll")]
    public void What_is_reserved_is_used_in_its_place_only(string assembly) =>
        Assert.Empty(HouseRules.OutOfPlace(Uses(assembly), HouseRules.ReservedUses));

    [Fact]
    public void The_client_and_the_command_line_know_no_room()
    {
        Assert.DoesNotContain(Uses("Plantao.Client.dll"), use => use.Of is { Own: false, Namespace: var space } && space.StartsWith("Plantao", StringComparison.Ordinal));
        Assert.DoesNotContain(Uses("Plantao.Cli.dll"), use => use.Of is { Own: false, Namespace: var space } && space.StartsWith("Plantao", StringComparison.Ordinal)
                                                               && !space.StartsWith("Plantao.Client", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_folder_of_the_server_is_a_room_and_holds_its_own_namespace() => Assert.Empty(
        from file in Sources.CSharp("src/Plantao.Server")
        let parts = file.Path.Split('/')
        where parts.Length > 3
        let room = parts[2]
        where !HouseRules.Rooms.Contains(room, StringComparer.Ordinal) || !file.Code.Contains($"namespace Plantao.{room}", StringComparison.Ordinal)
        select $"{file.Path} does not declare the namespace Plantao.{room}, or that is no room.");

    [Fact]
    public void The_architecture_names_the_rooms_in_the_order_that_is_enforced()
    {
        var text = File.ReadAllText(Path.Combine(Sources.Root, "ARCHITECTURE.md"));
        var places = HouseRules.Rooms.Select(room => text.IndexOf($"| **{room}** |", StringComparison.Ordinal)).ToList();

        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void The_rule_of_rooms_finds_each_planted_breach_and_nothing_else()
    {
        var found = HouseRules.PointingUp(Tests.Value, Planted).Select(breach => breach.Split(' ')[0].Split('.')[^1]);

        Assert.Equal(
            ["OffTheMap", "ReachesForTheContents", "UpByAttribute", "UpInABody", "UpInAGenericCall", "UpInASignature"],
            found.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_rule_of_reserved_uses_finds_each_planted_breach_and_nothing_else()
    {
        var found = HouseRules.OutOfPlace(Tests.Value, HouseRules.ReservedUses).ToList();

        foreach (var use in (string[])["HttpClient..ctor", "SocketsHttpHandler..ctor", "Process.Start", "Task.Delay(Int32)", "DateTimeOffset.get_UtcNow", "MarkupString"])
            Assert.Contains(found, breach => breach.Contains(use, StringComparison.Ordinal));
        Assert.DoesNotContain(found, breach => breach.Contains("TimeProvider)", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_reserved_may_be_used_in_its_place()
    {
        var elsewhere = HouseRules.ReservedUses.Select(rule => rule with { Allowed = [Planted + ".Alerts"] });

        Assert.Empty(HouseRules.OutOfPlace(Tests.Value, elsewhere));
    }
}
