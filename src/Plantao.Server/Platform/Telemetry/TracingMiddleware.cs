using System.Diagnostics;
using Plantao.Platform.Access;

namespace Plantao.Platform.Telemetry;

/// <summary>A span for each request, when somebody listens. Intake has one only where its sender sampled the call: it is the hot path.</summary>
public sealed class TracingMiddleware(RequestDelegate next)
{
    public Task Invoke(HttpContext http) => Instruments.Traces.HasListeners() ? Trace(http, next) : next(http);

    /// <summary>Also for endpoints that routing ends at, before this stands in their way.</summary>
    public static async Task Trace(HttpContext http, RequestDelegate next)
    {
        var endpoint = http.GetEndpoint();
        var known = ActivityContext.TryParse(http.Request.Headers.TraceParent, http.Request.Headers.TraceState, isRemote: true, out var parent);
        var right = endpoint?.Metadata.GetMetadata<NeededRight>()?.Right;
        if (right is Right.Intake && !(known && parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)))
        {
            await next(http);
            return;
        }

        // The host's own activity is not exported: what it holds must not decide whether ours is sampled.
        var outer = Activity.Current;
        Activity.Current = null;
        var name = $"{http.Request.Method} {(endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)"}";
        using var activity = Instruments.Traces.StartActivity(name, ActivityKind.Server, known ? parent : default);
        if (activity is null) Activity.Current = outer;
        try
        {
            // Names after OpenTelemetry's semantic conventions for HTTP servers. The route, never the path: a path may hold a key.
            activity?.SetTag("http.request.method", http.Request.Method);
            activity?.SetTag("http.route", (endpoint as RouteEndpoint)?.RoutePattern.RawText);
            activity?.SetTag("plantao.correlation", http.Correlation());
            await next(http);
        }
        finally
        {
            activity?.SetTag("http.response.status_code", http.Response.StatusCode);
            if (http.Response.StatusCode >= 500) activity?.SetStatus(ActivityStatusCode.Error);
            activity?.Dispose();
            Activity.Current = outer;
        }
    }
}
