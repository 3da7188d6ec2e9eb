using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>Into the browser: first run, sign-in, an invitation; and out again.</summary>
static class SignInScreens
{
    /// <summary>Between the password and the code of the second factor.</summary>
    static readonly TimeSpan TicketLife = TimeSpan.FromMinutes(5);

    const string TicketPurpose = "sign-in-ticket";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", Show).Needs(Right.Open).IsScreen().WithName("sign-in-screen");
        routes.MapPost("/sign-in", SignIn).Needs(Right.Open).IsForm().WithName("sign-in");
        routes.MapPost("/sign-in/code", SecondFactor).Needs(Right.Open).IsForm().WithName("sign-in-code");
        routes.MapPost("/sign-in/token", ByToken).Needs(Right.Open).IsForm().WithName("sign-in-token");
        routes.MapPost("/sign-out", SignOut).Needs(Right.OwnAccount).IsForm().WithName("sign-out");
        routes.MapGet("/setup", ShowSetup).Needs(Right.Setup).IsScreen().WithName("setup-screen");
        routes.MapPost("/setup", SetUp).Needs(Right.Setup).IsForm().WithName("set-up");
        routes.MapGet("/join/{code}", ShowInvitation).Needs(Right.AnswerPage).IsScreen().WithName("join-screen");
        routes.MapPost("/join/{code}", Join).Needs(Right.AnswerPage).IsForm().WithName("join");
    }

    static async Task<IResult> Show(UserStore users, CancellationToken ct, string? to = null) =>
        await users.Any(ct) ? Screens.Show<SignInScreen>(new { To = LocalPath.Or(to, "/") }) : Screens.Back("/setup");

    static async Task<IResult> SignIn(Form form, HttpContext http, Call call, Viewer viewer, UserStore users, Passwords passwords, SecondFactors factors, SignInTries tries, Vault vault, Db db, CancellationToken ct)
    {
        var (typed, to) = (form["email"], LocalPath.Or(form["to"], "/"));
        var account = EmailAddress.Normal(typed) ?? "";
        var source = http.Connection.RemoteIpAddress;
        if (await tries.Left(account, source, call.At, ct) is var left && left > TimeSpan.Zero) return Wait(http, left, viewer, new { To = to, Email = typed, Error = Waits(viewer, left) });

        var user = account.Length > 0 ? await users.WithEmail(account, ct) : null;
        if (!await passwords.Holds(user is { Status: UserStatus.Active } ? user.Id : null, form.Exact("password"), ct))
        {
            await tries.Failed(account, source, call.At, call.Correlation, ct);
            return Screens.Show<SignInScreen>(new { To = to, Email = typed, Error = viewer.Say(AccessTexts.All, "sign-in.wrong") }, 422);
        }

        return await factors.ProvedAt(user!.Id, ct) is not null
            ? Screens.Show<CodeScreen>(new { To = to, Ticket = Ticket(vault, user.Id, call.At) })
            : await Begin(http, db, tries, user, to, call, ct);
    }

    static async Task<IResult> SecondFactor(Form form, HttpContext http, Call call, Viewer viewer, UserStore users, SecondFactors factors, SignInTries tries, Vault vault, Db db, CancellationToken ct)
    {
        var to = LocalPath.Or(form["to"], "/");
        if (TicketOf(vault, form["ticket"], call.At) is not { } id || await users.Find(id, ct) is not { Status: UserStatus.Active } user)
            return Screens.Show<SignInScreen>(new { To = to, Error = viewer.Say(AccessTexts.All, "sign-in.late") }, 422);
        var source = http.Connection.RemoteIpAddress;
        if (await tries.Left(user.Email, source, call.At, ct) is var left && left > TimeSpan.Zero)
        {
            http.Response.Headers.RetryAfter = Seconds(left);
            return Screens.Show<CodeScreen>(new { To = to, Ticket = form["ticket"], Error = Waits(viewer, left) }, 429);
        }

        if (await db.Write(tx => factors.Take(tx, user.Id, form["code"], call.At, call.Correlation), ct)) return await Begin(http, db, tries, user, to, call, ct);
        await tries.Failed(user.Email, source, call.At, call.Correlation, ct);
        return Screens.Show<CodeScreen>(new { To = to, Ticket = form["ticket"], Error = viewer.Say(AccessTexts.All, "sign-in.wrong-code") }, 422);
    }

    /// <summary>Who was set up on the command line has a token and no password yet. What it may already, the session may.</summary>
    static async Task<IResult> ByToken(Form form, HttpContext http, Call call, Viewer viewer, UserStore users, TokenIdentify identify, SignInTries tries, Db db, CancellationToken ct)
    {
        var to = LocalPath.Or(form["to"], "/");
        var source = http.Connection.RemoteIpAddress;
        if (await tries.Left("", source, call.At, ct) is var left && left > TimeSpan.Zero) return Wait(http, left, viewer, new { To = to, TokenError = Waits(viewer, left) });
        if (await identify.Personal(form["token"], ct) is { Scopes: Scope.All, UserId: { } id } && await users.Find(id, ct) is { Status: UserStatus.Active } user)
            return await Begin(http, db, tries, user, to, call, ct);
        await tries.Failed("", source, call.At, call.Correlation, ct);
        return Screens.Show<SignInScreen>(new { To = to, TokenError = viewer.Say(AccessTexts.All, "sign-in.wrong-token") }, 422);
    }

    static async Task<IResult> SignOut(HttpContext http, Call call, Db db, CancellationToken ct)
    {
        if (http.Request.Cookies[Session.Cookie] is { } clear) await db.Write(tx => SessionStore.EndByCookie(tx, clear, call.By, call.At, call.Correlation), ct);
        http.Response.Cookies.Append(Session.Cookie, "", Session.CookieOf(http.Request, TimeSpan.Zero));
        return Screens.Back(Screens.SignIn);
    }

    static async Task<IResult> ShowSetup(HttpContext http, IIdentify identify, IKnowFirstRun firstRun, UserStore users, CancellationToken ct)
    {
        if (!await users.Any(ct)) return Screens.Show<SetupScreen>(new { Address = Reached(http) });
        // Until the test alert was acknowledged it goes on from here too, for who may; to others it says what it will say for good.
        // This door asks nobody who they are, so it is asked here.
        if ((await identify.Identify(http, ct)).May(Right.Administer) && !await firstRun.Over(ct)) return Screens.Back(Setup.NextStep);
        await Screens.Refuse(http, Setup.Done);
        return Results.Empty;
    }

    static async Task<IResult> SetUp(Form form, HttpContext http, Call call, Viewer viewer, Setup setup, Passwords passwords, SignInTries tries, UserStore users, Db db, CancellationToken ct)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await users.Any(ct))
        {
            await Screens.Refuse(http, Setup.Done);
            return Results.Empty;
        }

        if (Passwords.Fault(form.Exact("password"), form["email"]) is { } weak) errors["password"] = viewer.Why(weak);
        if (errors.Count == 0)
        {
            var password = await passwords.Make(form.Exact("password"), ct);
            var ruling = await setup.ByCode(form["code"], new(form["email"], form["name"], null, form.Given("organisation"), form.Given("zone"), form.Given("language"), form.Given("address"), password), call.Correlation, ct);
            if (ruling.Allowed)
            {
                var made = ruling.Value;
                await Begin(http, db, tries, made.Owner, "/", call, ct);
                // Shown in the answer itself: the key of the integration is kept nowhere in clear. A reload is told that setup is done.
                return Screens.Show<SetupDone>(new { made.Starter, Next = Setup.NextStep });
            }

            errors[ruling.Refusal.Code switch { "wrong-setup-code" => "code", "bad-email" => "email", "unknown-zone" => "zone", "bad-public-address" => "address", "bad-organisation" => "organisation", "bad-display-name" => "name", _ => "" }] = viewer.Why(ruling.Refusal);
        }

        return Screens.Show<SetupScreen>(new { form.Typed, Errors = errors, Address = Reached(http) }, 422);
    }

    static async Task<IResult> ShowInvitation(string code, HttpContext http, Call call, Db db, CancellationToken ct)
    {
        if (await db.Write(tx => Invitations.Guest(tx, code, call.At), ct) is { } guest) return Screens.Show<JoinScreen>(new { Code = code, Invited = guest });
        await Screens.Refuse(http, Invitations.Ended);
        return Results.Empty;
    }

    static async Task<IResult> Join(string code, Form form, HttpContext http, Call call, Viewer viewer, Passwords passwords, ContactMethodStore methods, SignInTries tries, Db db, CancellationToken ct)
    {
        if (await db.Write(tx => Invitations.Guest(tx, code, call.At), ct) is not { } guest)
        {
            await Screens.Refuse(http, Invitations.Ended);
            return Results.Empty;
        }

        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Passwords.Fault(form.Exact("password"), guest.Email) is { } weak) errors["password"] = viewer.Why(weak);
        if (errors.Count == 0)
        {
            var password = await passwords.Make(form.Exact("password"), ct);
            var ruling = await db.Write<Ruling<User>>(async tx =>
            {
                var joined = await Invitations.Accept(tx, methods, code, form["name"], form.Given("zone"), form.Given("language"), call);
                if (joined.Allowed) await Passwords.Keep(tx, joined.Value.Id, password, joined.Value.Id, call.At, call.Correlation);
                return joined;
            }, ct);
            if (ruling.Allowed) return await Begin(http, db, tries, ruling.Value, "/account", call, ct);
            errors[FieldOf(ruling.Refusal)] = viewer.Why(ruling.Refusal);
        }

        return Screens.Show<JoinScreen>(new { Code = code, Invited = guest, form.Typed, Errors = errors }, 422);
    }

    /// <summary>The field of a person's details that a refusal is about; empty: the whole.</summary>
    internal static string FieldOf(Refusal refusal) => refusal.Code switch { "unknown-zone" => "zone", "bad-display-name" => "name", "bad-email" or "email-taken" => "email", "unknown-language" => "language", _ => "" };

    static async Task<IResult> Begin(HttpContext http, Db db, SignInTries tries, User user, string to, Call call, CancellationToken ct)
    {
        var (session, clear) = await db.Write(async tx =>
        {
            await tries.Passed(tx, user.Email, http.Connection.RemoteIpAddress);
            // A browser has one session: the one it comes with ends, whoever's it is.
            if (http.Request.Cookies[Session.Cookie] is { } before) await SessionStore.EndByCookie(tx, before, user.Id, call.At, call.Correlation);
            return await SessionStore.Begin(tx, user.Id, http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null, call.At, call.Correlation);
        }, ct);
        http.Response.Cookies.Append(Session.Cookie, clear, Session.CookieOf(http.Request, session.ExpiresAt - call.At));
        WebEndpoints.Keep(http, Viewer.LanguageCookie, user.Language);
        return Screens.Back(to);
    }

    static IResult Wait(HttpContext http, TimeSpan left, Viewer viewer, object parameters)
    {
        http.Response.Headers.RetryAfter = Seconds(left);
        return Screens.Show<SignInScreen>(parameters, 429);
    }

    static string Waits(Viewer viewer, TimeSpan left) => viewer.Say(AccessTexts.All, "sign-in.wait", Times.Span(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds))));

    static string Seconds(TimeSpan left) => ((int)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    static string Reached(HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    static string Ticket(Vault vault, string userId, DateTimeOffset at) =>
        WebEncoders.Base64UrlEncode(vault.Seal(string.Create(CultureInfo.InvariantCulture, $"{userId} {Instants.Micros(at + TicketLife)}"), TicketPurpose));

    static string? TicketOf(Vault vault, string ticket, DateTimeOffset now)
    {
        try
        {
            return vault.OpenText(WebEncoders.Base64UrlDecode(ticket), TicketPurpose).Split(' ') is [var user, var until] && long.Parse(until, CultureInfo.InvariantCulture) > Instants.Micros(now) ? user : null;
        }
        catch (Exception fault) when (fault is FormatException or System.Security.Cryptography.CryptographicException or OverflowException or ArgumentException)
        {
            return null;   // not one of ours
        }
    }
}
