using Microsoft.AspNetCore.WebUtilities;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Notifications;

/// <summary>The button that sends a test page to oneself, beside one's contact methods.</summary>
static class TestPageScreens
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/account/test-page", Send).Needs(Right.OwnAccount).IsForm().WithName("test-page-form");

    static async Task<IResult> Send(Call call, HttpContext http, TestPages tests, Db db, CancellationToken ct)
    {
        var ruling = await db.Write<Ruling<string>>(async tx => await tests.Send(tx, (await UserStore.Find(tx, call.UserId))!, call.By, call.At, call.Correlation), ct);
        if (ruling.Allowed) return Screens.Back(QueryHelpers.AddQueryString("/account/reached", "did", "tested"));
        await Screens.Refuse(http, ruling.Refusal);
        return Results.Empty;
    }
}
