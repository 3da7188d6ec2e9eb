using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Plantao.Notifications.Channels.Webhook;

/// <summary>The symmetric signature of Standard Webhooks 1.0 (<c>v1</c>, HMAC-SHA256).</summary>
public static class WebhookSignature
{
    /// <summary>A new secret of 32 random bytes, as it is shown: <c>whsec_</c> and base64.</summary>
    public static string NewSecret() => "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Reads one secret, or several apart by spaces while one is rotated.</summary>
    /// <returns>The keys of 24 to 64 bytes; <see langword="null"/> when one cannot be read, since a receiver would then refuse what it should take.</returns>
    public static IReadOnlyList<byte[]>? Keys(string? secrets)
    {
        var keys = new List<byte[]>();
        foreach (var secret in (secrets ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = new byte[64];
            if (!secret.StartsWith("whsec_", StringComparison.Ordinal) || !Convert.TryFromBase64String(secret["whsec_".Length..], key, out var length) || length < 24) return null;
            keys.Add(key[..length]);
        }

        return keys;
    }

    /// <summary>One signature per key, apart by spaces.</summary>
    /// <param name="id">Without a dot.</param>
    /// <param name="at">Unix seconds of this attempt.</param>
    public static string Of(string id, long at, byte[] body, IReadOnlyList<byte[]> keys)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at}.")), .. body];
        return string.Join(' ', keys.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed))));
    }
}
