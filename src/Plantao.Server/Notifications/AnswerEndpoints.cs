using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Notifications.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>What a page's link opens: a screen with a button, since mail scanners fetch links. GET changes nothing.</summary>
static class AnswerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/p/{token}", Show).Needs(Right.AnswerPage).WithName("answer-screen").ExcludeFromDescription();
        routes.MapPost("/p/{token}", Answer).Needs(Right.AnswerPage).WithName("answer-page").ExcludeFromDescription().DisableAntiforgery();
    }

    static async Task<IResult> Show(string token, HttpContext http, NotificationStore store, UserStore users, TimeProvider clock, CancellationToken ct)
    {
        var page = await Find(token, store, clock, ct);
        return await Screen(http, page, page is null ? [] : await store.CarriedPages(page.Id, ct), null, users, ct);
    }

    static async Task<IResult> Answer(string token, HttpContext http, NotificationStore store, UserStore users, IAnswerPages answers, TestPages tests, Db db, TimeProvider clock, CancellationToken ct)
    {
        var page = await Find(token, store, clock, ct);
        if (page is null) return await Screen(http, null, [], null, users, ct);
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(ct) : FormCollection.Empty;
        PageAnswer? wanted = form["answer"].ToString() switch { "acknowledge" => PageAnswer.Acknowledge, "pass-on" => PageAnswer.PassOn, _ => null };
        if (wanted is null) return new Refusal("unknown-answer", "A page can be answered with acknowledge or pass-on.", 400).ToProblem();
        var ruling = await db.Write(tx => TestPages.Is(page.Subject)
            ? tests.Answer(tx, page, wanted.Value, clock.GetUtcNow(), http.Correlation())
            : answers.Answer(tx, page, wanted.Value, "link", http.Correlation()), ct);
        if (!ruling.Allowed) return await Screen(http, null, [], null, users, ct);
        // What travelled in its message was on the screen, and is answered with it: what joined since then was not, and goes on.
        foreach (var other in (await store.CarriedPages(page.Id, ct)).Where(c => form["with"].Contains(c.Id, StringComparer.Ordinal)))
            await db.Write(tx => answers.Answer(tx, other, wanted.Value, "link", http.Correlation()), ct);
        var by = ruling.Value.ByUserId is { } id ? (await users.Find(id, ct))?.DisplayName ?? id : null;
        return await Screen(http, page, [], ("answer." + ruling.Value.Outcome, by), users, ct);
    }

    /// <summary>The page of a link that still opens something. A link ends with its climb or after 24 h.</summary>
    static Task<AnswerablePage?> Find(string token, NotificationStore store, TimeProvider clock, CancellationToken ct) =>
        token.Length is < 16 or > 64 ? Task.FromResult<AnswerablePage?>(null) : store.ByAnswer(token, clock.GetUtcNow(), ct);

    static async Task<IResult> Screen(HttpContext http, AnswerablePage? page, IReadOnlyList<AnswerablePage> with, (string Key, string? By)? said, UserStore users, CancellationToken ct)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
        var user = page is null ? null : await users.Find(page.UserId, ct);
        var language = user?.Language ?? (http.Request.Headers.AcceptLanguage.ToString().StartsWith("pt", StringComparison.OrdinalIgnoreCase) ? "pt-BR" : "en");
        return new RazorComponentResult<AnswerScreen>(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            [nameof(AnswerScreen.Page)] = page,
            [nameof(AnswerScreen.With)] = with,
            [nameof(AnswerScreen.Language)] = language,
            [nameof(AnswerScreen.Since)] = page is null ? "" : LocalTimes.Clock(page.CreatedAt, user?.Zone ?? "UTC"),
            [nameof(AnswerScreen.Said)] = said is { } s ? AnswerTexts.Of(language, s.Key, s.By) : null,
        })
        { StatusCode = page is null ? 410 : 200 };
    }
}
