using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.OnCall;

/// <summary><c>/api/v1/oncall</c> and <c>/api/v1/schedules</c>: one function answers them all (<see cref="WhoIsOnCall"/>).</summary>
static class OnCallEndpoints
{
    /// <summary>The longest span that one call shows.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/oncall", Now).Needs(Right.ReadOnCall).WithName("oncall").WithSummary("Who is on call, on every schedule, now or at an instant.");
        routes.MapGet("/api/v1/schedules/{schedule}/next", Next).Needs(Right.ReadOnCall).WithName("next-shifts").WithSummary("The shifts that begin next.");
        routes.MapGet("/api/v1/schedules/{schedule}", Show).Needs(Right.ReadOnCall).WithName("get-schedule").WithSummary("A schedule between two instants: shifts, gaps, overrides.");
        routes.MapPost("/api/v1/schedules/{schedule}/overrides", Add).Needs(Right.ChangeOnCall).WithName("add-override").WithSummary("Puts a person in for a span.");
        routes.MapDelete("/api/v1/schedules/{schedule}/overrides/{id}", End).Needs(Right.ChangeOnCall).WithName("end-override").WithSummary("Ends an override.");
    }

    internal static Refusal NoSuchSchedule { get; } = new("not-found", "There is no such schedule.", 404);

    static async Task<Ok<IReadOnlyList<OnCallView>>> Now(Call call, OnCallStore store, TeamStore teams, CancellationToken ct, DateTimeOffset? at = null)
    {
        var when = at ?? call.At;
        return TypedResults.Ok<IReadOnlyList<OnCallView>>([.. (await Everywhere(call, when, store, teams, ct)).Select(here =>
            new OnCallView(here.Schedule.Schedule.Name, here.Schedule.Team, when, here.Answer.Person, here.Answer.Shift is { } shift ? Because(shift.Source) : null, here.Answer.Until, here.Answer.Next?.Person))]);
    }

    /// <summary>Who is on call at an instant on every schedule that the caller may see, each with its overrides from then on; for the API and the screens alike.</summary>
    internal static async Task<IReadOnlyList<(AppliedSchedule Schedule, IReadOnlyList<Override> Overrides, OnCallAnswer Answer)>> Everywhere(Call call, DateTimeOffset when, OnCallStore store, TeamStore teams, CancellationToken ct)
    {
        var answers = new List<(AppliedSchedule, IReadOnlyList<Override>, OnCallAnswer)>();
        foreach (var schedule in await Visible(call, store, teams, ct))
        {
            var overrides = await store.Overrides(schedule.Schedule.Name, when, when + WhoIsOnCall.LookAhead, ct);
            answers.Add((schedule, overrides, WhoIsOnCall.At(schedule.Schedule, overrides, when)));
        }

        return answers;
    }

    static async Task<Results<Ok<IReadOnlyList<ShiftView>>, ProblemHttpResult>> Next(string schedule, Call call, OnCallStore store, TeamStore teams, CancellationToken ct, string? person = null, int count = 5)
    {
        if (count is < 1 or > 100) return new Refusal("bad-count", "The count is 1 to 100.", 400).ToProblem();
        if (await Find(schedule, call, store, teams, ct) is not { } found) return NoSuchSchedule.ToProblem();
        var overrides = await store.Overrides(schedule, call.At, call.At + WhoIsOnCall.LookAhead, ct);
        return TypedResults.Ok<IReadOnlyList<ShiftView>>([.. WhoIsOnCall.Next(found.Schedule, overrides, call.At, count, person).Select(View)]);
    }

    static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> Show(string schedule, Call call, OnCallStore store, TeamStore teams, CancellationToken ct, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var (start, end) = (from ?? call.At, until ?? (from ?? call.At).AddDays(30));
        if (end <= start || end - start > Longest) return new Refusal("bad-span", "The span ends after it begins, and is at most 400 days.", 400).ToProblem();
        if (await Find(schedule, call, store, teams, ct) is not { } found) return NoSuchSchedule.ToProblem();
        var overrides = await store.Overrides(schedule, start, end, ct);
        return TypedResults.Ok(new ScheduleView(
            schedule, found.Title, found.Team, found.Schedule.Zone, found.Revision,
            [.. WhoIsOnCall.Shifts(found.Schedule, overrides, start, end).Select(View)],
            [.. WhoIsOnCall.Gaps(found.Schedule, overrides, start, end).Select(g => new GapView(g.Start, g.End))],
            [.. overrides.Select(o => new OverrideView(o.Id, o.Person, o.Replaces, o.From, o.Until, o.MadeBy))]));
    }

    static async Task<Results<Created<OverrideView>, ProblemHttpResult>> Add(string schedule, OverrideRequest wanted, Call call, OnCallStore store, TeamStore teams, Db db, CancellationToken ct)
    {
        if (await Find(schedule, call, store, teams, ct) is not { } found) return NoSuchSchedule.ToProblem();
        var ruling = await PutIn(found, wanted, call, db, ct);
        return ruling.Allowed ? TypedResults.Created($"/api/v1/schedules/{schedule}/overrides/{ruling.Value.Id}", ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Puts somebody in for a span; for the API and the screen alike.</summary>
    internal static async Task<Ruling<OverrideView>> PutIn(AppliedSchedule found, OverrideRequest wanted, Call call, Db db, CancellationToken ct)
    {
        if (wanted.Until <= wanted.From || wanted.Until - wanted.From > Longest || wanted.Until <= call.At)
            return new Refusal("bad-span", "An override ends after it begins, not in the past, and lasts at most 400 days.", 422);
        return await db.Write<Ruling<OverrideView>>(async tx =>
        {
            var team = found.Team is null ? null : await TeamStore.Find(tx, found.Team);
            if (!call.Caller.May(Right.ChangeOnCall, team?.Id)) return call.NotAllowed(Right.ChangeOnCall);
            if (await UserStore.Named(tx, wanted.Person) is not { Status: UserStatus.Active } person) return new Refusal("no-such-person", $"There is no active person of the handle {wanted.Person}.", 422);
            var replaced = wanted.Replaces is null ? null : await UserStore.Named(tx, wanted.Replaces);
            if (wanted.Replaces is not null && replaced is null) return new Refusal("no-such-person", $"There is no person of the handle {wanted.Replaces}.", 422);
            var (id, schedule) = (Ids.New("ovr", call.At), found.Schedule.Name);
            await OnCallStore.Add(tx, id, schedule, person.Id, replaced?.Id, wanted.From, wanted.Until, call.By, call.At);
            await tx.Journal(Entry.Of("override.made", "schedule:" + schedule, call.By, call.At, call.Correlation, new { id, user = person.Id, replaces = replaced?.Id, wanted.From, wanted.Until }));
            return new OverrideView(id, person.Name, replaced?.Name, wanted.From, wanted.Until, call.By);
        }, ct);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> End(string schedule, string id, Call call, OnCallStore store, TeamStore teams, Db db, CancellationToken ct)
    {
        if (await Find(schedule, call, store, teams, ct) is not { } found) return NoSuchSchedule.ToProblem();
        return await TakeOut(found, id, call, db, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();
    }

    /// <summary>Ends an override; for the API and the screen alike.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    internal static Task<Refusal?> TakeOut(AppliedSchedule found, string id, Call call, Db db, CancellationToken ct) => db.Write<Refusal?>(async tx =>
    {
        var team = found.Team is null ? null : await TeamStore.Find(tx, found.Team);
        if (!call.Caller.May(Right.ChangeOnCall, team?.Id)) return call.NotAllowed(Right.ChangeOnCall);
        if (!await OnCallStore.EndOverride(tx, found.Schedule.Name, id, call.At)) return new Refusal("not-found", "There is no such override, or it has ended.", 404);
        await tx.Journal(Entry.Of("override.ended", "schedule:" + found.Schedule.Name, call.By, call.At, call.Correlation, new { id }));
        return null;
    }, ct);

    internal static async Task<AppliedSchedule?> Find(string name, Call call, OnCallStore store, TeamStore teams, CancellationToken ct) =>
        await store.Find(name, ct) is { } found && (found.Team is null || await teams.Find(found.Team, ct) is not { } team || team.VisibleTo(call.Caller)) ? found : null;

    /// <summary>The schedules that the caller may know of.</summary>
    internal static async Task<IReadOnlyList<AppliedSchedule>> Visible(Call call, OnCallStore store, TeamStore teams, CancellationToken ct)
    {
        var seen = new List<AppliedSchedule>();
        foreach (var schedule in await store.All(ct))
            if (schedule.Team is null || await teams.Find(schedule.Team, ct) is not { } team || team.VisibleTo(call.Caller)) seen.Add(schedule);
        return seen;
    }

    static ShiftView View(Shift shift) => new(shift.Person, shift.Start, shift.End, Because(shift.Source));

    static string Because(ShiftSource source) => source switch
    {
        ShiftSource.Turn turn => string.Create(CultureInfo.InvariantCulture, $"{turn.Layer}, turn {turn.Number}"),
        ShiftSource.PutIn put => "override " + put.OverrideId,
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };
}
