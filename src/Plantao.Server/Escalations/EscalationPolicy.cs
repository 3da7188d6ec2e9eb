namespace Plantao.Escalations;

/// <summary>Whom a step asks.</summary>
public enum TargetKind
{
    /// <summary>Who is on call on a schedule at that moment.</summary>
    Schedule,

    /// <summary>One person.</summary>
    Person,

    /// <summary>Everybody of a team.</summary>
    Team,

    /// <summary>The Managers of a team.</summary>
    TeamManagers,
}

/// <summary>One target of a step, by name: who that is, is asked when the step is taken.</summary>
public sealed record EscalationTarget(TargetKind Kind, string Name)
{
    public override string ToString() => Kind switch
    {
        TargetKind.Schedule => "schedule:" + Name,
        TargetKind.Person => "person:" + Name,
        TargetKind.Team => "team:" + Name,
        TargetKind.TeamManagers => "team-managers:" + Name,
    };

    /// <summary>Reads <c>schedule:primary</c>, <c>person:ana</c>, <c>team:payments</c>, <c>team-managers:payments</c>.</summary>
    /// <returns><see langword="null"/> when it is none of these.</returns>
    public static EscalationTarget? Parse(string text) => text.Split(':', 2) switch
    {
        ["schedule", { Length: > 0 } name] => new(TargetKind.Schedule, name),
        ["person", { Length: > 0 } name] => new(TargetKind.Person, name),
        ["team", { Length: > 0 } name] => new(TargetKind.Team, name),
        ["team-managers", { Length: > 0 } name] => new(TargetKind.TeamManagers, name),
        _ => null,
    };
}

/// <summary>One rung of the ladder: all its targets are paged at once, then it waits.</summary>
/// <param name="Targets">Tried together. When nobody of them can be reached, <paramref name="Otherwise"/> are; when nobody of those either, the step is passed at once.</param>
/// <param name="Wait">How long they have before the next step is taken. 1 s to 24 h.</param>
public sealed record EscalationStep(IReadOnlyList<EscalationTarget> Targets, TimeSpan Wait, IReadOnlyList<EscalationTarget>? Otherwise = null);

/// <summary>The written ladder.</summary>
/// <param name="Rounds">How often the ladder is climbed in all before the catch-all. 1 to 10.</param>
/// <param name="CatchAll">Who is paged when nobody answered; empty: the team's Managers, else the Owners.</param>
/// <param name="Team">The team it belongs to, by name.</param>
public sealed record EscalationPolicy(string Name, IReadOnlyList<EscalationStep> Steps, int Rounds, IReadOnlyList<EscalationTarget> CatchAll, string? Team);
