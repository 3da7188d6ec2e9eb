using Microsoft.AspNetCore.Routing.Patterns;
using Plantao.Platform.Web;

namespace Plantao.Home;

/// <summary>The screens that rooms have for one thing of theirs, found among what is mapped: a room that gains one is linked to without being asked.</summary>
public sealed class Places(IEnumerable<EndpointDataSource> endpoints)
{
    /// <summary>The path of a thing's screen, such as <c>/schedules/checkout</c>.</summary>
    /// <param name="folders">Under which first part of a path it may stand, the likeliest first.</param>
    /// <returns><see langword="null"/>: there is no such screen.</returns>
    public string? Of(string thing, params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
            if (Has(folder)) return $"/{folder}/{Uri.EscapeDataString(thing)}";
        return null;
    }

    bool Has(string folder) => endpoints.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Any(endpoint =>
        endpoint.Metadata.GetMetadata<ScreenEndpoint>() is { Form: false } && endpoint.RoutePattern.PathSegments is [{ Parts: [RoutePatternLiteralPart { Content: var first }] }, { Parts: [RoutePatternParameterPart] }] && first == folder);
}
