using FsCheck;
using FsCheck.Fluent;
using Plantao.OnCall;
using Plantao.Tests.Kit;
using static Plantao.OnCall.WhoIsOnCall;

namespace Plantao.Tests.OnCall;

/// <summary>What holds for every schedule.</summary>
public class ScheduleProperties
{
    static void Always(Arbitrary<AnySchedule> drawn, Func<AnySchedule, bool> holds) =>
        Prop.ForAll(drawn, holds).Holds(300);   // a handful of them meet any one corner, such as hours counted from a later day

    [Fact]
    public void A_drawn_schedule_is_sound() => Always(AnySchedule.Any, any => any.Schedule.Problems().All(problem => problem.Path.EndsWith("end", StringComparison.Ordinal)));

    [Fact]
    public void The_answer_is_what_the_rules_say_minute_by_minute() => Always(AnySchedule.Any, any =>
    {
        var plain = new ByTheMinute(any.Schedule, any.Overrides);
        return new[] { any.A, any.B, any.C }.All(at => At(any.Schedule, any.Overrides, at).Person == plain.Person(at));
    });

    [Fact]
    public void A_layer_without_restrictions_leaves_no_gap() => Always(AnySchedule.Unrestricted, any =>
        Gaps(any.Schedule, any.Overrides, any.A, any.C).Count == 0);

    [Fact]
    public void Shifts_and_gaps_follow_each_other_without_holes_or_overlaps() => Always(AnySchedule.Any, any =>
    {
        var spans = Shifts(any.Schedule, any.Overrides, any.A, any.C).Select(shift => (shift.Start, shift.End))
            .Concat(Gaps(any.Schedule, any.Overrides, any.A, any.C).Select(gap => (gap.Start, gap.End)))
            .Order().ToList();
        if (any.A == any.C) return spans.Count == 0;
        return spans[0].Start == any.A && spans[^1].End == any.C && spans.All(span => span.Start < span.End)
            && spans.Zip(spans.Skip(1)).All(pair => pair.First.End == pair.Second.Start);
    });

    [Fact]
    public void Two_gaps_never_touch_and_two_shifts_that_touch_differ() => Always(AnySchedule.Any, any =>
    {
        var shifts = Shifts(any.Schedule, any.Overrides, any.A, any.C);
        var gaps = Gaps(any.Schedule, any.Overrides, any.A, any.C);
        return gaps.Zip(gaps.Skip(1)).All(pair => pair.First.End < pair.Second.Start)
            && shifts.Zip(shifts.Skip(1)).All(pair => pair.First.End < pair.Second.Start || (pair.First.Person, pair.First.Source) != (pair.Second.Person, pair.Second.Source));
    });

    [Fact]
    public void An_instant_and_a_span_give_the_same_answer() => Always(AnySchedule.Any, any =>
    {
        var shifts = Shifts(any.Schedule, any.Overrides, any.A, any.C);
        var edges = shifts.SelectMany(shift => new[] { shift.Start, shift.End, shift.Start.AddTicks(-1), shift.End.AddTicks(-1) });
        return edges.Append(any.A).Append(any.B).Where(at => at >= any.A && at < any.C).All(at =>
        {
            var held = shifts.SingleOrDefault(shift => shift.Start <= at && at < shift.End);
            var whole = At(any.Schedule, any.Overrides, at).Shift;
            return whole is null ? held is null : held == whole with { Start = Later(whole.Start, any.A), End = Earlier(whole.End, any.C) };
        });
    });

    [Fact]
    public void Where_a_span_is_cut_does_not_matter() => Always(AnySchedule.Any, any =>
    {
        var whole = Shifts(any.Schedule, any.Overrides, any.A, any.C);
        var halves = Shifts(any.Schedule, any.Overrides, any.A, any.B).ToList();
        foreach (var shift in Shifts(any.Schedule, any.Overrides, any.B, any.C))
            if (halves is [.., var last] && last.End == shift.Start && (last.Person, last.Source) == (shift.Person, shift.Source)) halves[^1] = last with { End = shift.End };
            else halves.Add(shift);
        return whole.SequenceEqual(halves);
    });

    [Fact]
    public void An_override_for_everybody_holds_exactly_its_span() => Always(AnySchedule.Any, any =>
    {
        if (any.A == any.B || any.B == any.C) return true;
        var put = new Override("ovr_last", "elisa", any.A, any.B, "gestora");
        IReadOnlyList<Override> all = [.. any.Overrides, put];
        var (from, until) = (any.A.AddDays(-3), any.C);
        var shift = Shifts(any.Schedule, all, from, until).Single(shift => shift.Person == "elisa");
        return (shift.Start, shift.End) == (any.A, any.B)
            && Changes(any.Schedule, any.Overrides, any.Schedule, all, from, until).All(change => change.Becomes == "elisa" && change.Start >= any.A && change.End <= any.B);
    });

    [Fact]
    public void The_next_handoff_is_the_first_change_of_person() => Always(AnySchedule.Any, any =>
    {
        var now = At(any.Schedule, any.Overrides, any.A);
        var next = NextHandoff(any.Schedule, any.Overrides, any.A);
        if (next is null) return now.Until is null;
        return now.Until == next.At && next.From == now.Person && next.From != next.To && next.At > any.A
            && At(any.Schedule, any.Overrides, next.At).Person == next.To
            && Shifts(any.Schedule, any.Overrides, any.A, next.At).All(shift => shift.Person == now.Person);
    });

    [Fact]
    public void The_next_shift_is_the_first_one_from_the_handoff_on() => Always(AnySchedule.Any, any =>
    {
        var now = At(any.Schedule, any.Overrides, any.A);
        if (now.Next is not { } next) return true;
        return next.Start >= now.Until && At(any.Schedule, any.Overrides, next.Start).Shift == next
            && Shifts(any.Schedule, any.Overrides, now.Until!.Value, next.Start).Count == 0;
    });

    [Fact]
    public void A_schedule_that_does_not_differ_changes_nothing() => Always(AnySchedule.Any, any =>
        Changes(any.Schedule, any.Overrides, any.Schedule, any.Overrides, any.A, any.C).Count == 0);

    [Fact]
    public void What_is_written_is_read_as_the_same_schedule() => Always(AnySchedule.Any, any =>
    {
        var text = ScheduleJson.Write(any.Schedule);
        var read = ScheduleJson.Read(text);
        if (any.Schedule.Problems().Count > 0) return read.Schedule is null && read.Problems.SequenceEqual(any.Schedule.Problems());
        return read.Schedule is { } again && ScheduleJson.Write(again) == text
            && again.Layers.Zip(any.Schedule.Layers).All(pair =>
                pair.First with { People = [], Only = null } == pair.Second with { People = [], Only = null }
                && pair.First.People.SequenceEqual(pair.Second.People, StringComparer.Ordinal) && (pair.First.Only ?? []).SequenceEqual(pair.Second.Only ?? []));
    });

    static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
    static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
