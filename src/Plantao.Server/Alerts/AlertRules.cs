using Plantao.Alerts.Intake;
using Plantao.Escalations;
using Plantao.People;

namespace Plantao.Alerts;

/// <summary>What a signal means for its condition. Pure: the same state, signal and instant give the same outcome (design §15, Alerts).</summary>
public static class AlertRules
{
    /// <summary>The fourth opening of a key within this span makes it flapping.</summary>
    public static readonly TimeSpan FlappingSpan = TimeSpan.FromMinutes(30);

    /// <summary>Openings within <see cref="FlappingSpan"/> from which it is flapping.</summary>
    public const int FlappingOpenings = 4;

    /// <summary>A flapping alert is resolved after this much quiet.</summary>
    public static readonly TimeSpan FlappingQuiet = TimeSpan.FromMinutes(10);

    /// <summary>How long after a person's resolve a source that still says firing opens it again.</summary>
    public static readonly TimeSpan StillFiringAfter = TimeSpan.FromMinutes(30);

    /// <summary>How long a resolved alert may be opened again by a person.</summary>
    public static readonly TimeSpan ReopenWithin = TimeSpan.FromHours(24);

    /// <param name="key">What is known of the condition.</param>
    /// <param name="latest">Its unresolved alert, else its last one, when there is any.</param>
    /// <param name="urgency">What routing says of this signal.</param>
    /// <param name="receivedAt">When it came in.</param>
    /// <param name="sameText">Whether labels and text are what the alert has already.</param>
    public static Outcome Decide(ConditionKey key, Alert? latest, Reading reading, Urgency urgency, DateTimeOffset receivedAt, bool sameText) => reading.Kind switch
    {
        ReadingKind.Firing when key.OpenAlert is not null && latest is { Unresolved: true } open => Again(open, urgency, sameText),
        // Only two times that the source itself stated are compared: our clock says nothing about its order.
        ReadingKind.Firing when reading.SourceAt is { } at && key.ResolvedSourceAt is { } resolved && at < resolved => Outcome.Late,
        ReadingKind.Firing when reading.SourceAt is { } at && latest is { ResolvedByHand: true, ResolvedAt: { } when } && at <= when && SameEpisode(key, at) =>
            receivedAt - when >= StillFiringAfter ? Outcome.Reopened : Outcome.StillFiring,
        ReadingKind.Firing => Outcome.Opened,
        ReadingKind.Resolved when key.OpenAlert is null => Outcome.NothingOpen,
        ReadingKind.Resolved when reading.SourceAt is { } at && key.FiredSourceAt is { } fired && at < fired => Outcome.Late,
        ReadingKind.Resolved when latest is { Flapping: true } => Outcome.Waiting,
        ReadingKind.Resolved => Outcome.Resolved,
        // Older than the episode it would stop: louder is safer.
        ReadingKind.Acknowledged when key.OpenAlert is not null && latest is { Status: AlertStatus.Open } now && reading.SourceAt is { } at
            && (at < key.ResolvedSourceAt || key.FiredSourceAt is not null && at < now.SourceAt) => Outcome.Late,
        ReadingKind.Acknowledged when latest is { Status: AlertStatus.Open } && key.OpenAlert is not null => Outcome.Acknowledged,
        ReadingKind.Acknowledged => Outcome.NothingOpen,
        ReadingKind.Change => Outcome.Noted,
        ReadingKind.Heartbeat => Outcome.Beat,
    };

    /// <summary>The key afterwards. Times only move forward, so that the order of arrival leaves no trace.</summary>
    public static ConditionKey After(ConditionKey key, Reading reading, Outcome outcome, string? alert, DateTimeOffset receivedAt)
    {
        var after = reading.Kind switch
        {
            ReadingKind.Firing => key with { FiredSourceAt = Later(key.FiredSourceAt, reading.SourceAt) },
            ReadingKind.Resolved => key with { ResolvedSourceAt = Later(key.ResolvedSourceAt, reading.SourceAt) },
            ReadingKind.Acknowledged or ReadingKind.Change or ReadingKind.Heartbeat => key,
        };
        return outcome switch
        {
            Outcome.Opened => after with { OpenAlert = alert, LastAlert = alert, Openings = [.. key.Openings.Where(o => receivedAt - o < FlappingSpan).TakeLast(FlappingOpenings - 1), receivedAt] },
            Outcome.Reopened => after with { OpenAlert = key.LastAlert },
            Outcome.Resolved => after with { OpenAlert = null },
            Outcome.Repeated or Outcome.Changed or Outcome.Raised or Outcome.Acknowledged or Outcome.Waiting or Outcome.Late or Outcome.NothingOpen
                or Outcome.StillFiring or Outcome.Noted or Outcome.Beat or Outcome.SetAside => after,
        };
    }

    /// <summary>Whether opening now makes it flapping: the fourth within 30 min.</summary>
    public static bool Flaps(ConditionKey key, DateTimeOffset now) => key.Openings.Count(o => now - o < FlappingSpan) >= FlappingOpenings - 1;

    /// <summary>The end that a repeat leaves: an end that was only assumed gives way to a later one that was stated.</summary>
    public static DateTimeOffset? EndAfter(Alert open, Reading reading) => reading.EndsAt is not { } end
        ? open.EndsAt
        : reading.EndIsAssumed && open.EndsAt > end ? open.EndsAt : end;

    /// <summary>When an unresolved alert acts by itself: at its stated end, and while flapping not before 10 min without a firing.</summary>
    public static DateTimeOffset? ActsAt(bool flapping, DateTimeOffset? end, DateTimeOffset heardAt) => flapping && end < heardAt + FlappingQuiet ? heardAt + FlappingQuiet : end;

    /// <summary>When an acknowledged alert resolves by age: so long after its source was last heard, and after somebody took it. Never what nobody acknowledged, nor what states its own end.</summary>
    /// <param name="resolveAfter">What its integration says; <see langword="null"/>: nothing of it resolves by age.</param>
    public static DateTimeOffset? AgesAt(Alert alert, TimeSpan? resolveAfter) =>
        resolveAfter is { } age && alert is { Status: AlertStatus.Acknowledged, EndsAt: null }
            ? (alert.AcknowledgedAt > alert.LastSignalAt ? alert.AcknowledgedAt.Value : alert.LastSignalAt) + age
            : null;

    static Outcome Again(Alert open, Urgency urgency, bool sameText) =>
        open.Urgency is Urgency.Low && urgency is Urgency.High ? Outcome.Raised : sameText ? Outcome.Repeated : Outcome.Changed;

    static bool SameEpisode(ConditionKey key, DateTimeOffset at) => key.FiredSourceAt is null || at <= key.FiredSourceAt;

    static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other ?? one : one;
}
