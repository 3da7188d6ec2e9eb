using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Platform.Web;

/// <summary>What a screen must know of the person who looks at it.</summary>
/// <param name="Language"><c>en</c> or <c>pt-BR</c>.</param>
/// <param name="Zone">IANA time zone.</param>
public sealed record ViewerDetails(string Id, string Name, string Language, string Zone);

/// <summary>Says who looks. A room above answers: it knows the people.</summary>
public interface IKnowViewers
{
    Task<ViewerDetails?> Find(string userId, CancellationToken ct);

    /// <summary>Names of a few who may do what anybody may be let do: whom to ask.</summary>
    Task<IReadOnlyList<string>> WhoMay(CancellationToken ct);
}

/// <summary>What refusals say on a screen, by their code.</summary>
public sealed record RefusalTexts(Phrases Texts);

/// <summary>Who looks at this screen, in which language, zone and theme. One for each request; every component has it as <c>Me</c>.</summary>
public sealed class Viewer(IKnowViewers people, Navigation navigation, FormTokens tokens, Journals journals, IEnumerable<RefusalTexts> refusals, TimeProvider clock, ILogger<Viewer> log)
{
    /// <summary><c>light</c> or <c>dark</c>; absent: the system's.</summary>
    public const string ThemeCookie = "plantao_theme";

    /// <summary>The language before sign-in, and when the database is away.</summary>
    public const string LanguageCookie = "plantao_language";

    /// <summary>What screens are written in.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "pt-BR"];

    /// <summary><c>off</c>: no key moves the focus (WCAG 2.1.4).</summary>
    public const string KeysCookie = "plantao_keys";

    HttpContext? http;
    bool met;

    public Caller Caller => http?.Caller() ?? Caller.Nobody;

    /// <summary>The signed-in person; <see langword="null"/> before sign-in, for a token that is nobody's, and when the database is away.</summary>
    public ViewerDetails? Person { get; private set; }

    public string Language { get; private set; } = "en";

    public string Zone => Person?.Zone ?? "Etc/UTC";

    public string? Theme { get; private set; }

    /// <summary>Whether single keys move the focus to an act.</summary>
    public bool Keys { get; private set; } = true;

    /// <summary>The path and query of this screen, to come back to.</summary>
    public string Here => http is null ? "/" : http.Request.Path + http.Request.QueryString;

    public string Correlation => http?.Correlation() ?? "";

    /// <summary>The instant at which the request was taken up: one for the whole screen.</summary>
    public DateTimeOffset Now { get; private set; } = clock.GetUtcNow();

    /// <summary>What each form carries (see <see cref="FormTokens"/>).</summary>
    public string FormToken => tokens.Of(http ?? throw new InvalidOperationException("Nobody looks yet."));

    /// <summary>The journal's position before this screen read anything: live changes are told from here on.</summary>
    public long Position { get; private set; }

    /// <summary>Where this person can go.</summary>
    public IReadOnlyList<NavigationLine> Places { get; private set; } = [];

    /// <summary>What can be known without the database: cookies and headers.</summary>
    public void Begin(HttpContext request)
    {
        if (http is not null) return;
        http = request;
        Now = clock.GetUtcNow();
        Theme = request.Request.Cookies[ThemeCookie] is ("light" or "dark") and var theme ? theme : null;
        Keys = request.Request.Cookies[KeysCookie] is not "off";
        Language = request.Request.Cookies[LanguageCookie] is { } kept && Languages.Contains(kept, StringComparer.Ordinal) ? kept : Preferred(request.Request.Headers.AcceptLanguage.ToString());
    }

    /// <summary>Finds out who looks, and where they can go. Once.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is away.</exception>
    public async Task Meet(CancellationToken ct)
    {
        if (met || Caller.Kind is CallerKind.Nobody) return;
        Position = (await journals.Head(ct)).Position;
        if (Caller.UserId is { } id && await people.Find(id, ct) is { } person)
        {
            Person = person;
            Language = person.Language;
        }

        Places = await navigation.For(this, ct);
        met = true;
    }

    /// <summary>As <see cref="Meet"/>, for a screen that says what went wrong: without the database it goes by the cookies.</summary>
    public async Task MeetIfPossible(CancellationToken ct)
    {
        try
        {
            await Meet(ct);
        }
        catch (DatabaseUnavailableException fault)
        {
            log.LogDebug(fault, "A screen is shown without knowing who looks at it");
        }
    }

    /// <summary>Whom to ask for what this person may not; nobody where the database is away, or nobody is signed in.</summary>
    public async Task<IReadOnlyList<string>> WhoMay()
    {
        if (Person is null || http is null) return [];
        try
        {
            return await people.WhoMay(http.RequestAborted);
        }
        catch (DatabaseUnavailableException fault)
        {
            log.LogDebug(fault, "A refusal is shown without the names of who may");
            return [];
        }
    }

    /// <summary>A text in this person's language.</summary>
    public string Say(Phrases texts, string key, params IReadOnlyList<string> values) => texts.Read(Language, texts.Keep(key, values));

    /// <summary>Why something was refused, in this person's language where a room says it in both, else as the API says it.</summary>
    public string Why(Refusal refusal) => refusals.FirstOrDefault(r => r.Texts.All.ContainsKey(refusal.Code)) is { } known ? Say(known.Texts, refusal.Code) : refusal.Message;

    /// <summary>The first language of <c>Accept-Language</c> that we have, Portuguese of any country for <c>pt</c>.</summary>
    internal static string Preferred(string header)
    {
        foreach (var wanted in header.Split(','))
        {
            var tag = wanted.Split(';')[0].Trim();
            if (tag.StartsWith("pt", StringComparison.OrdinalIgnoreCase)) return "pt-BR";
            if (tag.StartsWith("en", StringComparison.OrdinalIgnoreCase)) return "en";
        }

        return "en";
    }
}
