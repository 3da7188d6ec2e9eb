using System.Net;
using System.Net.Http.Json;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Api;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class IdempotencyTests
{
    [Theory, EveryDatabase]
    public async Task The_same_call_under_the_same_key_is_done_once_and_answered_alike(Database database)
    {
        await using var site = await TestSite.Start(database);

        var first = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");
        var again = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains(IdempotencyMiddleware.ReplayedHeader));
        Assert.True(again.Headers.Contains(IdempotencyMiddleware.ReplayedHeader));
        Assert.Equal(1, await site.Db.First($"SELECT count(*) FROM teams", r => r.Long(0), default));
    }

    [Fact]
    public async Task Another_request_under_a_used_key_is_422_and_does_nothing()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");

        var other = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("edge", "Edge"), "k-1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Contains("/problems/idempotency-key-reused", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await site.Db.First($"SELECT count(*) FROM teams", r => r.Long(0), default));
    }

    [Fact]
    public async Task While_the_first_call_is_being_done_the_second_is_409()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");
        // As it stands before the first has ended, or after a crash in the middle.
        await site.Db.Write(tx => tx.Execute($"UPDATE idempotency_keys SET status = 0, answer = ''"), default);

        var second = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("in-flight", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_its_callers_own()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, token) = await site.Person("ada", OrganisationRole.Admin);
        await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");

        var hers = await Post(site.Http(token), "/api/v1/teams", new CreateTeamRequest("edge", "Edge"), "k-1");

        Assert.Equal(HttpStatusCode.Created, hers.StatusCode);
    }

    [Fact]
    public async Task A_refusal_is_an_answer_too_and_a_strange_key_is_refused()
    {
        await using var site = await TestSite.Start(Database.Sqlite);

        var refused = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("no good name", "Core"), "k-1");
        var again = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("no good name", "Core"), "k-1");
        var strange = await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "a b");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(await refused.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, strange.StatusCode);
        Assert.Contains("bad-idempotency-key", await strange.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_shown_once_is_shown_again_to_the_same_call_and_lies_nowhere_in_clear()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var wanted = new IssueTokenRequest("robot", ["read"]);

        var first = await (await Post(site.Owner, "/api/v1/tokens", wanted, "k-1")).Content.ReadFromJsonAsync<IssuedTokenView>();
        var again = await (await Post(site.Owner, "/api/v1/tokens", wanted, "k-1")).Content.ReadFromJsonAsync<IssuedTokenView>();

        Assert.Equal(first!.Secret, again!.Secret);
        var stored = await site.Db.First($"SELECT answer FROM idempotency_keys", r => r.Text(0), default);
        Assert.DoesNotContain(first.Secret, stored!, StringComparison.Ordinal);
        Assert.DoesNotContain(first.Secret, System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(stored!)), StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task After_a_day_a_key_is_forgotten(Database database)
    {
        await using var site = await TestSite.Start(database);
        await site.Work();
        await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1");

        await site.Pass(TimeSpan.FromHours(23), TimeSpan.FromHours(1));
        Assert.Equal(1, await site.Db.First($"SELECT count(*) FROM idempotency_keys", r => r.Long(0), default));
        await site.Pass(TimeSpan.FromHours(3), TimeSpan.FromHours(1));

        Assert.Equal(0, await site.Db.First($"SELECT count(*) FROM idempotency_keys", r => r.Long(0), default));
        Assert.Equal(HttpStatusCode.Conflict, (await Post(site.Owner, "/api/v1/teams", new CreateTeamRequest("core", "Core"), "k-1")).StatusCode);
    }

    static async Task<HttpResponseMessage> Post<T>(HttpClient http, string path, T body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation(Headers.IdempotencyKey, key);
        // Answers carry the correlation id: the same on both, so that bodies can be compared.
        request.Headers.TryAddWithoutValidation(Headers.CorrelationId, "test");
        return await http.SendAsync(request);
    }
}
