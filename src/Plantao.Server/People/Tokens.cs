using System.Security.Cryptography;
using System.Text;

namespace Plantao.People;

/// <summary>The forms of what we issue: a prefix that leak scanners know, chance, and a checksum that tells a real one from a look-alike without a look-up.</summary>
/// <remarks>The checksum is the CRC-32 (ISO 3309) of all before it, as six digits of base 62.</remarks>
public static class Tokens
{
    /// <summary><c>plt_p…</c>: personal.</summary>
    public const char Personal = 'p';

    /// <summary><c>plt_s…</c>: a team's or the organisation's.</summary>
    public const char Service = 's';

    /// <summary><c>plt_c…</c>: what a browser keeps in its cookie.</summary>
    public const char Session = 'c';

    /// <summary><c>plt_i…</c>: an invitation.</summary>
    public const char Invitation = 'i';

    /// <summary><c>plt_r…</c>: a link that sets a new password.</summary>
    public const char Reset = 'r';

    /// <summary><c>plt_f…</c>: the address at which a calendar reads one's shifts.</summary>
    public const char Feed = 'f';

    const string Prefix = "plt_";
    const string IntegrationPrefix = "pli";
    const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int ChecksumLength = 6;

    /// <summary>43 characters: prefix, letter of its kind, 32 random digits of base 62 (190 bits), checksum.</summary>
    public static string New(char kind) => WithChecksum(Prefix + kind + RandomNumberGenerator.GetString(Digits, 32));

    /// <summary>32 characters, as PagerDuty's senders expect of a key: prefix, 23 random digits of base 62 (137 bits), checksum.</summary>
    public static string NewIntegrationKey() => WithChecksum(IntegrationPrefix + RandomNumberGenerator.GetString(Digits, 23));

    /// <summary>Whether this has the form of a token, and of which kind: says nothing about whether it was issued.</summary>
    public static bool Formed(string? text, out char kind)
    {
        kind = text is { Length: 43 } && text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length] : '\0';
        return kind is Personal or Service or Session or Invitation or Reset or Feed && Checks(text!);
    }

    /// <summary>Whether this has the form of an integration key.</summary>
    public static bool FormedIntegrationKey(string? text) => text is { Length: 32 } && text.StartsWith(IntegrationPrefix, StringComparison.Ordinal) && Checks(text);

    /// <summary>What is stored of it: SHA-256. There is nothing to try out in so much chance.</summary>
    public static byte[] Digest(string clear) => SHA256.HashData(Encoding.UTF8.GetBytes(clear));

    static bool Checks(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && text == WithChecksum(text[..^ChecksumLength]);

    static string WithChecksum(string text)
    {
        var crc = Crc32(Encoding.ASCII.GetBytes(text));
        Span<char> digits = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            digits[i] = Digits[(int)(crc % 62)];
            crc /= 62;
        }

        return string.Concat(text, digits);
    }

    static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
