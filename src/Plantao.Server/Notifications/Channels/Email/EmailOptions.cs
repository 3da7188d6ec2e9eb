using System.ComponentModel.DataAnnotations;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Email;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailTls
{
    /// <summary>Not at all. Only for a relay on this machine or a wire one trusts, and never with a password.</summary>
    None,

    /// <summary>STARTTLS, or no mail: a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314, 3.3), as on port 465.</summary>
    Implicit,
}

/// <summary>The mail server, set by an Admin or by configuration.</summary>
public sealed record EmailOptions
{
    public required string Server { get; init; }

    /// <summary>1 to 65535; default 587, for submission; 465 with <see cref="MailTls.Implicit"/>.</summary>
    [Range(1, 65535)] public int Port { get; init; } = 587;

    /// <summary>The sender's address.</summary>
    public required string From { get; init; }

    /// <summary>The sender's name.</summary>
    public string FromName { get; init; } = "Plantão";

    public MailTls Tls { get; init; } = MailTls.StartTls;

    /// <summary><see langword="null"/>: without signing in.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>How long to wait for the mail server before the try counts as failed. 1 s to 2 min; default 20 s. A lease on a delivery lasts longer.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")] public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where the server may be. Public unless an Admin ticked otherwise.</summary>
    public EgressPolicy Policy { get; init; } = EgressPolicy.Public;

    /// <summary>Checks the whole when it is set and at start.</summary>
    public Ruling<EmailOptions> Check()
    {
        if (string.IsNullOrWhiteSpace(Server) || Server.AsSpan().ContainsAnyInRange('\0', ' '))
            return Refused("The mail server's name is missing or holds a space.");
        if (Port is < 1 or > 65535) return Refused("The port is not between 1 and 65535.");
        if (Port == 465 && Tls is not MailTls.Implicit) return Refused("Port 465 begins with TLS: choose Implicit, or use 587 with StartTls.");
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(2)) return Refused("The timeout is not between 1 s and 2 min.");
        if (!MailAddresses.Check(From).Allowed) return Refused("The sender is no mail address.");
        if (Password is not null && User is null) return Refused("There is a password and no user.");
        if (Password is not null && Tls is MailTls.None) return Refused("A password is not sent in the clear. Choose StartTls or Implicit.");
        return this;

        static Refusal Refused(string why) => new("mail-not-valid", $"{why} Mail was not changed.", 400);
    }
}
