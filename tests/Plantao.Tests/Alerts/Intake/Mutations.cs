using System.Text;
using System.Text.Json.Nodes;

namespace Plantao.Tests.Alerts.Intake;

/// <summary>Spoils messages: half of the time in their structure, so that they still parse, half of the time in their bytes.</summary>
static class Mutations
{
    static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e999", "1.5", "\"\"", "\" \"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\u202e\"", "\"0001-01-01T00:00:00Z\"", "\"2026-11-24T10:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
        "\"resolved\"", "\"trigger\"", "\"http://x/%zz\"", "\"javascript:x\"", "[]", "{}", "[null]", "{\"a\":\"b\"}", "{\"\":\"x\"}", "{\"a\":1}", "[{\"labels\":{\"a\":\"b\"}}]", "\"🙂é\u0301\"",
    ];

    static readonly string[] Bytes = ["\0", "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud83d", "\uFEFF", "\n", "/*", "1e", "-", "null", "\u0080"];

    internal static byte[] Apply(byte[] message, byte[][] corpus, Random random)
    {
        var spoiled = message;
        for (var times = random.Next(1, 4); times > 0; times--)
            spoiled = random.Next(2) == 0 ? Structure(spoiled, random) : Raw(spoiled, corpus[random.Next(corpus.Length)], random);
        return spoiled;
    }

    static byte[] Structure(byte[] message, Random random)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(message, documentOptions: new() { MaxDepth = 100 });
            var places = new List<(JsonNode Parent, object Key)>();
            Collect(root, places);
            if (places.Count == 0) return Raw(message, message, random);

            var (parent, key) = places[random.Next(places.Count)];
            var value = JsonNode.Parse(Values[random.Next(Values.Length)]);
            if (parent is JsonObject members)
            {
                if (random.Next(4) == 0) members.Remove((string)key);
                else members[(string)key] = value;
            }
            else if (random.Next(4) == 0) ((JsonArray)parent).Insert((int)key, value);
            else ((JsonArray)parent)[(int)key] = value;
            return Encoding.UTF8.GetBytes(root!.ToJsonString());
        }
        catch (Exception unreadable) when (unreadable is System.Text.Json.JsonException or ArgumentException or InvalidOperationException)
        {
            return Raw(message, message, random);   // spoiled before: only its bytes are left
        }
    }

    static void Collect(JsonNode? node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((members, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var index = 0; index < items.Count; index++)
            {
                places.Add((items, index));
                Collect(items[index], places);
            }
        }
    }

    static byte[] Raw(byte[] message, byte[] other, Random random)
    {
        var at = random.Next(message.Length + 1);
        var end = Math.Min(message.Length, at + random.Next(8));
        return random.Next(5) switch
        {
            0 => message[..at],
            1 => [.. message[..at], .. message[end..]],
            2 => [.. message[..at], (byte)random.Next(256), .. message[Math.Min(message.Length, at + 1)..]],
            3 => [.. message[..at], .. Encoding.UTF8.GetBytes(Bytes[random.Next(Bytes.Length)]), .. message[at..]],
            _ => [.. message[..at], .. other[random.Next(other.Length)..]],
        };
    }
}
