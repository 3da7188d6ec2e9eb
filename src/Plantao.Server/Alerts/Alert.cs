using Plantao.Escalations;
using Plantao.People;

namespace Plantao.Alerts;

/// <summary>Where an alert stands. Stored by name; a name is never reused.</summary>
public enum AlertStatus
{
    Open,
    Acknowledged,
    Resolved,
}

/// <summary>A deduplicated condition on a service. Immutable: a move makes a new one.</summary>
/// <param name="KeyHash">Names the condition; at most one unresolved alert has it.</param>
/// <param name="GroupId">The group it climbs with.</param>
/// <param name="Service">By name; <see langword="null"/>: no route and no service, it went to the catch-all.</param>
/// <param name="Quiet">Why it is quiet: ids of silences and maintenance, or of the alert that inhibits it, joined by blanks.</param>
/// <param name="Rank">Global severity rank, 0 (gravest) to 3.</param>
/// <param name="Flapping">It opened for the fourth time within 30 min: one alert, one page, resolved after 10 min of quiet.</param>
/// <param name="SourceAt">When the source says it began.</param>
/// <param name="FiredSourceAt">The latest beginning that its source stated since.</param>
/// <param name="EndsAt">The end that its source stated.</param>
/// <param name="FirstSignal">The signal that opened it, and when that came in.</param>
/// <param name="TextHash">Over labels and text: tells a repeat that changes nothing without reading them.</param>
/// <param name="DueAt">When it acts by itself: at its stated end, or after 10 quiet minutes while flapping.</param>
public sealed record Alert(
    string Id,
    string IntegrationId,
    byte[] KeyHash,
    string GroupId,
    string? Service,
    string? Team,
    AlertStatus Status,
    string? Quiet,
    Urgency Urgency,
    int Rank,
    string? Severity,
    bool Flapping,
    bool Unrouted,
    DateTimeOffset OpenedAt,
    DateTimeOffset SourceAt,
    DateTimeOffset? FiredSourceAt,
    DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy,
    DateTimeOffset? ResolvedAt,
    string? ResolvedBy,
    DateTimeOffset? EndsAt,
    DateTimeOffset? DueAt,
    long FirstSignal,
    DateTimeOffset FirstSignalAt,
    long LastSignal,
    DateTimeOffset LastSignalAt,
    long Signals,
    string? Previous,
    string Correlation,
    long TextHash)
{
    public bool Unresolved => Status is not AlertStatus.Resolved;

    /// <summary>Resolved by a person, not by its source and not by time.</summary>
    public bool ResolvedByHand => ResolvedBy is { } by && (by.StartsWith("usr_", StringComparison.Ordinal) || by.StartsWith("token:", StringComparison.Ordinal));
}

/// <summary>Who resolves what no person and no source does. Stored as the alert's <c>resolved_by</c>; shown in the reader's language by <see cref="AlertTexts"/>.</summary>
public static class ResolvedBy
{
    /// <summary>Its stated end passed.</summary>
    public const string StatedEnd = "plantao: its stated end passed";

    /// <summary>It flapped, and was quiet for 10 min.</summary>
    public const string Quiet = "plantao: quiet for 10 min";

    /// <summary>Nothing was heard of it for as long as its integration says.</summary>
    public const string Age = "plantao: nothing heard of it for long";
}

/// <summary>What an alert says.</summary>
/// <param name="Title">Stays as it was when it opened.</param>
/// <param name="Routed">Which route took it, and why: shown under "why paged".</param>
public sealed record AlertText(
    string AlertId, string Title, string? Text, IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, string? Link, string? DedupKey, string? SourceSeverity, string Routed);

/// <summary>What is known of a condition. Between its alerts it is a row; while one is unresolved, that alert holds what is newer.</summary>
/// <param name="OpenAlert">The one unresolved alert of it.</param>
/// <param name="ResolvedSourceAt">The latest end that its source stated: a firing from before it is late.</param>
/// <param name="FiredSourceAt">The latest beginning that its source stated: an end from before it is late.</param>
/// <param name="Openings">When it opened, the last three times.</param>
public sealed record ConditionKey(
    byte[] Hash, string? OpenAlert, string? LastAlert, DateTimeOffset? ResolvedSourceAt, DateTimeOffset? FiredSourceAt, IReadOnlyList<DateTimeOffset> Openings)
{
    public static ConditionKey New(byte[] hash) => new(hash, null, null, null, null, []);

    /// <summary>Together with the unresolved alert of the condition.</summary>
    public ConditionKey With(Alert open) => this with
    {
        OpenAlert = open.Id,
        LastAlert = open.Id,
        FiredSourceAt = FiredSourceAt > open.FiredSourceAt ? FiredSourceAt : open.FiredSourceAt ?? FiredSourceAt,
        // Opened again by a person: that opening is in the row already.
        Openings = Openings.Contains(open.FirstSignalAt) ? Openings : [.. Openings.TakeLast(AlertRules.FlappingOpenings - 1), open.FirstSignalAt],
    };
}

/// <summary>Alerts of one service that climb as one.</summary>
public sealed record AlertGroup(string Id, string? Service, string Key, string Leader, int Unresolved, DateTimeOffset OpenedAt, DateTimeOffset? EndedAt);

/// <summary>What a signal came to.</summary>
public enum Outcome
{
    /// <summary>A new alert.</summary>
    Opened,

    /// <summary>A resolved alert is open again: its source still says so 30 min after a person resolved it.</summary>
    Reopened,

    /// <summary>Counted on the unresolved alert; nothing changed. Not kept as a row.</summary>
    Repeated,

    /// <summary>Counted on the unresolved alert, whose labels or text follow.</summary>
    Changed,

    /// <summary>From low to high: a new climb, acknowledged or not.</summary>
    Raised,

    Resolved,

    /// <summary>The source says that somebody has it.</summary>
    Acknowledged,

    /// <summary>An end while flapping: resolved once it has been quiet for 10 min.</summary>
    Waiting,

    /// <summary>Says what was true before something that is already known. Kept, no effect.</summary>
    Late,

    /// <summary>Resolve or acknowledge for nothing unresolved. Kept, no effect.</summary>
    NothingOpen,

    /// <summary>Still firing after a person resolved it, less than 30 min ago. Counted, no effect yet.</summary>
    StillFiring,

    /// <summary>A change, kept and shown.</summary>
    Noted,

    /// <summary>A heartbeat came in time.</summary>
    Beat,

    /// <summary>Deciding failed: kept, tried again, and paged from its raw text meanwhile.</summary>
    SetAside,
}
