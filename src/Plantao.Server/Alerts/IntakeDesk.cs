using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>Takes a message: verified, checked, on disk, and only then answered. What is refused leaves a trace that the integration's owner sees.</summary>
public sealed class IntakeDesk(
    Db db, SignalStore signals, IntegrationDirectory directory, IntakeLimiter limits, IntakeMetrics metrics, Floods floods, Secrets secrets, Redactor redactor,
    ChannelOptions channels, TimeProvider clock, ILogger<IntakeDesk> log)
{
    /// <summary>By which we know what we sent ourselves.</summary>
    public string Host => channels.Host;

    public IntegrationDirectory Directory => directory;

    public IntakeLimiter Limits => limits;

    public IntakeMetrics Metrics => metrics;

    /// <summary>A text without what is secret or personal in it.</summary>
    public string Redacted(string text) => redactor.Redact(text).Text;

    /// <summary>The name under which an integration's signing secrets are kept; several apart by blanks while one is rotated.</summary>
    public static string SigningSecret(string integrationId) => "integration:" + integrationId + ":signing";

    /// <returns>What the sender is told: a 2xx only when the message is on disk.</returns>
    public async Task<IntakeAnswer> Take(HttpContext http, Integration integration, string format, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var correlation = http.Correlation();
        string? deliveryId = null;
        if (integration.Signature is { } scheme)
        {
            var active = await SigningSecrets.Active(secrets, integration, ct);
            var ruling = WebhookSignature.Verify(scheme, active, SigningSecrets.Headers(http.Request.Headers, integration), body.Span, now);
            if (!ruling.Allowed)
            {
                await Refuse(integration, body, body.Length, 401, "the message is not signed as agreed", limited: false, correlation, ct);
                return Answers.Problem(401, ruling.Refusal.Code, "Unauthorized", ruling.Refusal.Message);
            }

            deliveryId = ruling.Value.DeliveryId;
        }

        var (envelope, key) = EnvelopeOf(http, format);
        IntakeAnswer answer;
        string? refused, externalId = null;
        bool anything;
        if (format == Formats.AlertmanagerApi)
        {
            var check = AlertmanagerApi.Check(body.Span, new IntakeContext(now) { ContentType = http.Request.ContentType });
            (answer, refused, anything) = (check.Answer, check.Refused, check.Alerts > 0);
        }
        else
        {
            var taken = Formats.Take(format, integration, envelope, body.Span, now);
            (answer, refused, externalId, anything) = (taken.Answer, taken.Refused, taken.ExternalId, taken.Readings.Count > 0 || taken.ResolvesGroup is not null);
            if (key is not null && !taken.Readings.Any(r => r.DedupKey == key)) envelope = envelope with { Key = null };
        }

        if (refused is not null) await Refuse(integration, body, body.Length, answer.Status, refused, limited: false, correlation, ct);
        if (!anything) return answer;

        FailPoint.Hit(FailPoint.IntakeBeforeCommit);
        try
        {
            var number = await signals.Keep(integration.Id, format, now, correlation, externalId ?? deliveryId, envelope, body.Span, ct);
            http.Response.Headers["X-Plantao-Signal"] = "sig_" + number.ToString(CultureInfo.InvariantCulture);
        }
        catch (DatabaseUnavailableException fault)
        {
            metrics.Unavailable(format);
            log.LogWarning(fault, "A signal of {Integration} could not be kept: answered 503 ({Correlation})", integration.Name, correlation);
            http.Response.Headers.RetryAfter = "5";
            return Answers.Problem(503, "database-unavailable", "Unavailable", "It could not be kept now. Keep it and send it again.");
        }

        FailPoint.Hit(FailPoint.IntakeAfterCommit);
        metrics.Accepted(format);
        return answer;
    }

    /// <summary>Leaves the trace of a refusal, and tells the owner at the first and then every 5 min.</summary>
    /// <param name="limited">Refused for being too many: counted, and written within a second by <see cref="FloodWorker"/>.</param>
    public async Task Refuse(Integration integration, ReadOnlyMemory<byte> body, long size, int status, string why, bool limited, string correlation, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        metrics.Refused(status);
        if (limited)
        {
            floods.Count(integration.Id, Described);
            return;
        }

        var refused = Described();
        try
        {
            await db.Write(async tx =>
            {
                if (await SignalStore.Refuse(tx, refused)) await TellOwner(tx, refused, limited: false);
            }, ct);
        }
        catch (DatabaseUnavailableException fault)
        {
            // The sender is refused all the same; the count stays in the metric.
            log.LogWarning(fault, "The trace of a refused message of {Integration} could not be kept ({Correlation})", integration.Name, correlation);
        }

        Refused Described() => new(
            integration.Id, now, status, redactor.Redact(TextNormaliser.Line(why, 500)).Text, size, Convert.ToHexStringLower(SHA256.HashData(body.Span)),
            redactor.Redact(TextNormaliser.Lines(Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 2048)]), 2048) ?? "").Text, correlation);
    }

    /// <summary>Raises a signal on the integration itself.</summary>
    internal async Task TellOwner(Tx tx, Refused refused, bool limited)
    {
        var integration = await directory.ById(refused.IntegrationId, CancellationToken.None) ?? OwnIntegration.Of(refused.IntegrationId);
        var name = limited ? "IntakeLimited" : "IntakeRefused";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = name, ["integration"] = integration.Name };
        await signals.Keep(tx, integration.Id, Formats.Own, refused.At, refused.Correlation, null, OwnSignal.Write(new Reading(
            ReadingKind.Firing, "plantao/" + name, AlertTexts.Say(await Organisation.Language(tx), limited ? "own.limited" : "own.refused", integration.Name),
            $"{refused.Why} (answered {refused.Status})", "warning", labels, EndsAt: refused.At.AddMinutes(15), Link: null)));
    }

    static (Envelope Envelope, string? Key) EnvelopeOf(HttpContext http, string format)
    {
        var contentType = http.Request.ContentType;
        switch (format)
        {
            case Formats.AlertmanagerApi or Formats.AlertmanagerWebhook:
                return (contentType is null or "application/json" ? Envelope.Json : new Envelope(contentType), null);
            case Formats.PagerDutyV2 or Formats.PagerDutyV1:
                var key = Guid.NewGuid().ToString("N");
                return (new Envelope(Key: key), key);
            case Formats.Heartbeat:
                var query = http.Request.Query.Count == 0 ? null : http.Request.Query.Where(q => q.Key is "exit" or "status").ToDictionary(q => q.Key, q => q.Value.ToString(), StringComparer.Ordinal);
                return (new Envelope(contentType, Name: http.Request.RouteValues.TryGetValue("name", out var name) ? Uri.UnescapeDataString((string)name!) : "default", Query: query), null);
            default:
                return (new Envelope(contentType), null);
        }
    }
}

/// <summary>How much one integration may send: far above the design storm, so that it stops floods and nothing else. In memory of this node.</summary>
/// <param name="perSecond">Messages a second, and as many again at once. The design storm is 1,700 a second from 50 sources. <see langword="null"/>: <c>PLANTAO_INTAKE_LIMIT</c>, else 100,000.</param>
public sealed class IntakeLimiter(TimeProvider clock, double? perSecond = null)
{
    readonly double perSecond = perSecond ?? double.Parse(Environment.GetEnvironmentVariable("PLANTAO_INTAKE_LIMIT") ?? "100000", CultureInfo.InvariantCulture);
    readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    public bool Allows(string integrationId) => buckets.GetOrAdd(integrationId, _ => new Bucket(clock.GetTimestamp(), perSecond)).Take(clock);

    sealed class Bucket
    {
        readonly Lock gate = new();
        readonly double most;
        long since;
        double tokens;

        public Bucket(long start, double most) => (since, this.most, tokens) = (start, most, most);

        public bool Take(TimeProvider clock)
        {
            lock (gate)
            {
                var now = clock.GetTimestamp();
                tokens = Math.Min(most, tokens + clock.GetElapsedTime(since, now).TotalSeconds * most);
                since = now;
                if (tokens < 1) return false;
                tokens--;
                return true;
            }
        }
    }
}

/// <summary>What is counted of intake: accepted and refused together are what was sent.</summary>
public sealed class IntakeMetrics
{
    readonly Counter<long> accepted;
    readonly Counter<long> refused;
    readonly Counter<long> unknown;
    readonly Counter<long> unavailable;

    public IntakeMetrics(Meter meter)
    {
        accepted = meter.CreateCounter<long>("plantao_signals_accepted_total", description: "Messages on disk before they were answered 2xx, by format.");
        refused = meter.CreateCounter<long>("plantao_signals_refused_total", description: "Messages of known integrations that were not taken, by status.");
        unknown = meter.CreateCounter<long>("plantao_signals_unknown_key_total", description: "Messages with a key that opens nothing, by format.");
        unavailable = meter.CreateCounter<long>("plantao_signals_unavailable_total", description: "Messages answered 503 because the database could not keep them, by format.");
    }

    public void Accepted(string format) => accepted.Add(1, new KeyValuePair<string, object?>("format", format));

    public void Refused(int status) => refused.Add(1, new KeyValuePair<string, object?>("status", status));

    public void UnknownKey(string format) => unknown.Add(1, new KeyValuePair<string, object?>("format", format));

    public void Unavailable(string format) => unavailable.Add(1, new KeyValuePair<string, object?>("format", format));
}
