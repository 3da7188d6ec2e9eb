using Plantao.OnCall;
using static Plantao.Tests.OnCall.Written;

namespace Plantao.Tests.OnCall;

/// <summary>The table of a schedule: one column for each hour that there really is.</summary>
public class ScheduleGridTests
{
    static ScheduleGrid Week(string zone, DateOnly first, IReadOnlyList<Override> overrides, params string[] layers) =>
        ScheduleGrid.Of(Schedule(zone, layers), overrides, ScheduleGrid.DaysOf(zone, first, 7));

    const string Always = """ "name": "all", "people": ["ana"], "rotation": "weekly", "handoff": "monday 09:00", "start": "2026-01-05" """;
    const string Nights = """ "name": "night", "people": ["bruno"], "rotation": "weekly", "handoff": "monday 09:00", "start": "2026-01-05", "only": ["21:00-09:00"] """;

    [Theory]
    [InlineData("Europe/London", "2026-10-19", 25, "01:00")]
    [InlineData("Europe/London", "2026-03-23", 23, "01:00")]
    [InlineData("Europe/Berlin", "2026-10-19", 25, "02:00")]
    [InlineData("America/Sao_Paulo", "2026-10-19", 24, null)]
    [InlineData("Australia/Lord_Howe", "2026-03-30", 25, "01:30")]
    public void The_day_on_which_the_clocks_change_has_its_own_hours(string zone, string monday, int hours, string? wall)
    {
        var days = ScheduleGrid.DaysOf(zone, DateOnly.Parse(monday, System.Globalization.CultureInfo.InvariantCulture), 7);

        Assert.Equal([24, 24, 24, 24, 24, 24, hours], days.Select(d => d.Hours));
        Assert.Equal(wall, days[6].Change?.Wall.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(days.Skip(1).Select(d => d.Start), days.SkipLast(1).Select(d => d.End));
    }

    [Fact]
    public void A_night_over_the_change_is_as_many_columns_wide_as_it_has_hours()
    {
        var grid = Week("Europe/London", new(2026, 10, 19), [], Always, Nights);

        Assert.Equal((169, 1), (grid.Columns, grid.PerHour));
        Assert.Equal(["night", "all"], grid.Layers.Select(l => l.Layer!.Name));
        // Monday 00:00 to 09:00, then nights of 12 h, the one from Saturday to Sunday of 13, and what is left of Sunday's.
        Assert.Equal([9, 12, 12, 12, 12, 12, 13, 3], grid.Layers[0].Cells.Where(c => c.Shift is not null).Select(c => c.Width));
        foreach (var row in grid.Layers.Append(grid.Overrides).Append(grid.Final)) Assert.Equal(169, row.Cells.Sum(c => c.Width));
    }

    [Fact]
    public void What_begins_within_an_hour_makes_all_columns_narrower()
    {
        var put = Put("carla", "2026-10-20T10:30Z", "2026-10-20T11:15Z");
        var grid = Week("Europe/London", new(2026, 10, 19), [put], Always);

        Assert.Equal((169 * 4, 4), (grid.Columns, grid.PerHour));
        Assert.Equal([3], grid.Overrides.Cells.Where(c => c.Shift is not null).Select(c => c.Width));
        Assert.Equal("carla", Assert.Single(grid.Final.Cells, c => c.Shift?.Source is ShiftSource.PutIn).Shift!.Person);
        Assert.Equal((24 + 11) * 4 + 2, grid.Column(At("2026-10-20T10:30Z")));
    }

    [Fact]
    public void A_turn_of_somebody_who_is_not_here_is_a_gap()
    {
        var gaps = Coverage.Gaps(Schedule("Europe/London", Always, Nights), [], who => who == "ana", At("2026-10-19T23:00Z"), At("2026-10-21T23:00Z"));

        Assert.Equal([(At("2026-10-19T23:00Z"), At("2026-10-20T08:00Z")), (At("2026-10-20T20:00Z"), At("2026-10-21T08:00Z")), (At("2026-10-21T20:00Z"), At("2026-10-21T23:00Z"))], gaps.Select(g => (g.Start, g.End)));
    }
}
