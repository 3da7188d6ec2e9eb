using Plantao.Alerts;
using Plantao.Escalations;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Services;
using WebhookSignature = Plantao.Notifications.Channels.Webhook.WebhookSignature;

namespace Plantao.Inside;

/// <summary>A world to measure in: made through the product's own stores, before its server starts.</summary>
static class World
{
    public static async Task<int> Run(Arguments arguments)
    {
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database") };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        var now = ground.Clock.GetUtcNow();
        var key = Tokens.NewIntegrationKey();
        var methods = new ContactMethodStore(ground.Db, ground.Vault);
        await ground.Db.Write(async tx =>
        {
            var user = new User(Ids.New("usr", now), "ana", "Ana", "ana@example.org", "America/Sao_Paulo", "en", OrganisationRole.Owner, UserStatus.Active, now);
            await UserStore.Add(tx, user, "bench", "bench");
            if (arguments.Text("sink") is { } port) await Reached(tx, methods, user.Id, $"http://127.0.0.1:{port}/", now);
            await EscalationStore.Put(tx, new EscalationPolicy("bench", [new EscalationStep([new EscalationTarget(TargetKind.Person, "ana")], TimeSpan.FromHours(1))], 1, [], null), "bench", 1);
            await ServiceStore.Put(tx, new ServiceWanted("bench", "bench", null, "bench", "{}"), "bench", now, "bench");
            foreach (var format in (string[])["alertmanager", "pagerduty"])
            {
                var integration = new Integration(Ids.New("int", now), format, format, "bench", null, format);
                await IntegrationStore.Put(tx, integration, 1, now);
                if (format == "alertmanager") await IntegrationStore.AddKey(tx, integration.Id, key, now);
            }
        }, CancellationToken.None);
        await Console.Out.WriteAsync(key);
        return 0;
    }

    /// <summary>A session of the owner, as the browser would have it.</summary>
    public static async Task<int> Session(Arguments arguments)
    {
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database") };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        var (_, clear) = await ground.Db.Write(async tx => await SessionStore.Begin(tx, (await UserStore.Named(tx, "ana"))!.Id, "bench", ground.Clock.GetUtcNow(), "bench"), CancellationToken.None);
        await Console.Out.WriteAsync($"{People.Session.Cookie}={clear}");
        return 0;
    }

    /// <summary>Where in the journal each alert opened, and when.</summary>
    public static async Task<int> Opened(Arguments arguments)
    {
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database") };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        var since = long.Parse(arguments.Text("since") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (position, at) in await ground.Db.Query($"SELECT position, at FROM journal WHERE kind = 'alert.opened' AND at >= {since} ORDER BY position", r => (r.Long(0), r.Long(1)), CancellationToken.None))
            await Console.Out.WriteLineAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{position} {at}"));
        return 0;
    }

    /// <summary>A webhook, proven by the code that was sent to it.</summary>
    static async Task Reached(Tx tx, ContactMethodStore methods, string user, string url, DateTimeOffset now)
    {
        var method = (await methods.Add(tx, user, "webhook", url, WebhookSignature.NewSecret(), "bench", now, "bench")).Value;
        var code = (await methods.NewCode(tx, method, now)).Value;
        if (!(await methods.Prove(tx, method, code, "bench", now, "bench")).Allowed) throw new InvalidOperationException("The code did not prove the webhook.");
    }
}
