using Plantao.Definitions;
using Plantao.Platform;

namespace Plantao.Escalations;

/// <summary>All that Rooms.cs knows of escalations.</summary>
public static class EscalationsRoom
{
    public static IServiceCollection AddEscalations(this IServiceCollection services) => services
        .AddSingleton<EscalationStore>()
        .AddEscalationSelfTests()
        .AddSingleton<IApplyDefinition, ApplyPolicy>()
        .AddSingleton<Climbs>()
        .AddSingleton<Contacts>()
        .AddWorker<EscalationWorker>();

    public static IEndpointRouteBuilder MapEscalations(this IEndpointRouteBuilder routes)
    {
        ContactsEndpoints.Map(routes);
        return routes;
    }
}
