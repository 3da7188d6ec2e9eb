using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.Platform.Access;

namespace Plantao.Platform.Web;

/// <summary>Anti-forgery: what a form of ours carries and a form of another site cannot know (failures.md K2).</summary>
/// <remarks>
/// A keyed digest of the cookie that the browser sends along: the session's, or before sign-in one of its own. Nothing is stored, every node with the
/// installation's key can check it, and it ends with the session. A call with a bearer token carries no cookie by itself and needs none.
/// </remarks>
public sealed class FormTokens(Vault vault)
{
    /// <summary>The field of a form.</summary>
    public const string Field = "form";

    /// <summary>The cookie before sign-in: chance, HttpOnly, SameSite=Strict.</summary>
    public const string Cookie = "plantao_form";

    /// <summary>The session's cookie. People makes it; its value is all that is needed here.</summary>
    public const string SessionCookie = "plantao_session";

    /// <summary>The token for forms of this answer. Before sign-in it sets the cookie that it goes with.</summary>
    public string Of(HttpContext http)
    {
        if (Bound(http) is { } there) return Token(there);
        if (http.Items[Cookie] is not string made)
        {
            http.Items[Cookie] = made = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(24));
            http.Response.Cookies.Append(Cookie, made, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.IsSecure(), Path = "/", IsEssential = true });
        }

        return Token("form:" + made);
    }

    /// <summary>Whether what was posted came from a form of ours.</summary>
    public bool Holds(HttpContext http, string given) => Possible(http.Request).Any(bound => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Token(bound)), Encoding.UTF8.GetBytes(given)));

    string Token(string bound) => WebEncoders.Base64UrlEncode(vault.Digest(bound, "form-token"));

    /// <summary>The cookies that a form may go with: where nobody need be signed in, one of a signed-in person's screens may be posted from too.</summary>
    static IEnumerable<string> Possible(HttpRequest request)
    {
        if (request.Cookies[SessionCookie] is { Length: > 0 and <= 64 } session) yield return "session:" + session;
        if (request.Cookies[Cookie] is { Length: > 0 and <= 64 } own) yield return "form:" + own;
    }

    static string? Bound(HttpContext http) => Possible(http.Request).FirstOrDefault(bound => http.Caller().Kind is CallerKind.Person || bound.StartsWith("form:", StringComparison.Ordinal));
}
