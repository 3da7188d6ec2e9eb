using Plantao.OnCall;
using static Plantao.Tests.OnCall.Written;

namespace Plantao.Tests.OnCall;

/// <summary>The written rules for clocks that change (docs/schedules.md), one zone at a time. All zones: <see cref="EveryZoneTests"/>.</summary>
public class ClockChangeTests
{
    static IReadOnlyList<string> Daily(string zone, string handoff, string start, string from, string until) => Lines(WhoIsOnCall.Shifts(
        Schedule(zone, $""" "people": ["ana", "bruno"], "rotation": "daily", "handoff": "{handoff}", "start": "{start}" """), NoOverrides, At(from), At(until)));

    static IReadOnlyList<string> Only(string zone, string window, string from, string until) => Lines(WhoIsOnCall.Shifts(
        Schedule(zone, $""" "people": ["ana"], "rotation": "52w", "start": "2000-01-01", "only": ["{window}"] """), NoOverrides, At(from), At(until)));

    [Fact]
    public void A_handoff_stays_at_its_hour_on_the_wall() =>
        Assert.Equal(["ana 03-28 08:00 03-29 07:00", "bruno 03-29 07:00 03-30 07:00"],   // Berlin: +1, then +2
            Daily("Europe/Berlin", "09:00", "2026-03-28", "2026-03-28T08:00Z", "2026-03-30T07:00Z"));

    [Fact]
    public void A_skipped_handoff_is_right_after_the_jump() =>
        Assert.Equal(["ana 03-28 01:30 03-29 01:00", "bruno 03-29 01:00 03-30 00:30"],   // 02:00 becomes 03:00 at 01:00 UTC
            Daily("Europe/Berlin", "02:30", "2026-03-28", "2026-03-28T01:30Z", "2026-03-30T00:30Z"));

    [Fact]
    public void A_handoff_at_an_hour_that_occurs_twice_is_at_the_first() =>
        Assert.Equal(["ana 10-24 00:30 10-25 00:30", "bruno 10-25 00:30 10-26 01:30"],   // 03:00 becomes 02:00 at 01:00 UTC
            Daily("Europe/Berlin", "02:30", "2026-10-24", "2026-10-24T00:30Z", "2026-10-26T01:30Z"));

    [Fact]
    public void Lord_Howe_moves_by_half_an_hour()
    {
        Assert.Equal(["ana 04-03 22:00 04-04 22:30", "bruno 04-04 22:30 04-05 22:30"],   // +11 to +10:30 on April 5
            Daily("Australia/Lord_Howe", "09:00", "2026-04-04", "2026-04-03T22:00Z", "2026-04-05T22:30Z"));
        Assert.Equal(["ana 10-02 15:45 10-03 15:30", "bruno 10-03 15:30 10-04 15:15"],   // 02:00 becomes 02:30 on October 4
            Daily("Australia/Lord_Howe", "02:15", "2026-10-03", "2026-10-02T15:45Z", "2026-10-04T15:15Z"));
    }

    [Fact]
    public void Apia_lost_a_day_and_the_turn_of_that_day_ends_with_the_jump()
    {
        // 2011-12-30 was left out: after December 29, 24:00 (-10) came December 31, 00:00 (+14), at 10:00 UTC.
        Assert.Equal(["ana 12-29 19:00 12-30 10:00", "bruno 12-30 10:00 12-30 19:00", "ana 12-30 19:00 12-31 19:00"],
            Daily("Pacific/Apia", "09:00", "2011-12-29", "2011-12-29T19:00Z", "2011-12-31T19:00Z"));
        Assert.Equal(["ana 12-29 10:00 12-30 10:00", "ana 12-30 10:00 12-31 10:00"],   // at midnight nothing is left of bruno's turn
            Daily("Pacific/Apia", "00:00", "2011-12-29", "2011-12-29T10:00Z", "2011-12-31T10:00Z"));
    }

    [Fact]
    public void Sao_Paulo_changed_at_midnight_until_2019_and_then_no_more()
    {
        Assert.Equal(["ana 11-03 03:00 11-04 03:00", "bruno 11-04 03:00 11-05 02:00"],   // 00:00 became 01:00
            Daily("America/Sao_Paulo", "00:00", "2018-11-03", "2018-11-03T03:00Z", "2018-11-05T02:00Z"));
        Assert.Equal(["ana 02-16 01:30 02-17 01:30", "bruno 02-17 01:30 02-18 02:30"],   // 24:00 became 23:00: 23:30 twice, the first counts
            Daily("America/Sao_Paulo", "23:30", "2019-02-15", "2019-02-16T01:30Z", "2019-02-18T02:30Z"));
        Assert.Equal(["ana 11-03 12:00 11-04 12:00", "bruno 11-04 12:00 11-05 12:00"],
            Daily("America/Sao_Paulo", "09:00", "2026-11-03", "2026-11-03T12:00Z", "2026-11-05T12:00Z"));
    }

    [Fact]
    public void A_handoff_at_midnight_is_not_taken_back_when_the_clocks_go_back_to_the_day_before()
    {
        // St John's, 2010-11-07: at 00:01 (02:31 UTC) the wall went back to 23:01 of November 6.
        Assert.Equal(["ana 11-06 02:30 11-07 02:30", "bruno 11-07 02:30 11-08 03:30"],
            Daily("America/St_Johns", "00:00", "2010-11-06", "2010-11-06T02:30Z", "2010-11-08T03:30Z"));
        Assert.Equal(["bruno 11-07 02:45 11-07 03:00"], Daily("America/St_Johns", "00:00", "2010-11-06", "2010-11-07T02:45Z", "2010-11-07T03:00Z"));
    }

    [Fact]
    public void Turns_of_hours_are_elapsed_time_and_drift_with_the_change()
    {
        var schedule = Schedule("Europe/Berlin", """ "people": ["ana", "bruno"], "rotation": "12h", "handoff": "08:00", "start": "2026-03-28" """);

        Assert.Equal(["ana 03-28 07:00 03-28 19:00", "bruno 03-28 19:00 03-29 07:00", "ana 03-29 07:00 03-29 19:00"],   // 09:00 on the wall now
            Lines(WhoIsOnCall.Shifts(schedule, NoOverrides, At("2026-03-28T07:00Z"), At("2026-03-29T19:00Z"))));
    }

    [Theory]
    [InlineData("02:30-12:00", "ana 03-29 01:00 03-29 10:00")]   // begins in the skipped hour: right after the jump
    [InlineData("00:00-02:30", "ana 03-28 23:00 03-29 01:00")]   // ends in it: at the jump
    [InlineData("02:10-02:50", "")]                              // lies in it: there is no such time on that day
    public void A_window_at_a_skipped_time(string window, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), Only("Europe/Berlin", window, "2026-03-28T22:00Z", "2026-03-29T20:00Z"));

    [Theory]
    [InlineData("02:30-12:00", "ana 10-25 00:30 10-25 11:00")]   // begins at the first 02:30
    [InlineData("00:00-02:30", "ana 10-24 22:00 10-25 01:30")]   // ends at the second
    [InlineData("02:10-02:50", "ana 10-25 00:10 10-25 01:50")]   // from the first to the second, the time between included
    public void A_window_at_a_time_that_occurs_twice(string window, string expected) =>
        Assert.Equal(expected.Split('|'), Only("Europe/Berlin", window, "2026-10-24T21:00Z", "2026-10-25T20:00Z"));

    [Fact]
    public void Two_layers_that_meet_in_the_repeated_hour_overlap_and_leave_no_gap()
    {
        var schedule = Schedule("Europe/Berlin",
            """ "name": "night", "people": ["ana"], "start": "2026-01-01", "only": ["18:00-02:30"] """,
            """ "name": "day", "people": ["bruno"], "start": "2026-01-01", "only": ["02:30-18:00"] """);

        Assert.Empty(WhoIsOnCall.Gaps(schedule, NoOverrides, At("2026-10-20T00:00Z"), At("2026-10-30T00:00Z")));
        Assert.Equal("bruno", WhoIsOnCall.At(schedule, NoOverrides, At("2026-10-25T01:15Z")).Person);   // ana's window goes on to 01:30 UTC below it
    }

    [Fact]
    public void The_version_of_the_zones_is_told() => Assert.StartsWith("TZDB: 20", TimeZones.Version, StringComparison.Ordinal);
}
