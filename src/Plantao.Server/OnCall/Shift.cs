namespace Plantao.OnCall;

/// <summary>Through what somebody is on call.</summary>
public abstract record ShiftSource
{
    ShiftSource() { }

    /// <summary>A turn in a layer.</summary>
    /// <param name="LayerIndex">From the bottom, from 0: what tells layers apart.</param>
    /// <param name="Number">From 0; below 0 before <see cref="Layer.TurnsFrom"/>.</param>
    public sealed record Turn(string Layer, int LayerIndex, int Number) : ShiftSource;

    /// <summary>An override.</summary>
    public sealed record PutIn(string OverrideId, string MadeBy) : ShiftSource;
}

/// <summary>A span one person holds through one turn or one override. Computed, never stored.</summary>
/// <remarks>Two shifts of one person may follow each other: turns of one length each, or an override around a turn. The handoff is where the person changes.</remarks>
/// <param name="Start">Included, UTC.</param>
/// <param name="End">Not included, UTC.</param>
public sealed record Shift(string Person, DateTimeOffset Start, DateTimeOffset End, ShiftSource Source);

/// <summary>A span with nobody.</summary>
/// <param name="Start">Included, UTC.</param>
/// <param name="End">Not included, UTC.</param>
public sealed record Gap(DateTimeOffset Start, DateTimeOffset End);

/// <summary>The moment at which the person changes.</summary>
/// <param name="From"><see langword="null"/>: nobody was on call.</param>
/// <param name="To"><see langword="null"/>: nobody is on call from here on.</param>
public sealed record Handoff(DateTimeOffset At, string? From, string? To);

/// <summary>Who is on call at an instant.</summary>
/// <param name="At">The instant asked about.</param>
/// <param name="Shift">The whole shift that holds it; <see langword="null"/>: nobody is on call.</param>
/// <param name="Until">When the person changes, or the gap ends; <see langword="null"/>: not within <see cref="WhoIsOnCall.LookAhead"/>.</param>
/// <param name="Next">The first shift from <paramref name="Until"/> on, perhaps after a gap; <see langword="null"/>: none within <see cref="WhoIsOnCall.LookAhead"/>.</param>
public sealed record OnCallAnswer(DateTimeOffset At, Shift? Shift, DateTimeOffset? Until, Shift? Next)
{
    /// <summary><see langword="null"/>: nobody.</summary>
    public string? Person => Shift?.Person;
}

/// <summary>A span that one version of a schedule gives to another person than the other version.</summary>
/// <param name="Was"><see langword="null"/>: nobody.</param>
/// <param name="Becomes"><see langword="null"/>: nobody.</param>
public sealed record ShiftChange(DateTimeOffset Start, DateTimeOffset End, string? Was, string? Becomes);
