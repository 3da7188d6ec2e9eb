using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Plantao.Platform.Web.Components;

/// <summary>One of our icons or state glyphs, inline. Says nothing to a screen reader: a word stands beside it.</summary>
public sealed class Icon : ComponentBase
{
    /// <summary>As in <c>icons.svg</c>.</summary>
    [Parameter, EditorRequired] public string Name { get; set; } = "";

    [Parameter] public bool Large { get; set; }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", Large ? "i lg" : "i");
        builder.AddAttribute(2, "viewBox", "0 0 16 16");
        builder.AddAttribute(3, "aria-hidden", "true");
        Icons.Write(builder, Name);
        builder.CloseElement();
    }
}
