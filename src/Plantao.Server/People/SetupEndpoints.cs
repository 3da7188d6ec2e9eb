using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;

namespace Plantao.People;

/// <summary><c>/api/v1/setup</c>: says nothing of the installation without its code, and works once.</summary>
static class SetupEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/setup", Do).Needs(Right.Setup).WithName("setup");

    static async Task<Results<Ok<SetupView>, ProblemHttpResult>> Do(SetupRequest wanted, Call call, Setup setup, CancellationToken ct)
    {
        var ruling = await setup.ByCode(wanted.Code,
            new(wanted.OwnerEmail, wanted.OwnerDisplayName, wanted.OwnerName, wanted.Organisation, wanted.Zone, wanted.Language, wanted.PublicAddress), call.Correlation, ct);
        return ruling.Allowed
            ? TypedResults.Ok(new SetupView(ruling.Value.Owner.Id, ruling.Value.Owner.Name, ruling.Value.Team.Name, ruling.Value.Token.Clear, ruling.Value.Token.Token.ExpiresAt, ruling.Value.Starter))
            : ruling.Refusal.ToProblem();
    }
}
