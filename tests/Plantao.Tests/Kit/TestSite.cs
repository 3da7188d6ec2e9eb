using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Tests.Kit;

/// <summary>A whole server on a test's clock, built by the function that <c>serve</c> calls.</summary>
/// <remarks>Its workers rest: a test calls <see cref="Work"/> or <see cref="Pass"/>, unless it started the site with workers.</remarks>
public sealed class TestSite : IAsyncDisposable
{
    readonly Place place;
    readonly bool ownsPlace;
    readonly Premises premises;
    HttpClient? owner;

    TestSite(Place place, bool ownsPlace, Premises premises, WebApplication app, Written log) =>
        (this.place, this.ownsPlace, this.premises, App, Log) = (place, ownsPlace, premises, app, log);

    public WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    /// <summary>Where it listens, when it was started on a port.</summary>
    public Uri? Address { get; private init; }

    public FakeClock Clock => premises.Clock;

    public Db Db => premises.Db;

    public Vault Vault => premises.Vault;

    public Place Place => place;

    /// <summary>What the server logged, one line each.</summary>
    public Written Log { get; }

    /// <summary>Calls as the Owner, whose name is <c>owner</c>. Not there on a bare site.</summary>
    public HttpClient Owner => owner ?? throw new InvalidOperationException("This site was started bare: it has no owner.");

    /// <summary>The id of the person behind <see cref="Owner"/>.</summary>
    public string OwnerId { get; private set; } = "";

    /// <summary>Starts on a fresh database, which goes with the site.</summary>
    /// <param name="more">What a test changes: its sinks, its ports.</param>
    /// <param name="bare">Without an owner: setup has not been done.</param>
    /// <param name="workers">Whether the workers run by themselves.</param>
    /// <param name="port">On a port of this machine, for a browser, instead of in the process alone.</param>
    public static async Task<TestSite> Start(Database database, Action<WebApplicationBuilder>? more = null, bool bare = false, bool workers = false, FakeClock? clock = null, bool port = false)
    {
        var fresh = await database.Make();
        try
        {
            return await Start(fresh, true, more, bare, workers, clock, port);
        }
        catch
        {
            await fresh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts at a place that other sites may use too: several nodes on one PostgreSQL, or a restart.</summary>
    public static Task<TestSite> Start(Place place, Action<WebApplicationBuilder>? more = null, bool bare = true, bool workers = false, FakeClock? clock = null, bool port = false) =>
        Start(place, false, more, bare, workers, clock, port);

    static async Task<TestSite> Start(Place place, bool owns, Action<WebApplicationBuilder>? more, bool bare, bool workers, FakeClock? clock, bool port)
    {
        var ground = await Premises.At(place, clock ?? new FakeClock(), owned: false);
        var log = new Written();
        var app = Plantao.App.Build(place.Options, ground.Ground, builder =>
        {
            if (port) builder.WebHost.UseUrls("http://127.0.0.1:0");
            else builder.WebHost.UseTestServer();
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
            if (!workers) builder.Services.RemoveAll<IHostedService>();
            more?.Invoke(builder);
        });
        await app.StartAsync();
        var site = new TestSite(place, owns, ground, app, log) { Address = port ? new Uri(app.Urls.First()) : null };
        if (!bare)
        {
            var (id, token) = await site.Person("owner", OrganisationRole.Owner);
            site.OwnerId = id;
            site.owner = site.Http(token);
        }

        return site;
    }

    public T Get<T>() where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A client that calls with <paramref name="token"/>, or as nobody.</summary>
    public HttpClient Http(string? token = null)
    {
        var http = Address is null ? App.GetTestClient() : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
        http.Timeout = TimeSpan.FromSeconds(30);
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    /// <summary>An active person with a verified e-mail address, <c>name@example.org</c>.</summary>
    /// <returns>The id, and a personal token with the given scopes.</returns>
    public async Task<(string Id, string Token)> Person(string name, OrganisationRole role = OrganisationRole.Member, string zone = "Europe/London", string language = "en", Scope scopes = Scope.All)
    {
        var now = Clock.GetUtcNow();
        return await Db.Write(async tx =>
        {
            var user = new User(Ids.New("usr", now), name, char.ToUpperInvariant(name[0]) + name[1..], name + "@example.org", zone, language, role, UserStatus.Active, now);
            await UserStore.Add(tx, user, "test", "test");
            await Get<ContactMethodStore>().AddVerified(tx, user.Id, "email", user.Email, "test", now, "test");
            var issued = await TokenStore.Issue(tx, TokenKind.Personal, user.Id, null, "test", scopes, now, now.AddDays(3650), "test", "test");
            return (user.Id, issued.Clear);
        }, CancellationToken.None);
    }

    /// <summary>A personal token of somebody who is there already.</summary>
    public Task<string> TokenOf(string userId)
    {
        var now = Clock.GetUtcNow();
        return Db.Write(async tx => (await TokenStore.Issue(tx, TokenKind.Personal, userId, null, "test", Scope.All, now, now.AddDays(90), "test", "test")).Clear, CancellationToken.None);
    }

    /// <summary>A team and its people.</summary>
    /// <returns>The team's id.</returns>
    public async Task<string> Team(string name, bool isPrivate = false, params (string UserId, TeamRole Role)[] members)
    {
        var now = Clock.GetUtcNow();
        return await Db.Write(async tx =>
        {
            var team = new Team(Ids.New("team", now), name, char.ToUpperInvariant(name[0]) + name[1..], isPrivate, now);
            await TeamStore.Add(tx, team, "test", "test");
            foreach (var (user, role) in members) await TeamStore.SetMember(tx, team.Id, user, role, "test", now, "test");
            return team.Id;
        }, CancellationToken.None);
    }

    /// <summary>A service token of a team, or of the organisation.</summary>
    public Task<string> ServiceToken(string? teamId, Scope scopes)
    {
        var now = Clock.GetUtcNow();
        return Db.Write(async tx => (await TokenStore.Issue(tx, TokenKind.Service, null, teamId, "robot", scopes, now, now.AddDays(3650), "test", "test")).Clear, CancellationToken.None);
    }

    /// <summary>Lets every worker work until none has more to do now.</summary>
    public async Task Work()
    {
        var workers = App.Services.GetServices<Worker>().Concat(Get<Plantao.Notifications.Deliverers>().Workers).ToList();
        for (var round = 0; round < 10_000; round++)
        {
            var more = false;
            foreach (var worker in workers) more |= await worker.Work(CancellationToken.None);
            if (!more) return;
        }

        throw new InvalidOperationException("The workers never come to rest.");
    }

    /// <summary>Lets time pass in steps, and the workers work after each.</summary>
    /// <param name="step">Default 5 s: how late a test may see something.</param>
    public async Task Pass(TimeSpan time, TimeSpan? step = null)
    {
        await Work();
        for (var end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            var next = Clock.GetUtcNow() + (step ?? TimeSpan.FromSeconds(5));
            Clock.AdvanceTo(next < end ? next : end);
            await Work();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await premises.DisposeAsync();
        if (ownsPlace) await place.DisposeAsync();
    }
}

/// <summary>Lines that a server logged.</summary>
public sealed class Written : ILoggerProvider
{
    readonly System.Collections.Concurrent.ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public ILogger CreateLogger(string categoryName) => new Writer(categoryName, lines);

    public void Dispose() { }

    sealed class Writer(string category, System.Collections.Concurrent.ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
    }
}
