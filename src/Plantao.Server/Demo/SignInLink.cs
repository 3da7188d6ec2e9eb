using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Demo;

/// <summary>Signs one browser in as one person of the demonstration, once. It is mapped by the demonstration alone: a server that <c>serve</c> starts has no such address.</summary>
/// <remarks>It holds only from this machine, and ends at its first use, whoever's it is.</remarks>
sealed class SignInLink(TimeProvider clock)
{
    const string Path = "/demo/";

    static Refusal Ended { get; } = new("demo-link-ended", "This link was used. It opens once; the terminal that shows it can start the demonstration anew.", 410);

    readonly string code = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
    string? person;

    /// <summary>Where the visitor goes.</summary>
    /// <param name="userId">Who they are then.</param>
    public string For(string userId, string address)
    {
        person = userId;
        return address + Path + code;
    }

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path + "{code}", Open).Needs(Right.Open).IsScreen();

    async Task<IResult> Open(string code, HttpContext http, Db db, CancellationToken ct)
    {
        var user = Holds(code) && http.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from) ? Interlocked.Exchange(ref person, null) : null;
        if (user is null)
        {
            await Screens.Refuse(http, Ended);
            return Results.Empty;
        }

        var (session, clear) = await db.Write(tx => SessionStore.Begin(tx, user, http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null, clock.GetUtcNow(), http.Correlation()), ct);
        http.Response.Cookies.Append(Session.Cookie, clear, Session.CookieOf(http.Request, session.ExpiresAt - clock.GetUtcNow()));
        return Screens.Back("/");
    }

    bool Holds(string given) => CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(given), System.Text.Encoding.UTF8.GetBytes(code));
}
