using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Plantao.Platform;

namespace Plantao.Alerts.Intake.Signatures;

/// <summary>Verifies signed messages over their raw bytes, in constant time, against every secret that is active (two during a rotation).</summary>
/// <remarks>
/// Stricter than the senders' own libraries: a signed time more than <see cref="Tolerance"/> away is refused in both directions, and hex
/// must be lower-case, as all of them send it. Never throws for what a header or a secret holds.
/// </remarks>
public static class WebhookSignature
{
    /// <summary>How far a signed time may lie from ours, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>Longer headers are refused unread: eight signatures of any scheme are shorter.</summary>
    const int LongestHeader = 1024;

    /// <summary>Judges one message.</summary>
    /// <param name="secrets">The active ones. Without any, nothing is accepted; an empty one never matches.</param>
    /// <param name="headers">The value of a request header, by its case-insensitive name.</param>
    /// <param name="body">As it came over the wire, before any parsing.</param>
    /// <param name="grafana">Only for <see cref="SignatureScheme.Grafana"/>; its defaults otherwise.</param>
    /// <returns>Or a refusal with status 401 that does not say which part was wrong.</returns>
    public static Ruling<SignatureResult> Verify(
        SignatureScheme scheme, IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, DateTimeOffset now, GrafanaHeaders? grafana = null)
    {
        var result = scheme switch
        {
            SignatureScheme.StandardWebhooks => StandardWebhooks(secrets, headers, body, now),
            SignatureScheme.GitHub => Prefixed(secrets, headers, body, deliveryId: "X-GitHub-Delivery"),
            SignatureScheme.Stripe => Stripe(secrets, headers, body, now),
            SignatureScheme.Slack => Slack(secrets, headers, body, now),
            SignatureScheme.PagerDuty => PagerDuty(secrets, headers, body),
            SignatureScheme.Grafana => Grafana(secrets, headers, body, now, grafana ?? new GrafanaHeaders()),
            SignatureScheme.Meta => Prefixed(secrets, headers, body, deliveryId: null),
            SignatureScheme.Telegram => Telegram(secrets, headers),
        };
        return result is null ? Refused : result;
    }

    /// <summary>The header in which a scheme's senders put the signature, unless they are told otherwise.</summary>
    public static string HeaderOf(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.StandardWebhooks => "webhook-signature",
        SignatureScheme.GitHub or SignatureScheme.Meta => "X-Hub-Signature-256",
        SignatureScheme.Stripe => "Stripe-Signature",
        SignatureScheme.Slack => "X-Slack-Signature",
        SignatureScheme.PagerDuty => "X-PagerDuty-Signature",
        SignatureScheme.Grafana => "X-Grafana-Alerting-Signature",
        SignatureScheme.Telegram => "X-Telegram-Bot-Api-Secret-Token",
    };

    static Refusal Refused { get; } = new("signature-refused", "The message is not signed as agreed: nothing was kept.", Status: 401);

    static SignatureResult? StandardWebhooks(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var prefix = Given(headers, "webhook-signature") is not null ? "webhook" : "svix";
        // The parts of what is signed are told apart by dots, so an id with one could be cut elsewhere; the specification forbids it.
        if (Given(headers, prefix + "-id") is not { } id || id.Contains('.', StringComparison.Ordinal)) return null;
        if (Given(headers, prefix + "-timestamp") is not { } timestamp || InTime(timestamp, now) is not { } sentAt) return null;

        var candidates = Split(Given(headers, prefix + "-signature"), ' ', "v1,").Select(FromBase64);
        return Matches(candidates, secrets.Select(StandardKey), $"{id}.{timestamp}.", body) ? new(id, sentAt) : null;
    }

    static SignatureResult? Prefixed(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, string? deliveryId)
    {
        var candidates = Given(headers, "X-Hub-Signature-256") is { } given && given.StartsWith("sha256=", StringComparison.Ordinal) ? [FromHex(given[7..])] : Array.Empty<byte[]?>();
        return Matches(candidates, secrets.Select(Key), "", body) ? new(deliveryId is null ? null : Given(headers, deliveryId), null) : null;
    }

    static SignatureResult? Stripe(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var given = Given(headers, "Stripe-Signature");
        if (Split(given, ',', "t=") is not [var timestamp] || InTime(timestamp, now) is not { } sentAt) return null;

        // v0 signs test events only, and what else there may be is not ours to trust.
        return Matches(Split(given, ',', "v1=").Select(FromHex), secrets.Select(Key), timestamp + ".", body) ? new(null, sentAt) : null;
    }

    static SignatureResult? Slack(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (Given(headers, "X-Slack-Request-Timestamp") is not { } timestamp || InTime(timestamp, now) is not { } sentAt) return null;
        if (Given(headers, "X-Slack-Signature") is not { } given || !given.StartsWith("v0=", StringComparison.Ordinal)) return null;

        return Matches([FromHex(given[3..])], secrets.Select(Key), $"v0:{timestamp}:", body) ? new(null, sentAt) : null;
    }

    static SignatureResult? PagerDuty(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body) =>
        Matches(Split(Given(headers, "X-PagerDuty-Signature"), ',', "v1=").Select(FromHex), secrets.Select(Key), "", body)
            ? new(Given(headers, "X-Webhook-Id"), null)
            : null;

    static SignatureResult? Grafana(IReadOnlyList<string> secrets, Func<string, string?> headers, ReadOnlySpan<byte> body, DateTimeOffset now, GrafanaHeaders names)
    {
        if (Given(headers, names.Signature) is not { } given) return null;
        if (names.Timestamp is null) return Matches([FromHex(given)], secrets.Select(Key), "", body) ? new(null, null) : null;

        if (Given(headers, names.Timestamp) is not { } timestamp || InTime(timestamp, now) is not { } sentAt) return null;
        return Matches([FromHex(given)], secrets.Select(Key), timestamp + ":", body) ? new(null, sentAt) : null;
    }

    static SignatureResult? Telegram(IReadOnlyList<string> secrets, Func<string, string?> headers)
    {
        if (Given(headers, "X-Telegram-Bot-Api-Secret-Token") is not { } given) return null;

        // Hashed first: tokens of different lengths then take the same time as well.
        var token = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        var match = false;
        foreach (var secret in secrets.Where(secret => secret.Length > 0))
            match |= CryptographicOperations.FixedTimeEquals(token, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        return match ? new(null, null) : null;
    }

    /// <summary>Whether any candidate is the HMAC-SHA256 of what comes before the body, and the body, under any key. Tries all of them whatever it finds.</summary>
    static bool Matches(IEnumerable<byte[]?> candidates, IEnumerable<byte[]> keys, string before, ReadOnlySpan<byte> body)
    {
        var signatures = candidates.OfType<byte[]>().ToArray();
        if (signatures.Length == 0) return false;

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var match = false;
        foreach (var key in keys.Where(key => key.Length > 0))
        {
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
            hmac.AppendData(Encoding.UTF8.GetBytes(before));
            hmac.AppendData(body);
            hmac.GetHashAndReset(expected);
            foreach (var signature in signatures) match |= CryptographicOperations.FixedTimeEquals(signature, expected);
        }
        return match;
    }

    static string? Given(Func<string, string?> headers, string name) => headers(name) is { Length: > 0 and <= LongestHeader } value ? value : null;

    /// <summary>The parts with a prefix, without it.</summary>
    static string[] Split(string? header, char separator, string prefix) =>
        [.. (header ?? "").Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.StartsWith(prefix, StringComparison.Ordinal))
            .Select(part => part[prefix.Length..])];

    /// <summary>The instant, when it is whole Unix seconds near enough to now.</summary>
    static DateTimeOffset? InTime(string seconds, DateTimeOffset now) =>
        seconds.Length <= 12
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var unix)
        && unix <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        && DateTimeOffset.FromUnixTimeSeconds(unix) is var at
        && (now - at).Duration() <= Tolerance
            ? at
            : null;

    static byte[]? FromHex(string hex) =>
        hex.Length == 2 * HMACSHA256.HashSizeInBytes && !hex.AsSpan().ContainsAnyExcept(LowerHex) ? Convert.FromHexString(hex) : null;

    static byte[]? FromBase64(string text)
    {
        var bytes = new byte[HMACSHA256.HashSizeInBytes];
        return text.Length <= 64 && Convert.TryFromBase64String(text, bytes, out var written) && written == bytes.Length ? bytes : null;
    }

    static byte[] Key(string secret) => Encoding.UTF8.GetBytes(secret);

    /// <summary>The bytes behind a Standard Webhooks secret, with or without its <c>whsec_</c>; none when it is not base64.</summary>
    static byte[] StandardKey(string secret)
    {
        const string Prefix = "whsec_";

        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : [];
    }
}
