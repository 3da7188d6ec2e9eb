using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>The written ladder.</summary>
public static class EscalationPolicyKind
{
    /// <summary>What can be paged, and the kind of thing that it names.</summary>
    static readonly IReadOnlyDictionary<string, string> Targets = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["schedule"] = "schedule",
        ["person"] = "person",
        ["team"] = "team",
        ["team-managers"] = "team",
    };

    /// <summary><c>schedule:primary</c>, <c>person:ana</c>, <c>team:payments</c>, <c>team-managers:payments</c>.</summary>
    static readonly Shape Target = new TextShape("a target such as `schedule:primary`, `person:ana`, `team:payments` or `team-managers:payments`", (text, node, reader) =>
    {
        if (text.Split(':') is not [var word, var name])
            reader.Problem(node, $"`{text}` is not a target", "write it as schedule:primary, person:ana, team:payments or team-managers:payments");
        else if (!Targets.TryGetValue(word, out var kind))
            reader.Problem(node, $"`{word}` cannot be paged", Nearest.Suggestion(word, [.. Targets.Keys]));
        else if (!IsName(name))
            reader.Problem(node, $"`{name}` is not {NameOf(kind)}", NameFor(name));
        else return $"{word}:{reader.Refer(kind, name, node)}";
        return null;
    }, guessed: false);

    public static ShapedKind Kind { get; } = new("escalation-policy", "escalation-policies", Record(
        Needed("title", Line(), "What people call it."),
        Optional("team", Of("team"), "Whose it is."),
        Needed("steps", List(Record(
            Needed("targets", List(Target, most: 20), "All are paged at once."),
            Optional("otherwise", List(Target, most: 20), "Paged instead when none of the targets leads to anybody who can be reached."),
            Needed("wait", Span(TimeSpan.FromSeconds(1), TimeSpan.FromHours(24)), "How long they have to answer before the next step.")), most: 20, distinct: false),
            "The rungs, from the first."),
        Optional("rounds", Whole(1, 10), "How often the ladder is climbed in all.", otherwise: "3"),
        Optional("catch_all", List(Target, most: 20), "Paged when the last round has ended, until someone answers. Left out: the team's Managers, else the Owners.")));
}
