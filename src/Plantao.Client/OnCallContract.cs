namespace Plantao.Client;

/// <summary>Who is on call on a schedule at an instant.</summary>
/// <param name="Person">Their handle; absent: a gap.</param>
/// <param name="Because">The layer and turn, or the override.</param>
/// <param name="Until">When it changes; absent: not within 400 days.</param>
public sealed record OnCallView(string Schedule, string? Team, DateTimeOffset At, string? Person, string? Because, DateTimeOffset? Until, string? Next);

/// <summary>A span that one person holds.</summary>
public sealed record ShiftView(string Person, DateTimeOffset Start, DateTimeOffset End, string Because);

public sealed record GapView(DateTimeOffset Start, DateTimeOffset End);

/// <summary>A schedule between two instants.</summary>
public sealed record ScheduleView(string Name, string Title, string? Team, string Zone, int Revision, IReadOnlyList<ShiftView> Shifts, IReadOnlyList<GapView> Gaps, IReadOnlyList<OverrideView> Overrides);

public sealed record OverrideView(string Id, string Person, string? Replaces, DateTimeOffset From, DateTimeOffset Until, string MadeBy);

/// <summary>Somebody whom schedules and escalation policies would page.</summary>
/// <param name="Name">The handle that is written there.</param>
/// <param name="State">Ready; Untested (reachable, no test page answered lately); Unreachable (no proven contact method); Missing (nobody active of that name).</param>
/// <param name="Channels">Of the proven contact methods, in their order.</param>
/// <param name="TestedAt">When they last answered a test page.</param>
/// <param name="NamedBy">What would page them, such as <c>escalation-policy/standard</c>.</param>
public sealed record ContactView(string Name, string? DisplayName, string State, IReadOnlyList<string> Channels, DateTimeOffset? TestedAt, IReadOnlyList<string> NamedBy);

/// <param name="Test">The id of what was sent.</param>
public sealed record TestPageView(string Test);

/// <param name="Person">Who takes it, by handle.</param>
/// <param name="Replaces">Only where this person would be on call; absent: whoever it is.</param>
public sealed record OverrideRequest(string Person, DateTimeOffset From, DateTimeOffset Until, string? Replaces = null);
