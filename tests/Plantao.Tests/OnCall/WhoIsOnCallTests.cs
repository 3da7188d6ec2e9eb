using System.Diagnostics;
using Plantao.OnCall;
using static Plantao.Tests.OnCall.Written;

namespace Plantao.Tests.OnCall;

public class WhoIsOnCallTests
{
    static string? Who(Schedule schedule, string at, params Override[] overrides) => WhoIsOnCall.At(schedule, overrides, At(at)).Person;

    [Fact]
    public void People_take_turns_and_the_handoff_belongs_to_the_next_one()
    {
        var weekly = Weekly("ana", "bruno", "carla");

        Assert.Null(Who(weekly, "2026-01-05T08:59:59-03:00"));
        Assert.Equal("ana", Who(weekly, "2026-01-05T09:00-03:00"));
        Assert.Equal("ana", Who(weekly, "2026-01-12T08:59:59-03:00"));
        Assert.Equal("bruno", Who(weekly, "2026-01-12T09:00-03:00"));
        Assert.Equal("carla", Who(weekly, "2026-01-19T09:00-03:00"));
        Assert.Equal("ana", Who(weekly, "2026-01-26T09:00-03:00"));
    }

    [Fact]
    public void An_answer_says_until_when_why_and_who_is_next()
    {
        var answer = WhoIsOnCall.At(Weekly(), NoOverrides, At("2026-01-14T15:00-03:00"));

        Assert.Equal("bruno", answer.Person);
        Assert.Equal(new Shift("bruno", At("2026-01-12T12:00Z"), At("2026-01-19T12:00Z"), new ShiftSource.Turn("primary", 0, 1)), answer.Shift);
        Assert.Equal(At("2026-01-19T12:00Z"), answer.Until);
        Assert.Equal(new Shift("ana", At("2026-01-19T12:00Z"), At("2026-01-26T12:00Z"), new ShiftSource.Turn("primary", 0, 2)), answer.Next);
    }

    [Fact]
    public void One_person_alone_is_on_call_with_no_end_in_sight()
    {
        var answer = WhoIsOnCall.At(Weekly("ana"), NoOverrides, At("2026-01-14T15:00-03:00"));

        Assert.Equal("ana", answer.Person);
        Assert.Null(answer.Until);
        Assert.Null(answer.Next);
        Assert.Null(WhoIsOnCall.NextHandoff(Weekly("ana"), NoOverrides, answer.At));
    }

    [Fact]
    public void A_first_turn_that_does_not_begin_on_a_handoff_is_short()
    {
        var schedule = Schedule("UTC", """ "people": ["ana", "bruno"], "handoff": "monday 09:00", "start": "2026-01-07T18:00" """);

        Assert.Equal(["ana 01-07 18:00 01-12 09:00", "bruno 01-12 09:00 01-15 00:00"],
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-01T00:00Z"), At("2026-01-15T00:00Z"))));
    }

    [Fact]
    public void Moving_the_start_keeps_the_order_when_turns_are_counted_from_a_day()
    {
        var moved = Schedule("UTC", """ "people": ["ana", "bruno", "carla"], "handoff": "monday 09:00", "start": "2026-01-21", "turnsFrom": "2026-01-05" """);

        Assert.Null(Who(moved, "2026-01-20T12:00Z"));
        Assert.Equal("carla", Who(moved, "2026-01-22T12:00Z"));
        Assert.Equal("ana", Who(moved, "2026-01-26T12:00Z"));
    }

    [Fact]
    public void Turns_before_the_day_they_are_counted_from_go_backwards()
    {
        var schedule = Schedule("UTC", """ "people": ["ana", "bruno", "carla"], "rotation": "12h", "handoff": "06:00", "start": "2026-01-04T10:00", "turnsFrom": "2026-01-05" """);

        Assert.Equal(["bruno 01-04 10:00 01-04 18:00", "carla 01-04 18:00 01-05 06:00", "ana 01-05 06:00 01-05 18:00"],
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-01T00:00Z"), At("2026-01-05T18:00Z"))));
    }

    [Theory]
    [InlineData("daily", "09:00", "ana 01-05 09:00 01-06 09:00|bruno 01-06 09:00 01-07 09:00|ana 01-07 09:00 01-07 12:00")]
    [InlineData("12h", "06:00", "ana 01-05 06:00 01-05 18:00|bruno 01-05 18:00 01-06 06:00|ana 01-06 06:00 01-06 18:00|bruno 01-06 18:00 01-07 06:00|ana 01-07 06:00 01-07 12:00")]
    [InlineData("2d", "00:00", "ana 01-05 00:00 01-07 00:00|bruno 01-07 00:00 01-07 12:00")]
    [InlineData("2w", "monday 00:00", "ana 01-05 00:00 01-07 12:00")]
    public void A_turn_lasts_as_long_as_is_written(string rotation, string handoff, string expected)
    {
        var schedule = Schedule("UTC", $""" "people": ["ana", "bruno"], "rotation": "{rotation}", "handoff": "{handoff}", "start": "2026-01-05" """);

        Assert.Equal(expected.Split('|'), Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-05T00:00Z"), At("2026-01-07T12:00Z"))));
    }

    [Fact]
    public void The_last_layer_that_has_somebody_wins()
    {
        var schedule = Schedule("UTC",
            """ "name": "always", "people": ["ana"], "start": "2026-01-01" """,
            """ "name": "office", "people": ["bruno"], "start": "2026-01-01", "only": ["monday-friday 09:00-18:00"] """);

        Assert.Equal(["ana 01-05 00:00 01-05 09:00", "bruno 01-05 09:00 01-05 18:00", "ana 01-05 18:00 01-06 00:00"],
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-05T00:00Z"), At("2026-01-06T00:00Z"))));
        Assert.Equal(At("2026-01-05T18:00Z"), WhoIsOnCall.At(schedule, NoOverrides, At("2026-01-05T10:00Z")).Until);
    }

    [Fact]
    public void A_window_past_midnight_belongs_to_the_day_on_which_it_begins()
    {
        var schedule = Schedule("UTC", """ "people": ["ana"], "start": "2026-01-01", "rotation": "4w", "only": ["saturday 22:00-06:00"] """);

        Assert.Equal(["ana 01-10 22:00 01-11 06:00", "ana 01-17 22:00 01-18 06:00"],
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-05T00:00Z"), At("2026-01-19T00:00Z"))));
    }

    [Fact]
    public void A_window_may_span_a_weekend()
    {
        var schedule = Schedule("UTC", """ "people": ["ana"], "start": "2026-01-01", "rotation": "4w", "only": ["fri 18:00 - mon 09:00"] """);

        Assert.Equal(["ana 01-09 18:00 01-12 09:00"], Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-06T00:00Z"), At("2026-01-16T00:00Z"))));
        Assert.Equal(new Gap(At("2026-01-12T09:00Z"), At("2026-01-16T00:00Z")), WhoIsOnCall.Gaps(schedule, NoOverrides, At("2026-01-10T00:00Z"), At("2026-01-16T00:00Z"))[0]);
    }

    [Fact]
    public void Windows_that_fill_the_week_are_no_restriction()
    {
        var filled = Schedule("UTC", """ "people": ["ana", "bruno"], "start": "2026-01-05", "only": ["09:00-18:00", "18:00-09:00"] """);

        Assert.Equal(["ana 01-05 09:00 01-12 09:00"], Lines(WhoIsOnCall.Shifts(filled, NoOverrides, At("2026-01-01T00:00Z"), At("2026-01-12T09:00Z"))));
    }

    [Fact]
    public void Turns_go_on_while_a_layer_does_not_count()
    {
        var schedule = Schedule("UTC", """ "people": ["ana", "bruno"], "rotation": "daily", "handoff": "00:00", "start": "2026-01-05", "only": ["monday,thursday"] """);

        Assert.Equal(["ana 01-05 00:00 01-06 00:00", "bruno 01-08 00:00 01-09 00:00"],
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-01-05T00:00Z"), At("2026-01-11T00:00Z"))));
    }

    [Fact]
    public void A_layer_without_people_leaves_a_gap_and_the_answer_says_when_it_ends()
    {
        var schedule = Schedule("UTC", """ "name": "empty", "people": [], "start": "2026-01-01" """, """ "name": "later", "people": ["ana"], "start": "2026-02-02" """);
        var answer = WhoIsOnCall.At(schedule, NoOverrides, At("2026-01-05T00:00Z"));

        Assert.Null(answer.Person);
        Assert.Equal(At("2026-02-02T09:00Z"), answer.Until);
        Assert.Equal("ana", answer.Next!.Person);
        Assert.Equal([new Gap(At("2026-01-01T00:00Z"), At("2026-02-02T09:00Z"))], WhoIsOnCall.Gaps(schedule, NoOverrides, At("2026-01-01T00:00Z"), At("2026-03-01T00:00Z")));
    }

    [Fact]
    public void A_layer_that_has_ended_has_nobody()
    {
        var schedule = Schedule("UTC", """ "people": ["ana"], "start": "2026-01-05", "end": "2026-01-12T18:00" """);

        Assert.Equal("ana", Who(schedule, "2026-01-12T17:59Z"));
        Assert.Equal(new OnCallAnswer(At("2026-01-12T18:00Z"), null, null, null), WhoIsOnCall.At(schedule, NoOverrides, At("2026-01-12T18:00Z")));
    }

    [Fact]
    public void An_override_lies_on_top_and_says_who_made_it()
    {
        var put = Put("carla", "2026-01-07T00:00Z", "2026-01-08T00:00Z");

        Assert.Equal(["ana 01-05 12:00 01-07 00:00", "carla 01-07 00:00 01-08 00:00", "ana 01-08 00:00 01-12 12:00"],
            Lines(WhoIsOnCall.Shifts(Weekly(), [put], At("2026-01-05T00:00Z"), At("2026-01-12T12:00Z"))));
        Assert.Equal(new ShiftSource.PutIn("ovr_1", "gestora"), WhoIsOnCall.At(Weekly(), [put], At("2026-01-07T12:00Z")).Shift!.Source);
    }

    [Fact]
    public void An_override_for_one_person_leaves_the_others_alone()
    {
        var bruno = Put("carla", "2026-01-10T00:00Z", "2026-01-21T00:00Z", replaces: "bruno");

        Assert.Equal(["ana 01-05 12:00 01-12 12:00", "carla 01-12 12:00 01-19 12:00", "ana 01-19 12:00 01-22 00:00"],
            Lines(WhoIsOnCall.Shifts(Weekly(), [bruno], At("2026-01-05T00:00Z"), At("2026-01-22T00:00Z"))));
    }

    [Fact]
    public void Of_two_overrides_the_later_made_wins_and_sees_what_the_earlier_left()
    {
        var first = Put("carla", "2026-01-06T00:00Z", "2026-01-08T00:00Z", id: "ovr_1");
        var second = Put("davi", "2026-01-07T00:00Z", "2026-01-09T00:00Z", replaces: "carla", id: "ovr_2");

        Assert.Equal("carla", Who(Weekly(), "2026-01-06T12:00Z", first, second));
        Assert.Equal("davi", Who(Weekly(), "2026-01-07T12:00Z", first, second));
        Assert.Equal("ana", Who(Weekly(), "2026-01-08T12:00Z", first, second));
    }

    [Fact]
    public void An_override_may_fill_a_gap()
    {
        var schedule = Schedule("UTC", """ "people": [], "start": "2026-01-01" """);

        Assert.Equal("carla", Who(schedule, "2026-01-07T12:00Z", Put("carla", "2026-01-07T00:00Z", "2026-01-08T00:00Z")));
    }

    [Fact]
    public void The_next_handoff_is_where_the_person_changes_not_where_the_turn_does()
    {
        var doubled = Weekly("ana", "ana", "bruno");

        Assert.Equal(new Handoff(At("2026-01-19T12:00Z"), "ana", "bruno"), WhoIsOnCall.NextHandoff(doubled, NoOverrides, At("2026-01-06T00:00Z")));
    }

    [Fact]
    public void The_next_shifts_are_whole_and_may_be_one_persons()
    {
        var at = At("2026-01-06T00:00Z");

        Assert.Equal(["bruno 01-12 12:00 01-19 12:00", "ana 01-19 12:00 01-26 12:00"], Lines(WhoIsOnCall.Next(Weekly(), NoOverrides, at, count: 2)));
        Assert.Equal(["ana 01-19 12:00 01-26 12:00", "ana 02-02 12:00 02-09 12:00"], Lines(WhoIsOnCall.Next(Weekly(), NoOverrides, at, count: 2, person: "ana")));
        Assert.Empty(WhoIsOnCall.Next(Weekly(), NoOverrides, at, count: 2, person: "nobody here"));
    }

    [Fact]
    public void A_change_is_shown_before_it_is_saved()
    {
        var changes = WhoIsOnCall.Changes(Weekly("ana", "bruno"), NoOverrides, Weekly("ana", "carla"), NoOverrides, At("2026-01-05T12:00Z"), At("2026-02-02T12:00Z"));

        Assert.Equal([new ShiftChange(At("2026-01-12T12:00Z"), At("2026-01-19T12:00Z"), "bruno", "carla"), new ShiftChange(At("2026-01-26T12:00Z"), At("2026-02-02T12:00Z"), "bruno", "carla")], changes);
    }

    [Fact]
    public void A_new_layer_of_the_same_person_is_no_change_for_people() =>
        Assert.Empty(WhoIsOnCall.Changes(Weekly("ana"), NoOverrides, Weekly("ana", "ana"), NoOverrides, At("2026-01-05T12:00Z"), At("2026-02-02T12:00Z")));

    [Theory]
    [InlineData("0001-01-01T00:00Z")]
    [InlineData("9999-12-31T23:59Z")]
    public void The_ends_of_time_are_a_gap_and_not_an_error(string at) => Assert.Null(WhoIsOnCall.At(Weekly(), NoOverrides, At(at)).Person);

    [Fact]
    public void A_schedule_that_began_decades_ago_is_asked_as_quickly_as_a_new_one()
    {
        var hourly = Schedule("America/New_York", """ "people": ["ana", "bruno", "carla"], "rotation": "1h", "start": "1990-01-01" """);
        WhoIsOnCall.At(hourly, NoOverrides, At("2026-01-05T00:00Z"));

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 1000; i++) WhoIsOnCall.At(hourly, NoOverrides, At("2026-01-05T00:00Z").AddHours(i));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"1,000 answers took {watch.Elapsed}; 315,000 turns lie before each.");
    }

    [Fact]
    public void An_unknown_zone_is_an_error_that_says_so() =>
        Assert.Contains("Mars/Olympus", Assert.Throws<InvalidOperationException>(() => WhoIsOnCall.At(Weekly() with { Zone = "Mars/Olympus" }, NoOverrides, At("2026-01-05T00:00Z"))).Message, StringComparison.Ordinal);
}
