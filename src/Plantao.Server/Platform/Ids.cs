using System.Security.Cryptography;

namespace Plantao.Platform;

/// <summary>Time-ordered ids with a prefix, such as <c>alr_06f3k9…</c>: 48 bits of milliseconds and 72 bits that begin by chance and only grow, in Crockford's base 32.</summary>
public static class Ids
{
    const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    static readonly Lock Gate = new();
    static readonly UInt128 Chances = UInt128.One << 72;
    static UInt128 last = Chances;
    static long lastMillis;

    /// <summary>A new id. Ids that one process makes for one millisecond keep their order, whatever it made for others in between.</summary>
    /// <param name="prefix">Three or more lower-case letters.</param>
    public static string New(string prefix, DateTimeOffset at)
    {
        var millis = at.ToUnixTimeMilliseconds();
        UInt128 chance;
        lock (Gate)
        {
            // Always more than the last: a small step within a millisecond, so that rows go in at the end of their index, a wide one to the next.
            chance = last + 1 + (ulong)Random.Shared.NextInt64(millis == lastMillis ? 0xff : 1L << 40);
            if (chance >= Chances) chance = Anywhere();
            (lastMillis, last) = (millis, chance);
        }

        return string.Create(prefix.Length + 25, (prefix, millis, chance), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            span[state.prefix.Length] = '_';
            var rest = span[(state.prefix.Length + 1)..];
            var value = ((UInt128)(ulong)state.millis << 72) | state.chance;
            for (var i = rest.Length - 1; i >= 0; i--)
            {
                rest[i] = Alphabet[(int)(value & 31)];
                value >>= 5;
            }
        });
    }

    /// <summary>Where a process begins: in the lower half, so that the end is far.</summary>
    static UInt128 Anywhere()
    {
        Span<byte> bytes = stackalloc byte[9];
        RandomNumberGenerator.Fill(bytes);
        return (((UInt128)bytes[8] << 64) | BitConverter.ToUInt64(bytes)) >> 1;
    }
}
