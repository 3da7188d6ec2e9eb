using Microsoft.AspNetCore.Components;

namespace Plantao.Platform.Web.Components;

/// <summary>A component that knows who looks. Each room has one of its own beside its screens, with <c>T</c> for its texts.</summary>
public abstract class Part : ComponentBase
{
    [Inject] protected Viewer Me { get; set; } = null!;
}

/// <summary>A component of the shell.</summary>
public abstract class WebPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(WebTexts.All, key, values);
}
