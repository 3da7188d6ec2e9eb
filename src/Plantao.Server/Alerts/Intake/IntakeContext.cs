namespace Plantao.Alerts.Intake;

/// <summary>What a parser may know besides the body. The endpoint fills it once per request.</summary>
/// <param name="Now">When the message was received.</param>
public sealed record IntakeContext(DateTimeOffset Now)
{
    /// <summary>The <c>Content-Type</c> header as sent; <see langword="null"/> when there was none.</summary>
    public string? ContentType { get; init; }

    /// <summary>The value of a request header, by its case-insensitive name; several of one name joined by commas.</summary>
    public Func<string, string?> Header { get; init; } = static _ => null;

    /// <summary>The value of a query parameter.</summary>
    public Func<string, string?> Query { get; init; } = static _ => null;

    /// <summary>Makes a dedup key where a dialect promises one and the sender gave none.</summary>
    public Func<string> NewDedupKey { get; init; } = static () => Guid.NewGuid().ToString("N");

    /// <summary>Takes severities outside PagerDuty's four (they are mapped) instead of refusing the event with 400 as PagerDuty does.</summary>
    public bool LenientSeverity { get; init; }

    /// <summary>When an alert without an end is taken as over, if it is not sent again. Alertmanager's <c>resolve_timeout</c>; default 5 min.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
