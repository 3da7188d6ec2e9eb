using Microsoft.AspNetCore.WebUtilities;
using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>One's own account, and inviting others.</summary>
static class AccountScreens
{
    static readonly string[] Sayings = ["account.saved", "account.password.kept", "account.factor.removed", "account.session.ended"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/account", Show).Needs(Right.OwnAccount).IsScreen().WithName("account-screen");
        routes.MapPost("/account/profile", ChangeProfile).Needs(Right.OwnAccount).IsForm().WithName("change-profile-form");
        routes.MapPost("/account/password", ChangePassword).Needs(Right.OwnAccount).IsForm().WithName("change-password");
        routes.MapPost("/account/second-factor", OfferFactor).Needs(Right.OwnAccount).IsForm().WithName("offer-second-factor");
        routes.MapGet("/account/second-factor", ShowFactor).Needs(Right.OwnAccount).IsScreen().WithName("second-factor-screen");
        routes.MapPost("/account/second-factor/proof", ProveFactor).Needs(Right.OwnAccount).IsForm().WithName("prove-second-factor");
        routes.MapPost("/account/second-factor/removal", RemoveFactor).Needs(Right.OwnAccount).IsForm().WithName("remove-second-factor");
        routes.MapPost("/account/sessions/{id}/end", EndSession).Needs(Right.OwnAccount).IsForm().WithName("end-session-form");
        routes.MapGet("/people/invite", () => Screens.Show<InviteScreen>()).Needs(Right.ManagePeople).IsScreen().WithName("invite-screen");
        routes.MapPost("/people/invite", Invite).Needs(Right.ManagePeople).IsForm().WithName("invite-form");
    }

    static Task<IResult> Show(Account account, Call call, HttpContext http, CancellationToken ct, string? said = null) =>
        account.Screen(call, http, Sayings.Contains(said, StringComparer.Ordinal) ? said : null, null, null, 200, ct);

    static async Task<IResult> ChangeProfile(Form form, Call call, Account account, Viewer viewer, HttpContext http, Db db, CancellationToken ct)
    {
        var ruling = await UserEndpoints.Change(db, new(form["name"], form["zone"], form["language"]), call, ct);
        if (!ruling.Allowed) return await account.Screen(call, http, null, form, (SignInScreens.FieldOf(ruling.Refusal), viewer.Why(ruling.Refusal)), 422, ct);
        WebEndpoints.Keep(http, Viewer.LanguageCookie, ruling.Value.Language);
        return Said("account.saved");
    }

    static async Task<IResult> ChangePassword(Form form, Call call, Account account, Viewer viewer, HttpContext http, Passwords passwords, SignInTries tries, UserStore users, Db db, CancellationToken ct)
    {
        var user = (await users.Find(call.UserId, ct))!;
        var source = http.Connection.RemoteIpAddress;
        if (await passwords.SetAt(user.Id, ct) is not null)
        {
            // Whoever sits at an open browser does not get to try out passwords either.
            if (await tries.Left(user.Email, source, call.At, ct) is var left && left > TimeSpan.Zero)
                return await account.Screen(call, http, null, form, ("current-password", viewer.Say(AccessTexts.All, "sign-in.wait", Times.Span(left))), 429, ct);
            if (!await passwords.Holds(user.Id, form.Exact("current-password"), ct))
            {
                await tries.Failed(user.Email, source, call.At, call.Correlation, ct);
                return await account.Screen(call, http, null, form, ("current-password", viewer.Say(AccessTexts.All, "password.wrong")), 422, ct);
            }
        }

        if (Passwords.Fault(form.Exact("new-password"), user.Email) is { } weak) return await account.Screen(call, http, null, form, ("new-password", viewer.Why(weak)), 422, ct);
        var kept = await passwords.Make(form.Exact("new-password"), ct);
        await db.Write(async tx =>
        {
            await Passwords.Keep(tx, user.Id, kept, call.By, call.At, call.Correlation);
            await SessionStore.EndOthers(tx, user.Id, http.Request.Cookies[Session.Cookie] ?? "", call.At);
        }, ct);
        return Said("account.password.kept");
    }

    static async Task<IResult> OfferFactor(Call call, SecondFactors factors, Db db, CancellationToken ct)
    {
        await db.Write(tx => factors.Offer(tx, call.UserId, call.At), ct);
        return Screens.Back("/account/second-factor");
    }

    static async Task<IResult> ShowFactor(Call call, Account account, CancellationToken ct) =>
        await account.Waiting(call, null, 200, ct) ?? Screens.Back("/account");

    static async Task<IResult> ProveFactor(Form form, Call call, Account account, Viewer viewer, SecondFactors factors, Db db, CancellationToken ct)
    {
        var ruling = await db.Write(tx => factors.Prove(tx, call.UserId, form["code"], call.At, call.Correlation), ct);
        // Shown in the answer itself: they are kept as digests alone.
        if (ruling.Allowed) return Screens.Show<FactorScreen>(new { Codes = ruling.Value });
        return await account.Waiting(call, viewer.Why(ruling.Refusal), 422, ct) ?? Screens.Back("/account");
    }

    static async Task<IResult> RemoveFactor(Form form, Call call, Account account, Viewer viewer, HttpContext http, SecondFactors factors, SignInTries tries, UserStore users, Db db, CancellationToken ct)
    {
        var user = (await users.Find(call.UserId, ct))!;
        var source = http.Connection.RemoteIpAddress;
        if (await tries.Left(user.Email, source, call.At, ct) is var left && left > TimeSpan.Zero)
            return await account.Screen(call, http, null, form, ("code", viewer.Say(AccessTexts.All, "sign-in.wait", Times.Span(left))), 429, ct);
        var removed = await db.Write(async tx => await factors.Take(tx, user.Id, form["code"], call.At, call.Correlation) && await SecondFactors.Remove(tx, user.Id, call.By, call.At, call.Correlation), ct);
        if (removed) return Said("account.factor.removed");
        await tries.Failed(user.Email, source, call.At, call.Correlation, ct);
        return await account.Screen(call, http, null, form, ("code", viewer.Say(AccessTexts.All, "sign-in.wrong-code")), 422, ct);
    }

    static async Task<IResult> EndSession(string id, Call call, HttpContext http, SessionStore sessions, Db db, CancellationToken ct)
    {
        var own = http.Request.Cookies[Session.Cookie] is { } clear && await sessions.IdOf(clear, ct) == id;
        if (!await db.Write(tx => SessionStore.End(tx, id, call.UserId, call.By, call.At, call.Correlation), ct))
        {
            await Screens.Refuse(http, new Refusal("not-found", "There is no such session.", 404));
            return Results.Empty;
        }

        if (!own) return Said("account.session.ended");
        http.Response.Cookies.Append(Session.Cookie, "", Session.CookieOf(http.Request, TimeSpan.Zero));
        return Screens.Back(Screens.SignIn);
    }

    static async Task<IResult> Invite(Form form, Call call, Viewer viewer, PublicAddress address, IMailLinks mail, ContactMethodStore methods, Db db, CancellationToken ct)
    {
        var ruling = await UserEndpoints.InviteOne(db, new(form["email"], form["name"], Role: form.Given("role")), call, ct, await PostInvitation(mail, methods, address, call, ct));
        if (!ruling.Allowed) return Screens.Show<InviteScreen>(new { form.Typed, Errors = Fault(SignInScreens.FieldOf(ruling.Refusal), viewer.Why(ruling.Refusal)) }, ruling.Refusal.Status == 403 ? 403 : 422);
        // Shown in the answer itself, once.
        return Screens.Show<InviteScreen>(new { Mailed = mail.Possible, Link = mail.Possible ? form["email"] : $"{await address.Get(ct)}/join/{ruling.Value.Code}", Name = ruling.Value.User.DisplayName, Until = ruling.Value.ExpiresAt });
    }

    /// <summary>Puts an invitation into the post, where there is one; <see langword="null"/>: mail is not set up, and its link is shown instead.</summary>
    internal static async Task<Func<Tx, User, string, DateTimeOffset, Task>?> PostInvitation(IMailLinks mail, ContactMethodStore methods, PublicAddress address, Call call, CancellationToken ct)
    {
        if (!mail.Possible) return null;
        var here = await address.Get(ct);
        return async (tx, user, code, until) =>
        {
            var to = (await methods.Of(tx, user.Id)).FirstOrDefault(m => m.Channel == ContactMethod.Email && m.Address == user.Email)
                ?? (await methods.Add(tx, user.Id, ContactMethod.Email, user.Email, null, call.By, call.At, call.Correlation)).Value;
            await mail.Send(tx, to, MailedLink.Invitation, $"{here}/join/{code}", until, user, call.At, call.Correlation);
        };
    }

    static IResult Said(string key) => Screens.Back(QueryHelpers.AddQueryString("/account", "said", key));

    internal static Dictionary<string, string> Fault(string field, string text) => new(StringComparer.Ordinal) { [field] = text };
}

/// <summary>Gathers what the screens of one's own account show.</summary>
sealed class Account(UserStore users, SessionStore sessions, Passwords passwords, SecondFactors factors)
{
    public async Task<IResult> Screen(Call call, HttpContext http, string? said, Form? form, (string Field, string Text)? fault, int status, CancellationToken ct)
    {
        var user = (await users.Find(call.UserId, ct))!;
        return Screens.Show<AccountScreen>(new
        {
            User = user,
            Sessions = await sessions.Of(user.Id, call.At, ct),
            Here = http.Request.Cookies[Session.Cookie] is { } clear ? await sessions.IdOf(clear, ct) : null,
            PasswordAt = await passwords.SetAt(user.Id, ct),
            FactorAt = await factors.ProvedAt(user.Id, ct),
            CodesLeft = await factors.CodesLeft(user.Id, ct),
            Said = said,
            Typed = form?.Typed ?? new Dictionary<string, string>(StringComparer.Ordinal),
            Errors = fault is { } f ? AccountScreens.Fault(f.Field, f.Text) : [],
        }, status);
    }

    /// <summary>The screen with the secret that waits for its first code; <see langword="null"/>: none waits.</summary>
    public async Task<IResult?> Waiting(Call call, string? error, int status, CancellationToken ct)
    {
        if (await factors.Waiting(call.UserId, ct) is not { } secret) return null;
        var user = (await users.Find(call.UserId, ct))!;
        var organisation = await users.OrganisationName(ct);
        return Screens.Show<FactorScreen>(new { Key = string.Join(' ', Totp.Written(secret).Chunk(4).Select(c => new string(c))), Address = Totp.Uri(secret, user.Email, organisation), Error = error }, status);
    }
}
