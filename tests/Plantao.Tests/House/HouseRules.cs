namespace Plantao.Tests.House;

/// <summary>The rules of ARCHITECTURE.md that can be read from an assembly, as functions of what it uses.</summary>
static class HouseRules
{
    /// <summary>The rooms, ground up. One that is built later has its place already; <c>demo</c> stands on all of them.</summary>
    public static readonly string[] Rooms =
    [
        "Platform", "People", "Services", "Definitions", "OnCall", "Notifications", "Escalations", "Obligations", "Alerts", "Incidents",
        "Tickets", "Communications", "StatusPages", "Connections", "Flags", "Releases", "Runbooks", "Probes", "Postmortems", "Measures",
        "Imports", "Home", "Demo",
    ];

    /// <summary>References that point up, leave the house's map, or reach for the table of contents from inside a room.</summary>
    /// <param name="root">The namespace that holds the rooms. What lies in it directly (Program, Rooms) may use every room and is used by none but <c>Demo</c>.</param>
    public static IEnumerable<string> PointingUp(IEnumerable<Use> uses, string root)
    {
        foreach (var (by, of) in uses.Where(use => use.Of.Own).Select(use => (use.By, use.Of)).Distinct())
        {
            if (!Inside(by.Namespace, root) || !Inside(of.Namespace, root) || by.Namespace == root) continue;

            var (from, to) = (Room(by.Namespace, root), Room(of.Namespace, root));
            if (from == to || (from == "Demo" && to.Length == 0)) continue;

            if (Array.IndexOf(Rooms, from) < 0) yield return $"{by} lies in no room of the house.";
            else if (to.Length == 0) yield return $"{by} reaches for {of}, which stands over the rooms.";
            else if (Array.IndexOf(Rooms, to) is var floor && (floor < 0 || floor > Array.IndexOf(Rooms, from)))
                yield return $"{by} points up to {of}: use the journal, a report or a port (ARCHITECTURE.md).";
        }
    }

    /// <summary>What may be used in few places only, and where: a namespace stands for all below it.</summary>
    public sealed record Reserved(string Type, Func<Use, bool> Which, string Why, params string[] Allowed);

    public static readonly Reserved[] ReservedUses =
    [
        new("System.Net.Http.HttpClient", Made, "calls leave the house by Platform.Egress alone", "Plantao.Platform.Egress", "Plantao.Client"),
        new("System.Net.Http.SocketsHttpHandler", Made, "calls leave the house by Platform.Egress alone", "Plantao.Platform.Egress", "Plantao.Client"),
        new("System.Net.Http.HttpClientHandler", Made, "calls leave the house by Platform.Egress alone"),
        new("System.Net.WebClient", Made, "calls leave the house by Platform.Egress alone"),
        new("System.Diagnostics.Process", use => use.Member == "Start", "only a runner executes programs", "Plantao.Demo"),
        new("System.Threading.Tasks.Task", use => use.Member == "Delay" && !HasClock(use), "time comes from the TimeProvider"),
        new("System.Threading.PeriodicTimer", use => Made(use) && !HasClock(use), "time comes from the TimeProvider"),
        new("System.Threading.Timer", Made, "a timer that matters is a row with a due time"),
        new("System.Threading.Thread", use => use.Member == "Sleep", "time comes from the TimeProvider"),
        new("System.DateTime", TellsTheTime, "time comes from the TimeProvider"),
        new("System.DateTimeOffset", TellsTheTime, "time comes from the TimeProvider"),
        new("Microsoft.AspNetCore.Components.MarkupString", _ => true, "text is encoded where it is shown"),
        new("Microsoft.AspNetCore.Html.HtmlString", _ => true, "text is encoded where it is shown"),
    ];

    public static IEnumerable<string> OutOfPlace(IEnumerable<Use> uses, IEnumerable<Reserved> reserved)
    {
        var rules = reserved.ToLookup(rule => rule.Type, StringComparer.Ordinal);
        return from use in uses
               from rule in rules[use.Of.ToString()]
               where rule.Which(use) && !rule.Allowed.Any(place => Inside(use.By.Namespace, place))
               select $"{use}: {rule.Why}.";
    }

    static bool Made(Use use) => use.Member == ".ctor";
    static bool HasClock(Use use) => use.Parameters.Contains("System.TimeProvider", StringComparer.Ordinal);
    static bool TellsTheTime(Use use) => use.Member is "get_Now" or "get_UtcNow" or "get_Today";
    static bool Inside(string space, string place) => space == place || space.StartsWith(place + ".", StringComparison.Ordinal);
    static string Room(string space, string root) => space == root ? "" : space[(root.Length + 1)..].Split('.')[0];
}
