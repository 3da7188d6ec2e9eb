using System.Buffers;
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

    /// <summary>The one that nearly all have.</summary>
    public static Envelope Json { get; } = new("application/json");

    static readonly byte[] JsonHead = JsonSerializer.SerializeToUtf8Bytes(Json, Platform.Json.Compact);

    /// <summary>One line of JSON (empty when there is nothing to say), then the body.</summary>
    public static void Pack(Envelope envelope, ReadOnlySpan<byte> body, IBufferWriter<byte> into)
    {
        into.Write(ReferenceEquals(envelope, Json) ? JsonHead : envelope == Empty ? [] : JsonSerializer.SerializeToUtf8Bytes(envelope, Platform.Json.Compact));
        into.Write("\n"u8);
        into.Write(body);
    }

    public static (Envelope Envelope, ReadOnlyMemory<byte> Body) Unpack(byte[] packed)
    {
        var end = Array.IndexOf(packed, (byte)'\n');
        var envelope = end == 0 ? Empty : packed.AsSpan(0, end).SequenceEqual(JsonHead) ? Json : JsonSerializer.Deserialize<Envelope>(packed.AsSpan(0, end), Platform.Json.Compact)!;
        return (envelope, packed.AsMemory(end + 1));
    }
}
