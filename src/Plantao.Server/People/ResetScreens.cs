using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>A new password for who forgot theirs: by a mailed link, or by one that an Owner gives. Both are good once.</summary>
static class ResetScreens
{
    public const string Forgot = "/forgot";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Forgot, (IMailLinks mail) => Screens.Show<ForgotScreen>(new { mail.Possible })).Needs(Right.Open).IsScreen().WithName("forgot-screen");
        routes.MapPost(Forgot, Ask).Needs(Right.Open).IsForm().WithName("forgot-form");
        routes.MapGet("/reset/{code}", Show).Needs(Right.AnswerPage).IsScreen().WithName("reset-screen");
        routes.MapPost("/reset/{code}", Reset).Needs(Right.AnswerPage).IsForm().WithName("reset-form");
        routes.MapPost("/people/{user}/reset", MakeLink).Needs(Right.Own).IsForm().WithName("reset-link-form");
    }

    static async Task<IResult> Ask(Form form, Call call, IMailLinks mail, Db db, CancellationToken ct)
    {
        // The same answer, after the same work, whether the address is somebody's: whose it is, is looked up later.
        if (mail.Possible && EmailAddress.Normal(form["email"]) is { } email) await db.Write(tx => PasswordResets.Ask(tx, email, call.At, call.Correlation), ct);
        return Screens.Show<ForgotScreen>(new { mail.Possible, Asked = true });
    }

    static async Task<IResult> Show(string code, HttpContext http, Call call, Db db, CancellationToken ct)
    {
        if (await db.Write(tx => PasswordResets.Guest(tx, code, call.At), ct) is { } guest) return Screens.Show<ResetScreen>(new { Code = code, Email = guest.Email });
        await Screens.Refuse(http, PasswordResets.Ended);
        return Results.Empty;
    }

    static async Task<IResult> Reset(string code, Form form, HttpContext http, Call call, Viewer viewer, Passwords passwords, Db db, CancellationToken ct)
    {
        if (await db.Write(tx => PasswordResets.Guest(tx, code, call.At), ct) is not { } guest)
        {
            await Screens.Refuse(http, PasswordResets.Ended);
            return Results.Empty;
        }

        if (Passwords.Fault(form.Exact("password"), guest.Email) is { } weak) return Screens.Show<ResetScreen>(new { Code = code, Email = guest.Email, Error = viewer.Why(weak) }, 422);
        var kept = await passwords.Make(form.Exact("password"), ct);
        var ruling = await db.Write(tx => PasswordResets.Use(tx, code, kept, call.At, call.Correlation), ct);
        if (ruling.Allowed) return Screens.Back(Screens.SignIn);   // a second factor is asked there as ever
        await Screens.Refuse(http, ruling.Refusal);
        return Results.Empty;
    }

    static async Task<IResult> MakeLink(string user, Call call, HttpContext http, Viewer viewer, PeopleDesk desk, PublicAddress address, Db db, CancellationToken ct)
    {
        var ruling = await db.Write<Ruling<(User User, string Clear, DateTimeOffset Until)>>(async tx =>
        {
            if (await UserEndpoints.Locked(tx, user) is not { } found) return UserEndpoints.NoSuchPerson;
            if (found.Status is not UserStatus.Active) return new Refusal("not-active", $"{found.DisplayName} is not active here.");
            var (clear, until) = await PasswordResets.Issue(tx, found.Id, PasswordResets.ByHand, call.By, call.At, call.Correlation);
            return (found, clear, until);
        }, ct);
        if (ruling.Allowed && await desk.Person(ruling.Value.User.Id, call, ct) is { } file)
        {
            // Shown in the answer itself, once.
            var text = viewer.Say(PeopleTexts.All, "link.reset", ruling.Value.User.DisplayName, Times.Short(ruling.Value.Until, viewer.Zone, viewer.Language, viewer.Now));
            return Screens.Show<PersonScreen>(new { File = file, Link = new OnceLink(text, $"{await address.Get(ct)}/reset/{ruling.Value.Clear}") });
        }

        await Screens.Refuse(http, ruling.Allowed ? UserEndpoints.NoSuchPerson : ruling.Refusal);
        return Results.Empty;
    }
}
