using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What an alert of Prometheus's family says to a person.</summary>
static class AlertWords
{
    /// <param name="labels">Normalised.</param>
    /// <param name="annotations">Normalised.</param>
    internal static Reading Reading(
        ReadingKind kind, string dedupKey, LabelSet labels, LabelSet annotations, DateTimeOffset? sourceAt, DateTimeOffset? endsAt, string? link) =>
        new(kind, dedupKey, Title(labels, annotations, dedupKey))
        {
            Text = First(annotations, "description", "message"),
            SourceSeverity = labels.TryGetValue("severity", out var severity) ? TextNormaliser.Line(severity, IntakeLimits.Severity) : null,
            Labels = labels,
            Annotations = annotations,
            SourceAt = sourceAt,
            EndsAt = endsAt,
            Link = Links.Safe(link),
        };

    /// <summary>The summary that the rule's author wrote; else the alert's name and where; else all that tells it from others.</summary>
    static string Title(LabelSet labels, LabelSet annotations, string dedupKey) =>
        (First(annotations, "summary") ?? Named(labels)) is { } said ? Titles.First(said, dedupKey) : Titles.First(labels.ToString(), dedupKey);

    static string? Named(LabelSet labels) =>
        First(labels, "alertname") is not { } name ? null : First(labels, "instance") is { } instance ? $"{name} ({instance})" : name;

    static string? First(LabelSet pairs, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (pairs.TryGetValue(name, out var value) && value.Length > 0) return value;

        return null;
    }
}
