using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Test pages: one's own, and an Admin's to anybody.</summary>
static class TestPageEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/me/test-page", Own).Needs(Right.OwnAccount).WithName("send-own-test-page").WithSummary("A test page to yourself, by every proven contact method.");
        routes.MapPost("/api/v1/users/{user}/test-page", Others).Needs(Right.ManagePeople).WithName("send-test-page").WithSummary("A test page to a person, by every proven contact method.");
    }

    static Task<Results<Accepted<TestPageView>, ProblemHttpResult>> Own(Call call, TestPages tests, Db db, CancellationToken ct) => Send(call.UserId, call, tests, db, ct);

    static Task<Results<Accepted<TestPageView>, ProblemHttpResult>> Others(string user, Call call, TestPages tests, Db db, CancellationToken ct) => Send(user, call, tests, db, ct);

    static async Task<Results<Accepted<TestPageView>, ProblemHttpResult>> Send(string idOrName, Call call, TestPages tests, Db db, CancellationToken ct)
    {
        var ruling = await db.Write<Ruling<string>>(async tx => await UserStore.Named(tx, idOrName) is { } user
            // Locked, so that two at once do not both find that none went out.
            ? await tests.Send(tx, (await UserStore.Find(tx, user.Id))!, call.By, call.At, call.Correlation)
            : new Refusal("not-found", "There is no such person.", 404), ct);
        return ruling.Allowed ? TypedResults.Accepted((string?)null, new TestPageView(ruling.Value)) : ruling.Refusal.ToProblem();
    }
}
