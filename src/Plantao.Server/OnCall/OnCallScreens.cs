using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.Client;
using Plantao.OnCall.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.OnCall;

/// <summary>A schedule as it stands now.</summary>
/// <param name="Gaps">Within 30 days, the first perhaps open now.</param>
public sealed record Standing(AppliedSchedule Schedule, OnCallAnswer Answer, IReadOnlyList<Gap> Gaps);

/// <summary>A swap and what it is about.</summary>
public sealed record SwapLine(Swap Swap, string Title, string Zone);

/// <summary>A day of the month's table.</summary>
/// <param name="Held">Who is on call on it, each once, in order.</param>
/// <param name="Open">How long nobody is.</param>
public sealed record MonthDay(GridDay Day, bool Inside, IReadOnlyList<(string Person, bool PutIn)> Held, TimeSpan Open);

/// <summary>All that the screen of one schedule shows.</summary>
/// <param name="First">The first day of what is shown: a Monday, or the first of a month.</param>
/// <param name="Month">Whole weeks; <see langword="null"/>: the week is shown.</param>
/// <param name="Final">Who is on call in what is shown.</param>
/// <param name="Shown">Gaps in what is shown and not over.</param>
/// <param name="Extend">Who is on call until the first of these.</param>
/// <param name="People">By handle.</param>
public sealed record ScheduleFile(
    AppliedSchedule Of, string? Team, OnCallAnswer Answer, DateOnly First, ScheduleGrid Grid, IReadOnlyList<MonthDay>? Month, IReadOnlyList<Shift> Final, IReadOnlyList<Gap> Shown, string? Extend,
    IReadOnlyList<Override> Overrides, IReadOnlyList<SwapLine> Swaps, bool May, IReadOnlyDictionary<string, User> People, IReadOnlyList<User> Everybody, IReadOnlyList<Shift> Mine, IReadOnlyList<Shift> Others)
{
    public string Zone => Of.Schedule.Zone;
}

/// <summary>Reads what the screens of being on call show, with the rights of who looks.</summary>
sealed class OnCallDesk(OnCallStore store, TeamStore teams, UserStore users)
{
    static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>How far a table can be turned: what a person looks up, and what a link may ask of us.</summary>
    static readonly DateOnly Earliest = new(2000, 1, 1), Latest = new(2100, 1, 1);

    public async Task<(IReadOnlyList<Standing> Schedules, IReadOnlyList<SwapLine> Swaps, IReadOnlyDictionary<string, User> People)> Now(Call call, CancellationToken ct)
    {
        var people = await People(ct);
        var all = new List<Standing>();
        foreach (var schedule in await OnCallEndpoints.Visible(call, store, teams, ct))
        {
            if (schedule.Schedule.Problems().Count > 0) continue;
            var overrides = await store.Overrides(schedule.Schedule.Name, call.At, call.At + WhoIsOnCall.LookAhead, ct);
            all.Add(new(schedule, WhoIsOnCall.At(schedule.Schedule, overrides, call.At), Coverage.Gaps(schedule.Schedule, overrides, people.ContainsKey, call.At, call.At + Ahead)));
        }

        var swaps = (await store.OpenSwaps(null, call.At, ct)).Where(s => s.Of == call.Caller.UserId)
            .Select(s => (Swap: s, Standing: all.Find(a => a.Schedule.Schedule.Name == s.Schedule))).Where(s => s.Standing is not null).Select(s => new SwapLine(s.Swap, s.Standing!.Schedule.Title, s.Standing.Schedule.Schedule.Zone));
        return (all, [.. swaps], people);
    }

    public Task<AppliedSchedule?> Find(string name, Call call, CancellationToken ct) => OnCallEndpoints.Find(name, call, store, teams, ct);

    public async Task<ScheduleFile?> Open(string name, string? span, string? from, Call call, CancellationToken ct)
    {
        if (await Find(name, call, ct) is not { } found) return null;
        var schedule = found.Schedule;
        var today = DateOnly.FromDateTime(Times.Local(call.At, schedule.Zone).DateTime);
        var day = DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) && asked >= Earliest && asked <= Latest ? asked : today;
        var byMonth = span == "month";
        var first = byMonth ? new DateOnly(day.Year, day.Month, 1) : day.AddDays(-Clock.Index(day.DayOfWeek));
        var tableFirst = first.AddDays(-Clock.Index(first.DayOfWeek));
        var days = ScheduleGrid.DaysOf(schedule.Zone, tableFirst, byMonth ? Weeks(first) * 7 : 7);
        var (start, end) = (days[0].Start, days[^1].End);

        var people = await People(ct);
        var shown = await store.Overrides(schedule.Name, start, end, ct);
        var final = WhoIsOnCall.Shifts(schedule, shown, start, end);
        var open = Coverage.Gaps(schedule, shown, people.ContainsKey, start, end).Where(gap => gap.End > call.At).ToList();
        var coming = await store.Overrides(schedule.Name, call.At, call.At + WhoIsOnCall.LookAhead, ct);
        var team = found.Team is null ? null : await teams.Find(found.Team, ct);
        var swaps = (await store.OpenSwaps(schedule.Name, call.At, ct)).Select(s => new SwapLine(s, found.Title, schedule.Zone)).ToList();
        var (mine, others) = await Coming(schedule, coming, call, ct);
        return new(found, team?.Title, WhoIsOnCall.At(schedule, coming, call.At), first, ScheduleGrid.Of(schedule, shown, byMonth ? [days[0]] : days),
            byMonth ? [.. days.Select(d => Month(d, first.Month, final, open))] : null, final, open, open is [var gap, ..] ? await Before(schedule, gap, people, ct) : null,
            coming, swaps, call.Caller.May(Right.ChangeOnCall, team?.Id), people, [.. people.Values.OrderBy(u => u.DisplayName, StringComparer.CurrentCulture)], mine, others);
    }

    async Task<string?> Before(Schedule schedule, Gap gap, IReadOnlyDictionary<string, User> people, CancellationToken ct)
    {
        var from = gap.Start.AddDays(-1);
        var before = WhoIsOnCall.Shifts(schedule, await store.Overrides(schedule.Name, from, gap.Start, ct), from, gap.Start);
        return before is [.., var last] && last.End == gap.Start && people.ContainsKey(last.Person) ? last.Person : null;
    }

    /// <summary>Shifts that have not begun: one's own, and everybody else's.</summary>
    async Task<(IReadOnlyList<Shift> Mine, IReadOnlyList<Shift> Others)> Coming(Schedule schedule, IReadOnlyList<Override> overrides, Call call, CancellationToken ct)
    {
        if (call.Caller.UserId is not { } id || await users.Find(id, ct) is not { } me) return ([], []);
        var next = WhoIsOnCall.Next(schedule, overrides, call.At, 60);
        return ([.. next.Where(s => s.Person == me.Name).Take(20)], [.. next.Where(s => s.Person != me.Name).Take(40)]);
    }

    static int Weeks(DateOnly first) => (Clock.Index(first.DayOfWeek) + DateTime.DaysInMonth(first.Year, first.Month) + 6) / 7;

    static MonthDay Month(GridDay day, int month, IReadOnlyList<Shift> final, IReadOnlyList<Gap> open)
    {
        var held = final.Where(s => s.Start < day.End && s.End > day.Start).Select(s => (s.Person, s.Source is ShiftSource.PutIn)).Distinct().ToList();
        var nobody = open.Where(g => g.Start < day.End && g.End > day.Start).Sum(g => ((g.End < day.End ? g.End : day.End) - (g.Start > day.Start ? g.Start : day.Start)).Ticks);
        return new(day, day.Date.Month == month, held, TimeSpan.FromTicks(nobody));
    }

    async Task<IReadOnlyDictionary<string, User>> People(CancellationToken ct) => (await users.Active(ct)).ToDictionary(u => u.Name, StringComparer.Ordinal);
}

/// <summary>Who is on call, one schedule, and what is changed there in a hurry.</summary>
static class OnCallScreens
{
    static readonly string[] Doings = ["override", "ended", "asked", "agreed", "over"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/on-call", Now).Needs(Right.ReadOnCall).IsScreen().WithName("on-call-screen");
        routes.MapGet("/on-call/{schedule}", Show).Needs(Right.ReadOnCall).IsScreen().WithName("schedule-screen");
        routes.MapPost("/on-call/{schedule}/overrides", Override).Needs(Right.ChangeOnCall).IsForm().WithName("override-form");
        routes.MapPost("/on-call/{schedule}/overrides/{id}/end", EndOverride).Needs(Right.ChangeOnCall).IsForm().WithName("end-override-form");
        routes.MapPost("/on-call/{schedule}/swaps", AskSwap).Needs(Right.ChangeOnCall).IsForm().WithName("ask-swap-form");
        routes.MapPost("/on-call/{schedule}/swaps/{id}/agree", Agree).Needs(Right.OwnAccount).IsForm().WithName("agree-swap-form");
        routes.MapPost("/on-call/{schedule}/swaps/{id}/end", EndSwap).Needs(Right.OwnAccount).IsForm().WithName("end-swap-form");
    }

    static async Task<IResult> Now(Call call, OnCallDesk desk, CancellationToken ct)
    {
        var (schedules, swaps, people) = await desk.Now(call, ct);
        return Screens.Show<OnCallScreen>(new { Schedules = schedules, Swaps = swaps, People = people });
    }

    static Task<IResult> Show(string schedule, Call call, HttpContext http, OnCallDesk desk, CancellationToken ct, string? span = null, string? from = null, string? did = null, string? @in = null, string? @out = null) =>
        Screen(schedule, call, http, desk, span, from, Doings.Contains(did, StringComparer.Ordinal) ? did : null, null,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["from"] = @in ?? "", ["until"] = @out ?? "" }, ct);

    static async Task<IResult> Override(string schedule, Form form, Call call, HttpContext http, OnCallDesk desk, Db db, CancellationToken ct)
    {
        if (await desk.Find(schedule, call, ct) is not { } found) return await Missing(http);
        var ruling = (When(form["from"], found.Schedule.Zone, last: false), When(form["until"], found.Schedule.Zone, last: true)) is ({ } from, { } until)
            ? await OnCallEndpoints.PutIn(found, new OverrideRequest(form["person"], from, until, form.Given("replaces")), call, db, ct)
            : new Refusal("bad-time", "Both times are needed.", 422);
        return ruling.Allowed ? Did(schedule, "override", form) : await Screen(schedule, call, http, desk, form["span"], form["day"], null, ruling.Refusal, form.Typed, ct);
    }

    static async Task<IResult> EndOverride(string schedule, string id, Form form, Call call, HttpContext http, OnCallDesk desk, Db db, CancellationToken ct)
    {
        if (await desk.Find(schedule, call, ct) is not { } found) return await Missing(http);
        return await OnCallEndpoints.TakeOut(found, id, call, db, ct) is not { } refusal ? Did(schedule, "ended", form) : await Screen(schedule, call, http, desk, form["span"], form["day"], null, refusal, form.Typed, ct);
    }

    static async Task<IResult> AskSwap(string schedule, Form form, Call call, HttpContext http, OnCallDesk desk, Swaps swaps, CancellationToken ct)
    {
        if (await desk.Find(schedule, call, ct) is not { } found || call.Caller.UserId is null) return await Missing(http);
        var ruling = (Span(form["gives"]), Span(form["takes"])) is ({ } gives, { } takes) ? await swaps.Ask(found, gives, takes, call, ct) : new Refusal("swap-changed", "Name two shifts.", 422);
        return ruling.Allowed ? Did(schedule, "asked", form) : await Screen(schedule, call, http, desk, form["span"], form["day"], null, ruling.Refusal, form.Typed, ct);
    }

    static Task<IResult> Agree(string schedule, string id, Form form, Call call, HttpContext http, OnCallDesk desk, Swaps swaps, CancellationToken ct) =>
        AnswerSwap(schedule, "agreed", form, call, http, desk, found => swaps.Agree(found, id, call, ct), ct);

    static Task<IResult> EndSwap(string schedule, string id, Form form, Call call, HttpContext http, OnCallDesk desk, Swaps swaps, CancellationToken ct) =>
        AnswerSwap(schedule, "over", form, call, http, desk, found => swaps.End(found, id, call, ct), ct);

    static async Task<IResult> AnswerSwap(string schedule, string did, Form form, Call call, HttpContext http, OnCallDesk desk, Func<AppliedSchedule, Task<Ruling<Swap>>> answer, CancellationToken ct)
    {
        if (await desk.Find(schedule, call, ct) is not { } found) return await Missing(http);
        var ruling = await answer(found);
        return ruling.Allowed ? Did(schedule, did, form) : await Screen(schedule, call, http, desk, form["span"], form["day"], null, ruling.Refusal, form.Typed, ct);
    }

    /// <summary>Back to the part of the schedule from which it was done.</summary>
    static IResult Did(string schedule, string did, Form form) => Screens.Back(QueryHelpers.AddQueryString("/on-call/" + Uri.EscapeDataString(schedule),
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["span"] = form.Given("span"), ["from"] = form.Given("day"), ["did"] = did }.Where(pair => pair.Value is not null)));

    static async Task<IResult> Screen(string schedule, Call call, HttpContext http, OnCallDesk desk, string? span, string? from, string? did, Refusal? refused, IReadOnlyDictionary<string, string> typed, CancellationToken ct) =>
        await desk.Open(schedule, span, from, call, ct) is { } file
            ? Screens.Show<ScheduleScreen>(new { File = file, Did = did, Refused = refused, Typed = typed }, refused?.Status ?? 200)
            : await Missing(http);

    /// <summary>A time on the wall, as a browser's field sends it.</summary>
    /// <param name="last">Of one that comes twice, the second: the end of a span rather overlaps than leaves a gap.</param>
    static DateTimeOffset? When(string typed, string zone, bool last) =>
        DateTime.TryParseExact(typed, ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is >= 1970 and <= 2200
            ? TimeZones.At(zone, DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local)) is var at && last ? at[^1] : at[0]
            : null;

    static Gap? Span(string typed) => typed.Split('-') is [var from, var until] && long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var start) && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && start < end && end < 253_402_300_800_000 ? new Gap(DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(end)) : null;

    static async Task<IResult> Missing(HttpContext http)
    {
        await Screens.Refuse(http, OnCallEndpoints.NoSuchSchedule);
        return Results.Empty;
    }
}
