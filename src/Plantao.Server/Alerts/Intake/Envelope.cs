using System.Text.Json;

namespace Plantao.Alerts.Intake;

/// <summary>A message as it is kept: the body byte for byte, and what of the request is needed to read it again the same way.</summary>
/// <param name="ContentType">As sent.</param>
/// <param name="Key">The dedup key that the answer promised where the sender gave none.</param>
/// <param name="Name">From the path, where a format has one there (a heartbeat's).</param>
/// <param name="Query">Query parameters that the format reads.</param>
/// <param name="Reporter">Who reported, for what a person typed.</param>
public sealed record Envelope(string? ContentType = null, string? Key = null, string? Name = null, IReadOnlyDictionary<string, string>? Query = null, string? Reporter = null)
{
    public static Envelope Empty { get; } = new();

    /// <summary>One line of JSON (empty when there is nothing to say), then the body.</summary>
    public static byte[] Pack(Envelope envelope, ReadOnlySpan<byte> body)
    {
        var head = envelope == Empty ? [] : JsonSerializer.SerializeToUtf8Bytes(envelope, Platform.Json.Compact);
        var packed = new byte[head.Length + 1 + body.Length];
        head.CopyTo(packed, 0);
        packed[head.Length] = (byte)'\n';
        body.CopyTo(packed.AsSpan(head.Length + 1));
        return packed;
    }

    public static (Envelope Envelope, ReadOnlyMemory<byte> Body) Unpack(byte[] packed)
    {
        var end = Array.IndexOf(packed, (byte)'\n');
        var envelope = end == 0 ? Empty : JsonSerializer.Deserialize<Envelope>(packed.AsSpan(0, end), Platform.Json.Compact)!;
        return (envelope, packed.AsMemory(end + 1));
    }
}
