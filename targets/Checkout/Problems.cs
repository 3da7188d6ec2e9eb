using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Plantao.Target.Checkout;

/// <summary>Every error is a problem (RFC 9457) with type, title, status, detail, instance and the correlation id of its call (S2-127).</summary>
static class Problems
{
    const string Header = "X-Correlation-ID";

    /// <summary>Takes the caller's correlation id or makes one, and gives it back.</summary>
    public static Task Correlate(HttpContext http, RequestDelegate next)
    {
        var given = http.Request.Headers[Header].ToString();
        http.TraceIdentifier = given.Length is > 0 and <= 128 && given.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') ? given : ActivityTraceId.CreateRandom().ToHexString();
        // The handler of exceptions clears what was set before.
        http.Response.OnStarting(() =>
        {
            http.Response.Headers[Header] = http.TraceIdentifier;
            return Task.CompletedTask;
        });
        return next(http);
    }

    public static ProblemHttpResult Of(int status, string code, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title, type: "/problems/" + code);

    /// <summary>What every problem carries.</summary>
    public static void Complete(ProblemDetails problem, HttpContext http)
    {
        problem.Instance ??= http.Request.Path;
        problem.Type ??= "about:blank";
        problem.Detail ??= problem.Status switch
        {
            400 => "The request could not be read. Nothing was ordered.",
            404 => "There is nothing at this address.",
            405 => "This address does not take this method.",
            415 => "Send JSON, with Content-Type: application/json.",
            _ => "The request failed. Nothing else is known here; look for the correlation id in the log.",
        };
        problem.Extensions["correlationId"] = http.TraceIdentifier;
    }
}
