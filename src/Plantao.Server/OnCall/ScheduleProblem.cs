namespace Plantao.OnCall;

/// <summary>Something in a schedule that has to be corrected.</summary>
/// <param name="Path">Where in the document (<see cref="ScheduleJson"/>), such as <c>layers[0].handoff</c>; empty: the whole.</param>
/// <param name="Message">A sentence: what is wrong and what would be right.</param>
public sealed record ScheduleProblem(string Path, string Message)
{
    /// <summary>Limits that no real team meets; they keep one document from costing every page its time.</summary>
    const int MostLayers = 50, MostPeople = 500, MostWindows = 100, LongestName = 200;

    internal static IReadOnlyList<ScheduleProblem> In(Schedule schedule)
    {
        List<ScheduleProblem> problems = [];
        void Add(string path, string message) => problems.Add(new(path, message));

        if (schedule.Name.Length > LongestName) Add("name", $"The name is longer than {LongestName} characters.");
        if (!TimeZones.Knows(schedule.Zone)) Add("zone", $"'{schedule.Zone}' is not a time zone. Write a name of the tz database, such as America/Sao_Paulo.");
        if (schedule.Layers.Count == 0) Add("layers", "There is no layer. Write at least one; a layer without people is allowed and leaves a gap.");
        if (schedule.Layers.Count > MostLayers) Add("layers", $"There are more than {MostLayers} layers.");

        for (var i = 0; i < schedule.Layers.Count; i++)
        {
            var (layer, path) = (schedule.Layers[i], $"layers[{i}]");
            if (string.IsNullOrWhiteSpace(layer.Name) || layer.Name.Length > LongestName) Add($"{path}.name", $"Write a name of 1 to {LongestName} characters.");
            else if (schedule.Layers.Take(i).Any(below => below.Name == layer.Name)) Add($"{path}.name", $"'{layer.Name}' is the name of another layer.");

            InPeople(layer, path, Add);
            InTurns(layer, path, Add);
            InWindows(layer, path, Add);
        }
        return problems;
    }

    static void InPeople(Layer layer, string path, Action<string, string> add)
    {
        if (layer.People.Count > MostPeople) add($"{path}.people", $"There are more than {MostPeople} people.");
        for (var i = 0; i < layer.People.Count; i++)
            if (string.IsNullOrWhiteSpace(layer.People[i]) || layer.People[i].Length > LongestName) add($"{path}.people[{i}]", $"Write a name of 1 to {LongestName} characters.");
    }

    static void InTurns(Layer layer, string path, Action<string, string> add)
    {
        if (layer.Rotation.Count < 1 || layer.Rotation.Count > layer.Rotation.Longest)
            add($"{path}.rotation", $"A turn of {layer.Rotation.Count} {layer.Rotation.Unit.ToString().ToLowerInvariant()} is not possible. It lasts 1 to {layer.Rotation.Longest}.");
        if (layer.HandoffDay is not null && layer.Rotation.Unit != TurnUnit.Weeks)
            add($"{path}.handoff", "Only turns of weeks change on a weekday. Write the time alone, or a rotation of weeks.");
        if (!ToTheMinute(layer.HandoffTime)) add($"{path}.handoff", "The time is not a whole minute.");

        InMoment(layer.Start, $"{path}.start", add);
        if (layer.End is { } end)
        {
            InMoment(end, $"{path}.end", add);
            if (end.Date.ToDateTime(end.Time ?? layer.HandoffTime) <= layer.Start.Date.ToDateTime(layer.Start.Time ?? layer.HandoffTime))
                add($"{path}.end", "The layer ends before it starts.");
        }
        if (layer.TurnsFrom is { } first) InMoment(new(first), $"{path}.turnsFrom", add);
    }

    static void InMoment(WallMoment moment, string path, Action<string, string> add)
    {
        if (moment.Date.Year is < 1970 or > 2199) add(path, "The year is not between 1970 and 2199.");
        if (moment.Time is { } time && !ToTheMinute(time)) add(path, "The time is not a whole minute.");
    }

    static void InWindows(Layer layer, string path, Action<string, string> add)
    {
        if (layer.Only is not { } only) return;
        if (only.Count > MostWindows) add($"{path}.only", $"There are more than {MostWindows} windows.");
        for (var i = 0; i < only.Count; i++)
        {
            var (from, to) = only[i] switch
            {
                Window.OnDays on => (on.From, on.To),
                Window.Span span => (span.From, span.To),
                _ => throw new InvalidOperationException("There are two kinds of window."),
            };
            if (!ToTheMinute(from) || !ToTheMinute(to)) add($"{path}.only[{i}]", "A time is not a whole minute.");
            if (only[i] is Window.OnDays { Days: Weekdays.None }) add($"{path}.only[{i}]", "The window is on no day.");
        }
    }

    static bool ToTheMinute(TimeOnly time) => time.Ticks % TimeSpan.TicksPerMinute == 0;
}
