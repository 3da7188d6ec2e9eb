namespace Plantao.Platform.Access;

/// <summary>Finds out who calls and refuses what they may not, before the endpoint runs.</summary>
public sealed class AccessMiddleware(RequestDelegate next, IIdentify identify)
{
    public async Task Invoke(HttpContext http)
    {
        var right = http.GetEndpoint()?.Metadata.GetMetadata<NeededRight>()?.Right;

        // No route is nothing to guard: 404, and 405 for a verb that a path does not know.
        // Hot and self-checked doors: no look-up of a person is made for them.
        if (right is null && http.GetEndpoint() is RouteEndpoint endpoint && !AccessEndpoints.IsStaticFile(endpoint)) throw new InvalidOperationException($"{endpoint.DisplayName} declares no right.");
        if (right is null or Right.Intake or Right.Open or Right.AnswerPage or Right.Setup)
        {
            http.Features.Set(Caller.Nobody);
            await next(http);
            return;
        }

        var caller = await identify.Identify(http, http.RequestAborted);
        http.Features.Set(caller);
        if (caller.Kind is CallerKind.Nobody)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"plantao\"";
            await Problems.Write(http, new Refusal("sign-in-needed", "Sign in, or send a token in the Authorization header.", 401));
            return;
        }

        if (!caller.May(right.Value))
        {
            await Problems.Write(http, new Refusal("not-allowed", $"{caller.Name} may not do this: it needs the right {right.Value}.", 403));
            return;
        }

        await next(http);
    }
}

public static class CallerOfRequest
{
    /// <summary>Who calls, found out before the endpoint ran.</summary>
    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? Access.Caller.Nobody;
}
