using Plantao.Definitions.Kinds;
using Plantao.People;

namespace Plantao.Definitions;

/// <summary>All that Rooms.cs knows of definitions.</summary>
public static class DefinitionsRoom
{
    public static IServiceCollection AddDefinitions(this IServiceCollection services) => services
        .AddSingleton(provider => new DefinitionKinds(provider.GetServices<IDefinitionKind>()))
        .AddSingleton<DefinitionStore>()
        .AddSingleton<IDefinitionKind>(SeveritiesKind.Kind)
        .AddSingleton<IDefinitionKind>(EscalationPolicyKind.Kind)
        .AddSingleton<IDefinitionKind>(RouteKind.Kind)
        .AddSingleton<IDefinitionKind>(IntegrationKind.Kind)
        .AddSingleton<IForgetPeople, ForgetInDefinitions>()
        .AddSingleton<IApplyDefinition, ApplySeverities>()
        .AddSingleton<IApplyDefinition, ApplyService>();

    public static IEndpointRouteBuilder MapDefinitions(this IEndpointRouteBuilder routes)
    {
        DefinitionEndpoints.Map(routes);
        SecretEndpoints.Map(routes);
        return routes;
    }
}
