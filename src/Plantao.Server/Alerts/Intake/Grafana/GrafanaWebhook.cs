using System.Text.Json;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Grafana;

/// <summary>What Grafana's alerting sends to a contact point of kind webhook: payload version "1".</summary>
/// <remarks>Signed messages are verified before, see <see cref="Signatures.WebhookSignature"/>. One reading per alert, its key the alert's fingerprint.</remarks>
public static class GrafanaWebhook
{
    /// <returns>202, or 400 with problem+json that names the member; then nothing is taken.</returns>
    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context) =>
        GroupMessage.Take(body, "1", "Alertmanager's messages (version \"4\") belong to an integration of kind Alertmanager.", Finish);

    static Reading Finish(JsonElement alert, Reading reading)
    {
        var annotations = new List<KeyValuePair<string, string>>(reading.Annotations ?? LabelSet.Empty);
        Add("values", alert.Member("values")?.Written());
        Add("value_string", alert.Text("valueString"));
        Add("dashboard_url", Links.Safe(alert.Text("dashboardURL")));
        Add("silence_url", Links.Safe(alert.Text("silenceURL")));
        Add("image_url", Links.Safe(alert.Text("imageURL")));

        return reading with
        {
            Title = Title(reading),
            Annotations = LabelSet.Annotations(annotations),
            Link = Links.Safe(alert.Text("panelURL")) ?? reading.Link ?? Links.Safe(alert.Text("dashboardURL")),
        };

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 }) annotations.Insert(0, KeyValuePair.Create(name, value));   // the rule's own annotation of that name wins
        }
    }

    /// <summary>A rule without data, or whose query failed, fires under a name of Grafana's own; the rule's is in <c>rulename</c>.</summary>
    static string Title(Reading reading)
    {
        var labels = reading.Labels ?? LabelSet.Empty;
        var what = labels.GetValueOrDefault("alertname") switch
        {
            "DatasourceNoData" => "No data",
            "DatasourceError" => "Query failed",
            _ => null,
        };
        return what is null ? reading.Title : TextNormaliser.Line($"{what}: {labels.GetValueOrDefault("rulename") ?? reading.Title}", IntakeLimits.Title);
    }
}
