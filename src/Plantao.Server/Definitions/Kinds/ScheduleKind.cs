using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>Who is on call when.</summary>
/// <remarks>The room OnCall knows what a document means, and looks deeper with <see cref="ShapedKind.With"/>.</remarks>
public static class ScheduleKind
{
    const string Time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
    const string Date = "[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])";
    const string Weekday = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)";

    static readonly Shape Moment = Form("a date", $"{Date}(?:T{Time})?", "2026-01-05, or with a time 2026-01-05T09:00");

    public static ShapedKind Kind { get; } = new("schedule", "schedules", Record(
        Optional("title", Line(), "What people call it; left out: its name."),
        Optional("team", Of("team"), "Whose it is: its Responders put somebody in for a while; left out: only Admins do."),
        Needed("zone", Form("an IANA time zone", "[A-Za-z_]+(?:/[A-Za-z0-9_+-]+){0,2}", "America/Sao_Paulo"), "The zone of every time in the file."),
        Needed("layers", List(Record(
            Needed("name", Line(), "What people call the layer."),
            Needed("people", List(Of("person"), least: 0, most: 200, distinct: false), "Who takes turns, in this order."),
            Optional("rotation", Form("a rotation", "daily|weekly|[1-9][0-9]{0,3}[hdw]", "daily, weekly, 12h, 3d or 2w"), "How long a turn is.", otherwise: "weekly"),
            Optional("handoff", Form("a handoff", $"(?:{Weekday} )?{Time}", "09:00, or for weeks monday 09:00"), "When turns change.", otherwise: "09:00"),
            Needed("start", Moment, "When the layer begins."),
            Optional("end", Moment, "When it ends."),
            Optional("turns_from", Form("a date", Date, "2026-01-05"), "From which day turns are counted; left out: from `start`."),
            Optional("only", List(Line()), "When it counts, such as `monday-friday 09:00-18:00`; left out: always.")), most: 50, distinct: false),
            "The last layer in the list that has somebody wins.")));
}
