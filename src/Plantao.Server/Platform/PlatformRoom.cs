using System.Diagnostics.Metrics;
using Plantao.Platform.Access;
using Plantao.Platform.Api;
using Plantao.Platform.Doctor;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;
using Plantao.Platform.Telemetry;
using Plantao.Platform.Web;

namespace Plantao.Platform;

/// <summary>All that Rooms.cs knows of the ground floor. The database, its clock and the vault are opened before (see <see cref="Ground"/>).</summary>
public static class PlatformRoom
{
    public static IServiceCollection AddPlatform(this IServiceCollection services, ServeOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<Journals>();
        services.AddWorker<Sealer>();
        services.AddWorker<ClockWorker>();
        services.AddSingleton<Secrets>();
        services.AddSingleton<Leases>();
        services.AddHostedService<Listening>();
        services.AddWorker<NodeWorker>();
        services.AddWorker<JournalHeadWorker>();
        services.AddWorker<BackupWorker>();
        services.AddWorker<RetentionWorker>();
        services.AddSingleton<IRetain, IdempotencyRetention>();

        services.AddSingleton(_ => Instruments.MakeMeter());
        services.AddSingleton<PrometheusText>();
        services.AddHostedService<OtlpExport>();
        services.AddOpenApi("v1", OpenApi.Describe);

        services.AddSingleton<IDoctorCheck, ConfigurationCheck>();
        services.AddWorker<UnreadableWorker>();
        services.AddSingleton<UnreadableCheck>();
        services.AddSingleton<IDoctorCheck>(provider => provider.GetRequiredService<UnreadableCheck>());
        services.AddSingleton<ISelfTest>(provider => provider.GetRequiredService<UnreadableCheck>());
        services.AddSingleton<IDoctorCheck, DurabilityCheck>();
        services.AddSingleton<IDoctorCheck, PausedCheck>();
        services.AddSingleton<IDoctorCheck, ClockCheck>();
        services.AddSingleton<IDoctorCheck, NodesCheck>();
        services.AddSingleton<IDoctorCheck, DiskCheck>();
        services.AddSingleton<IDoctorCheck, KeyFileCheck>();
        services.AddSingleton<IDoctorCheck, PublicAddressCheck>();
        services.AddSingleton<IDoctorCheck, BackupCheck>();
        services.AddSingleton<Redactor>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton(Access.Proxies.Read(options.Proxies));
        services.AddSingleton<ISelfTest, JournalSelfTest>();

        services.AddHttpContextAccessor();
        services.AddScoped<Viewer>();
        services.AddSingleton<Navigation>();
        services.AddSingleton<PanelBook>();
        services.AddSingleton<FormTokens>();
        services.AddSingleton<StaticNames>();
        services.AddSingleton<LivePulse>();
        return services;
    }

    public static IEndpointRouteBuilder MapPlatform(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Text("OK")).Needs(Right.Open).WithName("health-live");
        routes.MapGet("/health/ready", async (Db db, TimeProvider clock, CancellationToken ct) =>
        {
            // Ready is false if and only if an intake commit would fail: so one is made.
            try
            {
                await db.Probe(clock.GetUtcNow(), ct);
                return Results.Text("OK");
            }
            catch (DatabaseUnavailableException fault)
            {
                return new Refusal("not-ready", fault.Message, 503).ToProblem();
            }
        }).Needs(Right.Open).WithName("health-ready");

        var options = routes.ServiceProvider.GetRequiredService<ServeOptions>();
        routes.MapGet("/metrics", (PrometheusText metrics) => TypedResults.Text(metrics.Write(), PrometheusText.ContentType))
            .Needs(options.MetricsOpen ? Right.Open : Right.Administer).WithName("metrics").ExcludeFromDescription();
        routes.MapOpenApi(OpenApi.Path).Needs(Right.Open).WithName("openapi");
        SelfTestEndpoints.Map(routes);
        WebEndpoints.Map(routes);
        LiveEndpoints.Map(routes);
        MeasureAll(routes.ServiceProvider);
        return routes;
    }

    /// <summary>What the ground floor itself measures. The listener is made here, before any room has measured anything.</summary>
    static void MeasureAll(IServiceProvider services)
    {
        var meter = services.GetRequiredService<Meter>();
        services.GetRequiredService<PrometheusText>();
        var state = services.GetRequiredService<NodeState>();
        var clock = services.GetRequiredService<TimeProvider>();
        var db = services.GetRequiredService<Db>();
        Instruments.MeasureProcess(meter);
        meter.CreateObservableGauge("plantao.paused", () => state.Paused ? 1 : 0, null, "1 while the database is paused after a restore");
        meter.CreateObservableGauge("plantao.clock.offset", () => state.ClockOffset.TotalSeconds, "s", "How far the clock that timers go by (on PostgreSQL the database's) is ahead of this machine's");
        meter.CreateObservableGauge("plantao.documents.unreadable", () => db.Unreadable.All.Count, null, "Stored definitions that cannot be read and were set aside");
        meter.CreateObservableGauge("plantao.database.durable", () => state.Weaknesses.Count == 0 ? 1 : 0, null, "0 when the database may lose confirmed rows in a power cut");
        meter.CreateObservableGauge("plantao.backup.age", () => Age(state.BackupMadeAt), "s", "Since the last daily backup");
        meter.CreateObservableGauge("plantao.backup.proof.age", () => Age(state.BackupProvedAt), "s", "Since a backup was last proved by a restore");
        meter.CreateObservableGauge("plantao.worker.round.age", () => services.GetServices<Worker>()
            .Where(w => w.LastRound != default)
            .Select(w => new Measurement<double>(Math.Max(0, (clock.GetUtcNow() - w.LastRound).TotalSeconds), KeyValuePair.Create<string, object?>("worker", w.GetType().Name))), "s", "Since when a worker's loop has not come round");

        IEnumerable<Measurement<double>> Age(DateTimeOffset? at) => at is { } then ? [new((clock.GetUtcNow() - then).TotalSeconds)] : [];
    }

    /// <summary>Something that must always hold, asked as one query whose rows name what breaks it.</summary>
    public static IServiceCollection AddSelfTest(this IServiceCollection services, string holds, Func<DateTimeOffset, Sql> query) =>
        services.AddSingleton<ISelfTest>(provider => new SelfTestQuery(provider.GetRequiredService<Db>(), holds, query));

    /// <summary>Timers of a room that count from an event: moved when the clock is set at a start.</summary>
    public static IServiceCollection AddWaitingTimers(this IServiceCollection services, Func<TimeSpan, Sql> move) => services.AddSingleton(new WaitingTimers(move));

    /// <summary>Documents of a room that are read while it works: also read when somebody asks whether all can be.</summary>
    public static IServiceCollection AddStoredDocuments<T>(this IServiceCollection services, Func<T, CancellationToken, Task> read) where T : notnull =>
        services.AddSingleton(provider => new StoredDocuments(ct => read(provider.GetRequiredService<T>(), ct)));

    /// <summary>A place that people can go to: a line of the navigation.</summary>
    public static IServiceCollection AddNavigation(this IServiceCollection services, NavigationEntry entry) => services.AddSingleton(entry);

    /// <summary>A panel on a lower room's screen about a <typeparamref name="TSubject"/>.</summary>
    public static IServiceCollection AddPanel<TSubject, TComponent>(this IServiceCollection services, string place, int order) where TComponent : Microsoft.AspNetCore.Components.IComponent =>
        services.AddSingleton(new PanelEntry(typeof(TSubject), place, order, typeof(TComponent)));

    /// <summary>What a room's refusals say on a screen, by their code as the key.</summary>
    public static IServiceCollection AddRefusalTexts(this IServiceCollection services, Text.Phrases texts) => services.AddSingleton(new RefusalTexts(texts));

    /// <summary>Registers a worker so that tests can call it and the host runs it.</summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services) where T : Worker
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
        services.AddSingleton<Worker>(provider => provider.GetRequiredService<T>());
        return services;
    }
}
