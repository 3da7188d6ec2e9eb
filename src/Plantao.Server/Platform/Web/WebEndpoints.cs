using Plantao.Platform.Access;
using Plantao.Platform.Web.Components;

namespace Plantao.Platform.Web;

/// <summary>What the shell itself serves: everywhere one can go, and what a browser keeps of theme and language.</summary>
static class WebEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/places", () => Screens.Show<PlacesScreen>()).Needs(Right.OwnAccount).IsScreen().WithName("places-screen");
        routes.MapPost("/preferences/theme", KeepTheme).Needs(Right.Open).IsForm().WithName("keep-theme");
        routes.MapPost("/preferences/keys", KeepKeys).Needs(Right.OwnAccount).IsForm().WithName("keep-keys");
        routes.MapPost("/preferences/language", KeepLanguage).Needs(Right.Open).IsForm().WithName("keep-language");
    }

    static IResult KeepTheme(Form form, HttpContext http)
    {
        if (form["theme"] is "light" or "dark") Keep(http, Viewer.ThemeCookie, form["theme"]);
        else http.Response.Cookies.Delete(Viewer.ThemeCookie);
        return Screens.Back(LocalPath.Of(http.Request, "/"));
    }

    static IResult KeepKeys(Form form, HttpContext http)
    {
        if (form["keys"] == "off") Keep(http, Viewer.KeysCookie, "off");
        else http.Response.Cookies.Delete(Viewer.KeysCookie);
        return Screens.Back("/places#keys");
    }

    /// <summary>Before sign-in; afterwards a person's own setting holds.</summary>
    static IResult KeepLanguage(Form form, HttpContext http)
    {
        if (Viewer.Languages.Contains(form["language"], StringComparer.Ordinal)) Keep(http, Viewer.LanguageCookie, form["language"]);
        return Screens.Back(LocalPath.Of(http.Request, "/"));
    }

    internal static void Keep(HttpContext http, string cookie, string value) => http.Response.Cookies.Append(cookie, value,
        new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.IsSecure(), Path = "/", MaxAge = TimeSpan.FromDays(365), IsEssential = true });
}
