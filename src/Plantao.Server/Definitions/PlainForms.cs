using System.Globalization;
using System.Text.Json;

namespace Plantao.Definitions;

/// <summary>The common kinds as fields instead of text, for a team that never opens a file. Pure: fields become the tree that the reader of files reads, and back.</summary>
/// <remarks>A node made from a field bears the field's name where one of a file bears its path: a problem then points to the field.</remarks>
public static class PlainForms
{
    /// <summary>The kinds that have a form.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["service", "escalation-policy", "schedule", "route"];

    /// <summary>Rows that a form shows beyond those that are filled, and the most.</summary>
    const int Spare = 2, Most = 20;

    /// <summary>How many steps or rules the form of these fields shows.</summary>
    public static int Rows(string kind, IReadOnlyDictionary<string, string> fields) =>
        Math.Min(Most, Enumerable.Range(0, Most).Where(i => fields.Any(f => f.Key.StartsWith(Row(kind, i), StringComparison.Ordinal) && f.Value.Length > 0)).Select(i => i + 1).DefaultIfEmpty(0).Max() + Spare);

    /// <summary>What the fields of one row begin with.</summary>
    public static string Row(string kind, int row) => string.Create(CultureInfo.InvariantCulture, $"{(kind == "route" ? "rule" : "step")}-{row}-");

    /// <summary>The tree that some fields say.</summary>
    /// <exception cref="KeyNotFoundException">The kind has no form.</exception>
    public static Mapping Tree(string kind, IReadOnlyDictionary<string, string> fields)
    {
        string Of(string field) => fields.GetValueOrDefault(field, "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        return Record(kind switch
        {
            "service" =>
            [
                Text("title", Of("title"), "title"),
                Text("team", Of("team"), "team"),
                Text("escalation_policy", Of("policy"), "policy"),
                Text("text", Of("text"), "text"),
                Urgency(Of),
                Hours(Of),
            ],
            "escalation-policy" =>
            [
                Text("title", Of("title"), "title"),
                Text("team", Of("team"), "team"),
                List("steps", Enumerable.Range(0, Most).Select(i => Row(kind, i)).Where(row => Of(row + "targets").Length > 0 || Of(row + "wait").Length > 0).Select(row => (Node)Record(
                [
                    List("targets", Items(row + "targets", Of(row + "targets")), row + "targets"),
                    List("otherwise", Items(row + "otherwise", Of(row + "otherwise")), row + "otherwise"),
                    Text("wait", Of(row + "wait"), row + "wait"),
                ], row + "targets")), "step-0-targets"),
                Text("rounds", Of("rounds"), "rounds"),
                List("catch_all", Items("catch-all", Of("catch-all")), "catch-all"),
            ],
            "schedule" =>
            [
                Text("title", Of("title"), "title"),
                Text("team", Of("team"), "team"),
                Text("zone", Of("zone"), "zone"),
                new Entry(Key("layers", "layer"), new Sequence(At("layer"),
                [
                    Record(
                    [
                        Text("name", Of("layer"), "layer"),
                        new Entry(Key("people", "people"), new Sequence(At("people"), [.. Items("people", Of("people"))])),
                        Text("rotation", Of("rotation"), "rotation"),
                        Text("handoff", Of("handoff"), "handoff"),
                        Text("start", Of("start"), "start"),
                        List("only", Lines("only", Of("only")), "only"),
                    ], "layer"),
                ])),
            ],
            "route" =>
            [
                Text("title", Of("title"), "title"),
                Text("team", Of("team"), "team"),
                Text("position", Of("position"), "position"),
                List("rules", Enumerable.Range(0, Most).Select(i => Row(kind, i)).Where(row => fields.Any(f => f.Key.StartsWith(row, StringComparison.Ordinal) && f.Value.Trim().Length > 0)).Select(row => (Node)Record(
                [
                    Text("title", Of(row + "title"), row + "title"),
                    new Entry(Key("match", row + "match"), new Sequence(At(row + "match"), [.. Lines(row + "match", Of(row + "match"))])),
                    Text("service", Of(row + "service"), row + "service"),
                    Text("severity", Of(row + "severity"), row + "severity"),
                    Text("urgency", Of(row + "urgency"), row + "urgency"),
                    Text("escalation_policy", Of(row + "policy"), row + "policy"),
                    Of(row + "continue").Length > 0 ? Text("continue", "true", row + "continue", quoted: false) : null,
                ], row + "title")), "rule-0-match"),
            ],
            _ => throw new KeyNotFoundException($"There is no form for definitions of the kind {kind}."),
        }, "");
    }

    /// <summary>The fields that say what a definition says.</summary>
    /// <param name="document">Canonical JSON.</param>
    /// <returns><see langword="null"/> when it says more than the form can, or the kind has none: then it is edited as text.</returns>
    public static IReadOnlyDictionary<string, string>? Fields(IDefinitionKind kind, string document)
    {
        if (!Kinds.Contains(kind.Name, StringComparer.Ordinal)) return null;
        using var parsed = JsonDocument.Parse(document);
        var (root, fields) = (parsed.RootElement, new Dictionary<string, string>(StringComparer.Ordinal));
        void Take(string field, JsonElement from, string member)
        {
            if (from.TryGetProperty(member, out var value)) fields[field] = value.ValueKind is JsonValueKind.Array ? string.Join(member is "match" or "only" or "times" ? "\n" : " ", value.EnumerateArray().Select(v => v.ToString())) : value.ToString();
        }

        foreach (var (field, member) in new[] { ("title", "title"), ("team", "team"), ("policy", "escalationPolicy"), ("text", "text"), ("rounds", "rounds"), ("catch-all", "catchAll"), ("zone", "zone"), ("position", "position") }) Take(field, root, member);
        if (root.TryGetProperty("urgency", out var urgency))
        {
            if (urgency.TryGetProperty("words", out var words))
                foreach (var way in (string[])["high", "low"]) fields[way] = string.Join(' ', words.EnumerateObject().Where(w => w.Value.GetString() == way).Select(w => w.Name));
            Take("otherwise", urgency, "otherwise");
        }

        if (root.TryGetProperty("supportHours", out var hours))
        {
            Take("hours-zone", hours, "zone");
            Take("times", hours, "times");
            Take("outside", hours, "outside");
            if (hours.TryGetProperty("raise", out var raise) && raise.ValueKind is JsonValueKind.True) fields["raise"] = "on";
        }

        foreach (var (list, members) in new[] { ("steps", "targets otherwise wait"), ("rules", "title match service severity urgency escalationPolicy") })
            if (root.TryGetProperty(list, out var rows))
                foreach (var (row, i) in rows.EnumerateArray().Select((row, i) => (row, i)))
                {
                    foreach (var member in members.Split(' ')) Take(Row(kind.Name, i) + (member == "escalationPolicy" ? "policy" : member), row, member);
                    if (row.TryGetProperty("continue", out var more) && more.ValueKind is JsonValueKind.True) fields[Row(kind.Name, i) + "continue"] = "on";
                }

        if (root.TryGetProperty("layers", out var layers) && layers.GetArrayLength() > 0)
            foreach (var (field, member) in new[] { ("layer", "name"), ("people", "people"), ("rotation", "rotation"), ("handoff", "handoff"), ("start", "start"), ("only", "only") }) Take(field, layers[0], member);

        // Whatever the form has no field for would be lost: it is offered only where nothing is.
        return kind.Read(Tree(kind.Name, fields)).Document is { } again && Canonical.Digest(again) == Canonical.Digest(document) ? fields : null;
    }

    static Entry? Urgency(Func<string, string> of)
    {
        var words = new[] { "high", "low" }.SelectMany(way => Words(of(way)).Select(word => new Entry(Key(word, way), Scalar(way, way)))).ToList();
        return words.Count == 0 && of("otherwise").Length == 0 ? null : new Entry(Key("urgency", "high"), Record([words.Count == 0 ? null : new Entry(Key("words", "high"), new Mapping(At("high"), words)), Text("otherwise", of("otherwise"), "otherwise")], "high"));
    }

    static Entry? Hours(Func<string, string> of) => of("hours-zone").Length == 0 && of("times").Length == 0 ? null : new Entry(Key("support_hours", "hours-zone"), Record(
    [
        Text("zone", of("hours-zone"), "hours-zone"),
        List("times", Lines("times", of("times")), "times"),
        Text("outside", of("outside"), "outside"),
        of("raise").Length > 0 ? Text("raise", "true", "raise", quoted: false) : null,
    ], "hours-zone"));

    static Mapping Record(IEnumerable<Entry?> entries, string field) => new(At(field), [.. entries.OfType<Entry>()]);

    static Entry? Text(string member, string value, string field, bool quoted = true) => value.Length == 0 ? null : new(Key(member, field), Scalar(value, field, quoted));

    static Entry? List(string member, IEnumerable<Node> items, string field) => items.ToList() is { Count: > 0 } some ? new(Key(member, field), new Sequence(At(field), some)) : null;

    static IEnumerable<Node> Items(string field, string text) => Words(text).Select(word => Scalar(word, field));

    static IEnumerable<Node> Lines(string field, string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => Scalar(line, field));

    static string[] Words(string text) => text.Split([' ', ',', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);

    static Scalar Scalar(string value, string field, bool quoted = true) => new(At(field), value, quoted);

    static Scalar Key(string name, string field) => new(At(field), name);

    static Position At(string field) => new(field, 1, 1);
}
