namespace Plantao.Platform.Web;

/// <summary>Where to go back to: a path of ours and nothing else.</summary>
public static class LocalPath
{
    /// <summary>The path with its query, or <paramref name="otherwise"/> when it could lead away from here.</summary>
    /// <remarks><c>//host</c> and <c>/\host</c> are addresses of other sites to a browser, and a tab or line break in between is dropped by it (WHATWG URL, 4.4).</remarks>
    public static string Or(string? path, string otherwise) =>
        path is { Length: > 0 and <= 2000 } && path[0] == '/' && (path.Length == 1 || path[1] is not ('/' or '\\')) && !path.Any(c => char.IsControl(c) || c == '\\')
            ? path
            : otherwise;

    /// <summary>The path of the screen that a form was posted from, as the browser says; <paramref name="otherwise"/> when it says nothing or another site.</summary>
    public static string Of(HttpRequest request, string otherwise) =>
        Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var from) && from.Authority == request.Host.Value ? Or(from.PathAndQuery, otherwise) : otherwise;
}
