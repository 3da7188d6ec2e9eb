using Plantao.People;

namespace Plantao.Alerts.Intake;

/// <summary>What a signal says about one condition.</summary>
public enum ReadingKind
{
    /// <summary>The condition holds.</summary>
    Firing,

    /// <summary>The source says that somebody has it.</summary>
    Acknowledged,

    /// <summary>The condition is over.</summary>
    Resolved,

    /// <summary>Something was changed (a deploy, a setting). Kept and shown, notifies nobody.</summary>
    Change,

    /// <summary>"I am alive."</summary>
    Heartbeat,
}

/// <summary>What one signal says about one condition. A message of Alertmanager holds several; PagerDuty's hold one.</summary>
/// <param name="DedupKey">The source's name for the condition, unbounded; <see langword="null"/>: a condition of its own each time.</param>
/// <param name="Title">One line, at most 1,024 characters, normalised.</param>
/// <param name="SourceSeverity">The source's own word, such as <c>critical</c>; <see langword="null"/> when it gave none.</param>
/// <param name="Labels">Identify and route. Ordered by name (ordinal).</param>
/// <param name="Annotations">Tell. Ordered by name (ordinal).</param>
/// <param name="GroupKey">The source's own group, when it groups.</param>
/// <param name="SourceAt">When the source says this began to hold (firing) or ended (resolved); <see langword="null"/>: at receipt.</param>
/// <param name="EndsAt">The source states an end: the alert resolves by itself then, unless a later signal moves it.</param>
/// <param name="Link">Where the source shows it: http or https, else <see langword="null"/>.</param>
/// <param name="Urgency">What a person who raised it said; tools say a severity, and the service's table makes it one.</param>
/// <param name="EndIsAssumed">The source stated no end: <paramref name="EndsAt"/> is the receipt plus the resolve timeout, and gives way to a later end that was stated.</param>
public sealed record Reading(
    ReadingKind Kind,
    string? DedupKey,
    string Title,
    string? Text = null,
    string? SourceSeverity = null,
    IReadOnlyDictionary<string, string>? Labels = null,
    IReadOnlyDictionary<string, string>? Annotations = null,
    string? GroupKey = null,
    DateTimeOffset? SourceAt = null,
    DateTimeOffset? EndsAt = null,
    string? Link = null,
    bool EndIsAssumed = false,
    Urgency? Urgency = null);

/// <summary>What is sent back to whoever sent a signal, byte for byte in the dialect it speaks.</summary>
public sealed record IntakeAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether the sender is told that all of it was taken.</summary>
    public bool Success => Status is >= 200 and < 300;
}

/// <summary>What a body means.</summary>
/// <param name="Readings">What can be taken: stored and decided even when <paramref name="Answer"/> refuses the rest (Alertmanager's API does that).</param>
/// <param name="Answer">What the sender is told, once the signal is durable.</param>
/// <param name="Refused">Why something was not taken, for the integration's owner; <see langword="null"/> when all was.</param>
/// <param name="ExternalId">The source's own id of this message: a repeat of it has no second effect.</param>
/// <param name="ResolvesGroup">The group key of which every alert is over, also those that the message leaves out (Alertmanager's <c>max_alerts</c>).</param>
public sealed record Taken(
    IReadOnlyList<Reading> Readings,
    IntakeAnswer Answer,
    string? Refused = null,
    string? ExternalId = null,
    string? ResolvesGroup = null)
{
    /// <summary>Nothing was taken.</summary>
    public static Taken Nothing(IntakeAnswer answer, string refused) => new([], answer, refused);
}
