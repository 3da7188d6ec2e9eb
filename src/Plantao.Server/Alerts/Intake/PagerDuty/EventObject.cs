using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.PagerDuty;

/// <summary>A body of PagerDuty's event endpoints while it is being read: collects what is wrong, since one answer names all of it.</summary>
/// <param name="quoted">V2 puts names of members into quotes, V1 does not.</param>
sealed class EventObject(JsonElement root, bool quoted)
{
    const int LongestKey = 255;

    readonly List<string> errors = [];

    internal JsonElement Root { get; } = root;

    internal IReadOnlyList<string> Errors => errors;

    internal void Wrong(string member, string what) => errors.Add(quoted ? $"'{member}' {what}" : $"{member} {what}");

    /// <summary>A string that must be there and say something.</summary>
    /// <param name="path">As it is called in the answer, such as <c>payload.summary</c>.</param>
    internal string Required(JsonElement? parent, string name, string path)
    {
        var member = parent?.Member(name);
        if (member is { ValueKind: not JsonValueKind.String }) Wrong(path, "is invalid (must be a string)");
        else if (member?.GetString() is { } text && !string.IsNullOrWhiteSpace(text)) return text;
        else Wrong(path, "is missing or blank");

        return "";
    }

    /// <summary>What is to happen; and <see cref="ReadingKind.Change"/>, which is none of the three, when it is wrong.</summary>
    internal ReadingKind Action(string name)
    {
        var word = Required(Root, name, name);
        switch (word)
        {
            case "trigger": return ReadingKind.Firing;
            case "acknowledge": return ReadingKind.Acknowledged;
            case "resolve": return ReadingKind.Resolved;
            case not "": Wrong(name, "is invalid (must be one of: trigger acknowledge resolve)"); break;
        }
        return ReadingKind.Change;
    }

    /// <summary>The key of the condition: given, or made for a trigger that has none.</summary>
    /// <remarks>Too long a key is refused, not cut: two conditions must never become one.</remarks>
    internal string Key(string name, ReadingKind kind, IntakeContext context)
    {
        if (kind == ReadingKind.Firing && (Root.Member(name) is null || Root.Text(name) is "")) return context.NewDedupKey();

        var key = Required(Root, name, name);
        if (key.Length > LongestKey) Wrong(name, FormattableString.Invariant($"is too long (maximum is {LongestKey} characters)"));
        return TextNormaliser.Key(key);
    }

    internal Taken Refused() => Taken.Nothing(PagerDutyAnswers.Invalid(400, errors), string.Join("; ", errors));

    /// <summary>The reading that a trigger, an acknowledgement or a resolve makes.</summary>
    /// <remarks>A summary beyond 1,024 characters makes PagerDuty refuse the event, and its users miss pages for it; we cut it and keep the whole as the text.</remarks>
    internal Reading Reading(ReadingKind kind, string? key, string? summary, JsonElement? details, DateTimeOffset? at)
    {
        var title = Titles.First(summary, key);
        var annotations = details.Pairs();
        if (details is { ValueKind: not JsonValueKind.Object } other) annotations.Add(KeyValuePair.Create("custom_details", other.Written()));
        if (Root.Text("client") is { } client) annotations.Add(KeyValuePair.Create("client", client));
        foreach (var link in LinksOf("links"))
            if (Links.Safe(link.Text("href")) is { } href) annotations.Add(KeyValuePair.Create(link.Text("text") is { Length: > 0 } text ? text : "link", href));

        return new Reading(kind, key, title)
        {
            Text = TextNormaliser.Lines(summary, IntakeLimits.Text) is { } whole && whole != title && whole.Length > 0 ? whole : null,
            Labels = LabelSet.Empty,
            Annotations = LabelSet.Annotations(annotations),
            SourceAt = at,
            Link = Links.Safe(Root.Text("client_url")) ?? LinksOf("links").Select(link => Links.Safe(link.Text("href"))).FirstOrDefault(href => href is not null),
        };
    }

    IEnumerable<JsonElement> LinksOf(string name) =>
        Root.Member(name) is { ValueKind: JsonValueKind.Array } links ? links.EnumerateArray().Take(IntakeLimits.Labels) : [];
}

/// <summary>Finds the key of an event, which is its credential, before anything else is read.</summary>
static class EventKey
{
    /// <returns>The key; <see langword="null"/> when the body is no object or has no such string.</returns>
    internal static string? In(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(JsonText.Repair(body), JsonText.Reading);
        string? key = null;
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var found = reader.ValueTextEquals(name);
                reader.Read();
                if (found) key = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;   // given twice: the last counts
                reader.Skip();
            }
            reader.Read();
        }
        catch (JsonException)
        {
            return null;   // Take says what is wrong
        }
        return string.IsNullOrWhiteSpace(key) ? null : key;
    }
}
