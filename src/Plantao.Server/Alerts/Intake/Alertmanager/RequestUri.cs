namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What Alertmanager's schema takes as a <c>generatorURL</c>: whatever Go's <c>url.ParseRequestURI</c> reads, or nothing.</summary>
/// <remarks>Checked against Alertmanager 0.25. .NET's <see cref="Uri"/> draws the line elsewhere and allocates.</remarks>
static class RequestUri
{
    internal static bool IsValid(ReadOnlySpan<byte> uri)
    {
        if (uri.IsEmpty || uri.SequenceEqual("*"u8)) return true;
        if (uri.ContainsAnyInRange((byte)0, (byte)0x1F) || uri.Contains((byte)0x7F)) return false;
        if (!Scheme(uri, out var scheme)) return false;

        var rest = uri[scheme..];
        if (rest.IndexOf((byte)'?') is var query and >= 0) rest = rest[..query];
        if (!rest.StartsWith("/"u8)) return scheme > 0;   // opaque, as in mailto:a@b

        if (scheme > 0 && rest.StartsWith("//"u8))
        {
            rest = rest[2..];
            var end = rest.IndexOf((byte)'/');
            if (!Authority(end < 0 ? rest : rest[..end])) return false;
            rest = end < 0 ? [] : rest[end..];
        }
        return Escapes(rest);
    }

    /// <param name="length">Of the scheme with its colon; 0 when there is none.</param>
    static bool Scheme(ReadOnlySpan<byte> uri, out int length)
    {
        length = 0;
        for (var at = 0; at < uri.Length; at++)
        {
            var next = (char)uri[at];
            if (char.IsAsciiLetter(next) || (at > 0 && (char.IsAsciiDigit(next) || next is '+' or '-' or '.'))) continue;
            if (next != ':') return true;

            length = at + 1;
            return at > 0;
        }
        return true;
    }

    static bool Authority(ReadOnlySpan<byte> authority)
    {
        var at = authority.LastIndexOf((byte)'@');
        if (at >= 0)
        {
            foreach (var next in authority[..at])
                if (!char.IsAsciiLetterOrDigit((char)next) && !"-._:~!$&'()*+,;=%@"u8.Contains(next)) return false;
            if (!Escapes(authority[..at])) return false;
        }
        return Host(authority[(at + 1)..]);
    }

    static bool Host(ReadOnlySpan<byte> host)
    {
        var port = host.LastIndexOf((byte)':');
        if (host.StartsWith("["u8))
        {
            var end = host.LastIndexOf((byte)']');
            if (end < 0) return false;
            if (host.Length > end + 1 && port != end + 1) return false;
            if (port < end) port = -1;
        }
        if (port >= 0 && host[(port + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0) return false;

        foreach (var next in host)
            if (next < 0x80 && !char.IsAsciiLetterOrDigit((char)next) && !"-_.~!$&'()*+,;=:[]<>\"%"u8.Contains(next)) return false;
        return Escapes(host);
    }

    static bool Escapes(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'%') is var at and >= 0)
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[at + 1]) || !char.IsAsciiHexDigit((char)text[at + 2])) return false;
            text = text[(at + 3)..];
        }
        return true;
    }
}
