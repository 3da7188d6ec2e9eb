using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts.Api;

/// <summary>What the stories of the API share: a team with a service, its Manager and Responder, and calls that say what they expect.</summary>
public sealed class Desk : IAsyncDisposable
{
    readonly Dictionary<string, HttpClient> clients = new(StringComparer.Ordinal);
    int seen;

    Desk(TestSite site, SimulatedChannel mail) => (Site, Mail) = (site, mail);

    public TestSite Site { get; }

    public SimulatedChannel Mail { get; }

    /// <summary>Team payments: ada is its Manager, grace its Responder, linus in no team. The service <c>checkout</c> pages ada, 5 min later linus.</summary>
    public static async Task<Desk> Start(Database database)
    {
        var mail = new SimulatedChannel("email");
        var site = await TestSite.Start(database, builder => builder.Services.AddSingleton<IChannel>(mail));
        var desk = new Desk(site, mail);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "ada", "grace", "linus" })
        {
            var (id, token) = await site.Person(name);
            ids[name] = id;
            desk.clients[name] = site.Http(token);
        }

        desk.clients["owner"] = site.Owner;
        var team = await site.Team("payments", false, (ids["ada"], TeamRole.Manager), (ids["grace"], TeamRole.Responder));
        await site.Db.Write(async tx =>
        {
            await EscalationStore.Put(tx, new EscalationPolicy("payments", [Step("ada"), Step("linus")], 1, [], team), "Payments", 1);
            await ServiceStore.Put(tx, new ServiceWanted("checkout", "Checkout", team, "payments", "{}"), "test", site.Clock.GetUtcNow(), "test");
        }, CancellationToken.None);
        return desk;

        static EscalationStep Step(string person) => new([new EscalationTarget(TargetKind.Person, person)], TimeSpan.FromMinutes(5));
    }

    public HttpClient As(string name) => clients[name];

    /// <summary>Calls and reads the answer, which must have the status.</summary>
    public async Task<T> Call<T>(string who, string verb, string path, object? body = null, HttpStatusCode expect = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var answer = await clients[who].SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == expect, $"{who} {verb} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default! : JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!;
    }

    public Task<T> Get<T>(string path, string who = "grace") => Call<T>(who, "GET", path);

    /// <summary>The code of the problem that a call must come to.</summary>
    public async Task<string> Refused(string who, string verb, string path, object? body, HttpStatusCode expect) =>
        (await Call<JsonElement>(who, verb, path, body, expect)).GetProperty("type").GetString()!["/problems/".Length..];

    /// <summary>An integration on <c>checkout</c>, made by its Manager over the API, and a key of it.</summary>
    public async Task<string> Integration(string format, object? more = null)
    {
        var wanted = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        (wanted["name"], wanted["format"], wanted["service"]) = (format, format, "checkout");
        await Call<IntegrationView>("ada", "POST", "/api/v1/integrations", wanted, HttpStatusCode.Created);
        return (await Call<IntegrationKeyMade>("ada", "POST", $"/api/v1/integrations/{format}/keys", null, HttpStatusCode.Created)).Key;
    }

    /// <summary>Sends as a tool would, without signing in.</summary>
    public async Task<HttpResponseMessage> Send(string verb, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var http = Site.Http();
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await http.SendAsync(request);
    }

    public async Task<IReadOnlyList<AlertView>> Alerts(string query = "")
    {
        await Site.Work();
        return (await Get<Part<AlertView>>("/api/v1/alerts?limit=200" + query)).Items;
    }

    public async Task<AlertView> Only() => Assert.Single(await Alerts());

    /// <summary>Handles of who was paged since the last question.</summary>
    public async Task<IReadOnlyList<string>> Paged()
    {
        await Site.Work();
        return Mail.Since(ref seen);
    }

    public async ValueTask DisposeAsync() => await Site.DisposeAsync();
}
