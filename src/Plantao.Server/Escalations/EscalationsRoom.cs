using Plantao.Definitions;
using Plantao.Escalations.Pages;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Doctor;
using Plantao.Platform.Web;

namespace Plantao.Escalations;

/// <summary>All that Rooms.cs knows of escalations.</summary>
public static class EscalationsRoom
{
    public static IServiceCollection AddEscalations(this IServiceCollection services) => services
        .AddSingleton<EscalationStore>()
        .AddStoredDocuments<EscalationStore>((store, ct) => store.Policies(ct))
        .AddEscalationSelfTests()
        .AddSingleton<IApplyDefinition, ApplyPolicy>()
        .AddSingleton<INamePeople, PeopleInPolicies>()
        .AddSingleton<IForgetPeople, PeopleInPolicies>()
        .AddSingleton<Climbs>()
        .AddSingleton<Contacts>()
        .AddSingleton<IDoctorCheck, PolicyCheck>()
        .AddSingleton<PolicyDesk>()
        .AddNavigation(new("policies", NavigationPart.Configure, 30, "escalate", "/policies", EscalationTexts.All, "policies", Right.ReadDefinitions))
        .AddPanel<User, PersonReach>("person", 10)
        .AddPanel<AppliedSchedule, WhoPanel>("who", 10)
        .AddPanel<AppliedSchedule, SchedulePolicies>("side", 10)
        .AddPanel<IReadOnlyList<Standing>, WhoLink>("main", 10)
        // Nine in the morning stays nine in the morning.
        .AddWaitingTimers(by => $"UPDATE escalations SET due_at = due_at + {by}, acknowledged_until = acknowledged_until + {by} WHERE due_at IS NOT NULL AND status <> 'Told'")
        .AddSingleton<IRetain>(new HistoryRetention("climbs", EscalationStore.RemoveEnded))
        .AddWorker<EscalationWorker>()
        .AddWorker<GapWorker>();

    public static IEndpointRouteBuilder MapEscalations(this IEndpointRouteBuilder routes)
    {
        ContactsEndpoints.Map(routes);
        EscalationScreens.Map(routes);
        return routes;
    }
}
