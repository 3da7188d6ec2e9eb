using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>A person's address on one channel.</summary>
/// <param name="Id"><c>cm_…</c></param>
/// <param name="Channel">The channel's name: <c>email</c>, <c>slack</c>, <c>teams</c>, <c>webhook</c>, <c>ntfy</c>.</param>
/// <param name="Address">In the channel's canonical form. May let whoever knows it send: shown is <see cref="Shown"/>.</param>
/// <param name="Secret">Signs messages to this address (webhooks).</param>
/// <param name="DisabledWhy">Why it is out of use, such as what the provider said of the address.</param>
public sealed record ContactMethod(
    string Id, string UserId, string Channel, string Address, string? Secret, int Position, DateTimeOffset? VerifiedAt, DateTimeOffset? DisabledAt, string? DisabledWhy)
{
    public const string Email = "email";

    /// <summary>How many a person may have.</summary>
    public const int Most = 20;

    /// <summary>Whether messages go there: a code sent to it came back, and it was not put out of use.</summary>
    public bool Usable => VerifiedAt is not null && DisabledAt is null;

    /// <summary>What may be seen of the address: all of an e-mail address, of a link only its host and its last four characters.</summary>
    public string Shown => ShownOf(Channel, Address);

    internal static string ShownOf(string channel, string address)
    {
        if (channel == Email) return address;
        var end = address.Length > 16 ? address[^4..] : "";
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Host}/…{end}" : "…" + end;
    }
}

/// <summary>Sends the code that proves a contact method. A room above answers: it knows the channels.</summary>
public interface ISendCode
{
    /// <summary>Checks an address when it is typed.</summary>
    /// <returns>Its canonical form, or why it cannot be an address of <paramref name="channel"/>, or that there is no such channel.</returns>
    Ruling<string> Address(string channel, string typed);

    /// <summary>Puts the message into the outbox, in the transaction that keeps the code.</summary>
    /// <param name="code">Six digits. A secret.</param>
    Task Send(Tx tx, ContactMethod to, string code, string language);
}

/// <summary>Answers while no channel is there: refuses, so that nobody waits for a code that never comes.</summary>
sealed class NoChannels : ISendCode
{
    public Ruling<string> Address(string channel, string typed) =>
        new Refusal("no-channel", "This server has no channel that could carry a code. Nothing was kept.", 503);

    public Task Send(Tx tx, ContactMethod to, string code, string language) =>
        throw new InvalidOperationException("There is no channel; the address should have been refused.");
}
