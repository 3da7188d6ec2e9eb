using System.Globalization;
using System.Text.Json;

namespace Plantao.People;

/// <summary>The facts of a journal entry as a person reads them. Pure.</summary>
static class AuditFacts
{
    /// <summary>Each fact under its name, what lies inside another as <c>before.signals</c>; what is not said is left out.</summary>
    /// <param name="facts">The entry's facts, a JSON object. Anything else is one fact without a name, as it is.</param>
    /// <param name="time">Says an instant in the reader's zone.</param>
    /// <param name="name">Says who or what an id stands for; the id itself where it is not known.</param>
    public static IReadOnlyList<(string Name, string Value)> Read(string facts, Func<DateTimeOffset, string> time, Func<string, string> name)
    {
        try
        {
            using var read = JsonDocument.Parse(facts);
            return read.RootElement.ValueKind is JsonValueKind.Object ? [.. Of("", read.RootElement)] : [("", facts)];
        }
        catch (JsonException)
        {
            return [("", facts)];
        }

        IEnumerable<(string, string)> Of(string within, JsonElement element)
        {
            foreach (var property in element.EnumerateObject())
            {
                var path = within + property.Name;
                if (property.Value.ValueKind is JsonValueKind.Object)
                    foreach (var inner in Of(path + ".", property.Value)) yield return inner;
                else if (property.Value.ValueKind is not JsonValueKind.Null && Value(property.Value) is { Length: > 0 } value) yield return (path, value);
            }
        }

        string Value(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Array when value.EnumerateArray().Any(v => v.ValueKind is JsonValueKind.Object) => string.Join("; ", value.EnumerateArray().Select(Inner)),
            JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Value)),
            JsonValueKind.String when value.GetString() is { } text => Instant(text) is { } at ? time(at) : name(text),
            _ => value.GetRawText(),
        };

        string Inner(JsonElement value) => value.ValueKind is JsonValueKind.Object ? string.Join(" ", Of("", value).Select(f => $"{f.Item1} {f.Item2}")) : Value(value);

        // As we write instants; a text that only looks like a date stays a text.
        static DateTimeOffset? Instant(string text) =>
            text.Length >= 20 && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
    }

    /// <summary>Ids of people that an entry's facts name.</summary>
    public static IEnumerable<string> People(string facts)
    {
        for (var at = facts.IndexOf("\"usr_", StringComparison.Ordinal); at >= 0; at = facts.IndexOf("\"usr_", at + 1, StringComparison.Ordinal))
            if (facts.IndexOf('"', at + 1) is var end and > 0 && facts[(at + 5)..end].All(char.IsAsciiLetterOrDigit)) yield return facts[(at + 1)..end];
    }
}
