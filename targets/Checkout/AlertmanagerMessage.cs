using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Plantao.Target.Checkout;

/// <summary>What a real Alertmanager posts to a webhook receiver: payload version "4".</summary>
/// <remarks>prometheus.io/docs/alerting/latest/configuration, webhook_config; members in the order in which 0.25 writes them.</remarks>
static class AlertmanagerMessage
{
    /// <summary>The content type and user agent of 0.25: a receiver that looks at them meets what it will meet.</summary>
    public const string UserAgent = "Alertmanager/0.25.0";

    /// <param name="endsAt"><see langword="null"/> while it fires.</param>
    public static byte[] Write(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations, DateTimeOffset startsAt, DateTimeOffset? endsAt, Uri from)
    {
        var sorted = new SortedDictionary<string, string>(labels.ToDictionary(), StringComparer.Ordinal);
        var status = endsAt is null ? "firing" : "resolved";
        var name = sorted["alertname"];
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            receiver = "plantao",
            status,
            alerts = new[]
            {
                new
                {
                    status,
                    labels = sorted,
                    annotations,
                    startsAt = Time(startsAt),
                    endsAt = endsAt is { } end ? Time(end) : "0001-01-01T00:00:00Z",
                    generatorURL = new Uri(from, "/metrics").AbsoluteUri,
                    fingerprint = Fingerprint(sorted),
                },
            },
            groupLabels = new { alertname = name },
            commonLabels = sorted,
            commonAnnotations = annotations,
            externalURL = from.GetLeftPart(UriPartial.Authority),
            version = "4",
            groupKey = $$"""{}:{alertname="{{name}}"}""",
            truncatedAlerts = 0,
        });
    }

    static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>FNV-1a of 64 bits over the sorted labels, 0xFF behind each name and each value; 16 digits in hex.</summary>
    static string Fingerprint(SortedDictionary<string, string> labels)
    {
        var sum = 14695981039346656037UL;
        foreach (var (name, value) in labels)
            foreach (var b in (byte[])[.. Encoding.UTF8.GetBytes(name), 0xFF, .. Encoding.UTF8.GetBytes(value), 0xFF])
                sum = (sum ^ b) * 1099511628211UL;
        return sum.ToString("x16", CultureInfo.InvariantCulture);
    }
}
