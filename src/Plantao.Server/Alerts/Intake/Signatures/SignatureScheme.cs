namespace Plantao.Alerts.Intake.Signatures;

/// <summary>How a sender proves that a message is its own. Stored by name.</summary>
public enum SignatureScheme
{
    /// <summary>Standard Webhooks 1.0, and Svix, which is the same under other header names. Only the symmetric <c>v1</c>.</summary>
    StandardWebhooks,
    GitHub,
    Stripe,
    Slack,

    /// <summary>PagerDuty's webhooks, version 3.</summary>
    PagerDuty,
    Grafana,

    /// <summary>WhatsApp and the rest of Meta: GitHub's way, with the app secret.</summary>
    Meta,

    /// <summary>A token in a header. Proves who sent, not what.</summary>
    Telegram,
}

/// <summary>What a verified message says of itself.</summary>
/// <param name="DeliveryId">The same over repeats; <see langword="null"/> where the scheme has none. Only Standard Webhooks signs it; GitHub and PagerDuty merely send it.</param>
/// <param name="SentAt">When this attempt was signed; <see langword="null"/> where the scheme signs no time, and so cannot tell a replay.</param>
public sealed record SignatureResult(string? DeliveryId, DateTimeOffset? SentAt);

/// <summary>Where a Grafana puts its signature: both names can be set there.</summary>
/// <param name="Timestamp">The header with the time, when one is configured. It is then required, and signed.</param>
public sealed record GrafanaHeaders(string Signature = "X-Grafana-Alerting-Signature", string? Timestamp = null);
