using Plantao.Platform.Web.Components;

namespace Plantao.Alerts.Pages;

/// <summary>A component of the screens on which alerts are set up: integrations, quiet, routes.</summary>
public abstract class SettingPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(SettingTexts.All, key, values);

    protected static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>An instant with its distance: "until 14:20, in 2 h 10".</summary>
    protected string Clock(DateTimeOffset at) => Platform.Web.Times.Short(at, Me.Zone, Me.Language, Me.Now);
}
