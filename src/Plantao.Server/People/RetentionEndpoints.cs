using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary><c>/api/v1/retention</c>: how long things are kept. An Owner's alone (design §15, Who may do what).</summary>
static class RetentionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/retention", Show).Needs(Right.Administer).WithName("get-retention").WithSummary("How long things are kept.");
        routes.MapPut("/api/v1/retention", Set).Needs(Right.Own).WithName("set-retention").WithSummary("Sets how long things are kept. Nothing open is removed, and the journal never is.");
    }

    static async Task<Ok<RetentionView>> Show(Db db, CancellationToken ct) => TypedResults.Ok(View(await db.Snapshot(RetentionPeriods.Of, ct)));

    static async Task<Results<Ok<RetentionView>, ProblemHttpResult>> Set(RetentionView wanted, Call call, Db db, CancellationToken ct)
    {
        var periods = new RetentionPeriods(wanted.PayloadDays, wanted.HistoryDays);
        var refusal = await db.Write(async tx =>
        {
            var before = await RetentionPeriods.Of(tx);
            if (before == periods) return null;
            if (await periods.Keep(tx) is { } fault) return fault;
            await tx.Journal(Entry.Of("retention.changed", "retention", call.By, call.At, call.Correlation, new { before, after = periods }));
            return null;
        }, ct);
        return refusal is null ? TypedResults.Ok(View(periods)) : refusal.ToProblem();
    }

    static RetentionView View(RetentionPeriods periods) => new(periods.PayloadDays, periods.HistoryDays);
}
