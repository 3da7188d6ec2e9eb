namespace Plantao.Platform.Web;

/// <summary>Whether a browser comes by https, so that its cookies never leave without it.</summary>
/// <remarks>Where a proxy ends https, the request that reaches us is plain: then the public address says how people come.</remarks>
public static class SecureCookies
{
    static readonly object Key = new();

    /// <summary>The request came by https, or people are told to come by it.</summary>
    public static bool IsSecure(this HttpContext http) => http.Request.IsHttps || http.Items[Key] is true;

    /// <summary>Remembers for this request how people are told to come.</summary>
    internal static void GoBy(HttpContext http, string publicAddress) => http.Items[Key] = publicAddress.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
}
