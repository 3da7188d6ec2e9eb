using System.Net;

namespace Plantao.Platform.Egress;

/// <summary>What came of one outgoing call: an answer, whatever it says, or none.</summary>
public abstract record EgressOutcome;

/// <summary>The other side answered. Says nothing about success: a redirect is an answer too, and is not followed.</summary>
/// <param name="Headers">Name (any case) to value; several values are joined with a comma.</param>
/// <param name="Body">At most what <see cref="EgressOptions.MaxAnswer"/> allows.</param>
/// <param name="Truncated">There was more: the rest was not read, and the connection was closed.</param>
public sealed record EgressAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, bool Truncated) : EgressOutcome
{
    /// <summary>The media type in lower case without parameters; empty when there is none.</summary>
    public string MediaType =>
        Headers.GetValueOrDefault("Content-Type", "").Split(';', 2)[0].Trim().ToLowerInvariant();
}

/// <summary>No complete answer.</summary>
/// <param name="Why">A sentence for the log; holds the host at most, never the path or query, which may be secret.</param>
/// <param name="InDoubt">The request had begun to leave: the other side may have acted on it.</param>
/// <param name="Status">The status, when the answer broke off after it.</param>
public sealed record EgressFault(EgressFaultKind Kind, string Why, bool InDoubt = false, int? Status = null) : EgressOutcome;

/// <summary>Why there is no answer.</summary>
public enum EgressFaultKind
{
    /// <summary>We refused: scheme, port, credentials in the URL, or an address the policy does not allow.</summary>
    Refused,

    /// <summary>The name has no address.</summary>
    Unresolved,

    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>No trusted TLS session.</summary>
    Tls,

    /// <summary>The deadline passed.</summary>
    Timeout,

    /// <summary>The answer broke off or was no HTTP.</summary>
    Broken,
}

/// <summary>Bounds of every outgoing call.</summary>
public sealed record EgressOptions
{
    /// <summary>From the first look-up to the last byte. More than zero, at most 2 min; default 10 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of an answer that are read. Default 64 KiB.</summary>
    public int MaxAnswer { get; init; } = 64 * 1024;
}

/// <summary>One look at one address, for a metric or a log.</summary>
/// <param name="Host">The name or literal that was asked for.</param>
/// <param name="Allowed">Whether a connection was tried.</param>
public sealed record EgressPeer(string Host, IPAddress Address, int Port, AddressClass Class, bool Allowed);

/// <summary>Every address of a host is one that the policy does not allow; nothing was connected.</summary>
public sealed class EgressRefusedException(string message) : IOException(message);
