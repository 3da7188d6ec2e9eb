using System.Reflection;
using System.Xml.Linq;
using Microsoft.AspNetCore.Components.Rendering;

namespace Plantao.Platform.Web;

/// <summary>Our own icons and state glyphs, read from <c>icons.svg</c> once and written inline.</summary>
public static class Icons
{
    static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    static readonly Dictionary<string, IReadOnlyList<Shape>> All = Read();

    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Writes the shapes of an icon into an open <c>svg</c> element.</summary>
    /// <exception cref="KeyNotFoundException">There is no such icon: a new one joins <c>icons.svg</c> first.</exception>
    internal static void Write(RenderTreeBuilder builder, string name)
    {
        foreach (var shape in All.TryGetValue(name, out var shapes) ? shapes : throw new KeyNotFoundException($"There is no icon {name} in icons.svg."))
        {
            builder.OpenElement(10, shape.Element);
            foreach (var (attribute, value) in shape.Attributes) builder.AddAttribute(11, attribute, value);
            builder.CloseElement();
        }
    }

    static Dictionary<string, IReadOnlyList<Shape>> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("icons.svg") ?? throw new InvalidOperationException("The icons are not in this program.");
        return XDocument.Load(stream).Root!.Elements(Svg + "symbol").ToDictionary(
            symbol => symbol.Attribute("id")!.Value,
            symbol => (IReadOnlyList<Shape>)[.. symbol.Elements().Select(e => new Shape(e.Name.LocalName, [.. e.Attributes().Select(a => (a.Name.LocalName, a.Value))]))],
            StringComparer.Ordinal);
    }

    sealed record Shape(string Element, IReadOnlyList<(string Name, string Value)> Attributes);
}
