using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.PagerDuty;

/// <summary>PagerDuty's Events API v2, <c>POST /v2/enqueue</c>.</summary>
/// <remarks>
/// Answers 202, or 400 naming everything that is wrong. Ours: a summary that is too long is cut instead of refused, and a
/// <c>timestamp</c> that is none counts as absent, since a page matters more than its form.
/// </remarks>
public static class EventsV2
{
    /// <summary>The largest body, in bytes.</summary>
    public const int LargestBody = PagerDutyAnswers.LargestBody;

    /// <summary>The <c>routing_key</c>: the credential of the event. Any string that we issued.</summary>
    /// <returns><see langword="null"/> when there is none, or the body cannot be read: <see cref="Take"/> then says why.</returns>
    public static string? KeyIn(ReadOnlySpan<byte> body) => EventKey.In(body, "routing_key"u8);

    /// <summary>413, for a body beyond <see cref="LargestBody"/>.</summary>
    public static IntakeAnswer TooLarge() => PagerDutyAnswers.TooLarge;

    /// <summary>400, for a key that no integration has. Senders sort errors by 400, 429 and 5xx, so it is neither 401 nor 404.</summary>
    public static IntakeAnswer UnknownKey() => PagerDutyAnswers.UnknownKey;

    /// <summary>429. The endpoint adds <c>Retry-After</c>.</summary>
    public static IntakeAnswer Throttled() => PagerDutyAnswers.Throttled(429);

    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Taken.Nothing(PagerDutyAnswers.Unrecognised, problem);

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Taken.Nothing(PagerDutyAnswers.Unrecognised, "The body must be an object.");

            var given = new EventObject(document.RootElement, quoted: true);
            given.Required(given.Root, "routing_key", "routing_key");
            var kind = given.Action("event_action");
            var key = kind == ReadingKind.Change ? "" : given.Key("dedup_key", kind, context);
            var payload = given.Root.Member("payload");

            var reading = kind == ReadingKind.Firing ? Trigger(given, payload, key, context) : Follow(given, payload, kind, key);
            return given.Errors.Count > 0 ? given.Refused() : new Taken([reading], PagerDutyAnswers.Processed(202, "dedup_key", key));
        }
    }

    static Reading Trigger(EventObject given, JsonElement? payload, string key, IntakeContext context)
    {
        if (payload is null) given.Wrong("payload", "is missing or blank");
        else if (payload is { ValueKind: not JsonValueKind.Object }) given.Wrong("payload", "is invalid (must be an object)");

        var summary = given.Required(payload, "summary", "payload.summary");
        var source = given.Required(payload, "source", "payload.source");
        var severity = Severity(given, payload, context);

        return given.Reading(ReadingKind.Firing, key, summary, payload?.Member("custom_details"), Timestamp(payload)) with
        {
            SourceSeverity = severity,
            Labels = LabelSet.Labels(
            [
                KeyValuePair.Create("source", source),
                KeyValuePair.Create("component", payload?.Text("component") ?? ""),
                KeyValuePair.Create("group", payload?.Text("group") ?? ""),
                KeyValuePair.Create("class", payload?.Text("class") ?? ""),
            ]),
        };
    }

    /// <summary>An acknowledgement or a resolve: senders add a payload here as well, and nothing in it is wrong.</summary>
    static Reading Follow(EventObject given, JsonElement? payload, ReadingKind kind, string key) =>
        given.Reading(kind, key, payload?.Text("summary"), details: null, Timestamp(payload));

    static string Severity(EventObject given, JsonElement? payload, IntakeContext context)
    {
        if (!context.LenientSeverity)
        {
            var word = given.Required(payload, "severity", "payload.severity");
            if (word is not ("" or "critical" or "error" or "warning" or "info"))
                given.Wrong("payload.severity", "is invalid (must be one of: critical warning error info)");
            return word;
        }

        return (payload?.Text("severity") ?? "").Trim().ToLowerInvariant() switch
        {
            "critical" or "page" => "critical",
            "warning" or "warn" => "warning",
            "info" => "info",
            _ => "error",
        };
    }

    internal static DateTimeOffset? Timestamp(JsonElement? payload) =>
        payload?.Text("timestamp") is { } text && SourceTime.TryRead(text, out var at) ? at : null;
}
