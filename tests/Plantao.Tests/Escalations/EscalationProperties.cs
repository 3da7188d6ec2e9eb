using FsCheck;
using FsCheck.Fluent;
using Plantao.Escalations;
using Plantao.People;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Escalations;

/// <summary>What holds for every climb, whatever people do and however late the ticks come.</summary>
public class EscalationProperties
{
    static readonly DateTimeOffset Start = new(2026, 9, 21, 9, 0, 0, TimeSpan.Zero);

    /// <summary>What can happen to a climb.</summary>
    public enum Happening { Tick, Acknowledge, AcknowledgeByAnother, Extend, Snooze, EscalateNow, PassOnToPerson, PassOnToPolicy, Hush, Unhush, RestartHigh, End, TickInQuiet }

    static readonly Gen<(Happening What, int Seconds)[]> Walk =
        Gen.Choose(0, 12).Select(i => (Happening)i)
            .Zip(Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(1, 1200), Gen.Choose(3600, 90_000)), (what, seconds) => (what, seconds))
            .ArrayOf();

    static readonly Gen<Escalation> Any =
        from steps in Gen.Choose(0, 4)
        from rounds in Gen.Choose(1, 3)
        from wait in Gen.Choose(1, 900)
        from low in Gen.Choose(0, 3)
        from quiet in Gen.Choose(0, 4)
        select Escalation.Start("esc_1", "grp_1", Policy(steps, rounds, wait), low == 0 ? Urgency.Low : Urgency.High, 2, Start, quiet == 0);

    static EscalationPolicy Policy(int steps, int rounds, int wait) => new(
        "p", [.. Enumerable.Range(0, steps).Select(i => new EscalationStep([new EscalationTarget(TargetKind.Person, "p" + i)], TimeSpan.FromSeconds(wait)))], rounds, [], null);

    static (Escalation After, IReadOnlyList<ClimbEffect> Effects) Do(Escalation climb, Happening what, DateTimeOffset now) => what switch
    {
        Happening.Tick => climb.Advance(now, now.AddHours(12)),
        Happening.Acknowledge => climb.Acknowledge("ada", now),
        Happening.AcknowledgeByAnother => climb.Acknowledge("grace", now),
        Happening.Extend => (climb.Extend("ada", now), []),
        Happening.Snooze => climb.Snooze("ada", TimeSpan.FromHours(1), now) is { Allowed: true } ruling ? ruling.Value : (climb, []),
        Happening.EscalateNow => climb.EscalateNow(now),
        Happening.PassOnToPerson => climb.PassOn("linus", now),
        Happening.PassOnToPolicy => climb.PassOn(Policy(2, 1, 60), now),
        Happening.Hush => climb.Hush(),
        Happening.Unhush => (climb.Unhush(now), []),
        Happening.RestartHigh => climb.Status is EscalationStatus.Ended ? (climb, []) : climb.Restart(Urgency.High, 1, now),
        Happening.End => climb.End(),
        Happening.TickInQuiet => climb.Advance(now, now.AddHours(12), quiet: true),
    };

    static void Always(Func<Escalation, Happening, DateTimeOffset, (Escalation After, IReadOnlyList<ClimbEffect> Effects), bool> holds) =>
        Prop.ForAll(Any.ToArbitrary(), Walk.ToArbitrary(), (climb, walk) =>
        {
            var now = Start;
            foreach (var (what, seconds) in walk)
            {
                now = now.AddSeconds(seconds);
                var moved = Do(climb, what, now);
                if (!holds(climb, what, now, moved)) return false;
                climb = moved.After;
            }

            return true;
        }).Holds(500);

    static bool Pages(ClimbEffect effect) => effect is ClimbEffect.PageStep or ClimbEffect.PageCatchAll or ClimbEffect.TellStep or ClimbEffect.Repage or ClimbEffect.PagePerson;

    [Fact]
    public void Nobody_is_paged_after_an_acknowledgement_before_it_runs_out_whatever_the_ticks() => Always((before, what, now, moved) =>
        what is not Happening.Tick || !before.Answered || before.AcknowledgedUntil is { } until && now >= until || !moved.Effects.Any(Pages));

    [Fact]
    public void Nobody_is_asked_before_the_time_is_due() => Always((before, what, now, moved) =>
        what is not Happening.Tick || before.DueAt is { } due && now >= due || moved.Effects.Count == 0 && moved.After == before);

    [Fact]
    public void A_late_tick_takes_one_step_and_never_a_burst() => Always((before, what, now, moved) =>
        what is not Happening.Tick || moved.Effects.Count(Pages) <= 1 && !moved.After.Advance(now, now.AddHours(12)).Effects.Any(e => Pages(e) || e is ClimbEffect.AskStillOnIt));

    [Fact]
    public void Whatever_asks_has_a_time_at_which_it_acts_next() => Always((_, _, _, moved) =>
        moved.After.DueAt is not null || moved.After.Status is EscalationStatus.Quiet or EscalationStatus.Ended
        || moved.After is { Status: EscalationStatus.Acknowledged, Urgency: Urgency.Low });

    [Fact]
    public void The_epoch_never_falls_and_rises_with_every_answer_and_every_fresh_start() => Always((before, what, _, moved) =>
        moved.After.Epoch >= before.Epoch && (moved.After.Epoch > before.Epoch || (before.Answered == moved.After.Answered && what is not (Happening.RestartHigh or Happening.PassOnToPerson or Happening.PassOnToPolicy)
            || before.Status is EscalationStatus.Ended)));

    [Fact]
    public void A_raised_epoch_always_closes_the_pages_of_the_earlier_ones() => Always((before, _, _, moved) =>
        moved.After.Epoch == before.Epoch || moved.Effects.OfType<ClimbEffect.StopPages>().Any());

    [Fact]
    public void What_is_over_stays_over_unless_it_is_opened_again() => Always((before, what, _, moved) =>
        before.Status is not EscalationStatus.Ended || what is Happening.RestartHigh || ReferenceEquals(moved.After, before) && moved.Effects.Count == 0);

    [Fact]
    public void Quiet_leaves_an_acknowledged_climb_as_it_is_and_pages_nobody() => Always((before, what, now, moved) =>
        (what is not Happening.Hush || !before.Answered || ReferenceEquals(before, moved.After)) && (what is not Happening.Tick || before.Status is not EscalationStatus.Quiet || moved.Effects.Count == 0));

    [Fact]
    public void An_acknowledgement_that_runs_out_in_quiet_pages_nobody_and_waits_for_its_end() => Always((before, what, now, moved) =>
        what is not Happening.TickInQuiet || !before.Answered || !moved.Effects.Any(Pages) && (moved.After.Answered || moved.After is { Status: EscalationStatus.Quiet, DueAt: null, By: null } && moved.After.Unhush(now).DueAt == now));

    [Fact]
    public void Who_had_it_when_it_ended_has_answered_and_who_had_it_before_it_climbed_again_has_not() => Always((before, what, _, moved) =>
        what is Happening.End && before.Status is not EscalationStatus.Ended ? moved.After.WasAnswered == before.Answered : moved.After.WasAnswered || !moved.After.Answered);

    [Fact]
    public void The_first_to_answer_keeps_it() => Always((before, what, _, moved) =>
        what is not Happening.AcknowledgeByAnother || !before.Answered || before.By == "grace" || moved.After.By == before.By);

    /// <summary>V3: left alone, a climb comes to the catch-all, and that is said again every 5 min for ever.</summary>
    [Fact]
    public void Left_alone_every_climb_ends_at_the_catch_all_said_again_every_five_minutes() => Prop.ForAll(Any.ToArbitrary(), Walk.ToArbitrary(), (climb, walk) =>
    {
        var now = Start;
        foreach (var (what, seconds) in walk) climb = Do(climb, what, now = now.AddSeconds(seconds)).After;
        climb = climb.Status is EscalationStatus.Quiet ? climb.Unhush(now) : climb;
        if (climb.Status is EscalationStatus.Ended || climb.Urgency is Urgency.Low) return true;

        var said = new List<DateTimeOffset>();
        for (var tick = 0; tick < 100; tick++)
        {
            now = climb.DueAt!.Value > now ? climb.DueAt.Value : now;
            (climb, var effects) = climb.Advance(now, now.AddHours(12));
            if (effects.OfType<ClimbEffect.PageCatchAll>().Any()) said.Add(now);
        }

        return climb.Status is EscalationStatus.Unanswered && said.Count > 10 && said.Zip(said.Skip(1)).All(p => p.Second - p.First == TimeSpan.FromMinutes(5));
    }).Holds(300);

    [Fact]
    public void Every_step_of_every_round_is_taken_once_and_in_order()
    {
        var climb = Escalation.Start("e", "g", Policy(3, 2, 60), Urgency.High, 2, Start);
        var taken = new List<(int, int)>();
        for (var now = Start; climb.Status is EscalationStatus.Climbing; now = now.AddSeconds(1))
        {
            (climb, var effects) = climb.Advance(now, now);
            taken.AddRange(effects.OfType<ClimbEffect.PageStep>().Select(p => (p.Round, p.Step)));
        }

        Assert.Equal([(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)], taken);
    }

    [Fact]
    public void Low_urgency_is_told_once_and_again_in_the_morning_and_not_before()
    {
        var morning = Start.AddDays(1);
        var (told, effects) = Escalation.Start("e", "g", Policy(2, 1, 60), Urgency.Low, 3, Start).Advance(Start, morning);

        Assert.IsType<ClimbEffect.TellStep>(Assert.Single(effects));
        Assert.Equal((EscalationStatus.Told, morning), (told.Status, told.DueAt!.Value));
        Assert.Empty(told.Advance(morning.AddSeconds(-1), morning.AddDays(1)).Effects);
        Assert.Single(told.Advance(morning, morning.AddDays(1)).Effects);
    }

    [Fact]
    public void Asked_late_after_a_stall_there_are_still_five_minutes_to_answer()
    {
        var held = Escalation.Start("e", "g", Policy(2, 1, 60), Urgency.High, 2, Start).Acknowledge("ada", Start).After;
        var late = Start.AddHours(2);

        var (asked, effects) = held.Advance(late, late);
        Assert.IsType<ClimbEffect.AskStillOnIt>(Assert.Single(effects));
        Assert.Empty(asked.Advance(late.AddMinutes(4), late).Effects);
        Assert.Contains(asked.Advance(late.AddMinutes(5), late).Effects, e => e is ClimbEffect.Repage { By: "ada" });
    }

    [Fact]
    public void A_snooze_lasts_what_was_said_and_no_longer_than_a_day()
    {
        var climb = Escalation.Start("e", "g", Policy(1, 1, 60), Urgency.High, 2, Start);
        Assert.False(climb.Snooze("ada", TimeSpan.FromMinutes(14), Start).Allowed);
        Assert.False(climb.Snooze("ada", TimeSpan.FromHours(25), Start).Allowed);
        var snoozed = climb.Snooze("ada", TimeSpan.FromHours(2), Start).Value.After;
        Assert.Empty(snoozed.Advance(Start.AddMinutes(119), Start).Effects);
        Assert.Contains(snoozed.Advance(Start.AddHours(2), Start).Effects, e => e is ClimbEffect.Repage);
    }
}
