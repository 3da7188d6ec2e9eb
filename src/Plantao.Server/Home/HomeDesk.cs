using Plantao.Alerts;
using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;

namespace Plantao.Home;

/// <summary>A schedule as the first screen shows it.</summary>
/// <param name="Gap">The first span within 7 days in which nobody is on call.</param>
/// <param name="Mine">The viewer is on call now.</param>
public sealed record OnCallLine(string Schedule, string Title, string? PersonId, string? Person, DateTimeOffset? Until, string? Next, bool Mine, Gap? Gap);

/// <summary>When the viewer is on call.</summary>
/// <param name="Now">What they hold now and its end, the earliest first; without an end in sight, <see langword="null"/>.</param>
public sealed record MyTurn(IReadOnlyList<(string Title, DateTimeOffset? Until)> Now, (string Title, DateTimeOffset From)? Next);

/// <summary>All that the first screen shows.</summary>
/// <param name="Hail">The gravest alert that rings for the viewer, whole.</param>
/// <param name="Also">What rings for them besides.</param>
public sealed record NowFile(
    AlertFile? Hail, DateTimeOffset HailSince, IReadOnlyList<(Alert Alert, AlertText Text, DateTimeOffset Since)> Also, IReadOnlyList<(Alert Alert, AlertText Text)> Alerts, IReadOnlyDictionary<string, string> Names, int Unresolved,
    IReadOnlyList<OnCallLine> OnCall, int Schedules, MyTurn Turn, IReadOnlyList<Sign> Signs);

/// <summary>Reads what the first screen shows: what needs this person, who is on call, and whether Plantão itself is well.</summary>
sealed class HomeDesk(AlertDesk alerts, OnCallStore schedules, TeamStore teams, UserStore users, HealthDesk health)
{
    const int AlertsShown = 8, SchedulesShown = 12;

    static readonly TimeSpan GapsAhead = TimeSpan.FromDays(7);

    public async Task<NowFile> Open(Call call, CancellationToken ct)
    {
        var me = call.UserId;
        var ringing = await alerts.Ringing(call, me, ct);
        var hail = ringing is [var first, ..] ? await alerts.Open(first.Alert.Id, call, ct) : null;
        var (foremost, names) = call.Caller.May(Right.ReadAlerts) ? await alerts.Foremost(call, AlertsShown, ct) : ([], new Dictionary<string, string>(StringComparer.Ordinal));
        var (lines, all, turn) = await OnCall(call, ct);
        return new(hail, hail is null ? default : ringing[0].Since, hail is null ? ringing : [.. ringing.Skip(1)], foremost, names, await alerts.Unresolved(call, ct), lines, all, turn, await health.Signs(ct));
    }

    async Task<(IReadOnlyList<OnCallLine> Lines, int All, MyTurn Turn)> OnCall(Call call, CancellationToken ct)
    {
        if (await users.Find(call.UserId, ct) is not { } me) return ([], 0, new([], null));
        var everywhere = (await OnCallEndpoints.Everywhere(call, call.At, schedules, teams, ct)).Where(e => Coverage.Asked(e.Schedule.Schedule)).ToList();
        var mine = everywhere.Where(e => e.Answer.Person == me.Name).Select(e => (e.Schedule.Title, e.Answer.Until)).OrderBy(t => t.Until ?? DateTimeOffset.MaxValue).ToList();
        var next = everywhere
            .Select(e => (e.Schedule.Title, Shift: WhoIsOnCall.Next(e.Schedule.Schedule, e.Overrides, call.At, 1, me.Name) is [var shift, ..] && e.Answer.Person != me.Name ? shift : null))
            .Where(e => e.Shift is not null).OrderBy(e => e.Shift!.Start).Select(e => ((string, DateTimeOffset)?)(e.Title, e.Shift!.Start)).FirstOrDefault();

        // Their own first, then where nobody is, then by name.
        var shown = everywhere.OrderBy(e => e.Answer.Person == me.Name ? 0 : e.Answer.Person is null ? 1 : 2).Take(SchedulesShown).ToList();
        var people = (await users.Named([.. shown.SelectMany(e => new[] { e.Answer.Person, e.Answer.Next?.Person }).OfType<string>().Distinct(StringComparer.Ordinal)], ct)).ToDictionary(u => u.Name, StringComparer.Ordinal);
        var gaps = (await health.Gaps([.. shown.Select(e => e.Schedule)], call.At, GapsAhead, ct)).ToDictionary(h => h.Schedule, h => h.First, StringComparer.Ordinal);
        return ([.. shown.Select(e => new OnCallLine(
            e.Schedule.Schedule.Name, e.Schedule.Title,
            e.Answer.Person is { } on ? people.GetValueOrDefault(on)?.Id : null, Named(e.Answer.Person), e.Answer.Until, Named(e.Answer.Next?.Person),
            e.Answer.Person == me.Name, gaps.GetValueOrDefault(e.Schedule.Schedule.Name)))], everywhere.Count, new(mine, next));

        string? Named(string? handle) => handle is null ? null : people.GetValueOrDefault(handle)?.DisplayName ?? handle;
    }
}
