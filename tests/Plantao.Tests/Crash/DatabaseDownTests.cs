using System.Net;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>The database goes away and comes back under a server that lives on (failures.md B1, B5).</summary>
[Trait("Kind", "Timed")]
public class DatabaseDownTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Without_its_database_a_server_refuses_honestly_and_takes_up_again_by_itself()
    {
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var world = await World.Make(place, ownsPlace: false);
        var node = await world.Start();
        await using var driver = new Driver(world, () => node.Url, senders: 2);
        await Until.True(() => driver.Taken >= 10, TimeSpan.FromSeconds(30), () => "It takes nothing.");
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);

        await cluster.Stop();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/live"), TestContext.Current.CancellationToken)).StatusCode);
        // What was under way when it stopped has been answered by now; from here on nothing may be taken.
        await Until.True(() => !driver.Refusals.IsEmpty, TimeSpan.FromSeconds(10), () => "Nobody was refused.");
        var then = driver.Taken;
        var refused = driver.Refusals.Values.Sum();
        await Until.True(() => driver.Refusals.Values.Sum() > refused + 20, TimeSpan.FromSeconds(30), () => "Nobody was refused.");
        Assert.Equal(then, driver.Taken);
        Assert.Equal([(503, true)], driver.Refusals.Keys);

        await cluster.Start();
        var back = TimeProvider.System.GetTimestamp();
        await Until.True(() => driver.Taken > then + 5, TimeSpan.FromSeconds(5), () => "It does not take up again within 5 s.");
        output.WriteLine($"Taking again after {TimeProvider.System.GetElapsedTime(back).TotalSeconds:0.00} s, {driver.Refusals.Values.Sum()} refused");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);
        output.WriteLine(await Audit.After(world, driver, kills: 1));
    }

    [Fact]
    public async Task Connections_cut_in_the_middle_again_and_again_lose_nothing_and_double_nothing()
    {
        await using var cluster = await Cluster.Make();
        await using var place = Place.On(cluster.Database);
        await using var world = await World.Make(place, ownsPlace: false);
        var node = await world.Start();
        await using var driver = new Driver(world, () => node.Url);
        await Until.True(() => driver.Taken >= 10, TimeSpan.FromSeconds(30), () => "It takes nothing.");

        var (cuts, cut) = (0, 0);
        for (var start = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10); cuts++)
        {
            await Until.Pause(200, TestContext.Current.CancellationToken);
            cut += await cluster.CutAll();
        }

        Assert.True(node.Alive);
        // Each cut is to a delivery under way what a crash is.
        output.WriteLine($"{cuts} cuts of {cut} connections: {await Audit.After(world, driver, cuts)}");
    }
}
