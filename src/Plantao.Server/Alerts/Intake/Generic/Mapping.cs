using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Generic;

/// <summary>Which members of a JSON body mean what to us. Of several paths the first under which something stands counts.</summary>
/// <param name="Items">The array whose items are one condition each; <see langword="null"/>: the body is one.</param>
/// <param name="Title">Without one, the first line of the text is the title.</param>
/// <param name="DedupKey">Without one, every firing is a condition of its own, and a resolve is refused.</param>
/// <param name="Status">Absent: firing. Present and not among <paramref name="StatusWords"/>: refused.</param>
/// <param name="StatusWords">What the source's words mean, whole and without regard to case. A word is never searched for inside another.</param>
/// <param name="SourceTime">Text (RFC 3339 and its like), or a number: Unix seconds or milliseconds.</param>
/// <param name="Labels">An object whose members become labels.</param>
/// <param name="LabelPaths">Labels picked one by one: name, and where the value stands. They win over <paramref name="Labels"/>.</param>
/// <param name="ExternalId">The source's id of the message as a whole: read from the top.</param>
public sealed record Mapping(
    JsonPath? Items,
    IReadOnlyList<JsonPath> Title,
    IReadOnlyList<JsonPath> Text,
    IReadOnlyList<JsonPath> DedupKey,
    IReadOnlyList<JsonPath> Severity,
    IReadOnlyList<JsonPath> Status,
    IReadOnlyDictionary<string, ReadingKind> StatusWords,
    IReadOnlyList<JsonPath> SourceTime,
    IReadOnlyList<JsonPath> Link,
    IReadOnlyList<JsonPath> Labels,
    IReadOnlyDictionary<string, JsonPath> LabelPaths,
    IReadOnlyList<JsonPath> ExternalId)
{
    /// <summary>Words of the tools we know. A mapping that gives words of its own gives all of them.</summary>
    public static IReadOnlyDictionary<string, ReadingKind> UsualWords { get; } = Words(
        (ReadingKind.Firing, "firing alerting alert alarm trigger triggered open opened active problem down failed failing failure error critical warning"),
        (ReadingKind.Acknowledged, "acknowledge acknowledged ack"),
        (ReadingKind.Resolved, "resolve resolved ok up close closed recovered recovery inactive normal success passing"));

    static FrozenDictionary<string, ReadingKind> Words(params IEnumerable<(ReadingKind Kind, string Words)> kinds) =>
        kinds.SelectMany(kind => kind.Words.Split(' ').Select(word => KeyValuePair.Create(word, kind.Kind))).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes the members that one would guess.</summary>
    public static Mapping Default { get; } = new(
        null, At("title", "summary", "name"), At("text", "message", "description"), At("dedup_key", "key"), At("severity"), At("status", "state"), UsualWords,
        At("timestamp", "time"), At("link", "url"), At("labels"), FrozenDictionary<string, JsonPath>.Empty, At("id"));

    static JsonPath[] At(params string[] paths) => [.. paths.Select(JsonPath.Parse)];

    /// <summary>Reads the JSON form; strictly, since a typing error would otherwise be found by a page that says nothing.</summary>
    /// <remarks>
    /// <c>{"items": "alerts", "title": "labels.alertname", "text": ["annotations.description", "message"], "dedup_key", "severity", "status",
    /// "status_words": {"PROBLEM": "firing", "OK": "resolved"}, "source_time", "link", "labels": "labels" or {"host": "data.host.name"}, "external_id"}</c>.
    /// A member left out is not looked for. <c>alerts[].labels</c> is the same as <c>labels</c> with the items <c>alerts</c>.
    /// </remarks>
    /// <returns>Or a refusal with status 400 that names the member.</returns>
    public static Ruling<Mapping> Read(ReadOnlySpan<byte> json)
    {
        if (!JsonText.TryParse(json, out var document, out var problem)) return Refuse(problem);

        using (document)
        {
            return new MappingReader(document.RootElement).Read();
        }
    }

    internal static Refusal Refuse(string sentence) => new("mapping-invalid", "The mapping was not taken. " + sentence, Status: 400);

    /// <summary>The JSON form, which <see cref="Read"/> reads back as an equal mapping.</summary>
    public byte[] ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            json.WriteStartObject();
            if (Items is not null) json.WriteString("items", Items.Text);
            Write("title", Title);
            Write("text", Text);
            Write("dedup_key", DedupKey);
            Write("severity", Severity);
            Write("status", Status);
            json.WriteStartObject("status_words");
            foreach (var (word, kind) in StatusWords.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(word, MappingReader.NameOf(kind));
            json.WriteEndObject();
            Write("source_time", SourceTime);
            Write("link", Link);
            Write("labels", Labels);
            if (LabelPaths.Count > 0)
            {
                json.WriteStartObject("label_paths");
                foreach (var (name, path) in LabelPaths.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(name, path.Text);
                json.WriteEndObject();
            }
            Write("external_id", ExternalId);
            json.WriteEndObject();

            void Write(string name, IReadOnlyList<JsonPath> paths)
            {
                if (paths.Count == 0) return;
                json.WriteStartArray(name);
                foreach (var path in paths) json.WriteStringValue(path.Text);
                json.WriteEndArray();
            }
        }
        return bytes.WrittenSpan.ToArray();
    }

    public bool Equals(Mapping? other) => other is not null && ToJson().AsSpan().SequenceEqual(other.ToJson());

    public override int GetHashCode() => Title.Count > 0 ? Title[0].GetHashCode() : 0;
}
