using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Plantao.Alerts;

/// <summary>A condition's name: the digest of its integration and its dedup key.</summary>
readonly record struct Condition(UInt128 Digest) : IComparable<Condition>
{
    public static Condition Of(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash));

    public static Condition Of(string integration, string dedupKey)
    {
        var longest = Encoding.UTF8.GetMaxByteCount(integration.Length + dedupKey.Length + 1);
        var text = longest <= 1024 ? stackalloc byte[longest] : new byte[longest];
        var length = Encoding.UTF8.GetBytes(integration, text);
        text[length++] = (byte)'\n';
        length += Encoding.UTF8.GetBytes(dedupKey, text[length..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], digest);
        return Of(digest);
    }

    /// <summary>One that nothing else can name: of what came without a dedup key.</summary>
    public static Condition OfItsOwn() => Of(RandomNumberGenerator.GetBytes(16));

    public byte[] Bytes()
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Digest);
        return bytes;
    }

    public int CompareTo(Condition other) => Digest.CompareTo(other.Digest);
}
