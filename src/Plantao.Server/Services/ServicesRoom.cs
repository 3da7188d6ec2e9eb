using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Services;

/// <summary>All that Rooms.cs knows of services.</summary>
public static class ServicesRoom
{
    public static IServiceCollection AddServices(this IServiceCollection services) => services
        .AddSingleton<ServiceStore>()
        .AddStoredDocuments<Db>((db, ct) => new SeverityStore(db).All(ct))
        .AddNavigation(new("services", NavigationPart.Configure, 10, "globe", "/services", ServiceTexts.All, "services", Right.ReadDefinitions));

    public static IEndpointRouteBuilder MapServices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/services", List).Needs(Right.ReadDefinitions).WithName("list-services");
        routes.MapGet("/api/v1/services/{service}", Get).Needs(Right.ReadDefinitions).WithName("get-service");
        ServiceScreens.Map(routes);
        return routes;
    }

    static async Task<Results<Ok<Part<ServiceView>>, ProblemHttpResult>> List(
        Call call, ServiceStore services, TeamStore teams, CancellationToken ct, string? team = null, string? cursor = null, int? limit = null)
    {
        string? teamId = null;
        if (team is not null)
        {
            if (await teams.Find(team, ct) is not { } found || !found.VisibleTo(call.Caller)) return Problems.NotFound("team");
            teamId = found.Id;
        }

        if (Listing.Fault(limit) is { } fault) return fault.ToProblem();
        var count = Listing.Count(limit);
        var rows = await services.List(call.Caller, teamId, cursor ?? "", count + 1, ct);
        var names = await teams.Names(ct);
        return TypedResults.Ok(Listing.Part(rows, count, s => View(s, names), s => s.Name));
    }

    static async Task<Results<Ok<ServiceView>, ProblemHttpResult>> Get(string service, Call call, ServiceStore services, TeamStore teams, CancellationToken ct)
    {
        if (await Visible(service, call, services, teams, ct) is not { } found) return Problems.NotFound("service");
        return TypedResults.Ok(View(found, await teams.Names(ct)));
    }

    /// <summary>A service that is there and that the caller may know of; for the API and the screens alike.</summary>
    internal static async Task<Service?> Visible(string service, Call call, ServiceStore services, TeamStore teams, CancellationToken ct) =>
        await services.Find(service, ct) is { RemovedAt: null } found && (found.TeamId is not { } teamId || await teams.Find(teamId, ct) is not { } team || team.VisibleTo(call.Caller)) ? found : null;

    static ServiceView View(Service service, IReadOnlyDictionary<string, string> teams)
    {
        using var doc = JsonDocument.Parse(service.Doc);
        return new(service.Id, service.Name, service.Title, service.TeamId is null ? null : teams[service.TeamId], service.EscalationPolicy, service.Revision, doc.RootElement.Clone());
    }
}
