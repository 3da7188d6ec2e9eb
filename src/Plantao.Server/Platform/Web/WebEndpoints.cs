using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web.Components;

namespace Plantao.Platform.Web;

/// <summary>What the shell itself serves: where <c>/</c> leads, everywhere one can go, and what a browser keeps of theme and language.</summary>
static class WebEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", First).Needs(Right.OwnAccount).IsScreen().WithName("first-screen");
        routes.MapGet("/places", () => Screens.Show<PlacesScreen>()).Needs(Right.OwnAccount).IsScreen().WithName("places-screen");
        routes.MapPost("/preferences/theme", KeepTheme).Needs(Right.Open).IsForm().WithName("keep-theme");
        routes.MapPost("/preferences/language", KeepLanguage).Needs(Right.Open).IsForm().WithName("keep-language");
    }

    /// <summary>Until a screen of its own is mapped at <c>/</c>: the first place of the navigation.</summary>
    static IResult First(Viewer viewer) => Screens.Back(viewer.Places is [var first, ..] ? first.Entry.Path : "/places");

    static IResult KeepTheme(Form form, HttpContext http)
    {
        if (form["theme"] is "light" or "dark") Keep(http, Viewer.ThemeCookie, form["theme"]);
        else http.Response.Cookies.Delete(Viewer.ThemeCookie);
        return Screens.Back(LocalPath.Of(http.Request, "/"));
    }

    /// <summary>Before sign-in; afterwards a person's own setting holds.</summary>
    static IResult KeepLanguage(Form form, HttpContext http)
    {
        if (Viewer.Languages.Contains(form["language"], StringComparer.Ordinal)) Keep(http, Viewer.LanguageCookie, form["language"]);
        return Screens.Back(LocalPath.Of(http.Request, "/"));
    }

    internal static void Keep(HttpContext http, string cookie, string value) => http.Response.Cookies.Append(cookie, value,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, Path = "/", MaxAge = TimeSpan.FromDays(365), IsEssential = true });
}
