namespace Plantao.Client;

/// <summary>A deduplicated condition on a service.</summary>
/// <param name="Status">Open, Acknowledged or Resolved.</param>
/// <param name="Quiet">Ids of the silences and maintenance that keep it quiet; absent when it is not.</param>
/// <param name="Urgency">High climbs, Low only tells.</param>
/// <param name="Rank">Global severity rank, 0 (gravest) to 3.</param>
/// <param name="Integration">The door that it came through.</param>
/// <param name="Source">Who noticed: alert (a tool), customer or team.</param>
/// <param name="OpenedAt">When it was noticed here.</param>
/// <param name="Signals">How many signals were counted on it.</param>
/// <param name="Moves">What the caller may do with it now.</param>
public sealed record AlertView(
    string Id, string Title, string? Text, string Status, string? Quiet, string Urgency, int Rank, string? Severity, string? Service, string? Team, string Integration, string Source, string Group, bool Flapping, bool Unrouted,
    DateTimeOffset OpenedAt, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy, DateTimeOffset? ResolvedAt, string? ResolvedBy, DateTimeOffset? EndsAt, DateTimeOffset LastSignalAt, long Signals, string? Previous,
    IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations, string? Link, string Routed, string CorrelationId, IReadOnlyList<string> Moves);

/// <summary>Where the climb for an alert's group stands.</summary>
/// <param name="Status">Climbing, Unanswered, Told, Acknowledged, Snoozed, Quiet or Ended.</param>
/// <param name="Step">The next step to take, from 1.</param>
/// <param name="DueAt">When it acts next by itself.</param>
/// <param name="Reached">False: nobody could be reached at all.</param>
public sealed record EscalationView(
    string Id, string Policy, string Status, int Epoch, int Step, int Steps, int Round, int Rounds, DateTimeOffset? DueAt, string? By, DateTimeOffset? AcknowledgedAt, DateTimeOffset? AcknowledgedUntil, bool Reached);

/// <summary>One stage of a page on its way.</summary>
public sealed record HopView(string Kind, DateTimeOffset At, string? Channel, string? Detail, string? ProviderId, int? Status);

/// <summary>Asking one person, with every hop.</summary>
public sealed record PageView(string Id, string User, string Why, string Urgency, string Status, int Epoch, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, IReadOnlyList<HopView> Hops);

/// <summary>What a signal came to; repeats are only counted.</summary>
public sealed record SignalView(string Signal, string Outcome, DateTimeOffset? ReceivedAt, DateTimeOffset DecidedAt, string? CorrelationId);

/// <summary>An entry of the journal about an alert or its group.</summary>
public sealed record EntryView(long Position, string Kind, string Actor, DateTimeOffset At, System.Text.Json.JsonElement Facts, string? Text);

/// <summary>Everything on how an alert came in, whom it paged and why, hop by hop.</summary>
public sealed record AlertTrailView(AlertView Alert, EscalationView? Escalation, IReadOnlyList<SignalView> Signals, IReadOnlyList<PageView> Pages, IReadOnlyList<EntryView> Journal);

/// <param name="Until">How long, from 15 min to 24 h.</param>
public sealed record SnoozeRequest(double Minutes);

/// <summary>Exactly one of the two.</summary>
public sealed record PassOnRequest(string? To = null, string? Policy = null);

/// <summary>An alert that a person raises.</summary>
/// <param name="Service">By name.</param>
/// <param name="Urgency">High (the default) or Low.</param>
public sealed record RaiseRequest(string Title, string? Text = null, string Service = "", string? Urgency = null, string? Severity = null);

/// <summary>What was raised: the signal is on disk; its alert is there a moment later.</summary>
public sealed record RaisedView(string Signal, string DedupKey);

/// <summary>A time-boxed mute.</summary>
/// <param name="Match">Matchers as Alertmanager writes them: <c>alertname="DiskFull"</c>.</param>
/// <param name="Gravest">Also mutes rank 0.</param>
public sealed record SilenceRequest(IReadOnlyList<string> Match, DateTimeOffset? StartsAt = null, DateTimeOffset? EndsAt = null, double? Minutes = null, string Comment = "", bool Gravest = false, string? Team = null);

public sealed record SilenceView(string Id, IReadOnlyList<string> Match, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string MadeBy, DateTimeOffset MadeAt, string Comment, bool Gravest, string State);

/// <summary>Announced work on services, at most 7 days.</summary>
public sealed record MaintenanceRequest(IReadOnlyList<string> Services, DateTimeOffset? StartsAt = null, DateTimeOffset? EndsAt = null, double? Minutes = null, string Comment = "", bool Gravest = false);

public sealed record MaintenanceView(string Id, IReadOnlyList<string> Services, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string MadeBy, DateTimeOffset MadeAt, string Comment, bool Gravest, string State);

/// <summary>The keyed endpoint through which a tool tells us.</summary>
/// <param name="Paths">Where to send, below the public address; <c>{key}</c> stands for a key.</param>
public sealed record IntegrationView(string Id, string Name, string Title, string Format, string? Service, IReadOnlyList<string> Paths, IReadOnlyList<IntegrationKeyView> Keys);

public sealed record IntegrationKeyView(string Id, string Hint, DateTimeOffset MadeAt, DateTimeOffset? RevokedAt);

/// <summary>A new key: shown once.</summary>
public sealed record IntegrationKeyMade(string Id, string Key);

/// <summary>A new integration.</summary>
/// <param name="Format">alertmanager, pagerduty, grafana, generic, heartbeat or report.</param>
public sealed record IntegrationRequest(string Name, string? Title = null, string Format = "", string? Service = null, System.Text.Json.JsonElement? Mapping = null, string? Signature = null, bool LenientSeverity = false, double? PeriodSeconds = null, double? GraceSeconds = null, double? ResolveAfterMinutes = null);

/// <summary>Secrets that sign what comes in; several while one is rotated. Never shown again.</summary>
public sealed record SigningSecretsRequest(IReadOnlyList<string> Secrets);

/// <summary>What was not taken.</summary>
public sealed record RefusalView(DateTimeOffset At, int Status, string Why, long Size, string Sha256, string Head, string CorrelationId, long Count = 1);

/// <summary>A signal whose deciding failed.</summary>
public sealed record DeadLetterView(string Signal, int Attempts, DateTimeOffset? NextTryAt, string Error, DateTimeOffset FirstAt);
