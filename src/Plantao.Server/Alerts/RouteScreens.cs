using Plantao.Alerts.Intake;
using Plantao.Alerts.Pages;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;
using Plantao.Platform.Web;

namespace Plantao.Alerts;

/// <summary>What became of a set of labels that somebody tried out.</summary>
/// <param name="Taken">Which rules took it, as route and place from 0.</param>
/// <param name="Why">For reading: phrases of <see cref="AlertTexts"/>; <see langword="null"/> when it may name a route of a team that is not theirs to see.</param>
/// <param name="Quiet">Ids of what would keep it quiet now.</param>
public sealed record Tried(Way Way, IReadOnlyList<(string Route, int Rule)> Taken, string? Why, string? Quiet, string? Team);

/// <summary>The routes in their order, and which way an alert would take.</summary>
static class RouteScreens
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/routes", Show).Needs(Right.ReadDefinitions).IsScreen().WithName("routes-screen");

    static async Task<IResult> Show(Call call, Viewer viewer, DecidingFactory factory, IntegrationDesk desk, TeamStore teams, Db db, CancellationToken ct, string? labels = null, string? integration = null)
    {
        var around = await db.Snapshot(tx => factory.Surroundings(tx, call.At), ct);
        var seen = new List<Route>();
        foreach (var route in around.Routes)
            if (await AlertEndpoints.Sees(call, route.Team, teams, ct)) seen.Add(route);
        var integrations = await desk.List(call, ct);
        Tried? tried = null;
        string? fault = null;
        if (labels is not null)
        {
            if (Labels(labels) is not { } set) fault = viewer.Say(SettingTexts.All, "try.bad");
            else
            {
                var through = integrations.FirstOrDefault(i => i.Name == integration) ?? new Integration("", integration ?? "", "", null, null, Formats.Own);
                var way = Way.Of(around, through, set, set.GetValueOrDefault("severity"), call.At);
                // Whose service or team somebody may not know of is not told by trying labels out either.
                if (!await AlertEndpoints.Sees(call, way.Team, teams, ct)) fault = viewer.Say(SettingTexts.All, "try.hidden");
                else tried = new(way, Taken(seen, through, set), seen.Count == around.Routes.Count ? way.Routed.Trace : null, around.Quiet.Reason(set, way.Routed.Service, way.Team, way.Rank, call.At), way.Team is { } team ? (await teams.Find(team, ct))?.Title : null);
            }
        }

        return Screens.Show<RouteScreen>(new { Routes = seen, Integrations = integrations, Labels = labels, Through = integration, Tried = tried, Fault = fault, MayEdit = call.Caller.May(Right.ChangeDefinitions) }, fault is null ? 200 : 422);
    }

    /// <summary>The rules on the way, in the order in which they are asked: as far as the first that ends it.</summary>
    static IReadOnlyList<(string, int)> Taken(IReadOnlyList<Route> routes, Integration through, IReadOnlyDictionary<string, string> labels)
    {
        var taken = new List<(string, int)>();
        foreach (var route in routes)
            for (var i = 0; i < route.Rules.Count; i++)
            {
                if (!Routing.Matches(route.Rules[i], through.Name, labels)) continue;
                taken.Add((route.Name, i));
                if (!route.Rules[i].Continue) return taken;
            }

        return taken;
    }

    /// <summary>Labels as typed, one a line: <c>severity=page</c> or <c>severity: page</c>, with or without quotes.</summary>
    /// <returns><see langword="null"/> when a line is none.</returns>
    static LabelSet? Labels(string typed)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        foreach (var line in typed.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = line.IndexOfAny(['=', ':']);
            if (at <= 0) return null;
            pairs.Add(new(line[..at].Trim(), line[(at + 1)..].Trim().Trim('"')));
        }

        return pairs.Count > IntakeLimits.Labels ? null : LabelSet.Labels(pairs);
    }
}
