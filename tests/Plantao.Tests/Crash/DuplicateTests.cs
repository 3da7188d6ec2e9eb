using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>One message, delivered many times at once (failures.md D1).</summary>
[Trait("Kind", "Crash")]
public class DuplicateTests
{
    [Theory, EveryDatabase]
    public async Task A_signed_webhook_sent_50_times_at_once_is_one_signal_and_all_are_told_its_number(Database database)
    {
        await using var world = await World.Make(database);
        var (key, secret) = await world.Signed("""{"title": "title", "dedup_key": "id", "severity": "severity"}""");
        var node = await world.Start();
        var body = """{"id": "disk-1", "title": "Disk is full", "severity": "critical"}"""u8.ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Post(node, key, body, Sign(secret, "msg_1", body))));

        Assert.All(answers, answer => Assert.InRange((int)answer.Status, 200, 299));
        var number = Assert.Single(answers.Select(answer => answer.Signal).Distinct(StringComparer.Ordinal));
        await Audit.Rest(world);
        Assert.Equal(1, await world.Ground.Db.First($"SELECT count(*) FROM signals", r => r.Long(0), CancellationToken.None));
        Assert.Equal(number, "sig_" + await world.Ground.Db.First($"SELECT id FROM signals", r => r.Long(0), CancellationToken.None));
        Assert.Single(world.Pager.All);
    }

    [Theory, EveryDatabase]
    public async Task An_id_in_the_body_does_the_same_across_two_starts(Database database)
    {
        await using var world = await World.Make(database);
        var (key, secret) = await world.Signed("""{"title": "title", "dedup_key": "id", "severity": "severity", "external_id": "message"}""");
        var body = """{"message": "m-7", "id": "disk-1", "title": "Disk is full", "severity": "critical"}"""u8.ToArray();
        var node = await world.Start();
        var first = await Post(node, key, body, Sign(secret, "msg_1", body));
        await node.Kill();
        node = await world.Start();

        // Another envelope around the same message.
        var again = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Post(node, key, body, Sign(secret, "msg_" + (i + 2).ToString(CultureInfo.InvariantCulture), body))));

        Assert.All(again, answer => Assert.Equal((first.Status, first.Signal), (answer.Status, answer.Signal)));
        await Audit.Rest(world);
        Assert.Single(world.Pager.All.Select(p => p.Id).Distinct(StringComparer.Ordinal));
    }

    static (string Id, string At, string Signature) Sign(string secret, string id, byte[] body)
    {
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), (byte[])[.. Encoding.ASCII.GetBytes($"{id}.{at}."), .. body]);
        return (id, at, "v1," + Convert.ToBase64String(mac));
    }

    static async Task<(HttpStatusCode Status, string Signal)> Post(Node node, string key, byte[] body, (string Id, string At, string Signature) signed)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Url, $"/in/{key}/json")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("webhook-id", signed.Id);
        request.Headers.Add("webhook-timestamp", signed.At);
        request.Headers.Add("webhook-signature", signed.Signature);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.TryGetValues("X-Plantao-Signal", out var signal) ? signal.Single() : await answer.Content.ReadAsStringAsync());
    }
}
