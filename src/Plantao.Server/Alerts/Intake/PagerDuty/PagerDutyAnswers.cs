namespace Plantao.Alerts.Intake.PagerDuty;

/// <summary>What PagerDuty's event endpoints answer. Never an empty body: its clients parse every answer as JSON.</summary>
static class PagerDutyAnswers
{
    /// <summary>512 KB as Alertmanager counts them, in bytes.</summary>
    internal const int LargestBody = 512_000;

    internal static IntakeAnswer Processed(int status, string? keyName = null, string? key = null) => Answers.Json(status, json =>
    {
        json.WriteString("status", "success");
        json.WriteString("message", "Event processed");
        if (keyName is not null) json.WriteString(keyName, key);
    });

    internal static IntakeAnswer Invalid(int status, params IReadOnlyList<string> errors) => Error(status, "invalid event", "Event object is invalid", errors);

    internal static IntakeAnswer Unrecognised { get; } = Error(400, "Unrecognized object", "Event object format is unrecognized", ["JSON parse error"]);

    internal static IntakeAnswer TooLarge { get; } = Invalid(413, FormattableString.Invariant($"Event is too large (maximum is {LargestBody} bytes)"));

    internal static IntakeAnswer UnknownKey { get; } = Invalid(400, "Invalid routing key");

    /// <param name="status">429; for V1 403, which is what its senders retry.</param>
    internal static IntakeAnswer Throttled(int status) =>
        Error(status, "throttle exceeded", "Requests for this service are arriving too quickly. Please retry later.", []);

    static IntakeAnswer Error(int status, string word, string message, IReadOnlyList<string> errors) => Answers.Json(status, json =>
    {
        json.WriteString("status", word);
        json.WriteString("message", message);
        if (errors.Count == 0) return;

        json.WriteStartArray("errors");
        foreach (var error in errors) json.WriteStringValue(error);
        json.WriteEndArray();
    });
}
