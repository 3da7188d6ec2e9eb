using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Alerts.Intake.PagerDuty;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Telemetry;

namespace Plantao.Alerts;

/// <summary>The doors through which tools tell us. Keys come in a header, in the path where a tool can do no better, or in the body where its dialect has them there.</summary>
public static class IntakeEndpoints
{
    /// <summary>PagerDuty's own limit, in bytes.</summary>
    const int PagerDutyBody = 512_000;

    static readonly IntakeAnswer Unauthorized = Answers.Problem(401, "integration-key", "Unauthorized", "No integration has this key. Nothing was kept.");

    public static IEndpointRouteBuilder MapIntake(this IEndpointRouteBuilder routes)
    {
        Door(routes, "POST", "/api/v2/alerts", Formats.AlertmanagerApi);
        Door(routes, "POST", "/in/{key}/api/v2/alerts", Formats.AlertmanagerApi);
        Door(routes, "POST", "/in/{key}/alertmanager", Formats.AlertmanagerWebhook);
        Door(routes, "POST", "/in/{key}/grafana", Formats.Grafana);
        Door(routes, "POST", "/in/{key}/json", Formats.Generic);
        Door(routes, "POST", "/in/{key}/report", Formats.Report);
        Door(routes, "GET,HEAD,POST", "/in/{key}/heartbeat", Formats.Heartbeat);
        Door(routes, "GET,HEAD,POST", "/in/{key}/heartbeat/{name}", Formats.Heartbeat);
        Door(routes, "POST", "/v2/enqueue", Formats.PagerDutyV2);
        Door(routes, "POST", "/v2/change/enqueue", Formats.PagerDutyChange);
        Door(routes, "POST", "/generic/2010-04-15/create_event.json", Formats.PagerDutyV1);
        // Clients probe an Alertmanager before they send to it.
        routes.MapGet("/-/healthy", () => TypedResults.Text("OK")).Needs(Right.Open).WithName("alertmanager-healthy").ExcludeFromDescription();
        routes.MapGet("/-/ready", () => TypedResults.Text("OK")).Needs(Right.Open).WithName("alertmanager-ready").ExcludeFromDescription();
        return routes;
    }

    static void Door(IEndpointRouteBuilder routes, string verbs, string path, string format)
    {
        var intake = routes.ServiceProvider.GetRequiredService<IntakeDesk>();
        routes.MapMethods(path, verbs.Split(','), http => Instruments.Traces.HasListeners() ? TracingMiddleware.Trace(http, traced => Take(traced, intake, format)) : Take(http, intake, format))
            .Needs(Right.Intake)
            .WithName("intake " + path)
            .ExcludeFromDescription()
            // What stands between routing and other endpoints (sessions, other sites, idempotency keys) is not for callers that have a key and nothing else.
            .ShortCircuit();
    }

    static async Task Take(HttpContext http, IntakeDesk intake, string format)
    {
        var ct = http.RequestAborted;
        var limit = format.StartsWith("pagerduty", StringComparison.Ordinal) ? PagerDutyBody : IntakeLimits.Body;
        using var body = await ReadBody(http, limit, ct);
        var key = KeyOf(http, format, body.Bytes);
        if (await intake.Directory.ByKey(key, ct) is not { } integration)
        {
            // The same answer and the same work for every key that opens nothing; no receipt, only a count.
            intake.Metrics.UnknownKey(format);
            await Answer(http, intake, UnknownKey(format));
            return;
        }

        if (!intake.Limits.Allows(integration.Id))
        {
            http.Response.Headers.RetryAfter = "1";
            await intake.Refuse(integration, body.Bytes, body.Size, 429, "too many signals at once", limited: true, http.Correlation(), ct);
            await Answer(http, intake, Throttled(format));
            return;
        }

        if (body.TooLarge)
        {
            await intake.Refuse(integration, body.Bytes, body.Size, 413, $"the body is larger than {limit} bytes", limited: false, http.Correlation(), ct);
            http.Response.Headers.Connection = "close";
            await Answer(http, intake, format switch
            {
                Formats.PagerDutyV2 or Formats.PagerDutyChange => EventsV2.TooLarge(),
                Formats.PagerDutyV1 => EventsV1.TooLarge(),
                _ => Answers.Problem(413, "too-large", "Too large", $"The body is larger than {limit} bytes. Nothing was kept; the integration's owner was told."),
            });
            return;
        }

        if (Hop.IsOurs(http.Request.Headers[Hop.Header].ToString(), intake.Host))
        {
            // Our own page has come back: taking it would page about the page.
            await intake.Refuse(integration, body.Bytes, body.Size, 508, "it is a message that Plantão itself sent", limited: false, http.Correlation(), ct);
            await Answer(http, intake, Answers.Problem(508, "loop", "Loop detected", "This is a message that this Plantão sent. It is not taken as an alert."));
            return;
        }

        if (http.Request.Headers.ContentEncoding.Count > 0)
        {
            await intake.Refuse(integration, body.Bytes, body.Size, 415, "compressed bodies are not taken", limited: false, http.Correlation(), ct);
            await Answer(http, intake, Answers.Problem(415, "content-encoding", "Unsupported encoding", "Compressed bodies are not taken. Send it as it is."));
            return;
        }

        await Answer(http, intake, await intake.Take(http, integration, format, body.Bytes, ct));
    }

    static string KeyOf(HttpContext http, string format, ReadOnlyMemory<byte> body)
    {
        if (http.Request.RouteValues.TryGetValue("key", out var inPath)) return (string)inPath!;
        switch (format)
        {
            case Formats.PagerDutyV2 or Formats.PagerDutyChange: return EventsV2.KeyIn(body.Span) ?? "";
            case Formats.PagerDutyV1: return EventsV1.KeyIn(body.Span) ?? "";
        }

        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization[7..].Trim();
        if (!authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return http.Request.Headers["X-Plantao-Key"].ToString();
        Span<byte> decoded = stackalloc byte[512];
        if (!Convert.TryFromBase64String(authorization[6..].Trim(), decoded, out var length)) return "";
        var pair = Encoding.UTF8.GetString(decoded[..length]);
        return pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    static IntakeAnswer UnknownKey(string format) => format switch
    {
        Formats.PagerDutyV2 or Formats.PagerDutyChange => EventsV2.UnknownKey(),
        Formats.PagerDutyV1 => EventsV1.UnknownKey(),
        _ => Unauthorized,
    };

    static IntakeAnswer Throttled(string format) => format switch
    {
        Formats.PagerDutyV2 or Formats.PagerDutyChange => EventsV2.Throttled(),
        Formats.PagerDutyV1 => EventsV1.Throttled(),
        _ => Answers.Problem(429, "intake-limited", "Too many requests", "This integration sends more than it may. Nothing of this message was kept; send it again after the time in Retry-After."),
    };

    static Task Answer(HttpContext http, IntakeDesk intake, IntakeAnswer answer)
    {
        // What is refused is told in the sender's words, and those may be anything.
        if (answer.Status >= 400) answer = answer with { Body = Encoding.UTF8.GetBytes(intake.Redacted(Encoding.UTF8.GetString(answer.Body.Span))) };
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        http.Response.ContentLength = answer.Body.Length;
        return answer.Body.IsEmpty || HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(answer.Body, http.RequestAborted).AsTask();
    }

    /// <summary>Reads at most <paramref name="limit"/> bytes; a longer body is cut there, and is told apart by <see cref="ReceivedBody.TooLarge"/>.</summary>
    static async ValueTask<ReceivedBody> ReadBody(HttpContext http, int limit, CancellationToken ct)
    {
        var declared = http.Request.ContentLength;
        if (declared <= Whole)
        {
            // Small and all there, as nearly always: it is read where the server received it.
            var received = await http.Request.BodyReader.ReadAtLeastAsync((int)declared.Value, ct);
            if (received.Buffer.IsSingleSegment) return new ReceivedBody(http.Request.BodyReader, received.Buffer);
            var joined = ArrayPool<byte>.Shared.Rent((int)received.Buffer.Length);
            received.Buffer.CopyTo(joined);
            var size = (int)received.Buffer.Length;
            http.Request.BodyReader.AdvanceTo(received.Buffer.End);
            return new ReceivedBody(joined, size, size, tooLarge: false);
        }

        // We count ourselves: the sender of a body that is too large gets the answer of its dialect, and its owner is told.
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } most) most.MaxRequestBodySize = null;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(declared ?? 8192, limit) + 1);
        var length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                if (length > limit) break;
                var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, limit + 1));
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            var read = await http.Request.Body.ReadAsync(buffer.AsMemory(length, Math.Min(buffer.Length - length, limit + 1 - length)), ct);
            if (read == 0) break;
            length += read;
            if (length > limit) break;
        }

        return new ReceivedBody(buffer, Math.Min(length, limit), length > limit ? Math.Max(declared ?? 0, length) : length, length > limit);
    }

    /// <summary>Bodies up to so many bytes are read in place. Far below what the server holds for a connection before it stops receiving.</summary>
    const int Whole = 64 * 1024;

    readonly struct ReceivedBody : IDisposable
    {
        readonly byte[]? rented;
        readonly PipeReader? from;
        readonly SequencePosition end;

        public ReceivedBody(byte[] rented, int length, long size, bool tooLarge) =>
            (this.rented, Bytes, Size, TooLarge) = (rented, rented.AsMemory(0, length), size, tooLarge);

        public ReceivedBody(PipeReader from, ReadOnlySequence<byte> received) =>
            (this.from, end, Bytes, Size) = (from, received.End, received.First, received.Length);

        public ReadOnlyMemory<byte> Bytes { get; }

        public long Size { get; }

        public bool TooLarge { get; }

        public void Dispose()
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
            from?.AdvanceTo(end);
        }
    }
}
