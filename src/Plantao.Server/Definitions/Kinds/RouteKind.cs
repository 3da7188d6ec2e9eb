using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>Ordered rules that take an alert to a service, a severity, an urgency and an escalation policy.</summary>
public static class RouteKind
{
    public static ShapedKind Kind { get; } = new("route", "routes", Record(
        Needed("title", Line(), "What people call it."),
        Optional("team", Of("team"), "Whose rules these are."),
        Optional("position", Whole(0, 1000), "Files with a smaller number are asked first; equal ones by name.", otherwise: "100"),
        Needed("rules", List(Record(
            Optional("title", Line(), "What the rule is for."),
            Needed("match", List(Condition, least: 0, most: 50), "All must hold; `[]` is every alert. `integration` stands for the name of the integration."),
            Optional("service", Of("service"), "The alert is this service's; left out: its integration's."),
            Optional("severity", SeverityLabel, "The alert's severity."),
            Optional("urgency", OneOf("high", "low"), "High climbs, low tells."),
            Optional("escalation_policy", Of("escalation-policy"), "The ladder; left out: the service's."),
            Optional("group_by", List(Form("a label", @"[a-zA-Z_][a-zA-Z0-9_]{0,99}|\.\.\.", "alertname"), least: 0, most: 20), "Alerts of a service that agree in these labels climb as one; `...` is all labels, `[]` one group. Left out: `alertname`."),
            Optional("continue", Truth, "Later rules may still add what this one left open.", otherwise: "false")), distinct: false),
            "Read from the top; the first that matches decides.")));
}
