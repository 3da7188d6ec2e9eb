using Plantao.Escalations;
using Plantao.People;
using Plantao.Platform.Web.Components;

namespace Plantao.Alerts.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class AlertPart : AlertWords
{
    protected string T(string key, params IReadOnlyList<string> values) => OfAlerts(key, values);
}

/// <summary>How an alert is spoken of; also on the screens of rooms above, which have a <c>T</c> of their own.</summary>
public abstract class AlertWords : Part
{
    protected string OfAlerts(string key, params IReadOnlyList<string> values) => Me.Say(AlertScreenTexts.All, key, values);

    /// <summary>Glyph, tone and word of where an alert stands.</summary>
    protected static (string Glyph, string Tone, string Key) Standing(Alert alert, bool snoozed = false) => alert switch
    {
        { Status: AlertStatus.Resolved } => ("state-done", "green", "is.resolved"),
        { Status: AlertStatus.Acknowledged } => ("state-ack", "ink", snoozed ? "is.snoozed" : "is.acknowledged"),
        { Quiet: not null } => ("mute", "violet", "is.quiet"),
        { Urgency: Urgency.High } => ("state-open", "red", "is.open"),
        _ => ("state-wait", "ink", "is.open.low"),
    };

    /// <summary>Who is paged next when nobody answers; <see langword="null"/>: nobody is.</summary>
    protected string? NextPaged(AlertFile file) => file.Climb switch
    {
        { Status: EscalationStatus.Climbing } climb when climb.Step < climb.Policy.Steps.Count => file.Rungs[climb.Step].People is [_, ..] people ? string.Join(", ", people.Select(p => p.Name)) : OfAlerts("fact.next.nobody"),
        { Status: EscalationStatus.Climbing } climb when climb.Round < climb.Policy.Rounds && file.Rungs is [{ People: [_, ..] first }, ..] => string.Join(", ", first.Select(p => p.Name)),
        { Status: EscalationStatus.Climbing or EscalationStatus.Unanswered } => OfAlerts("fact.catch-all"),
        _ => null,
    };

    protected string Signals(long count) => count == 1 ? OfAlerts("signals.one") : OfAlerts("signals", count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A severity in its team's words, else by its rank.</summary>
    protected string SeverityWord(Alert alert) => alert.Severity ?? OfAlerts("rank", alert.Rank.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
