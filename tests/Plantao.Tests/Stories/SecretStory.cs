using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Stories;

/// <summary>Secrets are named in definitions, kept sealed, never shown and never exported (design §10); what names one that is not there has a hole.</summary>
public class SecretStory
{
    static readonly PackFileBody Head = new("pack.yaml", "name: doors\ntitle: Doors\nversion: 1.0.0\n");

    static PackRequest Doors(string signature) => new(
    [
        Head,
        new("services/checkout.yaml", "title: Checkout\n"),
        new("integrations/shop.yaml", $"title: Shop\nservice: checkout\nformat: generic\nsignature:\n{signature}"),
    ]);

    static async Task<PlanView> Apply(Night night, PackRequest pack)
    {
        using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", pack);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<PlanView>())!;
    }

    static async Task Keep(Night night, string name, string value)
    {
        using var kept = await night.Site.Owner.PutAsJsonAsync("/api/v1/secrets/" + name, new SecretRequest(value));
        Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
    }

    static async Task<HttpStatusCode> Send(Night night, string key, string header, string secret, string body = """{"title":"Signed"}""")
    {
        using var http = night.Site.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/in/{key}/json") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(header, "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body))));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    [Theory, EveryDatabase]
    public async Task A_packs_secrets_are_holes_until_they_are_kept_and_then_either_of_two_signs(Database database)
    {
        await using var night = await Night.Start(database);
        var pack = Doors("  scheme: github\n  secrets: [shop-old, shop-new]\n");
        Assert.Equal(2, (await Apply(night, pack)).Holes.Count(h => h.Contains("secret shop-", StringComparison.Ordinal)));
        using var made = await night.Site.Owner.PostAsync("/api/v1/integrations/shop/keys", null);
        var key = (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key;

        // A hole lets nobody in, signed or not.
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(night, key, "X-Hub-Signature-256", ""));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(night, key, "X-Hub-Signature-256", "first-secret"));

        await Keep(night, "shop-old", "first-secret");
        Assert.Single((await Apply(night, pack)).Holes);
        Assert.Equal(HttpStatusCode.Accepted, await Send(night, key, "X-Hub-Signature-256", "first-secret"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(night, key, "X-Hub-Signature-256", "second-secret"));

        await Keep(night, "shop-new", "second-secret");
        Assert.Empty((await Apply(night, pack)).Holes);
        Assert.Equal(HttpStatusCode.Accepted, await Send(night, key, "X-Hub-Signature-256", "first-secret"));
        Assert.Equal(HttpStatusCode.Accepted, await Send(night, key, "X-Hub-Signature-256", "second-secret"));

        using var gone = await night.Site.Owner.DeleteAsync("/api/v1/secrets/shop-old");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(night, key, "X-Hub-Signature-256", "first-secret"));
        Assert.Equal(HttpStatusCode.Accepted, await Send(night, key, "X-Hub-Signature-256", "second-secret"));
    }

    [Theory, EveryDatabase]
    public async Task A_sender_may_sign_in_another_header(Database database)
    {
        await using var night = await Night.Start(database);
        await Keep(night, "shop", "first-secret");
        await Apply(night, Doors("  scheme: github\n  secrets: [shop]\n  header: X-Shop-Signature\n"));
        using var made = await night.Site.Owner.PostAsync("/api/v1/integrations/shop/keys", null);
        var key = (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key;
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(night, key, "X-Hub-Signature-256", "first-secret"));
        Assert.Equal(HttpStatusCode.Accepted, await Send(night, key, "X-Shop-Signature", "first-secret"));
    }

    [Theory, EveryDatabase]
    public async Task A_value_is_nowhere_to_be_read(Database database)
    {
        await using var night = await Night.Start(database);
        await Keep(night, "shop", "canary-secret-1");
        await Keep(night, "shop", "canary-secret-2");
        await Apply(night, Doors("  scheme: github\n  secrets: [shop]\n"));
        Assert.Equal([("shop", 2)], (await night.Site.Owner.GetFromJsonAsync<List<SecretView>>("/api/v1/secrets"))!.Select(s => (s.Name, s.Version)));
        foreach (var path in new[] { "/api/v1/secrets", "/api/v1/definitions", "/api/v1/packs/doors/export", "/api/v1/integrations", "/api/v1/audit?limit=200" })
            Assert.DoesNotContain("canary", await night.Site.Owner.GetStringAsync(path), StringComparison.Ordinal);
        Assert.DoesNotContain(night.Site.Log.Lines, line => line.Contains("canary", StringComparison.Ordinal));
        using var refused = await night.Site.Owner.PutAsJsonAsync("/api/v1/secrets/UPPER", new SecretRequest("long-enough"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }
}
