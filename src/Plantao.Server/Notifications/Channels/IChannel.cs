namespace Plantao.Notifications.Channels;

/// <summary>One way to send. The other side is out of our hands.</summary>
public interface IChannel
{
    /// <summary>Lower-case name, as in a contact method and a table: <c>email</c>, <c>slack</c>, <c>teams</c>, <c>webhook</c>, <c>ntfy</c>.</summary>
    string Name { get; }

    /// <summary>Checks an address when it is typed.</summary>
    /// <returns>The address in its canonical form, or why it cannot be one.</returns>
    Platform.Ruling<string> Address(string typed);

    /// <summary>Tries once, within 10 s in all (mail: within its own <c>Timeout</c>). Only an explicit success is success: any other answer, a timeout and an unreadable body are failures.</summary>
    /// <remarks>Never throws for what the other side does; may throw <see cref="OperationCanceledException"/> when <paramref name="ct"/> ends.</remarks>
    Task<Answer> Send(Outgoing message, CancellationToken ct);
}

/// <summary>What came of one try.</summary>
public abstract record Answer
{
    Answer() { }

    /// <summary>The provider took it. This says nothing about the person.</summary>
    /// <param name="ProviderId">The provider's id of the message, when it gave one.</param>
    public sealed record Accepted(string? ProviderId, int? Status = null) : Answer;

    /// <summary>Not now.</summary>
    /// <param name="After">What the provider asked for, at most 1 h; <see langword="null"/> when it said nothing.</param>
    /// <param name="InDoubt">The message had begun to leave when the try broke off: a copy may arrive, and the next try says so (<see cref="Outgoing.Repeat"/>).</param>
    public sealed record TryAgain(string Why, int? Status = null, TimeSpan? After = null, bool InDoubt = false) : Answer;

    /// <summary>Never, with this address or this content.</summary>
    /// <param name="AddressIsDead">The address itself is refused (unknown mailbox, removed webhook): its owner must be told elsewhere.</param>
    public sealed record GiveUp(string Why, int? Status = null, bool AddressIsDead = false) : Answer;
}

/// <summary>Why a message is sent.</summary>
public enum MessageKind
{
    /// <summary>Asks one person to answer.</summary>
    Page,

    /// <summary>Tells without asking (low urgency, "answered by …", digests).</summary>
    Notice,

    /// <summary>A code that proves a contact method.</summary>
    Verification,

    /// <summary>A test, marked as such.</summary>
    Test,
}

/// <summary>A message to one person through one channel, before the channel's own rendering.</summary>
/// <param name="Id">The delivery's id: the same over every repeat of this slot, sent as idempotency key where there is one.</param>
/// <param name="Address">The contact method's address.</param>
/// <param name="Language"><c>en</c> or <c>pt-BR</c>.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Repeat">A copy may have arrived already (an attempt is in doubt): say so in the message.</param>
/// <param name="Rank">Global severity rank, 0 (gravest) to 3.</param>
/// <param name="Title">One line of plain text, from outside: the channel encodes it.</param>
/// <param name="Text">More plain text, from outside.</param>
/// <param name="Facts">Names and values to show, in order; names are ours and translated, values from outside.</param>
/// <param name="AnswerUrl">Opens the screen with the buttons; <see langword="null"/> when there is nothing to answer. A secret.</param>
/// <param name="DetailsUrl">Opens the thing itself, for who is signed in.</param>
/// <param name="ThreadKey">Messages with the same key belong together (the alert group or climb).</param>
/// <param name="First">The first message of its thread: later ones refer to it.</param>
/// <param name="ShortCode">Names the page in a reply, such as <c>4711</c>.</param>
/// <param name="Secret">What the contact method holds beside its address: the signing secrets of a webhook (<c>whsec_…</c>, several apart by a space while one is rotated), the access token of ntfy.</param>
public sealed record Outgoing(
    string Id,
    MessageKind Kind,
    string Address,
    string Language,
    string Title,
    string? Text,
    IReadOnlyList<(string Name, string Value)> Facts,
    int Rank,
    int Attempt,
    bool Repeat,
    string? AnswerUrl,
    string? DetailsUrl,
    string ThreadKey,
    bool First,
    string? ShortCode,
    string CorrelationId,
    DateTimeOffset At,
    string? Secret = null);
