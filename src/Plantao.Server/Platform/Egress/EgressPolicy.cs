namespace Plantao.Platform.Egress;

/// <summary>Which addresses one target may lead to. What anybody typed goes to public addresses alone.</summary>
/// <remarks>design.md §12. Two policies never share a connection.</remarks>
public sealed record EgressPolicy
{
    /// <summary>Public addresses and nothing else.</summary>
    public static EgressPolicy Public { get; } = new();

    /// <summary>This machine too. Set by configuration only (demo, tests, a relay on the same host).</summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Private ranges too. Set per target, by an Admin's tick.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Link-local addresses and the clouds' metadata services too. Set by configuration only.</summary>
    public bool AllowLinkLocal { get; init; }

    /// <summary>Whether a connection to this kind of address is allowed.</summary>
    public bool Allows(AddressClass @class) => @class switch
    {
        AddressClass.Public => true,
        AddressClass.Private => AllowPrivate,
        AddressClass.Loopback => AllowLoopback,
        AddressClass.LinkLocal => AllowLinkLocal,
        AddressClass.Forbidden => false,
    };
}
