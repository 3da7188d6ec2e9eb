using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Platform.Access;
using Plantao.Platform.Web.Components;

namespace Plantao.Platform.Web;

/// <summary>Stands on an endpoint that people look at: what goes wrong is answered with a screen, and without a session it leads to sign-in.</summary>
/// <param name="Form">It takes a form of ours, and nothing else.</param>
public sealed record ScreenEndpoint(bool Form);

/// <summary>How screens are mapped, shown and answered.</summary>
public static class Screens
{
    public const string SignIn = "/sign-in";

    /// <summary>What a screen may load: our own files, and nothing inline (failures.md I9).</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>A GET that shows a screen. It still declares its right.</summary>
    public static TBuilder IsScreen<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => Mark(builder, new(Form: false));

    /// <summary>A POST of a form: its token is checked before it runs (<see cref="FormTokens"/>). Answers with <see cref="Back"/>, or with the screen and what was typed.</summary>
    public static TBuilder IsForm<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder => Mark(builder, new(Form: true));

    static TBuilder Mark<TBuilder>(TBuilder builder, ScreenEndpoint kind) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(kind));
        builder.Add(endpoint => endpoint.Metadata.Add(new ExcludeFromDescriptionAttribute()));
        return builder;
    }

    /// <summary>Shows a screen.</summary>
    /// <param name="parameters">An object whose properties are the component's parameters.</param>
    /// <param name="status">400 or 422 for a form that comes back, 409 when somebody was first.</param>
    public static IResult Show<TScreen>(object? parameters = null, int status = 200) where TScreen : IComponent =>
        new RazorComponentResult<TScreen>(parameters ?? new { }) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>After an act: the browser fetches the screen anew, so that a reload repeats nothing (303, RFC 9110 15.4.4).</summary>
    /// <param name="path">Of ours.</param>
    public static IResult Back(string path) => new SeeOther(LocalPath.Or(path, "/"));

    /// <summary>Whether the answer is read by a person in a browser.</summary>
    public static bool Wanted(HttpContext http) => http.GetEndpoint() is { } endpoint
        ? endpoint.Metadata.GetMetadata<ScreenEndpoint>() is not null
        : HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) && !http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers a refusal with a screen.</summary>
    public static async Task Refuse(HttpContext http, Refusal refusal)
    {
        if (refusal.Status == 401)
        {
            // What was posted is not done after signing in: the screen is shown again, and its button is pressed anew.
            var to = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path + http.Request.QueryString : LocalPath.Of(http.Request, "/");
            await Back(SignIn + QueryString.Create("to", to)).ExecuteAsync(http);
            return;
        }

        // What draws screens is of the request, and is of no more use after a screen broke in it: this one is drawn with its own.
        var services = http.RequestServices;
        await using var scope = services.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            var viewer = http.RequestServices.GetRequiredService<Viewer>();
            viewer.Begin(http);
            if (refusal.Status != 503) await viewer.MeetIfPossible(http.RequestAborted);
            Guard(http.Response.Headers);
            // The screen that broke had set it already, and the next one does not set it over.
            http.Response.Headers.Remove("blazor-enhanced-nav");
            await Show<Trouble>(new { What = refusal }, refusal.Status).ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = services;
        }
    }

    /// <summary>A path that leads nowhere: a screen for a browser, a problem for a program.</summary>
    internal static async Task NothingThere(StatusCodeContext context)
    {
        var http = context.HttpContext;
        if (Wanted(http) && http.Response.StatusCode == 404)
        {
            http.Features.Set(await http.RequestServices.GetRequiredService<IIdentify>().Identify(http, http.RequestAborted));
            await Refuse(http, new Refusal("not-found", "There is nothing at this address.", 404));
            return;
        }

        await http.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new() { HttpContext = http, ProblemDetails = { Status = http.Response.StatusCode } });
    }

    /// <summary>The headers of every screen. Nothing of it is kept by a browser or a proxy, nothing outside may frame it or learn its address.</summary>
    public static void Guard(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers.CacheControl = "no-store";
    }

    sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext http)
        {
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = path;
            http.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}

/// <summary>Before an endpoint of a screen runs: its headers, who looks, and whether a form is ours.</summary>
public sealed class ScreenMiddleware(RequestDelegate next, FormTokens tokens, PublicAddress address)
{
    public async Task Invoke(HttpContext http, Viewer viewer)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<ScreenEndpoint>() is not { } screen)
        {
            await next(http);
            return;
        }

        viewer.Begin(http);
        Screens.Guard(http.Response.Headers);
        SecureCookies.GoBy(http, await address.Get(http.RequestAborted));
        if (screen.Form && !ByBearer(http.Request) && !tokens.Holds(http, (await Form.Read(http))[FormTokens.Field]))
        {
            await Problems.Write(http, new Refusal("form-expired", "This form did not come from the screen you are signed in on. Nothing was done.", 400));
            return;
        }

        await viewer.Meet(http.RequestAborted);
        await next(http);
    }

    static bool ByBearer(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}
