using System.Text.Json;

namespace Plantao.Alerts.Intake;

/// <summary>Takes members out of an object that somebody else wrote. null counts as absent everywhere.</summary>
static class Members
{
    /// <summary>The member, unless it is absent, null, or <paramref name="parent"/> is no object.</summary>
    internal static JsonElement? Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>The member when it is a string; anything else counts as absent.</summary>
    internal static string? Text(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    /// <summary>A value as one would write it in a label: text without quotes, numbers as spelled, anything nested as JSON.</summary>
    internal static string Written(this JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        JsonValueKind.Number or JsonValueKind.Object or JsonValueKind.Array => value.GetRawText(),
    };

    /// <summary>The members of an object as names and values, the first <paramref name="most"/> of them; of anything else nothing.</summary>
    internal static List<KeyValuePair<string, string>> Pairs(this JsonElement? parent, int most = IntakeLimits.LabelsRead)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        if (parent is { ValueKind: JsonValueKind.Object } members)
        {
            foreach (var member in members.EnumerateObject().Take(most)) pairs.Add(KeyValuePair.Create(member.Name, member.Value.Written()));
        }
        return pairs;
    }
}
