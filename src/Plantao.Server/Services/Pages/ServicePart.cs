using Plantao.Platform.Web.Components;

namespace Plantao.Services.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class ServicePart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(ServiceTexts.All, key, values);
}
