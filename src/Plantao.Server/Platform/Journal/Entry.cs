using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Plantao.Platform.Journal;

/// <summary>Something that happened. Entries are only ever added; timeline, audit and webhooks are views of them.</summary>
/// <param name="Id">Time-ordered, <c>jrn_…</c>; not the order of the journal: that is the position which the sealer gives.</param>
/// <param name="Kind">Lower-case, dotted: <c>alert.opened</c>, <c>escalation.acknowledged</c>.</param>
/// <param name="Subject">What it is about: the id of an alert, a group, a user…</param>
/// <param name="Actor">Who did it: a user's id, a token's id, <c>integration:…</c>, or <c>plantao</c> itself.</param>
/// <param name="Facts">JSON object. Without personal or free text: that goes to <paramref name="Text"/>.</param>
/// <param name="Text">Personal or free text. Lies beside the entry and can be erased; the chain covers its salted digest.</param>
public sealed record Entry(
    string Id,
    string Kind,
    string Subject,
    string Actor,
    DateTimeOffset At,
    string Correlation,
    string Facts,
    string? Text = null)
{
    /// <summary>Kinds that record what a person or token changed are audit entries as well.</summary>
    public byte[]? Salt { get; } = Text is null ? null : RandomNumberGenerator.GetBytes(16);

    /// <summary>SHA-256 over salt and text; <see langword="null"/> when there is no text.</summary>
    public byte[]? TextDigest => Text is null ? null : DigestOf(Salt!, Text);

    /// <summary>An entry made now.</summary>
    /// <param name="facts">Serialised with camelCase names; an anonymous object will do.</param>
    public static Entry Of(string kind, string subject, string actor, DateTimeOffset at, string correlation, object? facts = null, string? text = null) =>
        new(Ids.New("jrn", at), kind, subject, actor, at, correlation, facts is null ? "{}" : JsonSerializer.Serialize(facts, Json.Compact), text);

    internal static byte[] DigestOf(byte[] salt, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var all = new byte[salt.Length + bytes.Length];
        salt.CopyTo(all, 0);
        bytes.CopyTo(all, salt.Length);
        return SHA256.HashData(all);
    }
}

/// <summary>The chain: each entry's hash covers the one before it, so that an edit, a deletion, a swap and a lost tail all show.</summary>
public static class Chain
{
    /// <summary>The hash before the first entry.</summary>
    public static byte[] Genesis { get; } = new byte[32];

    /// <summary>SHA-256 over the previous hash and every field of the entry, each with its length before it, so that no two entries look alike.</summary>
    public static byte[] Next(ReadOnlySpan<byte> previous, long position, string id, string kind, string subject, string actor, long atMicros, string correlation, string facts, ReadOnlySpan<byte> textDigest)
    {
        var size = 32 + 8 + 8 + 6 * 4 + 4 + textDigest.Length
            + Encoding.UTF8.GetMaxByteCount(id.Length + kind.Length + subject.Length + actor.Length + correlation.Length + facts.Length);
        var rented = size <= 2048 ? null : System.Buffers.ArrayPool<byte>.Shared.Rent(size);
        var buffer = rented is null ? stackalloc byte[2048] : rented;
        var at = 0;
        previous.CopyTo(buffer);
        at += 32;
        BitConverter.TryWriteBytes(buffer[at..], position);
        at += 8;
        BitConverter.TryWriteBytes(buffer[at..], atMicros);
        at += 8;
        foreach (var field in (ReadOnlySpan<string>)[id, kind, subject, actor, correlation, facts])
        {
            var length = Encoding.UTF8.GetBytes(field, buffer[(at + 4)..]);
            BitConverter.TryWriteBytes(buffer[at..], length);
            at += 4 + length;
        }

        BitConverter.TryWriteBytes(buffer[at..], textDigest.Length);
        at += 4;
        textDigest.CopyTo(buffer[at..]);
        at += textDigest.Length;
        var hash = SHA256.HashData(buffer[..at]);
        if (rented is not null) System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }
}
