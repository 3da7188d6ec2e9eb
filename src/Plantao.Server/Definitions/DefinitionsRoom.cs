using Plantao.Definitions.Kinds;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Web;

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
        .AddSingleton<DefinitionDesk>()
        .AddRefusalTexts(DefinitionTexts.Refusals)
        .AddNavigation(new("definitions", NavigationPart.Configure, 40, "diff", "/definitions", DefinitionTexts.All, "definitions", Right.ReadDefinitions))
        .AddSingleton<IForgetPeople, ForgetInDefinitions>()
        .AddSingleton<IApplyDefinition, ApplySeverities>()
        .AddSingleton<IApplyDefinition, ApplyService>();

    public static IEndpointRouteBuilder MapDefinitions(this IEndpointRouteBuilder routes)
    {
        DefinitionEndpoints.Map(routes);
        SecretEndpoints.Map(routes);
        DefinitionScreens.Map(routes);
        PackScreens.Map(routes);
        return routes;
    }
}
