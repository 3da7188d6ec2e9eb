using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Pages;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>What the list shows, and what it was asked for.</summary>
/// <param name="Older">The cursor of the next part; <see langword="null"/>: this is the last.</param>
/// <param name="Hidden">How many the filter hides, when it shows none.</param>
public sealed record AlertListing(string Status, int? Rank, string? Service, string? Text, IReadOnlyList<(Alert Alert, AlertText Text)> Alerts, IReadOnlyDictionary<string, string> Names, string? Before, string? Older, int Hidden, bool Any);

/// <summary>One rung of the climb as it stands now.</summary>
/// <param name="People">Who would be asked, or was.</param>
public sealed record ClimbRung(int Step, IReadOnlyList<(string Id, string Name)> People, string Targets, DateTimeOffset? At);

/// <summary>All that the screen of one alert shows.</summary>
/// <param name="Names">Display names by user id.</param>
/// <param name="Together">The others of its group.</param>
/// <param name="May">The acts that this person may do now.</param>
public sealed record AlertFile(
    Alert Alert, AlertText Text, Integration? Integration, string Source, Escalation? Climb, IReadOnlyList<ClimbRung> Rungs, IReadOnlyList<(string Id, string Name)> CatchAll, IReadOnlyList<PageTrail> Pages,
    IReadOnlyList<(long Signal, Outcome Outcome, DateTimeOffset At)> Signals, IReadOnlyList<Placed> Journal, IReadOnlyDictionary<string, string> Names, IReadOnlyList<(Alert Alert, AlertText Text)> Together,
    IReadOnlyList<(string Id, DateTimeOffset Until, string Why)> Quiet, IReadOnlyList<AlertMove> May, bool MayQuiet, IReadOnlyList<string> Matchers, IReadOnlyList<(string Value, string Word)> Others);

/// <summary>Reads what the screens of alerts show, with the rights of who looks.</summary>
sealed class AlertDesk(
    AlertStore alerts, EscalationStore escalations, NotificationStore notifications, QuietStore quiet, Journals journals, OnCallStore onCall, RecipientStore recipients, TeamStore teams, UserStore users, IntegrationDirectory integrations, Db db)
{
    const int Part = 50;

    public async Task<AlertListing> List(Call call, string? status, string? severity, string? service, string? text, string? before, CancellationToken ct)
    {
        var hidden = await AlertEndpoints.Hidden(call, teams, ct);
        var wanted = status is "open" or "acknowledged" or "resolved" or "all" ? status : "unresolved";
        int? rank = severity is "0" or "1" or "2" or "3" ? severity[0] - '0' : null;
        var (named, said) = (Given(service), Given(text));
        AlertFilter Filter(bool narrow) => new(
            wanted switch { "open" => AlertStatus.Open, "acknowledged" => AlertStatus.Acknowledged, "resolved" => AlertStatus.Resolved, _ => null }, wanted == "unresolved", narrow ? named : null, HiddenTeams: hidden, Rank: narrow ? rank : null, Text: narrow ? said : null);
        var rows = await alerts.List(Filter(narrow: true), before is { Length: > 0 and <= 64 } ? before : null, Part + 1, ct);
        var narrowed = rank is not null || named is not null || said is not null;
        var shown = rows.Take(Part).ToList();
        return new(wanted, rank, named, said, shown, await Names(shown.Select(r => r.Alert.AcknowledgedBy), ct), before, rows.Count > Part ? shown[^1].Alert.Id : null,
            shown.Count == 0 && narrowed ? await alerts.Count(Filter(narrow: false), ct) : 0,
            shown.Count > 0 || await alerts.Count(new AlertFilter(HiddenTeams: hidden), ct) > 0);
    }

    /// <summary>How many are unresolved and theirs to see: the number in the navigation.</summary>
    /// <param name="most">Counts no further.</param>
    public async Task<int> Unresolved(Call call, CancellationToken ct, int most = int.MaxValue) =>
        await alerts.Count(new AlertFilter(Unresolved: true, HiddenTeams: await AlertEndpoints.Hidden(call, teams, ct)), ct, most);

    /// <summary>The unresolved alerts that need somebody most, for the first screen.</summary>
    public async Task<(IReadOnlyList<(Alert Alert, AlertText Text)> Alerts, IReadOnlyDictionary<string, string> Names)> Foremost(Call call, int count, CancellationToken ct)
    {
        var found = await alerts.Foremost(new AlertFilter(Unresolved: true, HiddenTeams: await AlertEndpoints.Hidden(call, teams, ct)), count, ct);
        return (found, await Names(found.Select(r => r.Alert.AcknowledgedBy), ct));
    }

    /// <summary>Alerts in whose id, title or labels a text stands, newest first.</summary>
    public async Task<IReadOnlyList<(Alert Alert, AlertText Text)>> Search(Call call, string text, int count, CancellationToken ct) =>
        await alerts.List(new AlertFilter(HiddenTeams: await AlertEndpoints.Hidden(call, teams, ct), Anywhere: text), null, count, ct);

    /// <summary>What rings for a person now: for each climb that asks them, the alert that leads its group. The gravest first.</summary>
    public async Task<IReadOnlyList<(Alert Alert, AlertText Text, DateTimeOffset Since)>> Ringing(Call call, string userId, CancellationToken ct)
    {
        var found = new List<(Alert, AlertText, DateTimeOffset)>();
        foreach (var (climb, since) in await notifications.Asking(userId, 20, ct))
        {
            if (await db.Snapshot(tx => EscalationStore.SubjectOf(tx, climb), ct) is not { } group || await alerts.Group(group, ct) is not { } led) continue;
            var members = await alerts.Foremost(new AlertFilter(Unresolved: true, Group: group), 50, ct);
            // Being paged is to be told: whoever is asked sees what about, whatever their teams.
            if (members.Count == 0) continue;
            var (alert, text) = members.FirstOrDefault(m => m.Alert.Id == led.Leader, members[0]);
            found.Add((alert, text, since));
        }

        return found;
    }

    public Task<(Alert Alert, AlertText Text)?> Find(string id, Call call, CancellationToken ct) => AlertEndpoints.Find(id, call, alerts, teams, escalations, notifications, ct);

    public Task<bool> May(Call call, Alert alert, CancellationToken ct) => AlertEndpoints.May(call, alert, notifications, escalations, ct);

    public async Task<AlertFile?> Open(string id, Call call, CancellationToken ct)
    {
        if (await Find(id, call, ct) is not var (alert, text)) return null;
        var climb = await escalations.Look(alert.GroupId, ct);
        var pages = climb is null ? [] : await notifications.Trail(climb.Id, ct);
        var hidden = await AlertEndpoints.Hidden(call, teams, ct);
        var together = (await alerts.List(new AlertFilter(Group: alert.GroupId, HiddenTeams: hidden), null, 51, ct)).Where(r => r.Alert.Id != alert.Id).Take(50).ToList();
        var journal = (await journals.Of(alert.Id, 200, ct)).Concat(await journals.Of(alert.GroupId, 200, ct)).OrderBy(e => e.Position).ToList();
        var (rungs, catchAll) = climb is null ? ([], []) : await Rungs(climb, call.At, ct);
        var names = await Names(pages.Select(p => p.UserId).Concat(journal.Select(e => e.Actor)).Append(alert.AcknowledgedBy).Append(alert.ResolvedBy).Append(climb?.By).Concat(rungs.SelectMany(r => r.People).Concat(catchAll).Select(p => p.Id)), ct);
        (string, string) Named(string user) => (user, names.GetValueOrDefault(user, user));
        var may = await May(call, alert, ct) ? AlertActions.Moves(alert, call.At).ToList() : [];
        var integration = await integrations.ById(alert.IntegrationId, ct);
        var reasons = (alert.Quiet ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<(string, DateTimeOffset, string)> quietBy = reasons.Length == 0
            ? []
            : [.. (await quiet.Silences(ended: false, ct)).Where(s => reasons.Contains(s.Id)).Select(s => (s.Id, s.EndsAt, s.Comment)), .. (await quiet.AllMaintenance(ended: false, ct)).Where(m => reasons.Contains(m.Id)).Select(m => (m.Id, m.EndsAt, m.Comment))];
        return new(alert, text, integration, AlertEndpoints.Source(alert, text, integration), climb, [.. rungs.Select(r => r with { People = [.. r.People.Select(p => Named(p.Id))] })], [.. catchAll.Select(p => Named(p.Id))], pages,
            [.. (await alerts.Outcomes(alert.Id, ct)).Select(o => (o.Signal, o.Outcome, o.ReceivedAt ?? o.At))], journal, names, together, quietBy, may, call.Caller.May(Right.Quiet, alert.Team), Matchers(alert, text),
            may.Contains(AlertMove.PassOn) ? await Others(call, ct) : []);
    }

    /// <summary>The condition of this alert as matchers: its name and its service.</summary>
    public static IReadOnlyList<string> Matchers(Alert alert, AlertText text)
    {
        var matchers = new List<string>();
        if ((text.Labels.GetValueOrDefault("service") ?? alert.Service) is { } service) matchers.Add(Matcher("service", service));
        if (text.Labels.TryGetValue("alertname", out var name)) matchers.Add(Matcher("alertname", name));
        // Without a name of its own every label counts: a silence shall cover this condition and no neighbour.
        else matchers.AddRange(text.Labels.Where(l => l.Key is not "service" && l.Key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')).Take(20).Select(l => Matcher(l.Key, l.Value)));
        return matchers;

        static string Matcher(string label, string value) => $"{label}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
    }

    async Task<(IReadOnlyList<ClimbRung>, IReadOnlyList<(string Id, string Name)>)> Rungs(Escalation climb, DateTimeOffset now, CancellationToken ct) => await db.Snapshot<(IReadOnlyList<ClimbRung>, IReadOnlyList<(string, string)>)>(async tx =>
    {
        var targets = new Targets(tx, onCall, recipients, now);
        var rungs = new List<ClimbRung>();
        var at = climb.Status is EscalationStatus.Climbing ? climb.DueAt : null;
        for (var step = 0; step < climb.Policy.Steps.Count; step++)
        {
            var rung = climb.Policy.Steps[step];
            var asked = await targets.Of(rung.Targets);
            if (asked.Count == 0 && rung.Otherwise is { } otherwise) asked = await targets.Of(otherwise);
            var coming = step >= climb.Step;
            rungs.Add(new(step, [.. asked.Select(id => (id, id))], string.Join(", ", rung.Targets), coming ? at : null));
            if (coming) at += rung.Wait;
        }

        return (rungs, [.. (await targets.CatchAll(climb.Policy)).Select(id => (id, id))]);
    }, ct);

    /// <summary>To whom it may be passed on: active people, and the policies that the caller may know of.</summary>
    async Task<IReadOnlyList<(string, string)>> Others(Call call, CancellationToken ct)
    {
        var people = (await users.List("", Listing.Most, ct)).Where(u => u.Status is UserStatus.Active && u.Id != call.Caller.UserId).Select(u => ("person:" + u.Name, u.DisplayName));
        var policies = new List<(string, string)>();
        foreach (var (policy, title, _) in await escalations.Policies(ct))
            if (await AlertEndpoints.Sees(call, policy.Team, teams, ct)) policies.Add(("policy:" + policy.Name, title));
        return [.. people, .. policies];
    }

    async Task<IReadOnlyDictionary<string, string>> Names(IEnumerable<string?> ids, CancellationToken ct)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in ids.OfType<string>().Where(id => id.StartsWith("usr_", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)) names[id] = (await users.Find(id, ct))?.DisplayName ?? id;
        return names;
    }

    static string? Given(string? text) => text?.Trim() is { Length: > 0 and <= 200 } given ? given : null;
}

/// <summary>The list of alerts, one alert, what people do with it, and the test alert that ends first run.</summary>
static class AlertScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/alerts", List).Needs(Right.ReadAlerts).IsScreen().WithName("alerts-screen");
        routes.MapGet("/alerts/{alert}", Show).Needs(Right.ReadAlerts).IsScreen().WithName("alert-screen");
        routes.MapPost("/alerts/{alert}/acknowledge", Acknowledge).Needs(Right.WorkAlerts).IsForm().WithName("acknowledge-form");
        routes.MapPost("/alerts/{alert}/resolve", Resolve).Needs(Right.WorkAlerts).IsForm().WithName("resolve-form");
        routes.MapPost("/alerts/{alert}/reopen", Reopen).Needs(Right.WorkAlerts).IsForm().WithName("reopen-form");
        routes.MapPost("/alerts/{alert}/snooze", Snooze).Needs(Right.WorkAlerts).IsForm().WithName("snooze-form");
        routes.MapPost("/alerts/{alert}/escalate", Escalate).Needs(Right.WorkAlerts).IsForm().WithName("escalate-form");
        routes.MapPost("/alerts/{alert}/pass-on", PassOn).Needs(Right.WorkAlerts).IsForm().WithName("pass-on-form");
        routes.MapPost("/alerts/{alert}/silence", Silence).Needs(Right.Quiet).IsForm().WithName("silence-form");
        routes.MapGet(Setup.NextStep, FirstAlert).Needs(Right.RaiseAlerts).IsScreen().WithName("first-alert-screen");
        routes.MapPost(Setup.NextStep, SendFirst).Needs(Right.RaiseAlerts).IsForm().WithName("first-alert");
    }

    static async Task<IResult> List(Call call, AlertDesk desk, CancellationToken ct, string? status = null, string? severity = null, string? service = null, string? text = null, string? before = null) =>
        Screens.Show<AlertListScreen>(new { Of = await desk.List(call, status, severity, service, text, before, ct) });

    static Task<IResult> Show(string alert, Call call, HttpContext http, AlertDesk desk, CancellationToken ct, string? did = null, long? at = null) => Screen(alert, call, http, desk, did, at, null, null, ct);

    static Task<IResult> Acknowledge(string alert, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, CancellationToken ct) =>
        Act(alert, "acknowledge", call, http, viewer, desk, null, () => actions.Acknowledge(alert, call.By, call.Caller.UserId, call.Correlation, ct), ct);

    static Task<IResult> Escalate(string alert, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, CancellationToken ct) =>
        Act(alert, "escalate", call, http, viewer, desk, null, () => actions.Escalate(alert, call.By, call.Correlation, ct), ct);

    static Task<IResult> Resolve(string alert, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, CancellationToken ct) =>
        Act(alert, "resolve", call, http, viewer, desk, null, () => actions.Resolve(alert, call.By, call.Correlation, ct), ct);

    static Task<IResult> Reopen(string alert, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, CancellationToken ct) =>
        Act(alert, "reopen", call, http, viewer, desk, null, () => actions.Reopen(alert, call.By, call.Correlation, ct), ct);

    static Task<IResult> Snooze(string alert, Form form, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, CancellationToken ct) =>
        Act(alert, "snooze", call, http, viewer, desk, form, () => actions.Snooze(alert, Minutes(form["minutes"]), call.By, call.Caller.UserId, call.Correlation, ct), ct);

    static Task<IResult> PassOn(string alert, Form form, Call call, HttpContext http, Viewer viewer, AlertDesk desk, AlertActions actions, TeamStore teams, UserStore users, EscalationStore escalations, CancellationToken ct) =>
        Act(alert, "pass-on", call, http, viewer, desk, form, () => AlertEndpoints.PassOnTo(alert, form["to"].Split(':', 2) switch
        {
            ["person", var name] => new PassOnRequest(To: name),
            ["policy", var name] => new PassOnRequest(Policy: name),
            _ => new PassOnRequest(),
        }, call, actions, teams, users, escalations, ct), ct);

    static async Task<IResult> Silence(string alert, Form form, Call call, HttpContext http, Viewer viewer, AlertDesk desk, Db db, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        if (await desk.Find(alert, call, ct) is not var (found, text)) return await Missing(http);
        var ruling = await QuietEndpoints.MakeSilence(new(AlertDesk.Matchers(found, text), Minutes: Minutes(form["minutes"]).TotalMinutes, Comment: form["why"], Team: found.Team), call, db, teams, redactor, ct);
        return ruling.Allowed ? Done(alert, "silence", call) : await Screen(alert, call, http, desk, null, null, ruling.Refusal, form, ct);
    }

    static async Task<IResult> Act<T>(string alert, string act, Call call, HttpContext http, Viewer viewer, AlertDesk desk, Form? form, Func<Task<Ruling<T>>> move, CancellationToken ct)
    {
        if (await desk.Find(alert, call, ct) is not var (found, _)) return await Missing(http);
        if (!await desk.May(call, found, ct)) return await Screen(alert, call, http, desk, null, null, call.NotAllowed(Right.WorkAlerts), form, ct);
        var ruling = await move();
        return ruling.Allowed ? Done(alert, act, call) : await Screen(alert, call, http, desk, null, null, ruling.Refusal, form, ct);
    }

    /// <summary>Where it stands is said by the screen itself, which looks anew: two who press at once see who was first.</summary>
    static IResult Done(string alert, string act, Call call) => Screens.Back(QueryHelpers.AddQueryString("/alerts/" + Uri.EscapeDataString(alert),
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["did"] = act, ["at"] = call.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) }));

    static async Task<IResult> Screen(string alert, Call call, HttpContext http, AlertDesk desk, string? did, long? at, Refusal? refused, Form? form, CancellationToken ct)
    {
        if (await desk.Open(alert, call, ct) is not { } file) return await Missing(http);
        return Screens.Show<AlertScreen>(new
        {
            File = file,
            Did = did,
            DidAt = at is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(at.Value) : (DateTimeOffset?)null,
            Refused = refused,
            Typed = form?.Typed ?? new Dictionary<string, string>(StringComparer.Ordinal),
        }, refused?.Status ?? 200);
    }

    static async Task<IResult> FirstAlert(Call call, AlertDesk desk, AlertStore alerts, ServiceStore services, FirstRunDesk first, CancellationToken ct, string? signal = null)
    {
        var mine = (await services.List(call.Caller, null, "", Listing.Most, ct)).Where(s => call.Caller.May(Right.RaiseAlerts, s.TeamId)).ToList();
        var sent = signal is { Length: > 4 and < 30 } && long.TryParse(signal.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? await alerts.OpenedBy(number, ct) : null;
        // Another's signal is nobody's business, whatever its number.
        if (sent is not null && await desk.Find(sent.Id, call, ct) is null) sent = null;
        return Screens.Show<FirstAlertScreen>(new { Services = mine, Signal = signal, Alert = sent, Steps = await first.Steps(call, ct) });
    }

    static async Task<IResult> SendFirst(Form form, Call call, Viewer viewer, ServiceStore services, TeamStore teams, SignalStore signals, Redactor redactor, FirstRunDesk first, Db db, CancellationToken ct)
    {
        // As grave as a real one: by everybody's word for it, or where the team has none but its own, by the gravest of these.
        var team = (await services.Find(form["service"], ct))?.TeamId;
        var word = (await new SeverityStore(db).All(ct)).InsteadOf("critical", team) is [var gravest, ..] ? gravest : "critical";
        var ruling = await AlertEndpoints.RaiseOne(new(viewer.Say(AlertScreenTexts.All, "first.title"), Service: form["service"], Urgency: "high", Severity: word), call, services, teams, signals, redactor, db, ct);
        if (ruling.Allowed) return Screens.Back(QueryHelpers.AddQueryString(Setup.NextStep, "signal", ruling.Value.Signal));
        var mine = (await services.List(call.Caller, null, "", Listing.Most, ct)).Where(s => call.Caller.May(Right.RaiseAlerts, s.TeamId)).ToList();
        return Screens.Show<FirstAlertScreen>(new { Services = mine, Error = viewer.Why(ruling.Refusal), Steps = await first.Steps(call, ct) }, ruling.Refusal.Status);
    }

    static async Task<IResult> Missing(HttpContext http)
    {
        await Screens.Refuse(http, AlertEndpoints.NoSuchAlert);
        return Results.Empty;
    }

    static TimeSpan Minutes(string typed) => int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes <= 527_040 ? TimeSpan.FromMinutes(minutes) : TimeSpan.Zero;
}
