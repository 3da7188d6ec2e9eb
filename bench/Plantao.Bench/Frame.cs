using System.Buffers.Text;

namespace Plantao.Bench;

/// <summary>Where an HTTP/1.1 message ends, and no more of RFC 9112 than that takes: the status, Content-Length, chunks.</summary>
/// <param name="Status">The status of an answer; 0 for a request.</param>
/// <param name="BodyAt">Where the body begins.</param>
/// <param name="Length">How many bytes the whole message has.</param>
readonly record struct Frame(int Status, int BodyAt, int Length)
{
    /// <summary>Reads one message.</summary>
    /// <returns><see langword="null"/> while it is not complete.</returns>
    /// <exception cref="FormatException">What is there is not HTTP/1.1.</exception>
    public static Frame? Read(ReadOnlySpan<byte> bytes)
    {
        var headEnd = bytes.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0) return null;

        var head = bytes[..headEnd];
        var status = 0;
        if (head.StartsWith("HTTP/1."u8) && !Utf8Parser.TryParse(head[9..], out status, out _)) throw new FormatException("The answer has no status.");

        var bodyAt = headEnd + 4;
        if (status is 204 or 304) return new Frame(status, bodyAt, bodyAt);

        var length = 0;
        var rest = head;
        for (var line = rest.IndexOf("\r\n"u8); line >= 0; line = rest.IndexOf("\r\n"u8))
        {
            rest = rest[(line + 2)..];
            switch (rest[0] | 0x20)
            {
                case 'c' when Is(rest, "content-length:"u8, out var value):
                    if (!Utf8Parser.TryParse(value, out length, out _) || length < 0) throw new FormatException("The length of the body is not a number.");
                    break;
                case 't' when Is(rest, "transfer-encoding:"u8, out var value) && value.StartsWith("chunked"u8):
                    return Chunks(bytes, bodyAt) is { } end ? new Frame(status, bodyAt, end) : null;
            }
        }

        return bytes.Length >= bodyAt + length ? new Frame(status, bodyAt, bodyAt + length) : null;
    }

    static bool Is(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (header.Length < name.Length || !System.Text.Ascii.EqualsIgnoreCase(header[..name.Length], name)) return false;
        value = header[name.Length..].TrimStart((byte)' ');
        return true;
    }

    static int? Chunks(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            var line = bytes[at..].IndexOf("\r\n"u8);
            if (line < 0) return null;
            if (!Utf8Parser.TryParse(bytes[at..], out int size, out _, 'x')) throw new FormatException("The size of a chunk is not a number.");
            at += line + 2 + size + 2;
            if (at > bytes.Length) return null;
            if (size == 0) return at;   // trailers are not expected from what we measure
        }
    }
}
