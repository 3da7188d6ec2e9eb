using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.PagerDuty;

/// <summary>PagerDuty's first Events API, <c>POST /generic/2010-04-15/create_event.json</c>, which Alertmanager's <c>service_key</c> still uses.</summary>
/// <remarks>Answers 200, not 202. Alertmanager also sends an empty <c>event_action</c> and a null <c>payload</c>, which mean nothing here.</remarks>
public static class EventsV1
{
    /// <summary>The largest body, in bytes.</summary>
    public const int LargestBody = PagerDutyAnswers.LargestBody;

    /// <summary>The <c>service_key</c>: the credential of the event.</summary>
    /// <returns><see langword="null"/> when there is none, or the body cannot be read: <see cref="Take"/> then says why.</returns>
    public static string? KeyIn(ReadOnlySpan<byte> body) => EventKey.In(body, "service_key"u8);

    /// <summary>413, for a body beyond <see cref="LargestBody"/>.</summary>
    public static IntakeAnswer TooLarge() => PagerDutyAnswers.TooLarge;

    /// <summary>400, for a key that no integration has.</summary>
    public static IntakeAnswer UnknownKey() => PagerDutyAnswers.UnknownKey;

    /// <summary>403, which is what senders of this version retry. The endpoint adds <c>Retry-After</c>.</summary>
    public static IntakeAnswer Throttled() => PagerDutyAnswers.Throttled(403);

    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Taken.Nothing(PagerDutyAnswers.Unrecognised, problem);

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Taken.Nothing(PagerDutyAnswers.Unrecognised, "The body must be an object.");

            var given = new EventObject(document.RootElement, quoted: false);
            given.Required(given.Root, "service_key", "service_key");
            var kind = given.Action("event_type");
            var key = kind == ReadingKind.Change ? "" : given.Key("incident_key", kind, context);
            var description = kind == ReadingKind.Firing ? given.Required(given.Root, "description", "description") : given.Root.Text("description");
            if (given.Errors.Count > 0) return given.Refused();

            var details = kind == ReadingKind.Firing ? given.Root.Member("details") : null;
            return new Taken([given.Reading(kind, key, description, details, at: null)], PagerDutyAnswers.Processed(200, "incident_key", key));
        }
    }
}
