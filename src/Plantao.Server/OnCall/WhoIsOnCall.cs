using NodaTime;

namespace Plantao.OnCall;

/// <summary>Who is on call: the one computation that engine, screens, API, calendar and CLI ask (design.md §3 rule 8).</summary>
/// <remarks>
/// Pure, and quick however long ago the schedule began. In every method <c>overrides</c> stand in the order in which they were made: the last lies on top.
/// An override for one person looks at what those before it leave. Each method throws <see cref="InvalidOperationException"/> when the tz database does not know the zone;
/// a schedule with other <see cref="Schedule.Problems"/> is not to be asked about.
/// </remarks>
public static class WhoIsOnCall
{
    /// <summary>How far <see cref="OnCallAnswer.Until"/> and <see cref="OnCallAnswer.Next"/> look: 400 days.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromDays(400);

    public static OnCallAnswer At(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset at)
    {
        var book = new FinalSchedule(schedule, overrides);
        var (here, latest) = (book.Whole(Instant.FromDateTimeOffset(at)), Latest(at));
        return book.Change(here, latest) is { } next
            ? new(at, Shown(here), next.Start.ToDateTimeOffset(), Shown(book.Held(next, latest)))
            : new(at, Shown(here), Until: null, Next: null);
    }

    /// <summary>The shifts between two instants, in order, cut at both.</summary>
    public static IReadOnlyList<Shift> Shifts(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset from, DateTimeOffset until) =>
        [.. Spans(schedule, overrides, from, until).Where(span => span.Holder is not null).Select(span => Shown(span)!)];

    /// <summary>The spans with nobody between two instants, in order, cut at both.</summary>
    public static IReadOnlyList<Gap> Gaps(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset from, DateTimeOffset until) =>
        [.. Spans(schedule, overrides, from, until).Where(span => span.Holder is null).Select(span => new Gap(span.Start.ToDateTimeOffset(), span.End.ToDateTimeOffset()))];

    /// <summary>The next change of person after an instant.</summary>
    /// <returns><see langword="null"/>: none within <see cref="LookAhead"/>.</returns>
    public static Handoff? NextHandoff(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset at)
    {
        var book = new FinalSchedule(schedule, overrides);
        var here = book.Whole(Instant.FromDateTimeOffset(at));
        return book.Change(here, Latest(at)) is { } next ? new(next.Start.ToDateTimeOffset(), here.Holder?.Person, next.Holder?.Person) : null;
    }

    /// <summary>The shifts that begin after an instant, in order, each whole.</summary>
    /// <param name="count">At most so many; fewer when no more begin within <see cref="LookAhead"/>.</param>
    /// <param name="person">Only this person's; <see langword="null"/>: everybody's.</param>
    public static IReadOnlyList<Shift> Next(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset at, int count, string? person = null)
    {
        var book = new FinalSchedule(schedule, overrides);
        var latest = Latest(at);
        return [.. book.From(book.Whole(Instant.FromDateTimeOffset(at)))
            .Skip(1)
            .TakeWhile(span => span.Start <= latest)
            .Where(span => span.Holder is { } holder && (person is null || holder.Person == person))
            .Take(count)
            .Select(span => Shown(span)!)];
    }

    /// <summary>What changes for people between two instants when one version of a schedule takes the place of another: shown before it is saved.</summary>
    /// <returns>The spans that another person holds, in order. The same person through another layer is no change.</returns>
    public static IReadOnlyList<ShiftChange> Changes(
        Schedule before, IReadOnlyList<Override> overridesBefore, Schedule after, IReadOnlyList<Override> overridesAfter, DateTimeOffset from, DateTimeOffset until)
    {
        var was = Spans(before, overridesBefore, from, until).ToList();
        var becomes = Spans(after, overridesAfter, from, until).ToList();
        List<ShiftChange> changes = [];

        for (int i = 0, j = 0; i < was.Count && j < becomes.Count;)
        {
            var (old, @new) = (was[i], becomes[j]);
            var (start, end) = (Instant.Max(old.Start, @new.Start).ToDateTimeOffset(), Instant.Min(old.End, @new.End).ToDateTimeOffset());
            if (old.Holder?.Person != @new.Holder?.Person)
                if (changes is [.., var last] && last.End == start && last.Was == old.Holder?.Person && last.Becomes == @new.Holder?.Person) changes[^1] = last with { End = end };
                else changes.Add(new(start, end, old.Holder?.Person, @new.Holder?.Person));
            if (old.End <= @new.End) i++;
            if (@new.End <= old.End) j++;
        }
        return changes;
    }

    static IEnumerable<HeldSpan> Spans(Schedule schedule, IReadOnlyList<Override> overrides, DateTimeOffset from, DateTimeOffset until)
    {
        if (from >= until) return [];
        var book = new FinalSchedule(schedule, overrides);
        var (start, end) = (Instant.FromDateTimeOffset(from), Instant.FromDateTimeOffset(until));
        return book.From(book.Whole(start))
            .TakeWhile(span => span.Start < end)
            .Select(span => span with { Start = Instant.Max(span.Start, start), End = Instant.Min(span.End, end) });
    }

    static Instant Latest(DateTimeOffset at) =>
        Instant.FromDateTimeOffset(at < DateTimeOffset.MaxValue - LookAhead ? at.ToUniversalTime() + LookAhead : DateTimeOffset.MaxValue);

    static Shift? Shown(HeldSpan? span) => span is { Holder: { } holder } held
        ? new(holder.Person, held.Start.ToDateTimeOffset(), held.End.ToDateTimeOffset(), holder.Source)
        : null;
}
