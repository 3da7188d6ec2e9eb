using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Plantao.Platform.Access;
using Plantao.Platform.Redaction;
using Plantao.Platform.Web;

namespace Plantao.Platform;

/// <summary>Errors as <c>application/problem+json</c> (RFC 9457): type, title, status, detail, instance and the correlation id (S2-127).</summary>
public static class Problems
{
    /// <summary>A refusal as a problem of type <c>/problems/{code}</c>.</summary>
    public static ProblemHttpResult ToProblem(this Refusal refusal, IReadOnlyDictionary<string, object?>? more = null) =>
        TypedResults.Problem(detail: refusal.Message, statusCode: refusal.Status, title: Title(refusal.Code), type: "/problems/" + refusal.Code,
            extensions: more?.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)));

    /// <summary>Not there, or not visible to this caller: the two look alike on purpose.</summary>
    public static ProblemHttpResult NotFound(string what) => new Refusal("not-found", $"There is no such {what}.", 404).ToProblem();

    /// <summary>Writes a refusal outside an endpoint: as a screen where a person looks at it.</summary>
    public static Task Write(HttpContext http, Refusal refusal) => Screens.Wanted(http) ? Screens.Refuse(http, refusal) : refusal.ToProblem().ExecuteAsync(http);

    /// <summary>What every problem carries.</summary>
    public static void Complete(ProblemDetails problem, HttpContext http)
    {
        var redactor = http.RequestServices.GetRequiredService<Redactor>();
        problem.Instance ??= KeyedPaths.Masked(http.Request.Path, redactor);
        // A detail may repeat what was sent: an answer that is kept or forwarded shall hold no more than a log would.
        if (problem.Detail is { } detail) problem.Detail = redactor.Redact(detail).Text;
        problem.Extensions["correlationId"] = http.Correlation();
        problem.Type ??= "about:blank";
    }

    /// <summary>The code as a title: <c>not-found</c> → <c>Not found</c>.</summary>
    static string Title(string code) => code.Length == 0 ? "Problem" : char.ToUpperInvariant(code[0]) + code[1..].Replace('-', ' ');
}
