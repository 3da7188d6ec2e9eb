namespace Plantao.Definitions.Kinds;

/// <summary>The kinds declared beside this room, in the order in which a plan shows them.</summary>
public static class StandardKinds
{
    public static IReadOnlyList<ShapedKind> All { get; } =
        [SeveritiesKind.Kind, ServiceKind.Kind, ScheduleKind.Kind, EscalationPolicyKind.Kind, RouteKind.Kind, IntegrationKind.Kind];
}
