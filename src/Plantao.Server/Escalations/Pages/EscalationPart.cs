using System.Globalization;
using Plantao.Notifications;
using Plantao.Platform.Web;
using Plantao.Platform.Web.Components;

namespace Plantao.Escalations.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class EscalationPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(EscalationTexts.All, key, values);

    protected static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    protected string Channel(string name) => EscalationTexts.All.All.ContainsKey("channel." + name) ? T("channel." + name) : name;

    protected string Of(EscalationTarget target) => T("target." + target.Kind, target.Name);

    protected string Of(IReadOnlyList<EscalationTarget> targets) => string.Join(", ", targets.Select(Of));

    /// <summary>By what, and what after how long: <c>by e-mail, ntfy, SMS after 1 min</c>.</summary>
    protected string Of(IReadOnlyList<PlannedStep> rules) => T("by", string.Join(", ", rules.Select(rule => (rule.AfterSeconds, By: rule.Channels.Count == 0 ? T("by.all") : string.Join(", ", rule.Channels.Select(Channel))))
        .Select(rule => rule.AfterSeconds == 0 ? rule.By : T("by.then", rule.By, Times.Span(TimeSpan.FromSeconds(rule.AfterSeconds))))));
}
