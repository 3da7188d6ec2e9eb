using Plantao.People;
using Plantao.Platform.Web.Components;

namespace Plantao.Alerts.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class AlertPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(AlertScreenTexts.All, key, values);

    /// <summary>Glyph, tone and word of where an alert stands.</summary>
    protected static (string Glyph, string Tone, string Key) Standing(Alert alert, bool snoozed = false) => alert switch
    {
        { Status: AlertStatus.Resolved } => ("state-done", "green", "is.resolved"),
        { Status: AlertStatus.Acknowledged } => ("state-ack", "ink", snoozed ? "is.snoozed" : "is.acknowledged"),
        { Quiet: not null } => ("mute", "violet", "is.quiet"),
        { Urgency: Urgency.High } => ("state-open", "red", "is.open"),
        _ => ("state-wait", "ink", "is.open.low"),
    };

    protected string Signals(long count) => count == 1 ? T("signals.one") : T("signals", count.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A severity in its team's words, else by its rank.</summary>
    protected string SeverityWord(Alert alert) => alert.Severity ?? T("rank", alert.Rank.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
