using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Turns what went wrong into an honest answer: 503 with Retry-After when the database is away, 400 and 413 for bodies that cannot be, 500 for our own faults.</summary>
public sealed class FaultMiddleware(RequestDelegate next, ILogger<FaultMiddleware> log)
{
    public async Task Invoke(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; there is nobody to answer.
        }
        catch (DatabaseUnavailableException fault) when (!http.Response.HasStarted)
        {
            log.LogWarning(fault, "The database is away: answered 503 ({Correlation})", http.Correlation());
            http.Response.Headers.RetryAfter = "5";
            await Problems.Write(http, new Refusal("database-unavailable", fault.Message, 503));
        }
        catch (BadHttpRequestException fault) when (!http.Response.HasStarted)
        {
            await Problems.Write(http, new Refusal(fault.StatusCode == 413 ? "too-large" : "bad-request", fault.StatusCode == 413 ? "The body is larger than this endpoint takes." : "The request cannot be read: " + fault.Message, fault.StatusCode));
        }
        catch (Npgsql.PostgresException fault) when (fault.SqlState is "22021" && !http.Response.HasStarted)
        {
            // A NUL, which SQLite would keep and PostgreSQL refuses.
            await Problems.Write(http, new Refusal("bad-text", "A text here holds a character that cannot be kept. Nothing of this call was kept.", 400));
        }
        catch (Exception fault) when (!http.Response.HasStarted)
        {
            log.LogError(fault, "An endpoint failed ({Method} {Path}, {Correlation})", http.Request.Method, http.GetEndpoint()?.DisplayName, http.Correlation());
            await Problems.Write(http, new Refusal("fault", "Something went wrong here, and it was logged under the correlation id. Nothing of this call was kept unless it says so.", 500));
        }
    }
}
