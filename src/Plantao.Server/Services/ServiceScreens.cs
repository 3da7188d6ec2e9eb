using System.Text.Json;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Web;
using Plantao.Services.Pages;

namespace Plantao.Services;

/// <summary>What a service's definition says, for the screen.</summary>
/// <param name="Words">The source's words, and whether each is high or low; empty: the usual meaning.</param>
/// <param name="Otherwise">For any other word; <see langword="null"/>: the usual meaning.</param>
/// <param name="Hours">When somebody is at work, as written; empty: always.</param>
/// <param name="Outside">The urgency of what opens outside the hours.</param>
public sealed record ServiceSaid(string? Text, IReadOnlyList<(string Word, string Urgency)> Words, string? Otherwise, string? Zone, IReadOnlyList<string> Hours, string? Outside, bool Raises)
{
    public static ServiceSaid Of(Service service)
    {
        using var doc = JsonDocument.Parse(service.Doc);
        var root = doc.RootElement;
        var urgency = root.TryGetProperty("urgency", out var u) ? u : (JsonElement?)null;
        var hours = root.TryGetProperty("supportHours", out var h) ? h : (JsonElement?)null;
        return new(
            Say(root, "text"),
            urgency is { } said && said.TryGetProperty("words", out var words) ? [.. words.EnumerateObject().Select(w => (w.Name, w.Value.GetString()!))] : [],
            urgency is { } some ? Say(some, "otherwise") ?? "high" : null,
            hours is { } zoned ? Say(zoned, "zone") : null,
            hours is { } timed && timed.TryGetProperty("times", out var times) ? [.. times.EnumerateArray().Select(t => t.GetString()!)] : [],
            hours is { } outer ? Say(outer, "outside") ?? "low" : null,
            hours is { } raised && raised.TryGetProperty("raise", out var raise) && raise.ValueKind is JsonValueKind.True);
    }

    static string? Say(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

/// <summary>The list of services and one service. What happens to it is added by the rooms above, as panels.</summary>
static class ServiceScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/services", List).Needs(Right.ReadDefinitions).IsScreen().WithName("services-screen");
        routes.MapGet("/services/{service}", Show).Needs(Right.ReadDefinitions).IsScreen().WithName("service-screen");
    }

    static async Task<IResult> List(Call call, ServiceStore services, TeamStore teams, CancellationToken ct, string? after = null)
    {
        var rows = await services.List(call.Caller, null, after is { Length: <= 63 } ? after : "", Listing.Usual + 1, ct);
        return Screens.Show<ServiceListScreen>(new { Services = rows.Take(Listing.Usual).ToList(), Teams = await teams.Names(ct), After = rows.Count > Listing.Usual ? rows[Listing.Usual - 1].Name : null });
    }

    static async Task<IResult> Show(string service, Call call, HttpContext http, ServiceStore services, TeamStore teams, CancellationToken ct)
    {
        if (await ServicesRoom.Visible(service, call, services, teams, ct) is not { } found)
        {
            await Screens.Refuse(http, new Refusal("not-found", "There is no such service.", 404));
            return Results.Empty;
        }

        return Screens.Show<ServiceScreen>(new
        {
            Of = found,
            Said = ServiceSaid.Of(found),
            Team = found.TeamId is { } team ? (await teams.Find(team, ct))?.Title : null,
            MayEdit = call.Caller.May(Right.ChangeDefinitions, found.TeamId),
        });
    }
}
