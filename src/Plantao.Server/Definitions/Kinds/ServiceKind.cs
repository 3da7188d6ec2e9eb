using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>What can break, and whose it is.</summary>
/// <remarks>The room OnCall knows what hours mean, and looks deeper with <see cref="ShapedKind.With"/>.</remarks>
public static class ServiceKind
{
    public static ShapedKind Kind { get; } = new("service", "services", Record(
        Needed("title", Line(), "What people call it."),
        Optional("team", Of("team"), "Whose it is; left out: nobody's, and its alerts end at the catch-all."),
        Optional("escalation_policy", Of("escalation-policy"), "The ladder that its alerts climb when no route names another."),
        Optional("text", Prose, "What it does, for who is paged at night and has never seen it."),
        Optional("urgency", Record(
            Optional("words", Map(Word, OneOf("high", "low")), "What the source's own word for a severity means here. Whole words, without case."),
            Optional("otherwise", OneOf("high", "low"), "For a word that is not listed, and for none.", otherwise: "high")),
            "How urgent an alert is when its route does not say. Left out: critical, error, page, P1 to P3, an unknown word or none is high; warning, info, P4 and P5 low."),
        Optional("support_hours", Record(
            Needed("zone", Form("an IANA time zone", "[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}", "America/Sao_Paulo"), "The zone of the times."),
            Needed("times", List(Line()), "When somebody is at work, such as `monday-friday 09:00-18:00`."),
            Optional("outside", OneOf("high", "low", "unchanged"), "The urgency of what opens outside these hours.", otherwise: "low"),
            Optional("raise", Truth, "When the hours begin, what is still open at low urgency becomes high.", otherwise: "false")),
            "When alerts of this service are somebody's work.")));
}
