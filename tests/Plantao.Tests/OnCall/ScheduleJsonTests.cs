using Plantao.OnCall;

namespace Plantao.Tests.OnCall;

public class ScheduleJsonTests
{
    const string Primary = """
        {
          // as a person writes it
          "zone": "America/Sao_Paulo",
          "layers": [{
            "name": "primary", "people": ["ana", "bruno"], "rotation": "weekly",
            "handoff": "monday 09:00", "start": "2026-01-05", "only": ["monday-friday 09:00-18:00"],
          }],
        }
        """;

    static ScheduleReading ReadLayer(string members) => ScheduleJson.Read($$"""{"zone": "UTC", "layers": [{{{members}}}]}""");

    static Layer Layer(string members)
    {
        var reading = ReadLayer(members);
        Assert.Empty(reading.Problems);
        return reading.Schedule!.Layers[0];
    }

    [Fact]
    public void A_schedule_is_read_as_it_is_written_by_hand()
    {
        var schedule = ScheduleJson.Read(Primary).Schedule!;

        Assert.Equal("America/Sao_Paulo", schedule.Zone);
        var layer = Assert.Single(schedule.Layers);
        Assert.Equal(["ana", "bruno"], layer.People);
        Assert.Equal([new Window.OnDays(Weekdays.Monday | Weekdays.Tuesday | Weekdays.Wednesday | Weekdays.Thursday | Weekdays.Friday, new(9, 0), new(18, 0))], layer.Only!);
        Assert.Equal(
            new Layer("primary", layer.People, Rotation.Weekly, new(9, 0), DayOfWeek.Monday, new(new(2026, 1, 5)), Only: layer.Only),
            layer);
    }

    [Fact]
    public void What_is_left_out_has_a_usual_value()
    {
        var layer = Layer(""" "people": ["ana"], "start": "2026-01-05" """);

        Assert.Equal(new Layer("layer 1", layer.People, Rotation.Weekly, new(9, 0), null, new(new(2026, 1, 5))), layer);
    }

    [Fact]
    public void It_is_written_with_every_value_in_its_shortest_form()
    {
        var schedule = new Schedule("plantão", "America/Sao_Paulo",
        [
            new("um", ["ana", "joão"], new(2, TurnUnit.Weeks), new(9, 0), DayOfWeek.Monday, new(new(2026, 1, 5)), new WallMoment(new(2026, 12, 31), new(18, 0)),
                [new Window.OnDays(Weekdays.All, new(22, 0), new(6, 0)), new Window.Span(DayOfWeek.Friday, new(18, 0), DayOfWeek.Monday, new(9, 0)), new Window.OnDays(Weekdays.Saturday | Weekdays.Sunday, default, default)],
                new DateOnly(2025, 12, 29)),
        ]);

        Assert.Equal("""
            {
              "name": "plantão",
              "zone": "America/Sao_Paulo",
              "layers": [
                {
                  "name": "um",
                  "people": [
                    "ana",
                    "joão"
                  ],
                  "rotation": "2w",
                  "handoff": "monday 09:00",
                  "start": "2026-01-05",
                  "end": "2026-12-31T18:00",
                  "turnsFrom": "2025-12-29",
                  "only": [
                    "22:00-06:00",
                    "friday 18:00 - monday 09:00",
                    "saturday,sunday"
                  ]
                }
              ]
            }
            """, ScheduleJson.Write(schedule));
    }

    [Theory]
    [InlineData("daily", 1, TurnUnit.Days)]
    [InlineData("weekly", 1, TurnUnit.Weeks)]
    [InlineData("12h", 12, TurnUnit.Hours)]
    [InlineData("3d", 3, TurnUnit.Days)]
    [InlineData("2w", 2, TurnUnit.Weeks)]
    [InlineData("PT12H", 12, TurnUnit.Hours)]
    [InlineData("P3D", 3, TurnUnit.Days)]
    [InlineData("P2W", 2, TurnUnit.Weeks)]
    public void A_length_may_be_a_word_or_short_or_iso(string text, int count, TurnUnit unit) =>
        Assert.Equal(new Rotation(count, unit), Layer($""" "people": [], "start": "2026-01-05", "rotation": "{text}" """).Rotation);

    [Theory]
    [InlineData("22:00-06:00", "22:00-06:00")]
    [InlineData(" Mon - Fri 09:00 - 18:00 ", "monday-friday 09:00-18:00")]
    [InlineData("mon,wed,fri 09:00-24:00", "monday,wednesday,friday 09:00-24:00")]
    [InlineData("friday-monday 00:00-24:00", "monday,friday,saturday,sunday")]
    [InlineData("monday-sunday 09:00-18:00", "09:00-18:00")]
    [InlineData("saturday", "saturday")]
    [InlineData("friday 18:00 - sunday 24:00", "friday 18:00 - monday 00:00")]
    [InlineData("monday-friday, sunday 08:00-09:30", "monday,tuesday,wednesday,thursday,friday,sunday 08:00-09:30")]
    public void A_window_has_one_shortest_form(string text, string expected)
    {
        var window = Window.Read(text);

        Assert.Equal(expected, window!.ToString());
        Assert.Equal(window, Window.Read(expected));
    }

    [Theory]
    [InlineData("")]
    [InlineData("always")]
    [InlineData("monday-friday 9-18")]
    [InlineData("25:00-26:00")]
    [InlineData("24:00-06:00")]
    [InlineData("09:00-18:00 monday")]
    [InlineData("monday- 09:00-18:00")]
    [InlineData("monday09:00-18:00")]
    [InlineData("someday 09:00 - friday 10:00")]
    public void What_is_not_a_window_is_refused(string text) => Assert.Null(Window.Read(text));

    [Theory]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotaton": "daily" """, "layers[0].rotaton", "not known")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotation": "fortnightly" """, "layers[0].rotation", "'fortnightly' is not a rotation")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotation": "-1d" """, "layers[0].rotation", "not a rotation")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotation": "0d" """, "layers[0].rotation", "1 to 366")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotation": "53w" """, "layers[0].rotation", "1 to 52")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "rotation": "daily", "handoff": "monday 09:00" """, "layers[0].handoff", "weekday")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "handoff": "nine" """, "layers[0].handoff", "'nine'")]
    [InlineData(""" "people": ["ana"], "start": "2026-02-30" """, "layers[0].start", "'2026-02-30' is not a date")]
    [InlineData(""" "people": ["ana"], "start": "0026-02-03" """, "layers[0].start", "1970")]
    [InlineData(""" "people": ["ana"], "start": 20260105 """, "layers[0].start", "quotes")]
    [InlineData(""" "people": ["ana"] """, "layers[0].start", "missing")]
    [InlineData(""" "start": "2026-01-05" """, "layers[0].people", "missing")]
    [InlineData(""" "people": "ana", "start": "2026-01-05" """, "layers[0].people", "brackets")]
    [InlineData(""" "people": ["ana", " "], "start": "2026-01-05" """, "layers[0].people[1]", "name")]
    [InlineData(""" "people": ["ana", 7], "start": "2026-01-05" """, "layers[0].people[1]", "quotes")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "end": "2026-01-05" """, "layers[0].end", "ends before")]
    [InlineData(""" "people": ["ana"], "start": "2026-01-05", "only": ["22:00-06:00", "sometimes"] """, "layers[0].only[1]", "'sometimes'")]
    public void A_mistake_is_told_with_its_place(string members, string path, string words)
    {
        var reading = ReadLayer(members);

        Assert.Null(reading.Schedule);
        Assert.Contains(reading.Problems, problem => problem.Path == path && problem.Message.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"zone": "Mars/Olympus", "layers": [{"people": [], "start": "2026-01-05"}]}""", "zone")]
    [InlineData("""{"layers": [{"people": [], "start": "2026-01-05"}]}""", "zone")]
    [InlineData("""{"zone": "UTC", "layers": []}""", "layers")]
    [InlineData("""{"zone": "UTC"}""", "layers")]
    [InlineData("""{"zone": "UTC", "layers": [7]}""", "layers[0]")]
    [InlineData("""{"zone": "UTC", "zones": "UTC", "layers": [{"people": [], "start": "2026-01-05"}]}""", "zones")]
    [InlineData("""{"zone": "UTC", "zone": "UTC", "layers": []}""", "")]
    [InlineData("""{"zone": "UTC", "layers": [{"name": "a", "people": [], "start": "2026-01-05"}, {"name": "a", "people": [], "start": "2026-01-05"}]}""", "layers[1].name")]
    [InlineData("""[]""", "")]
    [InlineData("""{"zone": """, "")]
    public void A_document_that_is_no_schedule_is_told_so(string json, string path)
    {
        var reading = ScheduleJson.Read(json);

        Assert.Null(reading.Schedule);
        Assert.Contains(reading.Problems, problem => problem.Path == path);
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var reading = ScheduleJson.Read("""{"zone": "UTC", "layers": [{"people": ["ana"], "rotation": "often", "start": "soon"}, {"people": [], "handoff": "noon", "start": "2026-01-05"}]}""");

        Assert.Equal(["layers[0].rotation", "layers[0].start", "layers[1].handoff"], reading.Problems.Select(problem => problem.Path).ToList());
    }

    [Fact]
    public void A_layer_without_people_is_sound() => Assert.Empty(ReadLayer(""" "people": [], "start": "2026-01-05" """).Problems);

    [Fact]
    public void Times_are_to_the_minute()
    {
        var odd = Written.Weekly() with { Layers = [Written.Weekly().Layers[0] with { HandoffTime = new(9, 0, 30), Only = [new Window.OnDays(Weekdays.None, default, default)] }] };

        Assert.Equal(["layers[0].handoff", "layers[0].only[0]"], odd.Problems().Select(problem => problem.Path).ToList());
    }
}
