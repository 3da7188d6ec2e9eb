using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform;

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
        // Nine in the morning stays nine in the morning.
        .AddWaitingTimers(by => $"UPDATE escalations SET due_at = due_at + {by}, acknowledged_until = acknowledged_until + {by} WHERE due_at IS NOT NULL AND status <> 'Told'")
        .AddSingleton<IRetain>(new HistoryRetention("climbs", EscalationStore.RemoveEnded))
        .AddWorker<EscalationWorker>()
        .AddWorker<GapWorker>();

    public static IEndpointRouteBuilder MapEscalations(this IEndpointRouteBuilder routes)
    {
        ContactsEndpoints.Map(routes);
        return routes;
    }
}
