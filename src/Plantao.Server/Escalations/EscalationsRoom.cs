using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform;

namespace Plantao.Escalations;

/// <summary>All that Rooms.cs knows of escalations.</summary>
public static class EscalationsRoom
{
    public static IServiceCollection AddEscalations(this IServiceCollection services) => services
        .AddSingleton<EscalationStore>()
        .AddEscalationSelfTests()
        .AddSingleton<IApplyDefinition, ApplyPolicy>()
        .AddSingleton<INamePeople, PeopleInPolicies>()
        .AddSingleton<IForgetPeople, PeopleInPolicies>()
        .AddSingleton<Climbs>()
        .AddSingleton<IRetain>(new HistoryRetention("climbs", EscalationStore.RemoveEnded))
        .AddWorker<EscalationWorker>();
}
