using Plantao.Alerts;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Egress;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Demo;

/// <summary>How long each step of the demonstration's policy waits for an answer.</summary>
sealed record Waits(TimeSpan Primary, TimeSpan Secondary, TimeSpan Managers)
{
    /// <summary>For somebody who watches.</summary>
    public static Waits Short { get; } = new(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));

    /// <summary>For somebody who answers.</summary>
    public static Waits Human { get; } = new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
}

/// <summary>A person of the demonstration.</summary>
sealed record Cast(string Name, string DisplayName, string Zone);

/// <summary>A whole installation in a temporary folder: the server in this process, its people and their phones, and the sample service as a child.</summary>
sealed class World : IAsyncDisposable
{
    public const string Service = "checkout", Fault = "payments-refused", PrimarySchedule = "checkout-primary", SecondarySchedule = "checkout-secondary";

    public static readonly Cast
        Ana = new("ana", "Ana Souza", "America/Sao_Paulo"),
        Bruno = new("bruno", "Bruno Tavares", "America/Manaus"),
        Carla = new("carla", "Carla Nogueira", "America/Recife");

    readonly Stack<Func<ValueTask>> ends = new();
    readonly TimeProvider clock;
    readonly Story story;
    SignInLink? visit;
    string team = "";

    World(Story story, TimeProvider clock) => (this.story, this.clock) = (story, clock);

    /// <summary>The server, for nobody in particular.</summary>
    public Api Server { get; private set; } = null!;

    /// <summary>The server, for Carla, who is its Owner.</summary>
    public Api Owner { get; private set; } = null!;

    public string OwnerToken { get; private set; } = "";

    /// <summary>The sample service.</summary>
    public Api Target { get; private set; } = null!;

    public CheckoutProcess Checkout { get; private set; } = null!;

    public Phones Phones { get; private set; } = null!;

    /// <summary>The key with which the sample service posts its alerts.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Their names by their ids.</summary>
    public Dictionary<string, string> People { get; } = new(StringComparer.Ordinal);

    public IServiceProvider Services { get; private set; } = null!;

    /// <summary>Everything up to the moment before the fault.</summary>
    public static async Task<World> Start(Waits waits, string urls, Story story, TimeProvider clock, CancellationToken ct)
    {
        var world = new World(story, clock);
        try
        {
            await world.Open(urls, ct);
            await world.Gather(ct);
            await world.Define(waits, ct);
            await world.Run(ct);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    async Task Open(string urls, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("plantao-demo-").FullName;
        ends.Push(() =>
        {
            Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        });
        // What the environment says is meant for a server in earnest: none of it leads here, and no mail goes out.
        Environment.SetEnvironmentVariable("PLANTAO_SMTP_SERVER", null);
        var options = new ServeOptions { DataFolder = folder, Database = null, Urls = urls, PublicAddress = null, Key = null, AllowLoopbackEgress = true, OtlpEndpoint = null };
        var ground = await Ground.Open(options, clock, ct);
        ends.Push(ground.DisposeAsync);
        var app = App.Build(options, ground, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        });
        ends.Push(app.DisposeAsync);
        visit = new SignInLink(ground.Clock);
        visit.Map(app);
        await app.StartAsync(ct);
        ends.Push(async () =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
            await app.StopAsync(soon.Token);
        });
        Services = app.Services;
        var egress = new EgressClient(new EgressOptions { MaxAnswer = (int)App.LargestBody }, clock);
        ends.Push(() =>
        {
            egress.Dispose();
            return ValueTask.CompletedTask;
        });
        Server = new Api(egress, app.Urls.First());
        Target = new Api(egress, "");
        Phones = await Phones.Start(clock, ct);
        ends.Push(Phones.DisposeAsync);
        story.Tell($"the server listens on {Server.Address}; its database is a file in {folder}");

        var code = await Setup.Begin(ground.Db, ground.Vault, clock, ct);
        var setUp = await Server.Post<SetupView>("/api/v1/setup", new SetupRequest(code!, "carla@loja.example", Carla.DisplayName, Carla.Name, "Loja Aurora", Carla.Zone, "en", Server.Address), ct);
        OwnerToken = setUp.Token;
        Owner = Server.As(setUp.Token);
        team = setUp.Team;
        People[setUp.OwnerId] = Carla.DisplayName;
    }

    /// <summary>By the ways that people come: invited, welcomed, their phones proven by a code that came back.</summary>
    async Task Gather(CancellationToken ct)
    {
        var tokens = new List<(Cast Who, Api Api)> { (Carla, Owner) };
        foreach (var who in (Cast[])[Ana, Bruno])
        {
            var invited = await Owner.Post<InvitedView>("/api/v1/users", new InviteRequest(who.Name + "@loja.example", who.DisplayName, who.Name, who.Zone, "en"), ct);
            var welcome = await Server.Post<WelcomeView>("/api/v1/invitations/acceptance", new AcceptInvitationRequest(invited.Code), ct);
            await Owner.Put($"/api/v1/teams/{team}/members/{invited.User.Id}", new SetMemberRequest("Responder"), ct);
            People[invited.User.Id] = who.DisplayName;
            tokens.Add((who, Server.As(welcome.Token)));
        }

        foreach (var (who, api) in tokens)
        {
            var method = await api.Post<ContactMethodView>("/api/v1/me/contact-methods", new AddContactMethodRequest("webhook", Phones.Address(who.Name), Phones.Secret), ct);
            var sent = await Seen.Within(TimeSpan.FromSeconds(10), clock, () => Task.FromResult(Phones.Rang.FirstOrDefault(r => r.Who == who.Name && r.Kind == "contact_method.verification")), ct)
                ?? throw new NotSeenException($"No code came to the phone of {who.DisplayName} within 10 s, so nobody could be paged there.");
            await api.Call(HttpMethod.Post, $"/api/v1/me/contact-methods/{method.Id}/proof", new ProveContactMethodRequest(sent.Title[^6..]), ct);
            foreach (var urgency in (string[])["high", "low"]) await api.Put("/api/v1/me/notification-rules/" + urgency, new[] { new RuleStepView(["webhook"], 0) }, ct);
        }

        story.Tell($"people: {Ana.DisplayName}, {Bruno.DisplayName}, {Carla.DisplayName}; each phone proven by a code that was sent to it");
    }

    async Task Define(Waits waits, CancellationToken ct)
    {
        var db = Services.GetRequiredService<Db>();
        await db.Write(async tx =>
        {
            var owner = (await TeamStore.Find(tx, team))!;
            await OnCallStore.Put(tx, PrimarySchedule, "Checkout, primary", team, Turns(Ana), 1);
            await OnCallStore.Put(tx, SecondarySchedule, "Checkout, secondary", team, Turns(Bruno), 1);
            await EscalationStore.Put(tx, new EscalationPolicy(Service,
            [
                new([new(TargetKind.Schedule, PrimarySchedule)], waits.Primary),
                new([new(TargetKind.Schedule, SecondarySchedule)], waits.Secondary),
                new([new(TargetKind.TeamManagers, team)], waits.Managers),
            ], 3, [], team), "Checkout", 1);
            await ServiceStore.Put(tx, new ServiceWanted(Service, "Checkout", owner.Id, Service, "{}"), "demo", clock.GetUtcNow(), "demo");
        }, ct);
        await Owner.Post<IntegrationView>("/api/v1/integrations", new IntegrationRequest("checkout-alertmanager", "Checkout's Alertmanager", "alertmanager", Service), ct);
        Key = (await Owner.Post<IntegrationKeyMade>("/api/v1/integrations/checkout-alertmanager/keys", new { }, ct)).Key;
        story.Tell($"policy: {Ana.DisplayName} (primary), after {waits.Primary.TotalSeconds:0} s {Bruno.DisplayName} (secondary), after {waits.Secondary.TotalSeconds:0} s {Carla.DisplayName} (manager); 3 rounds");

        static string Turns(Cast who) => $$"""{"zone":"{{who.Zone}}","layers":[{"people":["{{who.Name}}"],"rotation":"weekly","handoff":"monday 09:00","start":"2024-01-01"}]}""";
    }

    async Task Run(CancellationToken ct)
    {
        var data = Directory.CreateTempSubdirectory("plantao-demo-checkout-").FullName;
        ends.Push(() =>
        {
            Directory.Delete(data, recursive: true);
            return ValueTask.CompletedTask;
        });
        Checkout = CheckoutProcess.Start($"{Server.Address}/in/{Key}/alertmanager", data, clock);
        ends.Push(Checkout.DisposeAsync);
        var listening = await Seen.Within(TimeSpan.FromSeconds(20), clock, () => Checkout.Lives
                ? Task.FromResult(Checkout.Said.FirstOrDefault(s => s.Word == "listening"))
                : throw new NotSeenException("The sample service ended at once. It said: " + Checkout.Errors), ct)
            ?? throw new NotSeenException("The sample service did not start to listen within 20 s. It said: " + Checkout.Errors);
        Target = Target.At(listening.Rest);
        story.Tell(listening.At, $"the sample service listens on {Target.Address}: 20 orders a second, each paid");
    }

    /// <summary>A link that signs the visitor in, once, as who is on call: an Admin here, so that every screen opens.</summary>
    public async Task<string> Visit(CancellationToken ct)
    {
        var ana = People.Single(p => p.Value == Ana.DisplayName).Key;
        await Owner.Put($"/api/v1/users/{ana}/role", new ChangeRoleRequest("Admin"), ct);
        return visit!.For(ana, Server.Address);
    }

    /// <summary>Puts the fault in, or takes it away.</summary>
    public Task Break(bool on, CancellationToken ct) => Target.Call(on ? HttpMethod.Post : HttpMethod.Delete, "/faults/" + Fault, null, ct);

    public async ValueTask DisposeAsync()
    {
        var faults = new List<Exception>();
        while (ends.TryPop(out var end))
        {
            try
            {
                await end();
            }
            catch (Exception fault)
            {
                // What comes after it ends all the same.
                faults.Add(fault);
            }
        }

        if (faults.Count > 0) throw new AggregateException("The demonstration could not clean up all of its own.", faults);
    }
}
