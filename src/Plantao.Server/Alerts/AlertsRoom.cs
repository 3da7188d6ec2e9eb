using Plantao.Definitions;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Redaction;

namespace Plantao.Alerts;

/// <summary>All that Rooms.cs knows of alerts. Answers the ports of the rooms below: an answer to a page, a climb that moved.</summary>
public static class AlertsRoom
{
    public static IServiceCollection AddAlerts(this IServiceCollection services) => services
        .AddSingleton<AlertStore>()
        .AddAlertSelfTests()
        .AddSingleton<ISetUpStarter, Starter>()
        .AddSingleton<IApplyDefinition, ApplyRoute>()
        .AddSingleton<IApplyDefinition, ApplyIntegration>()
        .AddSingleton<SignalStore>()
        .AddSingleton<RouteStore>()
        .AddSingleton<QuietStore>()
        .AddSingleton<IntegrationStore>()
        .AddSingleton<IntegrationDirectory>()
        .AddSingleton<IntakeLimiter>()
        .AddSingleton<IntakeMetrics>()
        .AddSingleton<IntakeDesk>()
        .AddSingleton<Heartbeats>()
        .AddSingleton<DecidingFactory>()
        .AddSingleton<AlertActions>()
        .AddSingleton<IAnswerPages>(provider => provider.GetRequiredService<AlertActions>())
        .AddSingleton<IHearClimbs, AlertsFollowClimbs>()
        .AddWorker<DecideWorker>()
        .AddWorker<AlertTimer>()
        .AddWorker<QuietWorker>()
        .AddWorker<HeartbeatWorker>();

    public static IEndpointRouteBuilder MapAlerts(this IEndpointRouteBuilder routes)
    {
        IntakeEndpoints.MapIntake(routes);
        AlertEndpoints.Map(routes);
        QuietEndpoints.Map(routes);
        IntegrationEndpoints.Map(routes);
        return routes;
    }
}
