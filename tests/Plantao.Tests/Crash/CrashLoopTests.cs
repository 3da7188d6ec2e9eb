using System.Net.Http.Headers;
using System.Text;
using Plantao.Platform;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>A signal on which the program dies again and again (failures.md A9).</summary>
[Trait("Kind", "Crash")]
public class CrashLoopTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_signal_that_kills_the_program_is_set_aside_within_three_starts_and_paged_unread(string name)
    {
        await using var world = await World.Make(name == "Sqlite" ? Database.Sqlite : Database.Postgres);
        // It dies whenever it decides: as it would, if this signal were the cause.
        var deadly = ("PLANTAO_FAILPOINT", FailPoint.DecideBeforeCommit + ":crash");
        var node = await world.Start(deadly);
        await Post(world, node);
        Assert.Equal(Node.Killed, await node.Ended());
        for (var start = 1; start <= 2; start++) await Dies(world, deadly);

        node = await world.Start(deadly);
        await Audit.Rest(world);
        Assert.True(node.Alive);
        var page = Assert.Single(world.Pager.All);
        Assert.Contains("could not be understood", page.Title, StringComparison.Ordinal);
        Assert.Equal((1L, 0L), await world.Ground.Db.First($"SELECT count(*), count(due_at) FROM dead_letters", r => (r.Long(0), r.Long(1)), CancellationToken.None));
        await node.Kill();

        // A start later everybody else's signals are decided as ever, and that one still waits for a person.
        node = await world.Start();
        await using var others = new Driver(world, () => node.Url, senders: 1, pause: 5, answered: 0);
        await Until.True(() => others.Taken >= 20, TimeSpan.FromSeconds(30), () => "It takes nothing.");
        await others.Finish();
        await Audit.Rest(world);
        Assert.Equal(others.Taken + 1, world.Pager.All.Select(p => p.Title).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(1, await world.Ground.Db.First($"SELECT count(*) FROM dead_letters", r => r.Long(0), CancellationToken.None));
        Assert.True(node.Alive);
    }

    /// <summary>It begins with what waits, and may be dead before it listens.</summary>
    static async Task Dies(World world, (string, string) deadly)
    {
        try
        {
            Assert.Equal(Node.Killed, await (await world.Start(deadly)).Ended());
        }
        catch (InvalidOperationException dead) when (dead.Message.StartsWith("plantao ended before it listened", StringComparison.Ordinal))
        {
            // So it was.
        }
    }

    static async Task Post(World world, Node node)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Url, "/api/v2/alerts")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes("""[{"labels":{"alertname":"Deadly"}}]""")) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Key);
        try
        {
            using var answer = await http.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            // It may die before it has answered; what it dies of is on disk by then.
        }
    }
}
