namespace Plantao.OnCall;

/// <summary>Who is on call when, as written down. What it means at an instant is computed by <see cref="WhoIsOnCall"/> and never stored.</summary>
/// <remarks>
/// Layers lie on top of each other: at each instant the last layer in the list that has somebody wins, and overrides lie on top of all.
/// PagerDuty's final schedule is made the same way.
///
/// Every clock time is a time on the wall in <paramref name="Zone"/>:
/// <list type="bullet">
/// <item>Lengths in days and weeks count calendar days, so a handoff stays at its hour when the clocks change. Lengths in hours are elapsed time, and drift by the change.</item>
/// <item>A handoff at a time that occurs twice is at its first occurrence; one at a time that is skipped is right after the jump.</item>
/// <item>Restrictions overlap rather than leave a gap: a window begins at the first occurrence of its time and ends at the last one;
/// at a skipped time either is right after the jump.</item>
/// <item>A calendar day that a zone left out (Apia, 2011-12-30) counts in the order of turns. A turn that falls into it wholly has no shift.</item>
/// </list>
/// failures.md C3.
/// </remarks>
/// <param name="Name">What people call it. May be empty in a document: its folder names it then.</param>
/// <param name="Zone">A name of the tz database, such as <c>America/Sao_Paulo</c>.</param>
/// <param name="Layers">From the bottom up.</param>
public sealed record Schedule(string Name, string Zone, IReadOnlyList<Layer> Layers)
{
    /// <summary>What would have to change before anybody can be paged by this schedule. Empty when it is sound.</summary>
    /// <remarks>A layer without people is sound: it leaves a gap, and gaps are announced where they are found.</remarks>
    public IReadOnlyList<ScheduleProblem> Problems() => ScheduleProblem.In(this);
}

/// <summary>People who take turns.</summary>
/// <param name="Name">One of its kind within the schedule.</param>
/// <param name="People">In the order of their turns. The same name twice in a row is a double turn. Empty: the layer never has anybody.</param>
/// <param name="Rotation">How long one turn is.</param>
/// <param name="HandoffTime">When turns change, on the wall, to the minute. With hours: when the first turn begins.</param>
/// <param name="HandoffDay">When turns of weeks change; <see langword="null"/>: on the weekday of <paramref name="TurnsFrom"/> or <paramref name="Start"/>. Only for weeks.</param>
/// <param name="Start">Nobody is on call through this layer earlier. A first turn that does not begin on a handoff is short.</param>
/// <param name="End">Nobody is on call through this layer from here on; <see langword="null"/>: it goes on.</param>
/// <param name="Only">When the layer counts, its turns going on regardless; <see langword="null"/> or empty: always.</param>
/// <param name="TurnsFrom">The first person's turn is the one that holds the handoff of this day; <see langword="null"/>: the one that holds <paramref name="Start"/>.
/// PagerDuty's <c>rotation_virtual_start</c>: keeps the order when the start is moved.</param>
public sealed record Layer(
    string Name,
    IReadOnlyList<string> People,
    Rotation Rotation,
    TimeOnly HandoffTime,
    DayOfWeek? HandoffDay,
    WallMoment Start,
    WallMoment? End = null,
    IReadOnlyList<Window>? Only = null,
    DateOnly? TurnsFrom = null);

/// <summary>A moment on the schedule's clock.</summary>
/// <param name="Time">To the minute; <see langword="null"/>: the layer's handoff time.</param>
public readonly record struct WallMoment(DateOnly Date, TimeOnly? Time = null);

/// <summary>What a turn is counted in.</summary>
public enum TurnUnit
{
    /// <summary>Elapsed hours, whatever the clocks do.</summary>
    Hours,

    /// <summary>Calendar days.</summary>
    Days,

    /// <summary>Calendar weeks.</summary>
    Weeks,
}

/// <summary>How long one turn is.</summary>
/// <param name="Count">1 to 366 days, to 52 weeks, to 8,784 hours.</param>
public readonly record struct Rotation(int Count, TurnUnit Unit)
{
    public static Rotation Daily => new(1, TurnUnit.Days);
    public static Rotation Weekly => new(1, TurnUnit.Weeks);

    internal int Longest => Unit switch
    {
        TurnUnit.Hours => 366 * 24,
        TurnUnit.Days => 366,
        TurnUnit.Weeks => 52,
    };
}

/// <summary>Somebody put in for a span.</summary>
/// <param name="From">Included.</param>
/// <param name="Until">Not included. At or before <paramref name="From"/>: the override has no effect.</param>
/// <param name="MadeBy">Who put them in.</param>
/// <param name="Replaces">Only where this person would be on call; <see langword="null"/>: whoever it is, and where nobody is.</param>
public sealed record Override(string Id, string Person, DateTimeOffset From, DateTimeOffset Until, string MadeBy, string? Replaces = null);
