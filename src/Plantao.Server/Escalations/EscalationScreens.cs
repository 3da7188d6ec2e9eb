using System.Globalization;
using Plantao.Escalations.Pages;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Web;

namespace Plantao.Escalations;

/// <summary>Policies, and who would be paged at an instant.</summary>
static class EscalationScreens
{
    /// <summary>Where "who would be paged at…" is answered.</summary>
    public const string Who = "/who-would-be-paged";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/policies", List).Needs(Right.ReadDefinitions).IsScreen().WithName("policies-screen");
        routes.MapGet("/policies/{policy}", Show).Needs(Right.ReadDefinitions).IsScreen().WithName("policy-screen");
        routes.MapGet(Who, WouldBe).Needs(Right.ReadOnCall).IsScreen().WithName("who-would-be-paged-screen");
    }

    static async Task<IResult> List(Call call, PolicyDesk desk, CancellationToken ct) => Screens.Show<PolicyListScreen>(new { Policies = await desk.List(call, ct) });

    static async Task<IResult> Show(string policy, Call call, HttpContext http, PolicyDesk desk, CancellationToken ct)
    {
        if (await desk.Open(policy, call, ct) is { } file) return Screens.Show<PolicyScreen>(new { File = file });
        await Screens.Refuse(http, new Refusal("not-found", "There is no such escalation policy.", 404));
        return Results.Empty;
    }

    static async Task<IResult> WouldBe(Call call, Viewer viewer, PolicyDesk desk, OnCallStore schedules, TeamStore teams, CancellationToken ct, string? of = null, string? date = null, string? time = null, string? which = null, string? urgency = null, string? zone = null)
    {
        var question = new WhoQuestion(of ?? "", date ?? "", time ?? "", which == "2", urgency == "low" ? Urgency.Low : Urgency.High, zone is not null && TimeZones.Knows(zone) ? zone : viewer.Zone);
        if (of is null && date is null) return Screens.Show<WhoScreen>(new { Question = question });
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day.Year is < 1970 or > 2200 || !TimeOnly.TryParseExact(time, ["HH:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var clock))
            return Screens.Show<WhoScreen>(new { Question = question, Error = "who.bad" }, 422);
        var times = TimeZones.At(question.Zone, day, clock);
        var at = question.Second ? times[^1] : times[0];

        if (question.Of.Split(':', 2) is ["service", var name] && (await desk.Services(call, ct)).FirstOrDefault(s => s.Name == name) is { } service)
            return Screens.Show<WhoScreen>(new { Question = question, Instants = times, Ladder = await desk.Ladder(await desk.PolicyOf(service, ct), at, question.Urgency, ct), OfService = true });
        if (question.Of.Split(':', 2) is ["schedule", var schedule] && await schedules.Find(schedule, ct) is { } found && await desk.Sees(call, found.Team, ct))
        {
            var alone = new EscalationPolicy(schedule, [new EscalationStep([new(TargetKind.Schedule, schedule)], TimeSpan.FromMinutes(5))], 1, [], found.Team);
            var answer = WhoIsOnCall.At(found.Schedule, await schedules.Overrides(schedule, at, at + WhoIsOnCall.LookAhead, ct), at);
            return Screens.Show<WhoScreen>(new { Question = question, Instants = times, Ladder = await desk.Ladder(alone, at, question.Urgency, ct), Answer = answer });
        }

        return Screens.Show<WhoScreen>(new { Question = question, Error = "who.unknown" }, 404);
    }
}

/// <summary>What "who would be paged at…" was asked, as it was typed.</summary>
/// <param name="Of"><c>service:…</c> or <c>schedule:…</c>.</param>
/// <param name="Second">Of a time that comes twice, the second.</param>
public sealed record WhoQuestion(string Of, string Date, string Time, bool Second, Urgency Urgency, string Zone);
