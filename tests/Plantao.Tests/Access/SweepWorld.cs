using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Definitions;
using Plantao.Escalations;
using Plantao.Notifications.Channels;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Access;

/// <summary>One of those who call.</summary>
/// <param name="Token"><see langword="null"/>: nobody.</param>
/// <param name="UserId">The person behind it, when there is one.</param>
public sealed record Identity(string Name, string? Token, string? UserId);

/// <summary>What the sweep calls: team alpha (A, open to see), team hidden (A's people too, private), team beta (B), and a fresh thing for each call.</summary>
public sealed class SweepWorld(TestSite site)
{
    readonly Dictionary<string, Queue<string>> alerts = new(StringComparer.Ordinal);
    readonly Dictionary<string, (string Team, string Key)> integrations = new(StringComparer.Ordinal);
    readonly HashSet<string> given = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> teams = new(StringComparer.Ordinal);
    int made;

    /// <summary>Starts the site that is swept. Its mail goes nowhere.</summary>
    public static async Task<SweepWorld> Start()
    {
        var world = new SweepWorld(await TestSite.Start(Database.Sqlite, builder => builder.Services.AddSingleton<IChannel>(new SimulatedChannel("email"))));
        await world.Prepare();
        return world;
    }

    /// <summary>A key of team alpha's integration.</summary>
    public string Key => integrations["shop"].Key;

    public TestSite Site => site;

    public IReadOnlyList<Identity> Identities { get; private set; } = [];

    public string Owner => site.OwnerId;

    public async Task Prepare()
    {
        var observer = await site.Person("observer", OrganisationRole.Observer);
        var member = await site.Person("member");
        var responderA = await site.Person("responder-a");
        var managerA = await site.Person("manager-a");
        var responderB = await site.Person("responder-b");
        var managerB = await site.Person("manager-b");
        var admin = await site.Person("admin", OrganisationRole.Admin);
        var owner = await site.Person("second-owner", OrganisationRole.Owner);
        var alpha = await site.Team("alpha", false, (responderA.Id, TeamRole.Responder), (managerA.Id, TeamRole.Manager));
        var hidden = await site.Team("hidden", true, (responderA.Id, TeamRole.Responder), (managerA.Id, TeamRole.Manager));
        var beta = await site.Team("beta", false, (responderB.Id, TeamRole.Responder), (managerB.Id, TeamRole.Manager));
        (teams["alpha"], teams["beta"], teams["hidden"]) = (alpha, beta, hidden);
        var now = site.Clock.GetUtcNow();
        await site.Db.Write(async tx =>
        {
            foreach (var (name, id) in teams)
            {
                await OnCallStore.Put(tx, name + "-rota", name, id, """{"zone":"UTC","layers":[{"people":["owner"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""", 1);
                await Ladder(tx, name, "owner", id);
            }

            await Ladder(tx, "paged", "member", alpha);
            foreach (var (service, team, ladder) in new[] { ("shop", "alpha", "alpha"), ("beta-shop", "beta", "beta"), ("hidden-shop", "hidden", "hidden"), ("paged-shop", "alpha", "paged") })
            {
                await ServiceStore.Put(tx, new(service, service, teams[team], ladder + "-ladder", "{}"), "test", now, "test");
                integrations[service] = (team, Tokens.NewIntegrationKey());
                await IntegrationStore.AddKey(tx, (await Keep(tx, service + "-alerts", service, team)).Id, integrations[service].Key, now);
            }
        }, CancellationToken.None);

        static Task Ladder(Tx tx, string name, string person, string team) =>
            EscalationStore.Put(tx, new EscalationPolicy(name + "-ladder", [new EscalationStep([new EscalationTarget(TargetKind.Person, person)], TimeSpan.FromMinutes(5))], 1, [], team), name, 1);

        Identities =
        [
            new("none", null, null),
            new("observer", observer.Token, observer.Id),
            new("member", member.Token, member.Id),
            new("responder-a", responderA.Token, responderA.Id),
            new("manager-a", managerA.Token, managerA.Id),
            new("responder-b", responderB.Token, responderB.Id),
            new("manager-b", managerB.Token, managerB.Id),
            new("admin", admin.Token, admin.Id),
            new("owner", owner.Token, owner.Id),
            new("token-read", await site.ServiceToken(null, Scope.Read), null),
            new("token-a", await site.ServiceToken(alpha, Scope.All), null),
            new("manager-a-read", await site.Db.Write(async tx => (await TokenStore.Issue(tx, TokenKind.Personal, managerA.Id, null, "reads", Scope.Read, now, now.AddDays(90), "test", "test")).Clear, CancellationToken.None), managerA.Id),
            new("key-a", Key, null),
        ];
    }

    /// <summary>Somebody new.</summary>
    public async Task<string> Person(OrganisationRole role = OrganisationRole.Member) => (await site.Person($"p{++made}", role)).Id;

    /// <summary>Somebody new, in a team.</summary>
    public async Task<string> MemberOf(string team)
    {
        var person = await Person();
        await site.Db.Write(async tx => await TeamStore.SetMember(tx, (await TeamStore.Find(tx, team))!.Id, person, TeamRole.Responder, "test", site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        return person;
    }

    /// <summary>A swap of shifts that nobody has: it is asked of <paramref name="of"/>, and can be declined.</summary>
    public async Task<string> Swap(string schedule, string of)
    {
        var now = site.Clock.GetUtcNow();
        var swap = new Swap(Plantao.Platform.Ids.New("swp", now), schedule, await Person(), of, new Gap(now.AddDays(1), now.AddDays(2)), new Gap(now.AddDays(3), now.AddDays(4)), now);
        await site.Db.Write(tx => OnCallStore.AddSwap(tx, swap), CancellationToken.None);
        return swap.Id;
    }

    /// <summary>The secret of the owner's calendar, made anew.</summary>
    public Task<string> Calendar() => site.Db.Write(tx => CalendarFeeds.Make(tx, Owner, "test", site.Clock.GetUtcNow(), "test"), CancellationToken.None);

    public async Task<string> Invited()
    {
        var now = site.Clock.GetUtcNow();
        var user = new User(Plantao.Platform.Ids.New("usr", now), $"p{++made}", "Invited", $"p{made}@example.org", "Etc/UTC", "en", OrganisationRole.Member, UserStatus.Invited, now);
        await site.Db.Write(tx => UserStore.Add(tx, user, "test", "test"), CancellationToken.None);
        return user.Id;
    }

    public Task<string> TokenOf(string userId) => Token(TokenKind.Personal, userId, null);

    public async Task<string> TokenOfTeam(string? team) => await Token(TokenKind.Service, null, team is null ? null : (await site.Get<TeamStore>().Find(team, CancellationToken.None))!.Id);

    public Task<string> SessionOf(string userId) =>
        site.Db.Write(async tx => (await SessionStore.Begin(tx, userId, "test", site.Clock.GetUtcNow(), "test")).Session.Id, CancellationToken.None);

    public Task<string> MethodOf(string userId) => site.Db.Write(async tx =>
    {
        // Somebody called often may not run into the limit of their methods.
        foreach (var old in (await site.Get<ContactMethodStore>().Of(tx, userId)).Skip(1)) await ContactMethodStore.Remove(tx, old, "test", site.Clock.GetUtcNow(), "test");
        return (await site.Get<ContactMethodStore>().Add(tx, userId, "ntfy", $"https://ntfy.example/{++made}", null, "test", site.Clock.GetUtcNow(), "test")).Value.Id;
    }, CancellationToken.None);

    /// <summary>An open alert of a service that no call was given before.</summary>
    public async Task<string> Alert(string service)
    {
        if (!alerts.TryGetValue(service, out var left) || left.Count == 0)
        {
            var fired = JsonSerializer.Serialize(Enumerable.Range(0, 25).Select(i => new { labels = new { alertname = $"Swept{++made}", severity = "critical" } }));
            using var http = site.Http(integrations[service].Key);
            using var answer = await http.PostAsync("/api/v2/alerts", new StringContent(fired, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await site.Work();
            // All pages: what was given before stays open, and at one instant of a clock that stands the order is by chance.
            alerts[service] = left = new();
            var next = (string?)null;
            do
            {
                var page = await site.Owner.GetFromJsonAsync<Part<AlertView>>($"/api/v1/alerts?service={service}&status=open&limit=200{(next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))}");
                foreach (var alert in page!.Items.Where(a => given.Add(a.Id))) left.Enqueue(alert.Id);
                next = page.Next;
            }
            while (next is not null);
        }

        return left.Dequeue();
    }

    public Task<string> Override(string schedule) => site.Db.Write(async tx =>
    {
        var (id, now) = (Plantao.Platform.Ids.New("ovr", site.Clock.GetUtcNow()), site.Clock.GetUtcNow());
        await OnCallStore.Add(tx, id, schedule, Owner, null, now.AddDays(2), now.AddDays(3), "test", now);
        return id;
    }, CancellationToken.None);

    public Task<string> Silence(string? team) => site.Db.Write(async tx =>
    {
        var now = site.Clock.GetUtcNow();
        var silence = new Silence(Plantao.Platform.Ids.New("sil", now), ["alertname=\"X\""], now, now.AddHours(1), "test", now, "swept", false, team is null ? null : teams[team]);
        await QuietStore.Add(tx, silence);
        return silence.Id;
    }, CancellationToken.None);

    public Task<string> Maintenance(params string[] services) => site.Db.Write(async tx =>
    {
        // Later: what is quiet now would take the alerts of this sweep along.
        var now = site.Clock.GetUtcNow();
        var maintenance = new Maintenance(Plantao.Platform.Ids.New("mnt", now), services, now.AddDays(1), now.AddDays(2), "test", now, "swept", false);
        await QuietStore.Add(tx, maintenance);
        return maintenance.Id;
    }, CancellationToken.None);

    /// <summary>The name of a new integration of a team.</summary>
    public async Task<string> Integration(string team) =>
        (await site.Db.Write(tx => Keep(tx, $"swept-{++made}", team switch { "alpha" => "shop", "beta" => "beta-shop", _ => "hidden-shop" }, team), CancellationToken.None)).Name;

    public async Task<(string Name, string KeyId)> KeyedIntegration(string team)
    {
        var name = await Integration(team);
        return (name, await site.Db.Write(async tx => (await IntegrationStore.AddKey(tx, (await IntegrationStore.ByName(tx, name))!.Id, Tokens.NewIntegrationKey(), site.Clock.GetUtcNow())).Value, CancellationToken.None));
    }

    /// <summary>The name of a new service of a team, as a definition.</summary>
    public async Task<string> Definition(string team)
    {
        var (name, document) = ($"defined-{++made}", $$"""{"title":"Defined","team":"{{team}}"}""");
        await site.Db.Write(tx => site.Get<DefinitionStore>().Save(tx, new("service", name), document, Canonical.Digest(document), null, drifted: false, null, new Authorship("test", site.Clock.GetUtcNow(), "test", "swept")), CancellationToken.None);
        return name;
    }

    public async Task<string> DeadLetter()
    {
        var id = 1_000_000 + ++made;
        await site.Db.Write(tx => SignalStore.SetAside(tx, id, "swept", site.Clock.GetUtcNow()), CancellationToken.None);
        return $"sig_{id}";
    }

    async Task<Integration> Keep(Tx tx, string name, string service, string team)
    {
        var integration = new Integration(Plantao.Platform.Ids.New("int", site.Clock.GetUtcNow()), name, name, service, teams[team], "alertmanager");
        await IntegrationStore.Put(tx, integration, 1, site.Clock.GetUtcNow());
        return integration;
    }

    Task<string> Token(TokenKind kind, string? userId, string? teamId)
    {
        var now = site.Clock.GetUtcNow();
        return site.Db.Write(async tx => (await TokenStore.Issue(tx, kind, userId, teamId, "swept", Scope.Read, now, now.AddDays(1), "test", "test")).Token.Id, CancellationToken.None);
    }
}
