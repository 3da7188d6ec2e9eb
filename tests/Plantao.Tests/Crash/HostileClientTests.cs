using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Clients that mean ill, over bare sockets, at the real program (failures.md rig H: B8, D6, I1).</summary>
public class HostileClientTests(ITestOutputHelper output)
{
    [Fact, Trait("Kind", "Timed")]
    public async Task A_body_of_a_gigabyte_is_refused_at_its_limit_and_memory_does_not_follow_it()
    {
        await using var world = await World.Make(Database.Sqlite);
        var node = await world.Start();
        // The first ones make what is used again for all others.
        for (var round = 0; round < 4; round++) await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Flood(world, node)));
        var before = node.Memory();

        var all = new List<(string Status, long Sent, TimeSpan Took)>();
        for (var round = 0; round < 4; round++) all.AddRange(await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Flood(world, node))));

        var grown = node.Memory() - before;
        output.WriteLine($"16 bodies of 1 GiB: refused after {all.Max(a => a.Sent) / 1024} KiB at most and {all.Max(a => a.Took).TotalMilliseconds:0} ms; memory grew by {grown} KiB");
        Assert.All(all, one => Assert.StartsWith("HTTP/1.1 413 ", one.Status, StringComparison.Ordinal));
        Assert.All(all, one => Assert.InRange(one.Took, TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        // What the collector leaves lying for a while is a few times the limit; sixteen gigabytes would be seen.
        Assert.InRange(grown, long.MinValue, 32 * 1024);
        Assert.True(node.Alive);
        // Each left its trace, and one alert says so.
        await Audit.Rest(world);
        Assert.Equal(32, await world.Ground.Db.First($"SELECT count(*) FROM refusals WHERE status = 413", r => r.Long(0), CancellationToken.None));
        Assert.Equal(1, await world.Ground.Db.First($"SELECT count(*) FROM alerts", r => r.Long(0), CancellationToken.None));
    }

    [Fact, Trait("Kind", "Timed")]
    public Task Three_hundred_clients_that_drip_hold_up_nobody() => Drip(clients: 300, legal: TimeSpan.FromSeconds(16), longest: TimeSpan.FromSeconds(2));

    [Fact, Trait("Kind", "Long")]
    public Task Two_thousand_clients_that_drip_hold_up_nobody() => Drip(clients: 2000, legal: TimeSpan.FromSeconds(60), longest: TimeSpan.FromMilliseconds(500));

    [Fact, Trait("Kind", "Timed")]
    public async Task A_crowd_of_idle_clients_does_not_take_the_handles_that_the_engine_needs()
    {
        await using var world = await World.Make(Database.Sqlite);
        var node = await world.Start(["prlimit", "--nofile=600:600"], Node.ProductLease);
        await using var driver = new Driver(world, () => node.Url, senders: 2);
        await Until.True(() => driver.Taken >= 10, TimeSpan.FromSeconds(30), () => "It takes nothing.");

        var idle = new List<TcpClient>();
        // One after the other: one too many takes a handle until it is turned away.
        for (var i = 0; i < 500; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, node.Url.Port, TestContext.Current.CancellationToken);
            idle.Add(client);
            await Until.Pause(4, TestContext.Current.CancellationToken);
        }

        await Until.Pause(3000, TestContext.Current.CancellationToken);
        Assert.True(node.Alive, string.Join('\n', node.Log.TakeLast(20)));
        var held = node.Handles();
        // Pages that are due go out all the while.
        var page = world.Pager.All.Count;
        foreach (var client in idle) client.Dispose();
        var then = driver.Taken;
        var back = TimeProvider.System.GetTimestamp();
        await Until.True(() => driver.Taken > then + 5, TimeSpan.FromSeconds(20), () => $"It does not take up again: {string.Join('\n', node.Log.TakeLast(20))}");

        output.WriteLine($"{held} of 600 handles held; {page} pages out; taking again after {TimeProvider.System.GetElapsedTime(back).TotalSeconds:0.00} s; refused meanwhile: {string.Join(", ", driver.Refusals.Select(r => $"{r.Key.Status} {r.Value} times"))}");
        Assert.InRange(held, 1, 560);
        Assert.All(driver.Refusals.Keys, refusal => Assert.Equal((503, true), refusal));
        output.WriteLine(await Audit.After(world, driver, kills: 0));
        Assert.True(node.Alive);
    }

    [Theory]
    [InlineData("", 5000)]
    [InlineData("Limit  Soft Limit  Hard Limit  Units\nMax open files            1048576              1048576              files     \n", 5000)]
    [InlineData("Max open files            1024                 524288               files     \n", 504)]
    [InlineData("Max open files            256                  256                  files     \n", 32)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", 5000)]
    public void Clients_get_what_the_engine_can_spare(string limits, long expected) => Assert.Equal(expected, App.Connections(limits));

    [Fact, Trait("Kind", "Timed")]
    public async Task With_little_memory_it_lives_on_and_loses_nothing()
    {
        await using var world = await World.Make(Database.Sqlite);
        // 256 MiB for all that it allocates.
        var node = await world.Start(("DOTNET_GCHeapHardLimit", "10000000"));
        await using var driver = new Driver(world, () => node.Url, senders: 2);
        await Until.True(() => driver.Taken >= 10, TimeSpan.FromSeconds(30), () => "It takes nothing.");

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(60) };
        var large = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 8000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"labels\":{{\"alertname\":\"Large\",\"n\":\"{new string('x', 80)}\"}}}}"))) + "]");
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            for (var i = 0; i < 3; i++) answers.AddOrUpdate(await Answered(http, world, node, large), 1, (_, n) => n + 1);
        }));

        output.WriteLine($"36 bodies of {large.Length / 1024} KiB: {string.Join(", ", answers.Select(a => $"{a.Key} {a.Value} times"))}");
        Assert.True(node.Alive, string.Join('\n', node.Log.TakeLast(40)));
        output.WriteLine($"{node.Memory() / 1024} MiB");
        await driver.Finish();
        await Audit.Rest(world);
        var stored = (await world.Ground.Db.Query($"SELECT id FROM signals", r => $"sig_{r.Long(0)}", CancellationToken.None)).ToHashSet(StringComparer.Ordinal);
        Assert.All(driver.Ledger.Read(), entry => Assert.True(entry.Taken && entry.Signals.All(stored.Contains)));
    }

    static async Task<string> Answered(HttpClient http, World world, Node node, byte[] body)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Url, "/api/v2/alerts")) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Key);
            using var answer = await http.SendAsync(request);
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
        {
            return fault.GetType().Name;
        }
    }

    /// <summary>Sends up to a gigabyte in chunks, until the other side has had enough.</summary>
    static async Task<(string Status, long Sent, TimeSpan Took)> Flood(World world, Node node)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, node.Url.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.Key}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var (sent, begun) = (0L, Stopwatch.GetTimestamp());
        var sending = Task.Run(async () =>
        {
            byte[] chunk = [.. "10000\r\n"u8, .. Enumerable.Repeat((byte)'[', 0x10000), .. "\r\n"u8];
            try
            {
                for (; sent < 1L << 30; sent += 0x10000) await stream.WriteAsync(chunk);
            }
            catch (Exception closed) when (closed is IOException or ObjectDisposedException)
            {
                // It closed the connection, as it should, or we did, when it had answered.
            }
        });
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var status = await reader.ReadLineAsync() ?? "nothing";
        var took = Stopwatch.GetElapsedTime(begun);
        client.Close();
        await sending;
        return (status, sent, took);
    }

    /// <summary>Half of them never end their headers, half never their body; who behaves is served all the while.</summary>
    async Task Drip(int clients, TimeSpan legal, TimeSpan longest)
    {
        await using var world = await World.Make(Database.Sqlite);
        var node = await world.Start();
        using var end = new CancellationTokenSource();
        var closed = 0;
        var dripping = Enumerable.Range(0, clients).Select(async i =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, node.Url.Port, end.Token);
            await using var stream = client.GetStream();
            var head = $"POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.Key}\r\n" + (i % 2 == 0 ? "X-Slow: " : "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n[");
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head), end.Token);
                while (true)
                {
                    await Until.Pause(1000, end.Token);
                    await stream.WriteAsync(" "u8.ToArray(), end.Token);
                }
            }
            catch (IOException)
            {
                Interlocked.Increment(ref closed);
            }
            catch (OperationCanceledException)
            {
                // The test is over, and it still held on.
            }
        }).ToList();

        using var http = new HttpClient();
        var (answers, times) = (new System.Collections.Concurrent.ConcurrentBag<string>(), new System.Collections.Concurrent.ConcurrentBag<TimeSpan>());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < legal;)
            {
                var one = Stopwatch.GetTimestamp();
                answers.Add(await Answered(http, world, node, Encoding.UTF8.GetBytes("""[{"labels":{"alertname":"Legal"}}]""")));
                times.Add(Stopwatch.GetElapsedTime(one));
                await Until.Pause(20, TestContext.Current.CancellationToken);
            }
        }));
        await end.CancelAsync();
        await Task.WhenAll(dripping);

        var sorted = times.Order().ToList();
        output.WriteLine($"{clients} dripping, {closed} of them cut off; {sorted.Count} legal calls, p50 {sorted[sorted.Count / 2].TotalMilliseconds:0.0} ms, p99 {sorted[sorted.Count * 99 / 100].TotalMilliseconds:0.0} ms");
        Assert.Equal(["200"], answers.Distinct());
        Assert.InRange(sorted[sorted.Count * 99 / 100], TimeSpan.Zero, longest);
        // Headers have 10 s, bodies a least pace: before the legal calls were over, each had been cut off.
        Assert.InRange(closed, clients * 9 / 10, clients);
        Assert.True(node.Alive);
    }
}
