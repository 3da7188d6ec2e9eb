using System.Text;
using System.Text.Json;
using Plantao.Tests.Kit;
using Xunit.Sdk;

namespace Plantao.Tests.Crash;

/// <summary>A check that cannot fail proves nothing: each breach is planted, and must be found.</summary>
[Trait("Kind", "Sqlite")]
public class AuditTests
{
    [Fact]
    public async Task An_alert_that_was_taken_and_is_gone_is_found()
    {
        await using var world = await World.Make(Database.Sqlite);
        using var ledger = new Ledger();
        ledger.Sent(1);
        ledger.Taken(1, "sig_99");

        var found = await Assert.ThrowsAsync<TrueException>(() => Audit.Check(world, ledger, kills: 0));

        Assert.Contains("V1: taken, and no signal", found.Message, StringComparison.Ordinal);
        Assert.Contains("V2: taken, and no alert", found.Message, StringComparison.Ordinal);
        Assert.Contains("LOST: taken, and never paged", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_whose_answer_was_lost_and_that_was_never_sent_again_is_found()
    {
        await using var world = await World.Make(Database.Sqlite);
        using var ledger = new Ledger();
        ledger.Sent(1);
        ledger.Error(1, "IOException");

        var found = await Assert.ThrowsAsync<TrueException>(() => Audit.Check(world, ledger, kills: 0));

        Assert.Contains("the driver gave up on 1", found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dlv_1", "dlv_1", false, "V4: a copy without the mark")]
    [InlineData("dlv_1", "dlv_2", true, "DOUBLED: paged under more than one id")]
    [InlineData("dlv_1", "dlv_1", true, "V4: 1 copies after 0 kills")]
    public async Task A_second_page_is_found_unless_it_is_a_marked_copy_that_a_kill_explains(string first, string second, bool marked, string expected)
    {
        await using var world = await World.Make(Database.Sqlite);
        using var ledger = new Ledger();
        ledger.Sent(1);
        await Page(world.Pager, first, repeat: false);
        await Page(world.Pager, second, marked);

        var found = await Assert.ThrowsAsync<TrueException>(() => Audit.Check(world, ledger, kills: 0));

        Assert.Contains(expected, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_still_has_to_happen_is_waited_for_and_named()
    {
        await using var world = await World.Make(Database.Sqlite);
        var now = world.Ground.Clock.GetUtcNow();
        await world.Ground.Db.Write(tx => tx.Execute($"INSERT INTO signals (integration_id, format, received_at, correlation, body) VALUES ('x', 'own', {now}, 'c', {Array.Empty<byte>()})"), CancellationToken.None);

        var waited = await Assert.ThrowsAsync<TimeoutException>(() => Audit.Rest(world, TimeSpan.FromMilliseconds(50)));

        Assert.Contains("1 signals to decide", waited.Message, StringComparison.Ordinal);
    }

    static async Task Page(Pager pager, string id, bool repeat)
    {
        using var http = new HttpClient();
        using var body = new StringContent(JsonSerializer.Serialize(new { type = "page.created", data = new { title = Driver.Title(1), repeat } }), Encoding.UTF8, "application/json");
        body.Headers.Add("webhook-id", id);
        using var answer = await http.PostAsync(new Uri(pager.Url + "/ana"), body);
        Assert.True(answer.IsSuccessStatusCode);
    }
}
