using System.Buffers.Text;
using System.Text.Json;

namespace Plantao.Platform.Api;

/// <summary>Where the next part of a list begins, as <c>?cursor=</c>. Opaque to callers; read strictly.</summary>
/// <remarks>Base64url of a JSON array: the list's name and the keys of the last item. It gives no right: the endpoint asks for those every time.</remarks>
public static class Cursor
{
    /// <summary>No list of ours has longer keys.</summary>
    const int Longest = 1000;

    /// <param name="list">A cursor of one list is refused by another.</param>
    /// <param name="keys">What the last item was sorted by.</param>
    public static string Of(string list, params ReadOnlySpan<string> keys) =>
        Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string[]>([list, .. keys], Json.Compact));

    /// <summary>Reads what <see cref="Of"/> wrote.</summary>
    /// <returns>The keys; a refusal (400) for anything else.</returns>
    public static Ruling<string[]> Read(string cursor, string list, int keys)
    {
        if (cursor.Length is 0 or > Longest || !Base64Url.IsValid(cursor)) return Refused;
        try
        {
            return JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(cursor), Json.Compact) is { } all
                && all.Length == keys + 1 && all[0] == list && !all.Contains(null)
                && Of(list, all.AsSpan(1)) == cursor
                ? all[1..]
                : Refused;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return Refused;
        }
    }

    static Refusal Refused { get; } = new("bad-cursor", "This is no cursor of this list. Take `next` of the part before, or begin without one.", 400);
}
