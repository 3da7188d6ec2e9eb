using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;

namespace Plantao.Escalations;

/// <summary><c>/api/v1/oncall/contacts</c>. What a private team's schedules and policies name is not there for others.</summary>
static class ContactsEndpoints
{
    /// <summary>A test page counts for so long unless said: a turn of each of a handful of people.</summary>
    const int UsualDays = 30;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/oncall/contacts", List).Needs(Right.ReadOnCall).WithName("list-contacts").WithSummary("Everybody whom schedules and escalation policies name: can they be reached, and did a test page come through lately?");

    static async Task<Results<Ok<IReadOnlyList<ContactView>>, ProblemHttpResult>> List(Call call, Contacts contacts, TeamStore teams, CancellationToken ct, int days = UsualDays)
    {
        if (days is < 1 or > 366) return new Refusal("bad-days", "The days are 1 to 366.", 400).ToProblem();
        var hidden = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in await teams.PrivateIds(ct))
            if (await teams.Find(id, ct) is { } team && !team.VisibleTo(call.Caller)) hidden.Add(team.Name);
        var all = await contacts.All(team => team is null || !hidden.Contains(team), call.At.AddDays(-days), call.At, ct);
        return TypedResults.Ok<IReadOnlyList<ContactView>>([.. all.Select(c => new ContactView(c.Name, c.User?.DisplayName, c.State.ToString(), c.Channels, c.TestedAt, c.NamedBy))]);
    }
}
