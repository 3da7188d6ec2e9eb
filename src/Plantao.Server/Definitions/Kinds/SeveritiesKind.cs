using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>An ordered scale of severities.</summary>
public static class SeveritiesKind
{
    /// <summary>Offers each label and alias as a <c>severity</c>.</summary>
    public static ShapedKind Kind { get; } = new("severities", "severities", Record(
        check: (written, _, reader) =>
        {
            // Words are matched as whole tokens and without case (design.md, rule 14): a word that stands for two severities decides nothing.
            HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
            foreach (var severity in ((Sequence)written.Find("labels")).Items.Cast<Mapping>())
                foreach (var word in severity.Entries.SelectMany(entry => entry switch
                {
                    { Key.Value: "label", Value: Scalar label } => [label],
                    { Key.Value: "aliases", Value: Sequence aliases } => aliases.Items.OfType<Scalar>(),
                    _ => [],
                }))
                    if (seen.Add(word.Value)) reader.Offer("severity", word.Value);
                    else reader.Problem(word, $"`{word.Value}` already stands for a severity of this scale", "a label or alias stands for one severity");
        },
        Needed("title", Line(), "What people call the scale."),
        Optional("team", Of("team"), "Whose scale it is; left out: everybody's."),
        Needed("labels", List(Record(
            Needed("label", Word, "What people say and see."),
            Needed("rank", Whole(0, 3), "How bad, the same for every team: 0 is the gravest."),
            Optional("aliases", List(Word), "Other words for it, in files and from sources."),
            Optional("text", Prose, "When it is this one, in a sentence or with examples.")), most: 12), "The severities, the gravest first.")));
}
