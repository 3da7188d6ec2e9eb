using System.Buffers;

namespace Plantao.Alerts.Intake;

/// <summary>Addresses that sources give us to show.</summary>
static class Links
{
    static readonly SearchValues<char> Plain =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%");

    /// <summary>The address, when it is one that a browser may safely follow (http or https) and not longer than <see cref="IntakeLimits.Link"/>.</summary>
    internal static string? Safe(string? address)
    {
        if (address is not { Length: > 0 and <= IntakeLimits.Link }) return null;
        if (IsPlain(address)) return address;

        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.AbsoluteUri is { Length: <= IntakeLimits.Link } link
                ? link
                : null;
    }

    /// <summary>Whether it needs no second look, as nearly all of them: taking an address apart costs a quarter of reading an alert.</summary>
    static bool IsPlain(string address)
    {
        var host = address.StartsWith("https://", StringComparison.Ordinal) ? 8 : address.StartsWith("http://", StringComparison.Ordinal) ? 7 : 0;
        return host > 0 && address.Length > host && char.IsAsciiLetterOrDigit(address[host]) && !address.AsSpan().ContainsAnyExcept(Plain);
    }
}
