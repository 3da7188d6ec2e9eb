using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plantao.Alerts.Intake;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>A message as a tool of some format would send it.</summary>
/// <param name="Dialect">How it is read; see <see cref="Formats"/>.</param>
/// <param name="Path">Where it is sent, below the public address; <c>{key}</c> stands for a key.</param>
/// <param name="KeyInHeader">The key is a bearer token; else it stands in the path or the body.</param>
public sealed record TestMessage(string Dialect, string Path, string Body, bool KeyInHeader = false)
{
    /// <summary>What its reader needs beside the body.</summary>
    public Envelope Envelope => new("application/json", Key: Dialect is Formats.PagerDutyV2 ? "test" : null);
}

/// <summary>A test alert in the words of each format: what the screen shows to copy is what its button sends. Pure.</summary>
public static class TestMessages
{
    /// <summary>Stands where a key belongs.</summary>
    public const string Key = "{key}";

    static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };   // shown as text, never put into HTML as it is

    /// <summary>The message.</summary>
    /// <param name="id">Makes each a condition of its own.</param>
    /// <returns><see langword="null"/> for a heartbeat, whose sign of life is no alert.</returns>
    public static TestMessage? Of(Integration integration, string title, string id, DateTimeOffset now) => integration.Format switch
    {
        "alertmanager" => new(Formats.AlertmanagerApi, "/api/v2/alerts", Write(new JsonArray(new JsonObject
        {
            ["labels"] = Labels(id),
            ["annotations"] = new JsonObject { ["summary"] = title },
        })), KeyInHeader: true),
        "grafana" => new(Formats.Grafana, $"/in/{Key}/grafana", Write(new JsonObject
        {
            ["version"] = "1",
            ["status"] = "firing",
            ["groupKey"] = "test/" + id,
            ["alerts"] = new JsonArray(new JsonObject
            {
                ["status"] = "firing",
                ["labels"] = Labels(id),
                ["annotations"] = new JsonObject { ["summary"] = title },
                ["startsAt"] = Instant(now),
                ["endsAt"] = "0001-01-01T00:00:00Z",
                ["fingerprint"] = id,
            }),
        })),
        "pagerduty" => new(Formats.PagerDutyV2, "/v2/enqueue", Write(new JsonObject
        {
            ["routing_key"] = Key,
            ["event_action"] = "trigger",
            ["dedup_key"] = "test/" + id,
            ["payload"] = new JsonObject { ["summary"] = title, ["source"] = "plantao", ["severity"] = "critical" },
        })),
        "generic" => new(Formats.Generic, $"/in/{Key}/json", Write(integration.Mapping is { } mapping ? Mapped(mapping, title, id) : new JsonObject { ["title"] = title, ["severity"] = "critical", ["dedup_key"] = "test/" + id })),
        "report" => new(Formats.Report, $"/in/{Key}/report", Write(new JsonObject { ["title"] = title, ["who"] = "team", ["urgency"] = "high" })),
        _ => null,
    };

    static JsonObject Labels(string id) => new() { ["alertname"] = "TestAlert", ["severity"] = "critical", ["test"] = id };

    static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A message in the form that a mapping reads.</summary>
    static JsonObject Mapped(JsonElement mapping, string title, string id)
    {
        var (body, item) = (new JsonObject(), new JsonObject());
        foreach (var (field, value) in new[] { ("title", title), ("text", title), ("dedup_key", "test/" + id), ("severity", "critical"), ("status", Firing(mapping)) })
            if (value is not null && Member(mapping, field) is { } paths && First(paths) is { } path) Put(path.StartsWith('$') ? body : item, path, value);
        if (Member(mapping, "items") is not { ValueKind: JsonValueKind.String } items) foreach (var (name, value) in item.ToList()) { item.Remove(name); body[name] = value; }
        else Put(body, items.GetString()!, new JsonArray(item));
        return body;
    }

    /// <summary>Definitions keep members in one spelling, the API in the other.</summary>
    static JsonElement? Member(JsonElement mapping, string name) =>
        mapping.TryGetProperty(name, out var value) || mapping.TryGetProperty(Definitions.Field.JsonName(name), out value) ? value : null;

    static string? First(JsonElement paths) => paths.ValueKind switch
    {
        JsonValueKind.String => paths.GetString(),
        JsonValueKind.Array when paths.GetArrayLength() > 0 => paths[0].GetString(),
        _ => null,
    };

    static string? Firing(JsonElement mapping) => Member(mapping, "status_words") is { ValueKind: JsonValueKind.Object } words
        ? words.EnumerateObject().FirstOrDefault(w => w.Value.GetString() == "firing") is { Value.ValueKind: JsonValueKind.String } word ? word.Name : null
        : "firing";

    /// <summary>Puts a value where a path leads: names alone, since a sample needs no places in lists.</summary>
    static void Put(JsonObject into, string path, JsonNode value)
    {
        var names = path.TrimStart('$').Split('.', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.SkipLast(1))
        {
            if (into[name] is not JsonObject inner) into[name] = inner = [];
            into = inner;
        }

        if (names is [.., var last]) into[last] = value;
    }

    static string Write(JsonNode body) => body.ToJsonString(Writing);

    /// <summary>The command that sends it, to be pasted into a shell.</summary>
    /// <param name="key">The key itself, or what stands for it.</param>
    public static string Curl(this TestMessage message, string address, string key) => new StringBuilder("curl -X POST ")
        .Append(Quoted(address + message.Path.Replace(Key, key, StringComparison.Ordinal)))
        .Append(message.KeyInHeader ? $" \\\n  -H {Quoted("Authorization: Bearer " + key)}" : "")
        .Append(" \\\n  -H 'Content-Type: application/json'")
        .Append(" \\\n  -d ").Append(Quoted(message.Body.Replace(Key, key, StringComparison.Ordinal))).ToString();

    /// <summary>One word of a shell, whatever it holds.</summary>
    static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>What to paste into the tool's own configuration, by its name; none for a format that has no tool.</summary>
    public static IReadOnlyList<(string Tool, string Text)> Configurations(string format, string address, string key) => format switch
    {
        "alertmanager" =>
        [
            ("Alertmanager", $"receivers:\n  - name: plantao\n    webhook_configs:\n      - url: '{address}/in/{key}/alertmanager'\n        send_resolved: true\n"),
            ("Prometheus", $"alerting:\n  alertmanagers:\n    - scheme: {Scheme(address)}\n      path_prefix: /in/{key}\n      static_configs:\n        - targets: ['{Host(address)}']\n"),
        ],
        "grafana" => [("Grafana", $"apiVersion: 1\ncontactPoints:\n  - orgId: 1\n    name: plantao\n    receivers:\n      - uid: plantao\n        type: webhook\n        settings:\n          url: {address}/in/{key}/grafana\n          httpMethod: POST\n")],
        "pagerduty" =>
        [
            ("PagerDuty Events API v2", $"endpoint:    {address}/v2/enqueue\nrouting_key: {key}\n"),
            ("Alertmanager", $"receivers:\n  - name: plantao\n    pagerduty_configs:\n      - url: '{address}/v2/enqueue'\n        routing_key: '{key}'\n        send_resolved: true\n"),
        ],
        "heartbeat" => [("crontab", $"0 3 * * * /usr/local/bin/backup && curl -fsS -m 10 --retry 3 {address}/in/{key}/heartbeat/backup\n")],
        _ => [],
    };

    static string Scheme(string address) => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? "https" : "http";

    static string Host(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri.Authority : address;
}
