using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Plantao.Platform.Text;

namespace Plantao.Definitions;

/// <summary>What may stand in one place of a definition: reads it from YAML into the canonical document, and writes it back.</summary>
/// <remarks>The field decides what its text means; YAML is not asked. Reading and writing are inverse: what was written is read as the same.</remarks>
public abstract class Shape
{
    /// <summary>In a few words, for the table of fields in docs/packs.md.</summary>
    public abstract string Says { get; }

    /// <returns><see langword="null"/> after a problem.</returns>
    internal abstract JsonNode? Read(Node node, Reader reader);

    /// <exception cref="FormatException">The document does not have this shape.</exception>
    internal abstract Node Write(JsonNode value);

    private protected static FormatException NotThisShape(JsonNode value) => new($"The document holds what this program does not know at {value.GetPath()}.");
}

/// <summary>One piece of text with a meaning.</summary>
/// <param name="read">The canonical form of the text, or <see langword="null"/> after telling the reader what is wrong.</param>
public sealed class TextShape(string says, Func<string, Node, Reader, string?> read, bool guessed = true) : Shape
{
    public override string Says => says;

    internal override JsonNode? Read(Node node, Reader reader) => Texts.Of(node, says, reader) is { } text && read(text, node, reader) is { } value ? JsonValue.Create(value) : null;

    internal override Node Write(JsonNode value) => value is JsonValue text && text.TryGetValue<string>(out var written) ? new Scalar(Position.Nowhere, written, guessed) : throw NotThisShape(value);
}

/// <summary>A whole number.</summary>
public sealed class WholeShape(int least, int most) : Shape
{
    public override string Says => string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");

    internal override JsonNode? Read(Node node, Reader reader)
    {
        if (Texts.Of(node, Says, reader) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return JsonValue.Create(number);
        reader.Problem(node, $"`{text}` is not {Says}");
        return null;
    }

    internal override Node Write(JsonNode value) =>
        value is JsonValue number && number.TryGetValue<int>(out var whole) ? new Scalar(Position.Nowhere, whole.ToString(CultureInfo.InvariantCulture)) : throw NotThisShape(value);
}

/// <summary><c>true</c> or <c>false</c>, and no other spelling.</summary>
public sealed class TruthShape : Shape
{
    public override string Says => "`true` or `false`";

    internal override JsonNode? Read(Node node, Reader reader)
    {
        if (Texts.Of(node, Says, reader) is not { } text) return null;
        if (text is "true" or "false") return JsonValue.Create(text == "true");
        reader.Problem(node, $"`{text}` is not {Says}", text.ToUpperInvariant() switch
        {
            "YES" or "ON" or "Y" or "TRUE" => "write `true`",
            "NO" or "OFF" or "N" or "FALSE" => "write `false`",
            _ => null,
        });
        return null;
    }

    internal override Node Write(JsonNode value) => value is JsonValue truth && truth.TryGetValue<bool>(out var yes) ? new Scalar(Position.Nowhere, yes ? "true" : "false") : throw NotThisShape(value);
}

/// <summary>Items of one shape, in the order written.</summary>
public sealed class ListShape(Shape item, int least, int most, bool distinct) : Shape
{
    public Shape Item => item;

    public int Least => least;

    public int Most => most;

    public override string Says => $"a list of: {item.Says}";

    internal override JsonNode? Read(Node node, Reader reader)
    {
        if (node is not Sequence list)
        {
            reader.Problem(node, $"this is {Texts.Kind(node)}, and should be a list", node is Scalar { Missing: false } one ? $"write [{one.Value}]" : "begin each item with `- `");
            return null;
        }
        if (list.Items.Count < least) reader.Problem(node, least == 1 ? "the list is empty" : string.Create(CultureInfo.InvariantCulture, $"the list has fewer than {least} items"));
        if (list.Items.Count > most) reader.Problem(node, string.Create(CultureInfo.InvariantCulture, $"the list has more than {most} items"));

        var items = new JsonArray();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (var written in list.Items)
            if (item.Read(written, reader) is { } value)
                if (!distinct || seen.Add(Canonical.Write(value))) items.Add(value);
                else reader.Problem(written, $"{(written is Scalar text ? $"`{text.Value}`" : "this item")} stands twice in the list", "remove one of them");
        return items;
    }

    internal override Node Write(JsonNode value) => value is JsonArray items ? new Sequence(Position.Nowhere, [.. items.Select(each => item.Write(each ?? throw NotThisShape(value)))]) : throw NotThisShape(value);
}

/// <summary>One, or a list of several. The document always holds a list.</summary>
public sealed class OneOrMoreShape(Shape item, int most) : Shape
{
    readonly ListShape list = new(item, 1, most, distinct: true);

    public Shape Item => item;

    public override string Says => $"{item.Says}, or a list of them";

    internal override JsonNode? Read(Node node, Reader reader) =>
        node is Sequence ? list.Read(node, reader) : item.Read(node, reader) is { } one ? new JsonArray(one) : null;

    internal override Node Write(JsonNode value) => value is JsonArray { Count: 1 } one ? item.Write(one[0]!) : list.Write(value);
}

/// <summary>Free keys, each with a value of one shape. Their order means nothing.</summary>
public sealed class MapShape(Shape key, Shape value, int most) : Shape
{
    public Shape Key => key;

    public Shape Value => value;

    public override string Says => $"a mapping from {key.Says} to {value.Says}";

    internal override JsonNode? Read(Node node, Reader reader)
    {
        if (node is not Mapping mapping)
        {
            reader.Problem(node, $"this is {Texts.Kind(node)}, and should be a mapping", "write `key: value` lines");
            return null;
        }
        if (mapping.Entries.Count > most) reader.Problem(node, string.Create(CultureInfo.InvariantCulture, $"the mapping has more than {most} keys"));

        SortedDictionary<string, JsonNode> read = new(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            var name = key.Read(entry.Key, reader)?.GetValue<string>();
            var content = value.Read(entry.Value, reader);
            if (name is null || content is null) continue;
            if (!read.TryAdd(name, content)) reader.Problem(entry.Key, $"`{name}` stands twice", "remove one of them");
        }
        return new JsonObject(read.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
    }

    internal override Node Write(JsonNode document) => document is JsonObject map
        ? new Mapping(Position.Nowhere, [.. map.Select(pair => new Entry((Scalar)key.Write(JsonValue.Create(pair.Key)), value.Write(pair.Value ?? throw NotThisShape(document))))])
        : throw NotThisShape(document);
}

/// <summary>One field of a record.</summary>
/// <param name="Name">As in YAML: lower case, words joined by underscores.</param>
/// <param name="Needed">Its absence is a problem.</param>
/// <param name="Otherwise">What an absent field means, as in YAML. It is written into the document, so that a later release with another default changes nothing that was applied.</param>
/// <param name="Means">A sentence for docs/packs.md.</param>
public sealed record Field(string Name, Shape Shape, bool Needed, string? Otherwise, string Means)
{
    /// <summary><c>group_by</c> is <c>groupBy</c> in the canonical document.</summary>
    public static string JsonName(string name) => Underscore.Replace(name, match => match.Value[1..].ToUpperInvariant());

    static readonly Regex Underscore = new("_[a-z]", RegexOptions.NonBacktracking);
}

/// <summary>A mapping with declared fields; any other is a problem.</summary>
/// <param name="check">What must hold between fields; called when each was read without a problem.</param>
/// <param name="asWritten">The document spells the fields as the file does, because its reader wants them so.</param>
public sealed class RecordShape(IReadOnlyList<Field> fields, Action<Mapping, JsonObject, Reader>? check = null, bool asWritten = false) : Shape
{
    string JsonName(Field field) => asWritten ? field.Name : Field.JsonName(field.Name);

    public IReadOnlyList<Field> Fields => fields;

    public override string Says => "a mapping with the fields " + string.Join(", ", fields.Select(each => $"`{each.Name}`"));

    internal override JsonNode? Read(Node node, Reader reader)
    {
        if (node is not Mapping mapping)
        {
            reader.Problem(node, $"this is {Texts.Kind(node)}, and should be {Says}");
            return null;
        }

        var before = reader.Problems.Count;
        foreach (var entry in mapping.Entries.Where(entry => fields.All(field => field.Name != entry.Key.Value)))
            reader.Problem(entry.Key, $"unknown field `{entry.Key.Value}`", Nearest.Suggestion(entry.Key.Value, [.. fields.Select(field => field.Name).Except(mapping.Entries.Select(each => each.Key.Value), StringComparer.Ordinal)]));

        var read = new JsonObject();
        foreach (var field in fields)
        {
            var written = mapping.Entries.FirstOrDefault(entry => entry.Key.Value == field.Name)?.Value
                ?? (field.Otherwise is { } otherwise ? new Scalar(node.At, otherwise) : null);
            if (written is null && field.Needed) reader.Problem(node, $"`{field.Name}` is missing", $"{field.Shape.Says}");
            else if (written is Scalar { Missing: true }) reader.Problem(written, $"`{field.Name}` has no value", field.Needed ? field.Shape.Says : "write one, or remove the line");
            else if (written is not null && field.Shape.Read(written, reader) is { } value) read[JsonName(field)] = value;
        }

        if (reader.Problems.Count == before) check?.Invoke(mapping, read, reader);
        return read;
    }

    internal override Node Write(JsonNode value)
    {
        if (value is not JsonObject document) throw NotThisShape(value);
        if (document.FirstOrDefault(member => fields.All(field => JsonName(field) != member.Key)) is { Key: { } unknown })
            throw new FormatException($"The document holds what this program does not know at {document.GetPath()}.{unknown}.");
        return new Mapping(Position.Nowhere,
            [.. from field in fields let member = document[JsonName(field)] where member is not null select new Entry(new Scalar(Position.Nowhere, field.Name), field.Shape.Write(member))]);
    }
}

/// <summary>What is said about text in a file.</summary>
static class Texts
{
    /// <returns><see langword="null"/> after a problem: it is no text, or none was written.</returns>
    public static string? Of(Node node, string says, Reader reader)
    {
        if (node is Scalar { Missing: false } scalar) return scalar.Value;
        reader.Problem(node, node is Scalar ? "nothing is written here" : $"this is {Kind(node)}, and should be {says}",
            node is Mapping { Entries: [{ Key.Value: var key, Value: Scalar { Value: var value } }] } ? $"if `{key}:{value}` is meant, write it without the blank" : null);
        return null;
    }

    public static string Kind(Node node) => node switch
    {
        Scalar { Missing: true } => "nothing",
        Scalar => "text",
        Sequence => "a list",
        _ => "a mapping",
    };
}

/// <summary>The vocabulary in which kinds declare their fields.</summary>
public static class Shapes
{
    /// <summary>Apart, so that they are built when the first definition is read and not when the kinds are declared, which is at each start.</summary>
    static class Patterns
    {
        internal static readonly Regex Name = new(@"\A[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\z", RegexOptions.NonBacktracking);
        internal static readonly Regex NotInNames = new("[^a-z0-9]+", RegexOptions.NonBacktracking);
        internal static readonly Regex Token = new(@"\A[\p{L}\p{Nd}][\p{L}\p{Nd}_.-]{0,31}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
    }

    /// <summary>A field that must be there.</summary>
    public static Field Needed(string name, Shape shape, string means) => new(name, shape, Needed: true, Otherwise: null, means);

    /// <summary>A field that may be left out.</summary>
    public static Field Optional(string name, Shape shape, string means, string? otherwise = null) => new(name, shape, Needed: false, otherwise, means);

    /// <summary>One line of text.</summary>
    /// <param name="most">In UTF-16 units.</param>
    public static Shape Line(int most = 100) => new TextShape("one line of text", (text, node, reader) =>
    {
        if (string.IsNullOrWhiteSpace(text)) reader.Problem(node, "the text is blank");
        else if (text.AsSpan().ContainsAny('\n', '\t')) reader.Problem(node, "the text has more than one line, or a tab");
        else if (text.Length > most) reader.Problem(node, string.Create(CultureInfo.InvariantCulture, $"the text is longer than {most} characters"));
        else return text;
        return null;
    });

    /// <summary>Text of any number of lines, at most 4,000 characters.</summary>
    public static Shape Prose { get; } = new TextShape("text", (text, node, reader) =>
    {
        if (!string.IsNullOrWhiteSpace(text) && text.Length <= 4_000) return text;
        reader.Problem(node, text.Length <= 4_000 ? "the text is blank" : "the text is longer than 4000 characters");
        return null;
    });

    /// <summary>1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends.</summary>
    public static Shape Name { get; } = new TextShape("a name of lower-case letters, digits and hyphens", (text, node, reader) =>
    {
        if (IsName(text)) return text;
        reader.Problem(node, $"`{text}` is not a name", NameFor(text));
        return null;
    });

    /// <summary>The name of something else. It need not exist here yet: what is missing is a hole in the plan.</summary>
    public static Shape Of(string kind) => new TextShape(NameOf(kind), (text, node, reader) =>
    {
        if (IsName(text)) return reader.Refer(kind, text, node);
        reader.Problem(node, $"`{text}` is not {NameOf(kind)}", NameFor(text));
        return null;
    });

    /// <summary>The label of a severity, or one of its aliases.</summary>
    public static Shape SeverityLabel { get; } = new TextShape("the label of a severity", (text, node, reader) =>
    {
        if (Patterns.Token.IsMatch(text)) return reader.Refer("severity", text, node);
        reader.Problem(node, $"`{text}` is not the label of a severity", "one word of at most 32 letters, digits, `-`, `_` and `.`");
        return null;
    });

    /// <summary>A word such as the label of a severity or what a source calls its own: letters (accents too), digits, <c>- _ .</c>, at most 32.</summary>
    public static Shape Word { get; } = new TextShape("one word", (text, node, reader) =>
    {
        if (Patterns.Token.IsMatch(text)) return text;
        reader.Problem(node, $"`{text}` is not one word", "at most 32 letters, digits, `-`, `_` and `.`");
        return null;
    });

    /// <summary>One of a few words, as a whole and in this spelling.</summary>
    public static Shape OneOf(params string[] words) => new TextShape("one of " + string.Join(", ", words.Select(word => $"`{word}`")), (text, node, reader) =>
    {
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        reader.Problem(node, $"`{text}` is not known here", Nearest.Suggestion(text, words));
        return null;
    });

    /// <summary>A length of time; see <see cref="SpanText"/>.</summary>
    public static Shape Span(TimeSpan least, TimeSpan most) => new TextShape($"a span from {SpanText.Write(least)} to {SpanText.Write(most)}, such as `90s`, `5m` or `1h30m`", (text, node, reader) =>
    {
        if (SpanText.Parse(text) is not { } span) reader.Problem(node, $"`{text}` is not a span of time", "write it as 90s, 5m, 1h30m or 7d");
        else if (span < least || span > most) reader.Problem(node, $"{text} is out of range", $"from {SpanText.Write(least)} to {SpanText.Write(most)}");
        else return SpanText.Write(span);
        return null;
    });

    /// <summary>Text of a certain form.</summary>
    /// <param name="what">A noun, such as <c>a date</c>.</param>
    /// <param name="example">How to write one.</param>
    public static Shape Form(string what, string pattern, string example)
    {
        var form = new Lazy<Regex>(() => new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        return new TextShape($"{what} such as `{example}`", (text, node, reader) =>
        {
            if (form.Value.IsMatch(text)) return text;
            reader.Problem(node, $"`{text}` is not {what}", $"write it as {example}");
            return null;
        });
    }

    /// <summary>A condition on one label; see <see cref="Matcher"/>.</summary>
    public static Shape Condition { get; } = new TextShape("a matcher such as `severity=~\"page|critical\"`", (text, node, reader) =>
    {
        if (Matcher.TryParse(text, out var matcher, out var wrong)) return matcher.ToString();
        reader.Problem(node, wrong, "write it as severity=\"page\" or team=~\"db|api\"");
        return null;
    });

    public static Shape Whole(int least, int most) => new WholeShape(least, most);

    public static Shape Truth { get; } = new TruthShape();

    /// <summary>A list. At most 500 items unless said.</summary>
    public static Shape List(Shape item, int least = 1, int most = 500, bool distinct = true) => new ListShape(item, least, most, distinct);

    /// <summary>One, or a list of several; at most 10.</summary>
    public static Shape OneOrMore(Shape item) => new OneOrMoreShape(item, most: 10);

    public static Shape Map(Shape key, Shape value, int most = 200) => new MapShape(key, value, most);

    public static RecordShape Record(params Field[] fields) => new(fields);

    public static RecordShape Record(Action<Mapping, JsonObject, Reader> check, params Field[] fields) => new(fields, check);

    /// <summary>Whether this is a <see cref="Name"/>.</summary>
    public static bool IsName(string text) => Patterns.Name.IsMatch(text);

    internal static string NameOf(string kind) => $"the name of {("aeiou".Contains(kind[0], StringComparison.Ordinal) ? "an" : "a")} {kind}";

    internal static string? NameFor(string text)
    {
        var near = Patterns.NotInNames.Replace(text.Trim().ToLowerInvariant(), "-").Trim('-');
        return IsName(near) ? $"write `{near}`" : "lower-case letters, digits and hyphens, at most 63";
    }
}
