namespace Plantao.Platform.Access;

/// <summary>Refuses calls that another site makes a browser send: a cookie comes along with those, and they may change nothing (failures.md K2).</summary>
/// <remarks>
/// Judged by <c>Sec-Fetch-Site</c>, which no script can set, else by <c>Origin</c>, for browsers before 2023. A bearer token is no cookie: no browser
/// adds it by itself. Doors that look at no session (intake, the link of a page) are not asked.
/// </remarks>
public sealed class CrossSiteMiddleware(RequestDelegate next)
{
    public Task Invoke(HttpContext http)
    {
        var right = http.GetEndpoint()?.Metadata.GetMetadata<NeededRight>()?.Right;
        return Safe(http.Request) || http.Request.Cookies.Count == 0 || right is Right.Intake or Right.AnswerPage || ByBearer(http.Request) || FromOurPages(http.Request)
            ? next(http)
            : Problems.Write(http, new Refusal("cross-site", "This call came from another site, with your cookie. Nothing was done. Call from Plantão's own pages, or with a token in the Authorization header.", 403));
    }

    static bool Safe(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    static bool ByBearer(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    static bool FromOurPages(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0) return site is "same-origin" or "none";
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
    }
}
