using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Plantao.Platform.Egress;
using Plantao.Platform.Redaction;

namespace Plantao.Notifications.Channels;

/// <summary>Only an explicit success is success (design.md §3.5). What is none is read here, the same for every HTTP channel.</summary>
static class Explicit
{
    /// <summary>The longest wait that a provider can ask of us.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    static readonly Redactor Redactor = new();

    /// <summary>What a failure means: outbound-channels.md §0.</summary>
    /// <param name="outcome">Anything but what the channel took for success.</param>
    public static Answer Failure(EgressOutcome outcome, DateTimeOffset now) => outcome switch
    {
        EgressFault { Kind: EgressFaultKind.Refused } fault => new Answer.GiveUp(fault.Why),
        EgressFault fault => new Answer.TryAgain(fault.Why, fault.Status, InDoubt: fault.InDoubt),
        EgressAnswer answer => Failure(answer, now),
        _ => throw new ArgumentException($"{outcome.GetType()} is no outcome of a call.", nameof(outcome)),
    };

    /// <summary>Reads the wait that a provider asks for.</summary>
    /// <returns>Between nothing and <see cref="LongestWait"/>, whatever the header says; <see langword="null"/> when it is missing or unreadable.</returns>
    /// <remarks>RFC 9110, section 10.2.3: whole seconds or an HTTP date.</remarks>
    public static TimeSpan? RetryAfter(string? header, DateTimeOffset now)
    {
        if (header is null) return null;
        var text = header.Trim();
        // More digits than a long holds is still a number of seconds, and an absurd one.
        if (text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0)
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < LongestWait.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : LongestWait;
        if (!RetryConditionHeaderValue.TryParse(text, out var parsed) || parsed.Date is not { } date) return null;
        var wait = date - now;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;
    }

    /// <summary>Why a 2xx is not believed: cut off, a web page (a captive portal), broken JSON, or JSON that denies it.</summary>
    /// <returns><see langword="null"/> when nothing speaks against it.</returns>
    public static string? Lie(EgressAnswer answer)
    {
        if (answer.Truncated) return "the answer was longer than we read";
        var text = Encoding.UTF8.GetString(answer.Body).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            return "a web page answered instead";
        var speaksJson = answer.MediaType is "application/json" || answer.MediaType.EndsWith("+json", StringComparison.Ordinal);
        if (!speaksJson && text is not ['{' or '[', ..]) return null;
        if (text.Length == 0) return null;
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            if (json.RootElement.ValueKind is not JsonValueKind.Object) return null;
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name is "ok" or "success" && property.Value.ValueKind is JsonValueKind.False) return "the body says that it failed";
                if (property.Name is "error" or "errors" && property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)) return "the body reports an error";
            }

            return null;
        }
        catch (JsonException)
        {
            return "the body is broken JSON";
        }
    }

    static Answer Failure(EgressAnswer answer, DateTimeOffset now) => answer.Status switch
    {
        429 or 503 => new Answer.TryAgain(Why(answer), answer.Status, RetryAfter(answer.Headers.GetValueOrDefault("Retry-After"), now)),
        502 or 504 => new Answer.TryAgain(Why(answer), answer.Status, RetryAfter(answer.Headers.GetValueOrDefault("Retry-After"), now), InDoubt: true),
        401 or 403 or 404 or 410 => new Answer.GiveUp(Why(answer), answer.Status, AddressIsDead: true),
        408 or 425 or >= 500 => new Answer.TryAgain(Why(answer), answer.Status),
        >= 400 => new Answer.GiveUp(Why(answer), answer.Status),
        // A redirect or a 200 that is none comes from something between us and the provider more often than from the provider.
        _ => new Answer.TryAgain($"{Why(answer)} That is not the success we know{(Lie(answer) is { } lie ? ": " + lie : "")}.", answer.Status, InDoubt: answer.Status is >= 200 and < 300),
    };

    /// <summary>The status and the first words of the body, redacted.</summary>
    static string Why(EgressAnswer answer)
    {
        var said = Plain.Line(Redactor.Redact(Encoding.UTF8.GetString(answer.Body.AsSpan(0, Math.Min(answer.Body.Length, 2048)))).Text, 120);
        return string.Create(CultureInfo.InvariantCulture, $"Answered {answer.Status}{(said.Length > 0 ? $" ({said})" : "")}.");
    }
}
