using Plantao.Definitions;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>All that Rooms.cs knows of alerts. Answers the ports of the rooms below: an answer to a page, a climb that moved.</summary>
public static class AlertsRoom
{
    public static IServiceCollection AddAlerts(this IServiceCollection services) => services
        .AddSingleton<AlertStore>()
        .AddAlertSelfTests()
        .AddAlertRetention()
        .AddSingleton<IForgetPeople, ForgetInAlerts>()
        .AddSingleton<ISetUpStarter, Starter>()
        .AddSingleton<IApplyDefinition, ApplyRoute>()
        .AddSingleton<IApplyDefinition, ApplyIntegration>()
        .AddSingleton<SignalStore>()
        .AddSingleton<RouteStore>()
        .AddStoredDocuments<RouteStore>((store, ct) => store.All(ct))
        .AddStoredDocuments<IntegrationStore>((store, ct) => store.All(ct))
        .AddStoredDocuments<QuietStore>(async (store, ct) =>
        {
            await store.Silences(ended: false, ct);
            await store.AllMaintenance(ended: false, ct);
        })
        .AddSingleton<QuietStore>()
        .AddSingleton<IntegrationStore>()
        .AddSingleton<IntegrationDirectory>()
        .AddSingleton<IntakeLimiter>()
        .AddSingleton<IntakeMetrics>()
        .AddSingleton<Floods>()
        .AddWorker<FloodWorker>()
        .AddSingleton<IntakeDesk>()
        .AddSingleton<Heartbeats>()
        .AddWaitingTimers(by => $"UPDATE heartbeats SET due_at = due_at + {by} WHERE due_at IS NOT NULL")
        .AddWaitingTimers(by => $"UPDATE dead_letters SET due_at = due_at + {by} WHERE due_at IS NOT NULL")
        .AddSingleton<DecidingFactory>()
        .AddSingleton<AlertActions>()
        .AddSingleton<AlertDesk>()
        .AddSingleton<IntegrationDesk>()
        .AddSingleton<QuietDesk>()
        .AddRefusalTexts(AlertScreenTexts.Refusals)
        .AddRefusalTexts(SettingTexts.Refusals)
        .AddNavigation(new("silences", NavigationPart.Respond, 40, "mute", "/silences", SettingTexts.All, "quiet.nav", Right.ReadAlerts))
        .AddNavigation(new("integrations", NavigationPart.Configure, 20, "link", "/integrations", SettingTexts.All, "integrations", Right.ReadDefinitions))
        .AddNavigation(new("routes", NavigationPart.Configure, 30, "swap", "/routes", SettingTexts.All, "routes", Right.ReadDefinitions))
        .AddPanel<Service, Pages.ServiceAlertsPanel>("main", 10)
        .AddPanel<Service, Pages.ServiceIntegrationsPanel>("main", 20)
        .AddPanel<Service, Pages.ServiceChangesPanel>("side", 10)
        .AddNavigation(new("alerts", NavigationPart.Respond, 20, "bell", "/alerts", AlertScreenTexts.All, "alerts", Right.ReadAlerts, Tab: 20)
        {
            Count = (provider, viewer, ct) => provider.GetRequiredService<AlertDesk>().Unresolved(new Call(viewer.Caller, viewer.Now, viewer.Correlation), ct, NavigationLine.Most + 1),
        })
        .AddSingleton<IKnowFirstRun, FirstRun>()
        .AddSingleton<FirstRunDesk>()
        .AddNavigation(new("first-run", NavigationPart.Configure, 1, "flag", Setup.NextStep, AlertScreenTexts.All, "first-run", Right.Administer)
        {
            Shown = async (provider, ct) => !await provider.GetRequiredService<IKnowFirstRun>().Over(ct),
        })
        .AddSingleton(new LiveTopic("alerts", (_, _, _, _) => Task.FromResult<LiveFeed?>(new(Sql.Own("AND (j.kind LIKE 'alert.%' OR j.kind LIKE 'escalation.%')")))))
        .AddSingleton(new LiveTopic("alert", AlertLive.Open))
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
        AlertScreens.Map(routes);
        QuietEndpoints.Map(routes);
        QuietScreens.Map(routes);
        RouteScreens.Map(routes);
        IntegrationScreens.Map(routes);
        IntegrationEndpoints.Map(routes);
        return routes;
    }
}
