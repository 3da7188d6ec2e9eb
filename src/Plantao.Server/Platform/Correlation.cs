using System.Diagnostics;
using Plantao.Platform.Redaction;

namespace Plantao.Platform;

/// <summary>One id on every row, log line and outgoing call that one cause leads to. What is given is taken, unless it looks like a secret or a person: then one is made.</summary>
public sealed class CorrelationMiddleware(RequestDelegate next, Redactor redactor)
{
    public Task Invoke(HttpContext http)
    {
        var given = http.Request.Headers[Client.Headers.CorrelationId].ToString();
        var id = Acceptable(given) && redactor.Redact(given).Count == 0 ? given : FromTraceParent(http.Request.Headers.TraceParent.ToString()) ?? Activity.Current?.TraceId.ToHexString() ?? ActivityTraceId.CreateRandom().ToHexString();
        http.Features.Set(new CorrelationId(id));
        http.Response.Headers[Client.Headers.CorrelationId] = id;
        return next(http);
    }

    /// <summary>Letters, digits and <c>-_.:/</c>, at most 128: it goes into headers and logs.</summary>
    public static bool Acceptable(string id) => id.Length is > 0 and <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/');

    /// <summary>The trace id of a W3C <c>traceparent</c>: <c>00-{32 hex}-{16 hex}-{2 hex}</c>.</summary>
    static string? FromTraceParent(string header) =>
        header.Length >= 55 && header[2] == '-' && header[35] == '-' && header.AsSpan(3, 32).ToString() is var id && id.All(char.IsAsciiHexDigitLower) ? id : null;
}

/// <summary>The id, as a feature of the request.</summary>
public sealed record CorrelationId(string Value);

public static class CorrelationOfRequest
{
    public static string Correlation(this HttpContext http) => http.Features.Get<CorrelationId>()?.Value ?? http.TraceIdentifier;
}
