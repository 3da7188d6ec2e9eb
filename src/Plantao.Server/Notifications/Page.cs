using Plantao.Notifications.Channels;

namespace Plantao.Notifications;

/// <summary>Where a page stands. Stored by name; a name is never reused.</summary>
public enum PageStatus
{
    /// <summary>Asking.</summary>
    Open,

    /// <summary>This person answered.</summary>
    Answered,

    /// <summary>Somebody else answered, or what it asked for is over.</summary>
    Closed,
}

/// <summary>Where one delivery stands.</summary>
public enum DeliveryStatus
{
    /// <summary>Waits for its time.</summary>
    Pending,

    /// <summary>Claimed: intent is on disk, the outside may have been touched. With its lease ended it is in doubt.</summary>
    Sending,

    /// <summary>The provider took it.</summary>
    Accepted,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Not sent any more: its page was answered or closed.</summary>
    Cancelled,
}

/// <summary>A stage of a page on its way.</summary>
public enum HopKind
{
    /// <summary>It was decided to page this person, and why.</summary>
    Decided,

    /// <summary>Held back to be merged with others: more pages than a person can read.</summary>
    Held,

    /// <summary>Sent together with another.</summary>
    Merged,

    /// <summary>A channel is about to be tried.</summary>
    Attempted,

    /// <summary>The provider accepted it. Says nothing about the person.</summary>
    Accepted,

    /// <summary>The try failed; it will be tried again.</summary>
    Failed,

    /// <summary>This way is given up; the next contact method is tried.</summary>
    GaveUp,

    /// <summary>An attempt was cut by a crash or a timeout: it may have arrived, and is sent again, marked as a repeat.</summary>
    InDoubt,

    /// <summary>The next contact method was taken at once.</summary>
    FellBack,

    /// <summary>The person cannot be reached by any method.</summary>
    Unreachable,

    /// <summary>The person answered, and through what.</summary>
    Answered,

    /// <summary>Closed, because somebody else answered or it is over.</summary>
    Closed,

    /// <summary>Merged or dropped after an outage.</summary>
    Reevaluated,
}

/// <summary>What pages of one climb say: one row for all of them, brought up to date as the alert changes.</summary>
/// <param name="Id">The climb's id.</param>
/// <param name="Facts">Names and values to show.</param>
/// <param name="Thread">Messages with the same thread belong together.</param>
/// <param name="Path">Of the screen with the details, below the public address.</param>
public sealed record PageSubject(string Id, string Title, string? Text, IReadOnlyList<Fact> Facts, string Thread, int Rank, string Correlation, string Path);

/// <summary>A name (a key of our texts, or a label's name) and a value from outside.</summary>
public sealed record Fact(string Name, string Value);

/// <summary>A request to page one person.</summary>
/// <param name="Why">Shown on the page and its hops: "step 2 of payments, secondary on call".</param>
/// <param name="Loud">By every method, every 5 min, until someone answers: the catch-all.</param>
/// <param name="StillOnIt">Asks who acknowledged whether they still have it: once, by push and chat.</param>
public sealed record PageRequest(string Subject, int Epoch, string UserId, string Why, bool High, int Rank, bool Loud, string Correlation, bool StillOnIt = false)
{
    /// <summary>As it is stored: <c>High</c>, <c>Low</c>, or <c>StillOnIt</c>.</summary>
    public string Urgency => StillOnIt ? "StillOnIt" : High ? "High" : "Low";
}

/// <summary>A claimed delivery.</summary>
public sealed record Claimed(
    string Id, string? PageId, string Slot, MessageKind Kind, string UserId, string Channel, string MethodId, int Rank, int Attempts, int Fence, bool Repeat, byte[]? Content, DateTimeOffset CreatedAt, string Correlation);
