using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Plantao.People;

/// <summary>Codes by time: six digits, a new one each 30 s, HMAC-SHA-1 (RFC 6238, RFC 4226). Pure.</summary>
public static class Totp
{
    /// <summary>160 bits, as RFC 4226 (4, R6) recommends.</summary>
    public const int SecretSize = 20;

    const int StepSeconds = 30;
    const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The time step at an instant.</summary>
    public static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of one step.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350", Justification = "RFC 6238's default, and the only one that every authenticator app knows; HMAC does not need SHA-1 to be free of collisions.")]
    public static string Code(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
        HMACSHA1.HashData(secret, counter, mac);
        var offset = mac[^1] & 0xf;
        var number = BinaryPrimitives.ReadUInt32BigEndian(mac[offset..]) & 0x7fffffff;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>The step whose code this is: the present one, or one to either side for a clock that is off (RFC 6238, 5.2).</summary>
    /// <param name="after">The step of the last code that was taken: the same and older ones count no more.</param>
    /// <returns><see langword="null"/>: it is none of them.</returns>
    public static long? Match(ReadOnlySpan<byte> secret, string given, DateTimeOffset now, long after)
    {
        var typed = Encoding.ASCII.GetBytes(given.Replace(" ", "", StringComparison.Ordinal));
        long? found = null;
        for (var step = StepAt(now) - 1; step <= StepAt(now) + 1; step++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), typed) && step > after) found = step;
        return found;
    }

    /// <summary>As it is typed into an app, in groups of four (RFC 4648, base 32).</summary>
    public static string Written(ReadOnlySpan<byte> secret)
    {
        var text = new StringBuilder();
        var (buffer, bits) = (0, 0);
        foreach (var b in secret)
        {
            buffer = (buffer << 8) | b;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text.Append(Base32[(buffer >> bits) & 31]);
                buffer &= (1 << bits) - 1;
            }
        }

        if (bits > 0) text.Append(Base32[(buffer << (5 - bits)) & 31]);
        return text.ToString();
    }

    /// <summary>What the QR code says (the key URI format that authenticator apps read).</summary>
    public static string Uri(ReadOnlySpan<byte> secret, string email, string organisation) =>
        $"otpauth://totp/{System.Uri.EscapeDataString("Plantão " + organisation)}:{System.Uri.EscapeDataString(email)}?secret={Written(secret)}&issuer={System.Uri.EscapeDataString("Plantão " + organisation)}";
}
