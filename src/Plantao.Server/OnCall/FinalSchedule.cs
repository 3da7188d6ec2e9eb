using NodaTime;

namespace Plantao.OnCall;

/// <summary>Who holds a span, and through what. Two are the same when both are.</summary>
sealed record Holder(string Person, ShiftSource Source);

/// <summary>A span that one holder, or nobody, has.</summary>
readonly record struct HeldSpan(Instant Start, Instant End, Holder? Holder);

/// <summary>Layers and overrides laid on top of each other, asked about instants. For one thread.</summary>
sealed class FinalSchedule
{
    readonly IReadOnlyList<Layer> layers;
    readonly LayerTurns[] turns;
    readonly (Instant From, Instant Until, Holder Holder, string? Replaces)[] overrides;

    public FinalSchedule(Schedule schedule, IReadOnlyList<Override> overrides)
    {
        var wall = new WallClock(TimeZones.Find(schedule.Zone));
        layers = schedule.Layers;
        turns = [.. layers.Select(layer => new LayerTurns(layer, wall))];
        this.overrides = [.. overrides
            .Where(put => put.From < put.Until)
            .Select(put => (Instant.FromDateTimeOffset(put.From), Instant.FromDateTimeOffset(put.Until), new Holder(put.Person, new ShiftSource.PutIn(put.Id, put.MadeBy)), put.Replaces))];
    }

    /// <summary>The whole span that holds <paramref name="instant"/>.</summary>
    public HeldSpan Whole(Instant instant)
    {
        var span = Onward(At(instant));
        while (span.Start > Instant.MinValue && At(span.Start - Duration.FromTicks(1)) is var before && before.Holder == span.Holder)
            span = span with { Start = before.Start };
        return span;
    }

    /// <summary>Span after span, without end unless the schedule has one.</summary>
    public IEnumerable<HeldSpan> From(HeldSpan span)
    {
        for (; ; span = Onward(At(span.End)))
        {
            yield return span;
            if (span.End == Instant.MaxValue) yield break;
        }
    }

    /// <summary>The first span after <paramref name="here"/> that another person, or nobody, has.</summary>
    /// <returns><see langword="null"/>: none begins by <paramref name="latest"/>.</returns>
    public HeldSpan? Change(HeldSpan here, Instant latest) => First(here, latest, span => span.Holder?.Person != here.Holder?.Person);

    /// <summary>The first span from <paramref name="here"/> on that somebody has.</summary>
    /// <returns><see langword="null"/>: none begins by <paramref name="latest"/>.</returns>
    public HeldSpan? Held(HeldSpan here, Instant latest) => First(here, latest, span => span.Holder is not null);

    HeldSpan? First(HeldSpan here, Instant latest, Func<HeldSpan, bool> wanted)
    {
        foreach (var span in From(here))
            if (span.Start > latest) return null;
            else if (wanted(span)) return span;
        return null;
    }

    /// <summary>A span around <paramref name="instant"/> in which nothing changes. Its neighbours may have the same holder.</summary>
    HeldSpan At(Instant instant)
    {
        var (start, end) = (Instant.MinValue, Instant.MaxValue);
        Holder? holder = null;
        for (var i = turns.Length - 1; i >= 0 && holder is null; i--)
        {
            var span = turns[i].At(instant);
            (start, end) = (Instant.Max(start, span.Start), Instant.Min(end, span.End));
            if (span.Turn is { } turn) holder = new(turns[i].Person(turn), new ShiftSource.Turn(layers[i].Name, i, turn));
        }

        foreach (var put in overrides)
        {
            if (instant < put.From) end = Instant.Min(end, put.From);
            else if (instant >= put.Until) start = Instant.Max(start, put.Until);
            else
            {
                (start, end) = (Instant.Max(start, put.From), Instant.Min(end, put.Until));
                if (put.Replaces is null || put.Replaces == holder?.Person) holder = put.Holder;
            }
        }
        return new(start, end, holder);
    }

    HeldSpan Onward(HeldSpan span)
    {
        while (span.End < Instant.MaxValue && At(span.End) is var after && after.Holder == span.Holder)
            span = span with { End = after.End };
        return span;
    }
}
