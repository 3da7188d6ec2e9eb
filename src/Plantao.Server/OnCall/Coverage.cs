namespace Plantao.OnCall;

/// <summary>Where a schedule finds nobody. A turn of somebody who is not here finds nobody either. Pure.</summary>
public static class Coverage
{
    /// <summary>Whether a schedule can be asked, and is one that anybody was ever to stand in: the starter's second is a place to be filled, and no gap.</summary>
    public static bool Asked(Schedule schedule) => schedule.Problems().Count == 0 && schedule.Layers.Any(layer => layer.People.Count > 0);

    /// <param name="here">Whether somebody active has this handle.</param>
    /// <returns>In order, joined where they touch.</returns>
    public static IReadOnlyList<Gap> Gaps(Schedule schedule, IReadOnlyList<Override> overrides, Func<string, bool> here, DateTimeOffset from, DateTimeOffset until)
    {
        var open = WhoIsOnCall.Gaps(schedule, overrides, from, until)
            .Concat(WhoIsOnCall.Shifts(schedule, overrides, from, until).Where(shift => !here(shift.Person)).Select(shift => new Gap(shift.Start, shift.End)))
            .OrderBy(gap => gap.Start);
        var joined = new List<Gap>();
        foreach (var gap in open)
            if (joined is [.., var last] && last.End >= gap.Start) joined[^1] = last with { End = last.End > gap.End ? last.End : gap.End };
            else joined.Add(gap);
        return joined;
    }
}
