using System.Globalization;
using System.Text.Json;
using Plantao.OnCall;

namespace Plantao.Tests.OnCall;

/// <summary>Schedules as a person writes them, and instants as a wall shows them.</summary>
static class Written
{
    public static readonly IReadOnlyList<Override> NoOverrides = [];

    /// <summary>Layers are the members of JSON objects, without braces, from the bottom up.</summary>
    public static Schedule Schedule(string zone, params string[] layers)
    {
        var reading = ScheduleJson.Read($$"""{"zone": {{JsonSerializer.Serialize(zone)}}, "layers": [{{string.Join(',', layers.Select(layer => "{" + layer + "}"))}}]}""");
        Assert.Empty(reading.Problems);
        return reading.Schedule!;
    }

    /// <summary>Weekly turns of ana and bruno in São Paulo, changing on Mondays at 09:00 from 2026-01-05.</summary>
    public static Schedule Weekly(params string[] people) => Schedule("America/Sao_Paulo",
        $"""
        "name": "primary", "people": {JsonSerializer.Serialize(people.Length > 0 ? people : ["ana", "bruno"])},
        "rotation": "weekly", "handoff": "monday 09:00", "start": "2026-01-05"
        """);

    /// <summary>An instant with its offset: <c>2026-01-05T09:00-03:00</c>.</summary>
    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public static Override Put(string person, string from, string until, string? replaces = null, string id = "ovr_1") =>
        new(id, person, At(from), At(until), MadeBy: "gestora", replaces);

    /// <summary>Shifts as lines: person, start and end in UTC.</summary>
    public static IReadOnlyList<string> Lines(IEnumerable<Shift> shifts) =>
        [.. shifts.Select(shift => string.Create(CultureInfo.InvariantCulture, $"{shift.Person} {shift.Start:MM-dd HH:mm} {shift.End:MM-dd HH:mm}"))];
}
