using System.Security.Cryptography;

namespace Plantao.Platform;

/// <summary>Time-ordered ids with a prefix, such as <c>alr_06f3k9…</c>: 48 bits of milliseconds and 72 bits of chance, in Crockford's base 32.</summary>
public static class Ids
{
    const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    static readonly Lock Gate = new();
    static long lastMillis;
    static ulong lastLow;
    static byte lastHigh;

    /// <summary>A new id. Ids made by one process in one millisecond keep their order.</summary>
    /// <param name="prefix">Three or more lower-case letters.</param>
    public static string New(string prefix, DateTimeOffset at)
    {
        var millis = at.ToUnixTimeMilliseconds();
        ulong low;
        byte high;
        lock (Gate)
        {
            if (millis == lastMillis && lastLow < ulong.MaxValue - 1024)
            {
                // Same millisecond: one more than the last, so that rows go in at the end of their index.
                low = lastLow + 1 + ((ulong)Random.Shared.Next() & 0xff);
                high = lastHigh;
            }
            else
            {
                Span<byte> chance = stackalloc byte[9];
                RandomNumberGenerator.Fill(chance);
                low = BitConverter.ToUInt64(chance) >> 1;
                high = chance[8];
            }

            (lastMillis, lastLow, lastHigh) = (millis, low, high);
        }

        return string.Create(prefix.Length + 25, (prefix, millis, high, low), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            span[state.prefix.Length] = '_';
            var rest = span[(state.prefix.Length + 1)..];
            UInt128 value = ((UInt128)(ulong)state.millis << 72) | ((UInt128)state.high << 64) | state.low;
            for (var i = rest.Length - 1; i >= 0; i--)
            {
                rest[i] = Alphabet[(int)(value & 31)];
                value >>= 5;
            }
        });
    }
}
