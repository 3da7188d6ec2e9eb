using System.Net;

namespace Plantao.Platform.Access;

/// <summary>The proxies that are believed. Pure.</summary>
public sealed class Proxies
{
    readonly IReadOnlyList<IPNetwork> networks;

    Proxies(IReadOnlyList<IPNetwork> networks) => this.networks = networks;

    public bool None => networks.Count == 0;

    /// <summary>Reads a list of addresses and networks (<c>10.0.0.0/8</c>), with commas between.</summary>
    /// <exception cref="FormatException">One of them is neither. Nothing is believed by mistake: the server does not start.</exception>
    public static Proxies Read(string list) => new([.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(one =>
        IPAddress.TryParse(one, out var address) ? new IPNetwork(Plain(address), Plain(address).GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(one, out var network) ? network
        : throw new FormatException($"--proxy: '{one}' is no address and no network. Write 10.0.0.5, or 10.0.0.0/8."))]);

    /// <summary>Whether this address is one of theirs.</summary>
    public bool Hold(IPAddress? address) => address is not null && networks.Any(network => network.Contains(Plain(address)));

    /// <summary>Where a call comes from: from the right, the first address that is none of ours.</summary>
    /// <param name="peer">Who is connected. Unless it is a listed proxy, its header says nothing.</param>
    /// <param name="forwardedFor">All values of <c>X-Forwarded-For</c>, as they came. What stands left of a stranger's address, the stranger wrote.</param>
    /// <remarks>An entry that cannot be read ends the walk: what is left of it may be anybody's.</remarks>
    public IPAddress? Client(IPAddress? peer, IEnumerable<string?> forwardedFor)
    {
        var client = peer;
        foreach (var said in forwardedFor.SelectMany(line => (line ?? "").Split(',')).Reverse())
        {
            if (!Hold(client) || !IPAddress.TryParse(WithoutPort(said.Trim()), out var before)) break;
            client = before;
        }

        return client;
    }

    /// <summary><c>192.0.2.1:4711</c> and <c>[2001:db8::1]:4711</c>, as some proxies write it.</summary>
    static string WithoutPort(string said) =>
        said.StartsWith('[') && said.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? said[1..end]
        : said.Count(c => c == ':') == 1 ? said[..said.IndexOf(':', StringComparison.Ordinal)]
        : said;

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>Finds out where a call really comes from when a listed proxy stands before us (failures.md K9). From anybody else these headers mean nothing.</summary>
public sealed class ProxyMiddleware(RequestDelegate next, Proxies proxies)
{
    public Task Invoke(HttpContext http)
    {
        if (proxies.Hold(http.Connection.RemoteIpAddress))
        {
            // What the nearest proxy wrote, which is the last of what stands there.
            if (http.Request.Headers["X-Forwarded-Proto"].ToString().Split(',')[^1].Trim() is ("http" or "https") and var scheme) http.Request.Scheme = scheme;
            http.Connection.RemoteIpAddress = proxies.Client(http.Connection.RemoteIpAddress, http.Request.Headers["X-Forwarded-For"]);
        }

        return next(http);
    }
}
