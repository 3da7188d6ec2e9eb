using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Plantao.Platform.Egress;

/// <summary>What kind of place an address leads to.</summary>
public enum AddressClass
{
    /// <summary>Globally reachable unicast.</summary>
    Public,

    /// <summary>Inside somebody's house: RFC 1918, unique local IPv6, and the shared space of carriers and overlays (100.64/10).</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>This wire, and the metadata services of the clouds wherever they live: they hand out credentials.</summary>
    LinkLocal,

    /// <summary>Nothing to talk to: unspecified, multicast, broadcast, documentation, benchmarks, reserved, deprecated tunnels.</summary>
    Forbidden,
}

/// <summary>The one table of addresses. An address that carries another inside (mapped, NAT64) is judged by what it carries.</summary>
/// <remarks>
/// IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890), failures.md J4.
/// A NAT64 prefix that a network made for itself (RFC 6052, 2.2) cannot be told from other addresses: only the well-known one is unpacked.
/// </remarks>
public static class AddressTable
{
    static readonly (IPNetwork Network, AddressClass Class)[] V4 =
    [
        // The exceptions first: the metadata services that do not live at 169.254.169.254.
        (IPNetwork.Parse("100.100.100.200/32"), AddressClass.LinkLocal),   // Alibaba
        (IPNetwork.Parse("168.63.129.16/32"), AddressClass.LinkLocal),     // Azure
        (IPNetwork.Parse("192.0.0.192/32"), AddressClass.LinkLocal),       // Oracle
        (IPNetwork.Parse("0.0.0.0/8"), AddressClass.Forbidden),
        (IPNetwork.Parse("10.0.0.0/8"), AddressClass.Private),
        (IPNetwork.Parse("100.64.0.0/10"), AddressClass.Private),
        (IPNetwork.Parse("127.0.0.0/8"), AddressClass.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), AddressClass.LinkLocal),
        (IPNetwork.Parse("172.16.0.0/12"), AddressClass.Private),
        (IPNetwork.Parse("192.0.0.0/24"), AddressClass.Forbidden),
        (IPNetwork.Parse("192.0.2.0/24"), AddressClass.Forbidden),
        (IPNetwork.Parse("192.88.99.0/24"), AddressClass.Forbidden),
        (IPNetwork.Parse("192.168.0.0/16"), AddressClass.Private),
        (IPNetwork.Parse("198.18.0.0/15"), AddressClass.Forbidden),
        (IPNetwork.Parse("198.51.100.0/24"), AddressClass.Forbidden),
        (IPNetwork.Parse("203.0.113.0/24"), AddressClass.Forbidden),
        (IPNetwork.Parse("224.0.0.0/3"), AddressClass.Forbidden),          // multicast, reserved, broadcast
    ];

    static readonly (IPNetwork Network, AddressClass Class)[] V6 =
    [
        (IPNetwork.Parse("::1/128"), AddressClass.Loopback),
        (IPNetwork.Parse("fd00:ec2::254/128"), AddressClass.LinkLocal),    // AWS
        (IPNetwork.Parse("fd20:ce::254/128"), AddressClass.LinkLocal),     // Google
        (IPNetwork.Parse("fc00::/7"), AddressClass.Private),
        (IPNetwork.Parse("fe80::/10"), AddressClass.LinkLocal),
        (IPNetwork.Parse("2001::/23"), AddressClass.Forbidden),            // IETF protocols, with Teredo and ORCHID
        (IPNetwork.Parse("2001:db8::/32"), AddressClass.Forbidden),
        (IPNetwork.Parse("2002::/16"), AddressClass.Forbidden),            // 6to4: deprecated (RFC 7526), and carries any IPv4 address
        (IPNetwork.Parse("3fff::/20"), AddressClass.Forbidden),
        (IPNetwork.Parse("2000::/3"), AddressClass.Public),
    ];

    static readonly IPNetwork[] CarriesV4InItsLast32Bits =
    [
        IPNetwork.Parse("::ffff:0:0/96"),       // mapped
        IPNetwork.Parse("::ffff:0:0:0/96"),     // translated (SIIT)
        IPNetwork.Parse("64:ff9b::/96"),        // NAT64, well known
    ];

    /// <summary>Judges one address. What no row names is public for IPv4 and forbidden for IPv6, where only 2000::/3 is given out.</summary>
    public static AddressClass Of(IPAddress address)
    {
        if (address.AddressFamily is AddressFamily.InterNetwork) return Find(V4, address) ?? AddressClass.Public;
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return AddressClass.Forbidden;

        // "fe80::1%2" is the same place as "fe80::1", and a network contains only the latter.
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var bare = new IPAddress(bytes);

        foreach (var network in CarriesV4InItsLast32Bits)
            if (ContainsAsV6(network, bytes)) return Of(new IPAddress(bytes[12..]));

        return Find(V6, bare) ?? AddressClass.Forbidden;
    }

    static AddressClass? Find((IPNetwork Network, AddressClass Class)[] table, IPAddress address)
    {
        foreach (var (network, @class) in table)
            if (network.Contains(address)) return @class;
        return null;
    }

    /// <summary><see cref="IPNetwork.Contains"/> judges mapped addresses by rules of its own (2000::/3 holds ::ffff:8.8.8.8): the 96 bits are compared here instead.</summary>
    static bool ContainsAsV6(IPNetwork network, ReadOnlySpan<byte> address)
    {
        Span<byte> prefix = stackalloc byte[16];
        network.BaseAddress.TryWriteBytes(prefix, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(prefix) == BinaryPrimitives.ReadUInt64BigEndian(address)
            && BinaryPrimitives.ReadUInt32BigEndian(prefix[8..]) == BinaryPrimitives.ReadUInt32BigEndian(address[8..]);
    }
}
