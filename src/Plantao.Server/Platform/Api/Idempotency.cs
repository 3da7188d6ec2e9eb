using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Platform.Api;

/// <summary>A POST under <c>/api/v1</c> that carries an <c>Idempotency-Key</c> is done once: the same caller's same request gets the first answer again, for 24 h.</summary>
/// <remarks>
/// draft-ietf-httpapi-idempotency-key-header: another request under the same key is 422, one while the first is still being done is 409.
/// A call that was cut short by a crash stays 409, since whether it was done is not known. An answer of 429 or 5xx is not kept: that call may be repeated.
/// Answers lie sealed, since one may hold a token that is shown once.
/// </remarks>
public sealed class IdempotencyMiddleware(RequestDelegate next)
{
    /// <summary>How long the first answer is kept.</summary>
    public static TimeSpan Kept { get; } = TimeSpan.FromHours(24);

    /// <summary>Stands on an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    const int InFlight = 0;
    const int LargestAnswer = 256 * 1024;

    public Task Invoke(HttpContext http, Db db, Vault vault, TimeProvider clock)
    {
        if (!HttpMethods.IsPost(http.Request.Method)
            || http.Request.Headers[Client.Headers.IdempotencyKey] is not { Count: > 0 } given
            || !http.Request.Path.StartsWithSegments("/api/v1", StringComparison.Ordinal)
            // Doors without a caller know their own repeats.
            || http.Caller() is not { Kind: not CallerKind.Nobody } caller)
            return next(http);

        return given is [{ Length: > 0 and <= 255 } key] && key.All(c => c is > ' ' and < '\x7f')
            ? Once(http, caller, key, db, vault, clock)
            : Problems.Write(http, new Refusal("bad-idempotency-key", "An Idempotency-Key is one header of 1 to 255 visible ASCII characters. Nothing was done.", 400));
    }

    async Task Once(HttpContext http, Caller caller, string key, Db db, Vault vault, TimeProvider clock)
    {
        http.Request.EnableBuffering(bufferThreshold: 64 * 1024);   // the server ends a body that is too large (413)
        var request = await Digest(http);
        http.Request.Body.Position = 0;
        var now = clock.GetUtcNow();
        var purpose = $"idempotency:{caller.Id}:{key}";

        var first = await db.Write(async tx =>
        {
            // A key comes free when its time is over, also where retention has not come by yet.
            await tx.Execute($"DELETE FROM idempotency_keys WHERE caller = {caller.Id} AND key = {key} AND at < {now - Kept}");
            if (await tx.Execute($"INSERT INTO idempotency_keys (caller, key, request, status, answer, at) VALUES ({caller.Id}, {key}, {request}, {InFlight}, '', {now}) ON CONFLICT DO NOTHING") == 1) return null;
            return await tx.First($"SELECT request, status, answer FROM idempotency_keys WHERE caller = {caller.Id} AND key = {key}", r => new Before(r.Text(0), r.Int(1), r.Text(2)));
        }, http.RequestAborted);

        if (first is not null)
        {
            if (first.Request != request)
                await Problems.Write(http, new Refusal("idempotency-key-reused", "This Idempotency-Key was used for another request. Nothing was done; take a new key.", 422));
            else if (first.Status == InFlight)
                await Problems.Write(http, new Refusal("idempotency-key-in-flight", "The first call with this Idempotency-Key has not ended, or was cut short: whether it was done is not known. Ask again in a moment, or look before you repeat it with a new key.", 409));
            else
                await Replay(http, first.Status, vault.OpenText(Convert.FromBase64String(first.Answer), purpose));
            return;
        }

        await Do(http, caller.Id, key, purpose, db, vault);
    }

    async Task Do(HttpContext http, string caller, string key, string purpose, Db db, Vault vault)
    {
        // The caller may hang up: exactly then the answer has to be there when it asks again.
        var aborted = http.RequestAborted;
        http.RequestAborted = CancellationToken.None;
        var body = http.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using var answer = new MemoryStream();
        var kept = false;
        try
        {
            http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
            try
            {
                await next(http);
                await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
            }
            finally
            {
                http.Features.Set(body);
            }

            if (http.Response.StatusCode is < 500 and not 429 && answer.Length <= LargestAnswer)
            {
                var stored = JsonSerializer.Serialize(new Answer(http.Response.ContentType, http.Response.Headers.Location.ToString() is { Length: > 0 } location ? location : null, answer.ToArray()), Json.Compact);
                await db.Write(tx => tx.Execute($"UPDATE idempotency_keys SET status = {http.Response.StatusCode}, answer = {Convert.ToBase64String(vault.Seal(stored, purpose))} WHERE caller = {caller} AND key = {key}"), CancellationToken.None);
                kept = true;
            }
        }
        finally
        {
            if (!kept) await db.Write(tx => tx.Execute($"DELETE FROM idempotency_keys WHERE caller = {caller} AND key = {key} AND status = {InFlight}"), CancellationToken.None);
        }

        http.RequestAborted = aborted;
        answer.Position = 0;
        if (answer.Length > 0) await answer.CopyToAsync(http.Response.Body, aborted);
    }

    static async Task Replay(HttpContext http, int status, string stored)
    {
        var answer = JsonSerializer.Deserialize<Answer>(stored, Json.Compact)!;
        http.Response.StatusCode = status;
        http.Response.Headers[ReplayedHeader] = "true";
        if (answer.Location is not null) http.Response.Headers.Location = answer.Location;
        if (answer.ContentType is not null) http.Response.ContentType = answer.ContentType;
        if (answer.Body.Length > 0) await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
    }

    /// <summary>What makes two requests the same: where they go and what they carry.</summary>
    static async Task<string> Digest(HttpContext http)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method}\n{http.Request.Path.Value}\n{http.Request.QueryString.Value}\n"));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0) hash.AppendData(buffer.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    sealed record Before(string Request, int Status, string Answer);

    sealed record Answer(string? ContentType, string? Location, byte[] Body);
}

/// <summary>First answers are kept for 24 h.</summary>
public sealed class IdempotencyRetention : IRetain
{
    public string What => "idempotency keys";

    public Task<int> Remove(Tx tx, DateTimeOffset now, int limit) => tx.Execute($"""
        DELETE FROM idempotency_keys WHERE (caller, key) IN
            (SELECT caller, key FROM idempotency_keys WHERE at < {now - IdempotencyMiddleware.Kept} ORDER BY at LIMIT {limit})
        """);
}
