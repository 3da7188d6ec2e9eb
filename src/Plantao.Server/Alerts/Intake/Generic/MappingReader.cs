using System.Collections.Frozen;
using System.Text.Json;
using Plantao.Platform;

namespace Plantao.Alerts.Intake.Generic;

/// <summary>Reads the JSON form of a mapping and stops at the first thing that is wrong.</summary>
sealed class MappingReader(JsonElement root)
{
    const string EachItem = "[].";

    static readonly string[] Known =
        ["items", "title", "text", "dedup_key", "severity", "status", "status_words", "source_time", "link", "labels", "label_paths", "external_id"];

    string? items;
    string? wrong;

    internal Ruling<Mapping> Read()
    {
        if (root.ValueKind != JsonValueKind.Object) return Mapping.Refuse("It must be an object.");
        foreach (var member in root.EnumerateObject())
        {
            if (!Known.Contains(member.Name, StringComparer.Ordinal))
                return Mapping.Refuse($"{member.Name} is not a member of a mapping: these are {string.Join(", ", Known)}.");
        }

        if (root.Member("items") is { } given)
        {
            if (given.ValueKind != JsonValueKind.String) return Mapping.Refuse("items must be a path.");
            items = Bare(given.GetString()!.EndsWith("[]", StringComparison.Ordinal) ? given.GetString()![..^2] : given.GetString()!);
        }

        var labels = root.Member("labels");
        var mapping = new Mapping(
            Items: null,
            Paths("title"),
            Paths("text"),
            Paths("dedup_key"),
            Paths("severity"),
            Paths("status"),
            Words(),
            Paths("source_time"),
            Paths("link"),
            labels is { ValueKind: JsonValueKind.Object } ? [] : Paths("labels"),
            labels is { ValueKind: JsonValueKind.Object } picked ? Named("labels", picked) : root.Member("label_paths") is { } named ? Named("label_paths", named) : FrozenDictionary<string, JsonPath>.Empty,
            Paths("external_id"));

        if (mapping.Title.Count == 0 && mapping.Text.Count == 0) wrong ??= "title or text must be given: an alert has to say something.";
        return wrong is not null ? Mapping.Refuse(wrong)
            : items is null ? mapping
            : JsonPath.TryParse(items.Length == 0 ? "$" : items, out var path, out var problem) ? mapping with { Items = path }
            : Mapping.Refuse("items: " + problem);
    }

    JsonPath[] Paths(string name)
    {
        if (root.Member(name) is not { } given) return [];
        if (given.ValueKind == JsonValueKind.String) return [.. Path(name, given.GetString()!)];
        if (given.ValueKind == JsonValueKind.Array && given.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String))
            return [.. given.EnumerateArray().SelectMany(one => Path(name, one.GetString()!))];

        wrong ??= $"{name} must be a path or an array of paths.";
        return [];
    }

    FrozenDictionary<string, JsonPath> Named(string name, JsonElement given)
    {
        var paths = new Dictionary<string, JsonPath>(StringComparer.Ordinal);
        if (given.ValueKind != JsonValueKind.Object) wrong ??= $"{name} must be an object of paths.";
        else
        {
            foreach (var member in given.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.String) wrong ??= $"{name}.{member.Name} must be a path.";
                else foreach (var path in Path($"{name}.{member.Name}", member.Value.GetString()!)) paths[member.Name] = path;
            }
        }
        return paths.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <returns>One path, or none when it is wrong.</returns>
    JsonPath[] Path(string member, string text)
    {
        if (text.IndexOf(EachItem, StringComparison.Ordinal) is var each and >= 0)
        {
            var prefix = Bare(text[..each]);
            items ??= prefix;
            if (items != prefix) wrong ??= $"{member}: the items are {items}, so the path {text} cannot be followed.";
            text = text[(each + EachItem.Length)..];
        }
        if (JsonPath.TryParse(text, out var path, out var problem)) return [path];

        wrong ??= $"{member}: {problem}";
        return [];
    }

    /// <summary>Items always start at the top, so a <c>$.</c> says nothing.</summary>
    static string Bare(string path) => path == "$" ? "" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;

    IReadOnlyDictionary<string, ReadingKind> Words()
    {
        if (root.Member("status_words") is not { } given) return Mapping.UsualWords;
        if (given.ValueKind != JsonValueKind.Object)
        {
            wrong ??= "status_words must be an object.";
            return Mapping.UsualWords;
        }

        var words = new Dictionary<string, ReadingKind>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in given.EnumerateObject())
        {
            if (Kinds.FirstOrDefault(kind => member.Value.ValueKind == JsonValueKind.String && NameOf(kind) == member.Value.GetString(), ReadingKind.Change) is var found and not ReadingKind.Change)
                words[member.Name.Trim()] = found;
            else
                wrong ??= $"status_words.{member.Name} must be one of: {string.Join(' ', Kinds.Select(NameOf))}.";
        }
        return words.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    static readonly ReadingKind[] Kinds = [ReadingKind.Firing, ReadingKind.Resolved, ReadingKind.Acknowledged];

    internal static string NameOf(ReadingKind kind) => kind switch
    {
        ReadingKind.Firing => "firing",
        ReadingKind.Acknowledged => "acknowledged",
        ReadingKind.Resolved => "resolved",
        ReadingKind.Change => "change",
        ReadingKind.Heartbeat => "heartbeat",
    };
}
