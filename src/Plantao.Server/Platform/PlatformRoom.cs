using System.Diagnostics.Metrics;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;

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
        services.AddSingleton<Redactor>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton(new Meter("plantao"));
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
        return routes;
    }

    /// <summary>Registers a worker so that tests can call it and the host runs it.</summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services) where T : Worker
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
        services.AddSingleton<Worker>(provider => provider.GetRequiredService<T>());
        return services;
    }
}
