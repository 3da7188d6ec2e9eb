using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>What a room knows must always hold, looked for over the whole database (failures.md V2, V3, V6). Each room answers for its own tables.</summary>
public interface ISelfTest
{
    /// <summary>A sentence that is true when all is well.</summary>
    string Holds { get; }

    /// <summary>What breaks it: at most 20 examples, each naming the thing.</summary>
    Task<IReadOnlyList<string>> Broken(DateTimeOffset now, CancellationToken ct);
}

/// <summary>A self-test that is one query: each row names something that breaks it.</summary>
public sealed class SelfTestQuery(Db db, string holds, Func<DateTimeOffset, Sql> query) : ISelfTest
{
    public string Holds => holds;

    public Task<IReadOnlyList<string>> Broken(DateTimeOffset now, CancellationToken ct) => db.Query(query(now), r => r.Text(0), ct);
}

/// <summary>The journal's chain, as a self-test.</summary>
sealed class JournalSelfTest(Journals journals) : ISelfTest
{
    public string Holds => "The journal's hash chain is whole.";

    public async Task<IReadOnlyList<string>> Broken(DateTimeOffset now, CancellationToken ct) =>
        await journals.Verify(null, ct) is { Whole: false } verdict ? [$"position {verdict.Position}: {verdict.Why}"] : [];
}

static class SelfTestEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/api/v1/selftest", Run).Needs(Right.Administer).WithName("selftest").WithSummary("Looks over the whole database for what must never be: a page that ended at nobody, a signal that led to nothing.");

    static async Task<Ok<IReadOnlyList<SelfTestView>>> Run(IEnumerable<ISelfTest> tests, TimeProvider clock, CancellationToken ct)
    {
        var views = new List<SelfTestView>();
        foreach (var test in tests) views.Add(new SelfTestView(test.Holds, await test.Broken(clock.GetUtcNow(), ct)));
        return TypedResults.Ok<IReadOnlyList<SelfTestView>>(views);
    }
}
