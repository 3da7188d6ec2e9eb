using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.Notifications.Channels;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Services;

namespace Plantao.Tests.Kit;

/// <summary>A site with people, a policy, a service and an integration: what a night needs.</summary>
public sealed partial class Night : IAsyncDisposable
{
    readonly Dictionary<string, string> people = new(StringComparer.Ordinal);
    int seen;

    Night(TestSite site, SimulatedChannel mail, string key) => (Site, Mail, Key) = (site, mail, key);

    public TestSite Site { get; }

    /// <summary>The mail provider that this test plays.</summary>
    public SimulatedChannel Mail { get; }

    /// <summary>A key of the integration <c>alertmanager</c> on the service <c>checkout</c>.</summary>
    public string Key { get; private set; }

    public static async Task<Night> Start(Database database, FakeClock? clock = null, Action<WebApplicationBuilder>? more = null, bool port = false)
    {
        var mail = new SimulatedChannel("email");
        var site = await TestSite.Start(database, builder =>
        {
            builder.Services.AddSingleton<IChannel>(mail);
            more?.Invoke(builder);
        }, clock: clock, port: port);
        var night = new Night(site, mail, "");
        night.people["owner"] = site.OwnerId;
        return night;
    }

    /// <summary>At a place that outlives the server, for a restart. What was sent before is not in its <see cref="Mail"/>.</summary>
    /// <param name="again">A server was here already: it has its people.</param>
    public static async Task<Night> At(Place place, FakeClock clock, bool again)
    {
        var mail = new SimulatedChannel("email");
        return new Night(await TestSite.Start(place, builder => builder.Services.AddSingleton<IChannel>(mail), bare: again, clock: clock), mail, "");
    }

    /// <summary>Makes people who are not there yet.</summary>
    public async Task<string> Person(string name, OrganisationRole role = OrganisationRole.Member, string zone = "Europe/London")
    {
        if (!people.TryGetValue(name, out var id)) people.Add(name, id = (await Site.Person(name, role, zone)).Id);
        return id;
    }

    public string Id(string name) => people[name];

    /// <summary>A policy whose steps each page some people, then wait. <c>schedule:x</c> and <c>team:x</c> are taken as they are; a bare name is a person.</summary>
    public async Task Policy(string name, int rounds, string? team, params (string Targets, TimeSpan Wait)[] steps)
    {
        var read = new List<EscalationStep>();
        foreach (var (targets, wait) in steps)
        {
            var list = new List<EscalationTarget>();
            foreach (var target in targets.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (target.Contains(':', StringComparison.Ordinal)) list.Add(EscalationTarget.Parse(target)!);
                else
                {
                    await Person(target);
                    list.Add(new EscalationTarget(TargetKind.Person, target));
                }
            }

            read.Add(new EscalationStep(list, wait));
        }

        await Site.Db.Write(tx => EscalationStore.Put(tx, new EscalationPolicy(name, read, rounds, [], team), name, 1), CancellationToken.None);
    }

    public Task Schedule(string name, string document, string? team = null) => Site.Db.Write(tx => OnCallStore.Put(tx, name, name, team, document, 1), CancellationToken.None);

    /// <summary>The service <c>checkout</c>, or another, with an integration that speaks Alertmanager.</summary>
    public async Task Service(string policy, string name = "checkout", string? teamId = null)
    {
        var now = Site.Clock.GetUtcNow();
        var key = Tokens.NewIntegrationKey();
        await Site.Db.Write(async tx =>
        {
            await ServiceStore.Put(tx, new ServiceWanted(name, name, teamId, policy, "{}"), "test", now, "test");
            var integration = new Integration(Ids.New("int", now), name + "-alerts", name, name, teamId, "alertmanager");
            await IntegrationStore.Put(tx, integration, 1, now);
            await IntegrationStore.AddKey(tx, integration.Id, key, now);
        }, CancellationToken.None);
        if (name == "checkout") Key = key;
    }

    /// <summary>An alert as Alertmanager's own API takes it.</summary>
    public async Task<HttpResponseMessage> Fire(string alertname, string severity = "critical", string? key = null, DateTimeOffset? endsAt = null, params (string Name, string Value)[] labels)
    {
        var now = Site.Clock.GetUtcNow();
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = alertname, ["severity"] = severity };
        foreach (var (name, value) in labels) all[name] = value;
        var body = JsonSerializer.Serialize(new[] { new { labels = all, annotations = new { summary = alertname + " is on" }, startsAt = now, endsAt = endsAt ?? now.AddHours(12) } });
        return await Post("/api/v2/alerts", body, key);
    }

    public Task<HttpResponseMessage> Resolve(string alertname, string severity = "critical", params (string Name, string Value)[] labels) =>
        Fire(alertname, severity, null, Site.Clock.GetUtcNow(), labels);

    public async Task<HttpResponseMessage> Post(string path, string body, string? key = null)
    {
        using var http = Site.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", key ?? Key);
        return await http.SendAsync(request);
    }

    /// <summary>Handles of who was paged since the last question.</summary>
    public async Task<IReadOnlyList<string>> Paged()
    {
        await Site.Work();
        return Mail.Since(ref seen);
    }

    public Task Pass(TimeSpan time) => Site.Pass(time);

    public async Task<IReadOnlyList<AlertView>> Alerts(string? status = null)
    {
        await Site.Work();
        var page = await Site.Owner.GetFromJsonAsync<Part<AlertView>>("/api/v1/alerts?limit=200" + (status is null ? "" : "&status=" + status));
        return page!.Items;
    }

    public async Task<AlertTrailView> Trail(string alert) => (await Site.Owner.GetFromJsonAsync<AlertTrailView>($"/api/v1/alerts/{alert}/trail"))!;

    /// <summary>Opens a page's link and presses a button, as the person would.</summary>
    public async Task<(HttpStatusCode Status, string Text)> Answer(string answerUrl, string button = "acknowledge")
    {
        using var http = Site.Http();
        var path = new Uri(answerUrl).AbsolutePath;
        using var screen = await http.GetAsync(path);
        var with = Hidden().Matches(await screen.Content.ReadAsStringAsync()).Select(m => KeyValuePair.Create("with", m.Groups["id"].Value));
        using var answer = await http.PostAsync(path, new FormUrlEncodedContent([KeyValuePair.Create("answer", button), .. with]));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync() => await Site.DisposeAsync();

    [GeneratedRegex("name=\"with\" value=\"(?<id>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Hidden();
}
