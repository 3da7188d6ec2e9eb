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

/// <param name="Person">Who takes it, by handle.</param>
/// <param name="Replaces">Only where this person would be on call; absent: whoever it is.</param>
public sealed record OverrideRequest(string Person, DateTimeOffset From, DateTimeOffset Until, string? Replaces = null);
