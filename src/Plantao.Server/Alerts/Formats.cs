using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Alerts.Intake.Generic;
using Plantao.Alerts.Intake.Grafana;
using Plantao.Alerts.Intake.Heartbeats;
using Plantao.Alerts.Intake.PagerDuty;
using Plantao.Alerts.Intake.Reports;

namespace Plantao.Alerts;

/// <summary>Names of the dialects, as kept with each signal, and the reader of each.</summary>
public static class Formats
{
    public const string AlertmanagerApi = "alertmanager-api";
    public const string AlertmanagerWebhook = "alertmanager-webhook";
    public const string PagerDutyV2 = "pagerduty-v2";
    public const string PagerDutyChange = "pagerduty-change";
    public const string PagerDutyV1 = "pagerduty-v1";
    public const string Grafana = "grafana";
    public const string Generic = "generic";
    public const string Heartbeat = "heartbeat";
    public const string Report = "report";

    /// <summary>What we raise ourselves: a heartbeat that stopped, a refusal, a signal that could not be decided.</summary>
    public const string Own = "own";

    /// <summary>Reads a message. The same bytes give the same readings at intake and afterwards, when they are decided.</summary>
    public static Taken Take(string format, Integration integration, Envelope envelope, ReadOnlySpan<byte> body, DateTimeOffset receivedAt)
    {
        var context = new IntakeContext(receivedAt)
        {
            ContentType = envelope.ContentType,
            LenientSeverity = integration.LenientSeverity,
            ResolveTimeout = integration.ResolveTimeout ?? TimeSpan.FromMinutes(5),
            Query = name => envelope.Query?.GetValueOrDefault(name),
            NewDedupKey = () => envelope.Key ?? throw new InvalidOperationException("A dedup key was promised to the sender and not kept."),
        };
        return format switch
        {
            AlertmanagerApi => Intake.Alertmanager.AlertmanagerApi.Take(body, context),
            AlertmanagerWebhook => Intake.Alertmanager.AlertmanagerWebhook.Take(body, context),
            PagerDutyV2 => EventsV2.Take(body, context),
            PagerDutyChange => ChangeEvents.Take(body, context),
            PagerDutyV1 => EventsV1.Take(body, context),
            Grafana => GrafanaWebhook.Take(body, context),
            Generic => GenericJson.Take(body, context, integration.Reads()),
            Heartbeat => HeartbeatPing.Take(envelope.Name ?? "default", body, context),
            Report => Intake.Reports.Report.Take(body, context),
            Own => OwnSignal.Take(body),
            _ => throw new InvalidDataException($"No reader for the format {format}."),
        };
    }
}

/// <summary>A signal that Plantão raises about itself or for a source that fell silent: a reading, as JSON.</summary>
public static class OwnSignal
{
    public static byte[] Write(Reading reading) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(reading, Platform.Json.Compact);

    internal static Taken Take(ReadOnlySpan<byte> body) =>
        new([System.Text.Json.JsonSerializer.Deserialize<Reading>(body, Platform.Json.Compact)!], new IntakeAnswer(202, null, default));
}
