using System.Text.Json;
using Plantao.Alerts;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Escalations;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;
using WebhookSignature = Plantao.Notifications.Channels.Webhook.WebhookSignature;

namespace Plantao.Tests.Crash;

/// <summary>An installation in which servers come and go: its folder and database, people who are reached at a sink that outlives them all, and a key to post with.</summary>
public sealed class World : IAsyncDisposable
{
    readonly List<Node> nodes = [];
    readonly bool ownsPlace;

    World(Place place, bool ownsPlace, Ground ground, Pager pager, string key, IReadOnlyDictionary<string, string> people) =>
        (Place, this.ownsPlace, Ground, Pager, Key, People) = (place, ownsPlace, ground, pager, key, people);

    public Place Place { get; }

    /// <summary>The same database, seen from the test.</summary>
    public Ground Ground { get; }

    /// <summary>Where <c>ana</c> and <c>bruno</c> are paged.</summary>
    public Pager Pager { get; }

    /// <summary>Of the integration <c>rig</c> on the service <c>checkout</c>.</summary>
    public string Key { get; }

    /// <summary>Ids by handle.</summary>
    public IReadOnlyDictionary<string, string> People { get; }

    public static async Task<World> Make(Database database, params (string Targets, TimeSpan Wait)[] steps) => await Make(await database.Make(), true, steps);

    /// <summary>Puts everything in through the product's stores, before any server runs: the Owner <c>olga</c> and <c>carla</c> with e-mail, <c>ana</c> and <c>bruno</c> with a webhook.</summary>
    /// <param name="steps">The ladder: handles apart by blanks, and how long they have. Left out: ana, who has 20 min.</param>
    public static async Task<World> Make(Place place, bool ownsPlace, params (string Targets, TimeSpan Wait)[] steps)
    {
        var ground = await Ground.Open(place.Options, MachineTime.Instance, CancellationToken.None);
        var pager = new Pager();
        var contacts = new ContactMethodStore(ground.Db, ground.Vault);
        var key = Tokens.NewIntegrationKey();
        var people = new Dictionary<string, string>(StringComparer.Ordinal);
        if (steps.Length == 0) steps = [("ana", TimeSpan.FromMinutes(20))];
        await ground.Db.Write(async tx =>
        {
            var now = ground.Clock.GetUtcNow();
            foreach (var handle in (string[])["olga", "ana", "bruno", "carla"])
            {
                var user = new User(Ids.New("usr", now), handle, handle, handle + "@example.org", "Europe/London", "en", handle == "olga" ? OrganisationRole.Owner : OrganisationRole.Member, UserStatus.Active, now);
                await UserStore.Add(tx, user, "rig", "rig");
                people.Add(handle, user.Id);
                if (handle is "olga" or "carla")
                {
                    await contacts.AddVerified(tx, user.Id, "email", user.Email, "rig", now, "rig");
                    continue;
                }

                var method = (await contacts.Add(tx, user.Id, "webhook", $"{pager.Url}/{handle}", WebhookSignature.NewSecret(), "rig", now, "rig")).Value;
                var code = (await contacts.NewCode(tx, method, now)).Value;
                Assert.True((await contacts.Prove(tx, method, code, "rig", now, "rig")).Allowed);
            }

            var ladder = steps.Select(step => new EscalationStep([.. step.Targets.Split(' ').Select(name => new EscalationTarget(TargetKind.Person, name))], step.Wait)).ToList();
            await EscalationStore.Put(tx, new EscalationPolicy("ladder", ladder, 1, [], null), "Ladder", 1);
            await ServiceStore.Put(tx, new ServiceWanted("checkout", "Checkout", null, "ladder", "{}"), "rig", now, "rig");
            var integration = new Integration(Ids.New("int", now), "rig", "Rig", "checkout", null, Formats.AlertmanagerApi);
            await IntegrationStore.Put(tx, integration, 1, now);
            await IntegrationStore.AddKey(tx, integration.Id, key, now);
        }, CancellationToken.None);
        return new World(place, ownsPlace, ground, pager, key, people);
    }

    /// <summary>Another integration, which reads JSON of its own and wants its messages signed.</summary>
    /// <returns>Its key and its signing secret.</returns>
    public async Task<(string Key, string Secret)> Signed(string mapping)
    {
        var (key, secret, now) = (Tokens.NewIntegrationKey(), WebhookSignature.NewSecret(), Ground.Clock.GetUtcNow());
        using var read = JsonDocument.Parse(mapping);
        var integration = new Integration(Ids.New("int", now), "signed", "Signed", "checkout", null, Formats.Generic, Mapping: read.RootElement.Clone(), Signature: SignatureScheme.StandardWebhooks);
        await Ground.Db.Write(async tx =>
        {
            await IntegrationStore.Put(tx, integration, 1, now);
            await IntegrationStore.AddKey(tx, integration.Id, key, now);
            await new Secrets(Ground.Db, Ground.Vault, Ground.Clock).Keep(tx, IntakeDesk.SigningSecret(integration.Id), secret);
        }, CancellationToken.None);
        return (key, secret);
    }

    /// <summary>Starts a server here. Killed with the world, if it still lives.</summary>
    public Task<Node> Start(params (string Name, string Value)[] environment) => Start([], environment);

    /// <inheritdoc cref="Node.Start(Place, IReadOnlyList{string}, ValueTuple{string, string}[])"/>
    public async Task<Node> Start(IReadOnlyList<string> before, params (string Name, string Value)[] environment)
    {
        var node = await Node.Start(Place, before, environment);
        nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Ground.DisposeAsync();
        await Pager.DisposeAsync();
        if (ownsPlace) await Place.DisposeAsync();
    }
}
