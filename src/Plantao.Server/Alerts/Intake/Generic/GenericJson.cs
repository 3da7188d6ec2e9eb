using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Generic;

/// <summary>Any JSON, read by a declared <see cref="Mapping"/>.</summary>
/// <remarks>
/// What the mapping does not name is not read. null is absent. Where several conditions come in one body, those that can be read are taken
/// even when others are refused; the answer is then 400 all the same and names what was wrong in each.
/// </remarks>
public static class GenericJson
{
    /// <summary>Problems named in one answer.</summary>
    const int Named = 10;

    /// <returns>202; 400 or 413 with problem+json that names the path.</returns>
    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context, Mapping mapping)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Answers.Refuse(problem);

        using (document)
        {
            var top = document.RootElement;
            if (mapping.Items is null && top.ValueKind != JsonValueKind.Object) return Answers.Refuse("The body must be an object.");

            var fromTop = new Dictionary<JsonPath, JsonElement?>();
            var whole = new Item(top, top, "", fromTop);
            var externalId = whole.Scalar(mapping.ExternalId);
            if (whole.Wrong is not null) return Answers.Refuse(whole.Wrong);

            var readings = new List<Reading>();
            var wrong = new List<string>();
            if (mapping.Items is null) Add(whole);
            else
            {
                if (mapping.Items.In(top, top) is not { ValueKind: JsonValueKind.Array } items) return Answers.Refuse($"{mapping.Items} must be an array.");
                if (items.GetArrayLength() > IntakeLimits.Readings) return Answers.TooMany();

                var index = 0;
                foreach (var item in items.EnumerateArray()) Add(new Item(top, item, FormattableString.Invariant($"{mapping.Items}[{index++}]."), fromTop));
            }

            externalId = externalId is null ? null : TextNormaliser.Key(externalId);
            if (wrong.Count == 0) return new Taken(readings, Answers.Accepted, ExternalId: externalId);

            var sentences = string.Join(' ', wrong.Take(Named)) + (wrong.Count > Named ? FormattableString.Invariant($" And {wrong.Count - Named} more.") : "");
            if (readings.Count > 0) sentences += FormattableString.Invariant($" The other {readings.Count} were taken.");
            return Answers.Refuse(sentences) with { Readings = readings };

            void Add(Item item)
            {
                if (Read(item, mapping) is { } reading) readings.Add(reading);
                else wrong.Add(item.Wrong ?? "");
            }
        }
    }

    static Reading? Read(Item item, Mapping mapping)
    {
        var text = TextNormaliser.Lines(item.Scalar(mapping.Text), IntakeLimits.Text);
        var title = TextNormaliser.Line(item.Scalar(mapping.Title), IntakeLimits.Title);
        if (title.Length == 0) title = TextNormaliser.Line(text.Split('\n', 2)[0], IntakeLimits.Title);
        if (title.Length == 0) item.Refuse($"{item.Called(mapping.Title.Concat(mapping.Text))} must hold a title.");

        var kind = Kind(item, mapping);
        var key = item.Scalar(mapping.DedupKey);
        if (key is { Length: 0 }) key = null;
        if (key is null && kind != ReadingKind.Firing)
            item.Refuse($"{item.Called(mapping.DedupKey)} must hold the key of what is {MappingReader.NameOf(kind)}.");

        var severity = TextNormaliser.Line(item.Scalar(mapping.Severity), IntakeLimits.Severity);
        var at = item.Time(mapping.SourceTime);
        var link = Links.Safe(item.Scalar(mapping.Link));
        var labels = LabelSet.Labels(item.Labels(mapping));

        return item.Wrong is not null ? null : new Reading(kind, key is null ? null : TextNormaliser.Key(key), title)
        {
            Text = text.Length > 0 ? text : null,
            SourceSeverity = severity.Length > 0 ? severity : null,
            Labels = labels,
            Annotations = LabelSet.Empty,
            SourceAt = at,
            Link = link,
        };
    }

    static ReadingKind Kind(Item item, Mapping mapping)
    {
        if (item.Scalar(mapping.Status)?.Trim() is not { Length: > 0 } word) return ReadingKind.Firing;
        if (mapping.StatusWords.TryGetValue(word, out var kind)) return kind;

        item.Refuse($"{item.Called(mapping.Status)} is \"{TextNormaliser.Line(word, IntakeLimits.Severity)}\", which the mapping's status_words do not have.");
        return ReadingKind.Firing;
    }

    /// <summary>One condition of a body while it is being read; keeps the first thing that is wrong.</summary>
    /// <param name="prefix">What its paths are called by in a refusal, such as <c>alerts[3].</c></param>
    /// <param name="fromTop">What paths from the top led to, found once for all items.</param>
    sealed class Item(JsonElement top, JsonElement item, string prefix, Dictionary<JsonPath, JsonElement?> fromTop)
    {
        internal string? Wrong { get; private set; }

        internal void Refuse(string sentence) => Wrong ??= sentence;

        internal string Called(JsonPath path) => path.FromTop ? path.Text : prefix + path.Text;

        internal string Called(IEnumerable<JsonPath> paths) => paths.Select(Called).ToArray() is { Length: > 0 } names ? string.Join(" or ", names) : "the mapping names no member that";

        (JsonPath Path, JsonElement Value)? First(IReadOnlyList<JsonPath> paths)
        {
            foreach (var path in paths)
                if (At(path) is { } value) return (path, value);

            return null;
        }

        JsonElement? At(JsonPath path)
        {
            if (!path.FromTop) return path.In(top, item);
            if (!fromTop.TryGetValue(path, out var value)) fromTop[path] = value = path.In(top, item);
            return value;
        }

        internal string? Scalar(IReadOnlyList<JsonPath> paths) => First(paths) is { } found ? Scalar(found.Value, Called(found.Path)) : null;

        string? Scalar(JsonElement value, string path)
        {
            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) return value.Written();

            Refuse($"{path} must be text, a number, true or false.");
            return null;
        }

        internal DateTimeOffset? Time(IReadOnlyList<JsonPath> paths)
        {
            if (First(paths) is not { } found) return null;

            DateTimeOffset? at = null;
            if (found.Value.ValueKind == JsonValueKind.Number && found.Value.TryGetDouble(out var number) && SourceTime.TryRead(number, out var instant)) return instant;
            if (found.Value.ValueKind == JsonValueKind.String && SourceTime.TryRead(found.Value.GetString()!, out at)) return at;

            Refuse($"{Called(found.Path)} must be a time: RFC 3339, or Unix seconds or milliseconds.");
            return null;
        }

        internal List<KeyValuePair<string, string>> Labels(Mapping mapping)
        {
            var pairs = new List<KeyValuePair<string, string>>();
            if (First(mapping.Labels) is { } found)
            {
                if (found.Value.ValueKind == JsonValueKind.Object)
                {
                    foreach (var member in found.Value.EnumerateObject().Take(IntakeLimits.LabelsRead))
                    {
                        if (member.Value.ValueKind != JsonValueKind.Null && Scalar(member.Value, $"{Called(found.Path)}.{member.Name}") is { } value)
                            pairs.Add(KeyValuePair.Create(member.Name, value));
                    }
                }
                else Refuse($"{Called(found.Path)} must be an object.");
            }
            foreach (var (name, path) in mapping.LabelPaths)
            {
                if (At(path) is { } value && Scalar(value, Called(path)) is { } label) pairs.Add(KeyValuePair.Create(name, label));
            }
            return pairs;
        }
    }
}
