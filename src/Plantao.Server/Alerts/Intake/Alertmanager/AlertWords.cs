using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What an alert of Prometheus's family says to a person.</summary>
static class AlertWords
{
    /// <param name="labels">Normalised.</param>
    /// <param name="annotations">Normalised.</param>
    internal static Reading Reading(
        ReadingKind kind, string dedupKey, LabelSet labels, LabelSet annotations, DateTimeOffset? sourceAt, DateTimeOffset? endsAt, string? link) =>
        new(kind, dedupKey, Title(labels, annotations) is { Length: > 0 } title ? title : dedupKey)
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
    static string Title(LabelSet labels, LabelSet annotations)
    {
        if (First(annotations, "summary") is { } summary) return TextNormaliser.Line(summary, IntakeLimits.Title);
        if (First(labels, "alertname") is not { } name) return TextNormaliser.Line(labels.ToString(), IntakeLimits.Title);

        return TextNormaliser.Line(First(labels, "instance") is { } instance ? $"{name} ({instance})" : name, IntakeLimits.Title);
    }

    static string? First(LabelSet pairs, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (pairs.TryGetValue(name, out var value) && value.Length > 0) return value;

        return null;
    }
}
