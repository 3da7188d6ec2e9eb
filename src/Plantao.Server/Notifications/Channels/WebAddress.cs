using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels;

/// <summary>Addresses that are URLs.</summary>
static class WebAddress
{
    /// <summary>Checks the form of a typed URL; where it leads is checked at each connection.</summary>
    public static Ruling<Uri> Check(string typed, ChannelOptions options)
    {
        var text = typed.Trim();
        if (text.Length > 2048 || text.AsSpan().ContainsAnyInRange('\0', ' ') || !Uri.TryCreate(text, UriKind.Absolute, out var url))
            return new Refusal("address-not-valid", "This is no web address. Nothing was saved. Copy the whole URL, beginning with https://.", 400);
        var ruling = EgressClient.Check(url);
        if (!ruling.Allowed) return ruling;
        if (url.Scheme == Uri.UriSchemeHttp && !options.AllowsPlainHttp)
            return new Refusal("address-not-valid", "Only https is used, since messages hold links that are secrets. Nothing was saved.", 400);
        if (url.Fragment.Length > 0)
            return new Refusal("address-not-valid", "The part after # would not be sent. Nothing was saved. Remove it.", 400);
        return url;
    }

    /// <summary>A link of ours as it may stand in a message; <see langword="null"/> for anything that a browser would not open as a page.</summary>
    public static string? Link(string? link) =>
        link is { Length: <= 2048 } && Uri.TryCreate(link, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? url.AbsoluteUri : null;
}
