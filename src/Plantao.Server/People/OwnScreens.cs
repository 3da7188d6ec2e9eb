using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.Client;
using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>How one is reached: what a higher room puts beside it (a test page) knows whose it is.</summary>
public sealed record OwnReach(User User, IReadOnlyList<ContactMethod> Methods, IReadOnlyList<RuleStep> High, IReadOnlyList<RuleStep> Low);

/// <summary>One's own contact methods, rules and tokens.</summary>
static class OwnScreens
{
    public const string Reach = "/account/reached", TokensPath = "/account/tokens";

    /// <summary>Steps that the form of rules has: as many as rules may have.</summary>
    public const int RuleSteps = 10;

    static readonly string[] Doings = ["sent", "proven", "removed", "ordered", "rules", "revoked", "tested"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Reach, Show).Needs(Right.OwnAccount).IsScreen().WithName("reach-screen");
        routes.MapPost("/account/methods", Add).Needs(Right.OwnAccount).IsForm().WithName("add-method-form");
        routes.MapPost("/account/methods/{id}/code", SendCode).Needs(Right.OwnAccount).IsForm().WithName("send-code-form");
        routes.MapPost("/account/methods/{id}/proof", Prove).Needs(Right.OwnAccount).IsForm().WithName("prove-method-form");
        routes.MapPost("/account/methods/{id}/removal", Remove).Needs(Right.OwnAccount).IsForm().WithName("remove-method-form");
        routes.MapPost("/account/methods/{id}/up", Up).Needs(Right.OwnAccount).IsForm().WithName("move-method-form");
        routes.MapPost("/account/rules/{urgency}", KeepRules).Needs(Right.OwnAccount).IsForm().WithName("keep-rules-form");
        routes.MapGet(TokensPath, ShowTokens).Needs(Right.OwnAccount).IsScreen().WithName("tokens-screen");
        routes.MapPost(TokensPath, IssueToken).Needs(Right.OwnAccount).IsForm().WithName("issue-token-form");
        routes.MapPost("/account/tokens/{id}/revocation", RevokeToken).Needs(Right.OwnAccount).IsForm().WithName("revoke-token-form");
    }

    static Task<IResult> Show(Call call, OwnDesk desk, CancellationToken ct, string? did = null) => desk.Reach(call, Doings.Contains(did, StringComparer.Ordinal) ? did : null, null, null, null, ct);

    static async Task<IResult> Add(Form form, Call call, OwnDesk desk, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct)
    {
        var ruling = await ContactEndpoints.AddOne(new(form["channel"], form["address"], form.Given("secret")), call, db, methods, codes, ct);
        return ruling.Allowed ? Did(Reach, "sent") : await desk.Reach(call, null, ruling.Refusal, "add", form, ct);
    }

    static async Task<IResult> SendCode(string id, HttpContext http, Call call, OwnDesk desk, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct) =>
        await Answer(http, "sent", await ContactEndpoints.SendTo(id, call, db, methods, codes, ct), id, call, desk, ct);

    static async Task<IResult> Prove(string id, Form form, HttpContext http, Call call, OwnDesk desk, Db db, ContactMethodStore methods, CancellationToken ct)
    {
        var ruling = await ContactEndpoints.ProveOne(id, form["code"], call, db, methods, ct);
        return await Answer(http, "proven", ruling.Allowed ? null : ruling.Refusal, id, call, desk, ct);
    }

    static async Task<IResult> Remove(string id, HttpContext http, Call call, OwnDesk desk, Db db, ContactMethodStore methods, CancellationToken ct) =>
        await Answer(http, "removed", await ContactEndpoints.RemoveOne(id, call, db, methods, ct), id, call, desk, ct);

    static async Task<IResult> Up(string id, HttpContext http, Call call, OwnDesk desk, Db db, ContactMethodStore methods, CancellationToken ct)
    {
        var refusal = await db.Write(async tx =>
        {
            var ids = (await methods.Of(tx, call.UserId)).Select(m => m.Id).ToList();
            if (ids.IndexOf(id) is not (>= 0 and var at)) return ContactEndpoints.NoSuchMethod;
            if (at == 0) return null;
            (ids[at - 1], ids[at]) = (ids[at], ids[at - 1]);
            return await methods.Order(tx, call.UserId, ids, call.By, call.At, call.Correlation);
        }, ct);
        return await Answer(http, "ordered", refusal, id, call, desk, ct);
    }

    static async Task<IResult> Answer(HttpContext http, string did, Refusal? refusal, string id, Call call, OwnDesk desk, CancellationToken ct)
    {
        if (refusal is null) return Did(Reach, did);
        if (refusal.Status != 404) return await desk.Reach(call, null, refusal.Code == "wrong-code" ? refusal with { Code = "wrong-contact-code" } : refusal, id, null, ct);
        await Screens.Refuse(http, refusal);
        return Results.Empty;
    }

    static async Task<IResult> KeepRules(string urgency, Form form, HttpContext http, Call call, OwnDesk desk, Db db, CancellationToken ct)
    {
        if (urgency is not ("high" or "low"))
        {
            await Screens.Refuse(http, new Refusal("not-found", "There is no such urgency.", 404));
            return Results.Empty;
        }

        var steps = new List<RuleStep>();
        for (var i = 0; i < RuleSteps; i++)
        {
            var channels = form.All(Named("channels", i));
            if (channels.Count == 0) continue;
            // What is no number is refused below, where a step is too late.
            var after = int.TryParse(form[Named("after", i)], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : -1;
            steps.Add(new(channels.Contains("all", StringComparer.Ordinal) ? null : channels, TimeSpan.FromSeconds(after)));
        }

        var refusal = await ContactEndpoints.KeepSteps(urgency == "high" ? Urgency.High : Urgency.Low, steps, call, db, ct);
        return refusal is null ? Did(Reach, "rules") : await desk.Reach(call, null, refusal, urgency, form, ct);
    }

    internal static string Named(string field, int step) => string.Create(CultureInfo.InvariantCulture, $"{field}-{step}");

    static Task<IResult> ShowTokens(Call call, OwnDesk desk, CancellationToken ct, string? did = null) => desk.Tokens(call, did == "revoked" ? did : null, null, null, null, ct);

    static async Task<IResult> IssueToken(Form form, Call call, OwnDesk desk, Db db, CancellationToken ct)
    {
        int? days = form.Given("days") is not { } typed ? null : int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var ruling = await db.Write(tx => TokenEndpoints.Issue(tx, TokenKind.Personal, call.UserId, null, new(form["name"], form.All("scopes"), days), call), ct);
        // Shown in the answer itself, once.
        return ruling.Allowed ? await desk.Tokens(call, null, ruling.Value, null, null, ct) : await desk.Tokens(call, null, null, ruling.Refusal, form, ct);
    }

    static async Task<IResult> RevokeToken(string id, Call call, HttpContext http, Db db, CancellationToken ct)
    {
        var ruling = await db.Write(tx => TokenEndpoints.Revoke(tx, id, token => token.UserId == call.UserId, call), ct);
        if (ruling.Allowed) return Did(TokensPath, "revoked");
        await Screens.Refuse(http, ruling.Refusal);
        return Results.Empty;
    }

    static IResult Did(string path, string did) => Screens.Back(QueryHelpers.AddQueryString(path, "did", did));
}

/// <summary>Reads what the screens of one's own account show.</summary>
sealed class OwnDesk(UserStore users, ContactMethodStore methods, NotificationRuleStore rules, TokenStore tokens)
{
    /// <param name="at">The part that was refused: a method's id, <c>add</c>, <c>high</c>, <c>low</c>.</param>
    public async Task<IResult> Reach(Call call, string? did, Refusal? refused, string? at, Form? form, CancellationToken ct)
    {
        var user = (await users.Find(call.UserId, ct))!;
        return Screens.Show<ReachScreen>(new
        {
            Of = new OwnReach(user, await methods.Of(user.Id, ct), await rules.Of(user.Id, Urgency.High, ct), await rules.Of(user.Id, Urgency.Low, ct)),
            Did = did,
            Refused = refused,
            At = at,
            Typed = form?.Typed ?? new Dictionary<string, string>(StringComparer.Ordinal),
        }, refused?.Status ?? 200);
    }

    public async Task<IResult> Tokens(Call call, string? did, Issued? issued, Refusal? refused, Form? form, CancellationToken ct) => Screens.Show<TokenScreen>(new
    {
        Tokens = await tokens.Of(call.UserId, ct),
        Did = did,
        Issued = issued,
        Refused = refused,
        Typed = form?.Typed ?? new Dictionary<string, string>(StringComparer.Ordinal),
        Scopes = form?.All("scopes") ?? ["read", "alerts", "oncall"],
    }, refused?.Status ?? 200);
}
