using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.PagerDuty;

/// <summary>PagerDuty's change events, <c>POST /v2/change/enqueue</c>: what was deployed or set. They notify nobody.</summary>
public static class ChangeEvents
{
    /// <inheritdoc cref="EventsV2.KeyIn"/>
    public static string? KeyIn(ReadOnlySpan<byte> body) => EventsV2.KeyIn(body);

    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Taken.Nothing(PagerDutyAnswers.Unrecognised, problem);

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Taken.Nothing(PagerDutyAnswers.Unrecognised, "The body must be an object.");

            var given = new EventObject(document.RootElement, quoted: true);
            given.Required(given.Root, "routing_key", "routing_key");
            var payload = given.Root.Member("payload");
            if (payload is { ValueKind: not JsonValueKind.Object }) given.Wrong("payload", "is invalid (must be an object)");
            var summary = given.Required(payload, "summary", "payload.summary");
            if (given.Errors.Count > 0) return given.Refused();

            var reading = given.Reading(ReadingKind.Change, key: null, summary, payload?.Member("custom_details"), EventsV2.Timestamp(payload)) with
            {
                Labels = LabelSet.Labels([KeyValuePair.Create("source", payload?.Text("source") ?? "")]),
            };
            return new Taken([reading], PagerDutyAnswers.Processed(202));
        }
    }
}
