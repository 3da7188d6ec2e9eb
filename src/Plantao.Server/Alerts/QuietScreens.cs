using System.Globalization;
using Plantao.Alerts.Pages;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;
using Plantao.Platform.Web;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>One silence or maintenance as a list shows it.</summary>
/// <param name="By">Who made it, by name.</param>
/// <param name="Team">The title of whose alerts a silence mutes; <see langword="null"/>: everybody's, or a maintenance.</param>
public sealed record QuietLine(string Id, IReadOnlyList<string> What, DateTimeOffset StartsAt, DateTimeOffset EndsAt, DateTimeOffset MadeAt, string By, string Comment, bool Gravest, string? Team, bool MayEnd)
{
    public bool IsSilence => Id.StartsWith("sil_", StringComparison.Ordinal);
}

/// <summary>Reads what the screens of silences and maintenance show, with the rights of who looks.</summary>
sealed class QuietDesk(QuietStore store, AlertStore alerts, ServiceStore services, TeamStore teams, UserStore users)
{
    /// <summary>How many that are over are listed, and how many alerts are looked at.</summary>
    const int Over = 50, Looked = 500;

    /// <param name="when"><c>now</c>, <c>coming</c> or <c>over</c>.</param>
    public async Task<IReadOnlyList<QuietLine>> List(string when, Call call, CancellationToken ct)
    {
        bool Wanted(DateTimeOffset from, DateTimeOffset until) => when switch { "coming" => call.At < from, "over" => until <= call.At, _ => from <= call.At && call.At < until };
        var (silences, maintenance) = when == "over"
            ? ([.. await store.OverSilences(Over, ct), .. await store.Silences(ended: false, ct)], [.. await store.OverMaintenance(Over, ct), .. await store.AllMaintenance(ended: false, ct)])
            : (await store.Silences(ended: false, ct), await store.AllMaintenance(ended: false, ct));
        var lines = new List<QuietLine>();
        foreach (var silence in (await QuietEndpoints.Seen(silences, call, teams, ct)).Where(s => Wanted(s.StartsAt, s.EndsAt))) lines.Add(await Line(silence, call, ct));
        foreach (var each in (await QuietEndpoints.Seen(maintenance, call, services, teams, ct)).Where(m => Wanted(m.StartsAt, m.EndsAt))) lines.Add(await Line(each, call, ct));
        return when == "over" ? [.. lines.OrderByDescending(l => l.EndsAt)] : [.. lines.OrderBy(l => l.EndsAt)];
    }

    /// <summary>One of them and what it held back: what opened while it held and it speaks of.</summary>
    public async Task<(QuietLine Line, IReadOnlyList<(Alert Alert, AlertText Text)> Held)?> Open(string id, Call call, CancellationToken ct)
    {
        if (id.StartsWith("sil_", StringComparison.Ordinal))
        {
            if (await store.AnySilence(id, ct) is not { } silence || await QuietEndpoints.Seen([silence], call, teams, ct) is not [var seen]) return null;
            return (await Line(seen, call, ct), await Covered(new QuietBook([seen], []), seen.StartsAt, seen.EndsAt, call, ct));
        }

        if (await store.AnyMaintenance(id, ct) is not { } maintenance || await QuietEndpoints.Seen([maintenance], call, services, teams, ct) is not [var known]) return null;
        return (await Line(known, call, ct), await Covered(new QuietBook([], [known]), known.StartsAt, known.EndsAt, call, ct));
    }

    /// <summary>Which alerts that are open now a silence would keep quiet, judged by the function that keeps them quiet.</summary>
    public async Task<IReadOnlyList<(Alert Alert, AlertText Text)>> Preview(Silence draft, Call call, CancellationToken ct)
    {
        var book = new QuietBook([draft with { StartsAt = call.At, EndsAt = call.At.AddMinutes(1) }], []);
        return [.. (await alerts.List(new AlertFilter(Unresolved: true, HiddenTeams: await AlertEndpoints.Hidden(call, teams, ct)), null, Looked, ct)).Where(a => Holds(book, a, call.At))];
    }

    /// <summary>Teams and services that the caller may keep quiet.</summary>
    public async Task<(IReadOnlyList<Team> Teams, IReadOnlyList<Service> Services)> Choices(Call call, CancellationToken ct) => (
        [.. (await teams.List(call.Caller, "", Listing.Most, ct)).Where(t => call.Caller.May(Right.Quiet, t.Id))],
        [.. (await services.List(call.Caller, null, "", Listing.Most, ct)).Where(s => call.Caller.May(Right.Quiet, s.TeamId))]);

    async Task<IReadOnlyList<(Alert, AlertText)>> Covered(QuietBook book, DateTimeOffset from, DateTimeOffset until, Call call, CancellationToken ct)
    {
        if (from > call.At) return [];
        var hidden = await AlertEndpoints.Hidden(call, teams, ct);
        return [.. (await alerts.OpenedIn(from, until, new AlertFilter(HiddenTeams: hidden), Looked, ct)).Where(a => Holds(book, a, from))];
    }

    static bool Holds(QuietBook book, (Alert Alert, AlertText Text) each, DateTimeOffset at) => book.Reason(each.Text.Labels, each.Alert.Service, each.Alert.Team, each.Alert.Rank, at) is not null;

    async Task<QuietLine> Line(Silence s, Call call, CancellationToken ct) =>
        new(s.Id, s.Match, s.StartsAt, s.EndsAt, s.MadeAt, await Name(s.MadeBy, ct), s.Comment, s.Gravest, s.Team is { } team ? (await teams.Find(team, ct))?.Title ?? team : null, s.EndsAt > call.At && QuietEndpoints.Allowed(call, s.Team, TimeSpan.Zero) is null);

    async Task<QuietLine> Line(Maintenance m, Call call, CancellationToken ct)
    {
        var may = m.EndsAt > call.At;
        foreach (var name in m.Services) may &= QuietEndpoints.Allowed(call, (await services.Find(name, ct))?.TeamId, TimeSpan.Zero) is null;
        return new(m.Id, m.Services, m.StartsAt, m.EndsAt, m.MadeAt, await Name(m.MadeBy, ct), m.Comment, m.Gravest, null, may);
    }

    async Task<string> Name(string by, CancellationToken ct) => (await users.Find(by, ct))?.DisplayName ?? by;
}

/// <summary>Silences and maintenance: what holds, is coming, is over; made, looked at beforehand, ended early.</summary>
static class QuietScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/silences", List).Needs(Right.ReadAlerts).IsScreen().WithName("silences-screen");
        routes.MapGet("/silences/new", NewSilence).Needs(Right.Quiet).IsScreen().WithName("new-silence-screen");
        routes.MapPost("/silences/new", MakeSilence).Needs(Right.Quiet).IsForm().WithName("new-silence-form");
        routes.MapGet("/maintenance/new", NewMaintenance).Needs(Right.Quiet).IsScreen().WithName("new-maintenance-screen");
        routes.MapPost("/maintenance/new", MakeMaintenance).Needs(Right.Quiet).IsForm().WithName("new-maintenance-form");
        routes.MapGet("/silences/{id}", Show).Needs(Right.ReadAlerts).IsScreen().WithName("silence-screen");
        routes.MapPost("/silences/{id}/end", End).Needs(Right.Quiet).IsForm().WithName("end-silence-form");
    }

    static async Task<IResult> List(Call call, QuietDesk desk, CancellationToken ct, string? when = null)
    {
        var wanted = when is "coming" or "over" ? when : "now";
        return Screens.Show<QuietListScreen>(new { When = wanted, Lines = await desk.List(wanted, call, ct) });
    }

    static async Task<IResult> Show(string id, Call call, HttpContext http, QuietDesk desk, CancellationToken ct) =>
        await desk.Open(id, call, ct) is var (line, held) ? Screens.Show<QuietScreen>(new { Of = line, Held = held }) : await Missing(http);

    static async Task<IResult> End(string id, Call call, HttpContext http, QuietDesk desk, Db db, CancellationToken ct)
    {
        if (await QuietEndpoints.EndOne(id, call, db, ct) is not { } refusal) return Screens.Back("/silences/" + Uri.EscapeDataString(id));
        return refusal.Status != 404 && await desk.Open(id, call, ct) is var (line, held) ? Screens.Show<QuietScreen>(new { Of = line, Held = held, Refused = refusal }, refusal.Status) : await Missing(http);
    }

    /// <summary>Filled in from an alert, when one is named.</summary>
    static async Task<IResult> NewSilence(Call call, QuietDesk desk, AlertDesk alerts, TeamStore teams, CancellationToken ct, string? alert = null)
    {
        var typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["minutes"] = "60" };
        if (alert is not null && await alerts.Find(alert, call, ct) is var (found, text))
        {
            typed["match"] = string.Join('\n', AlertDesk.Matchers(found, text));
            if (found.Team is { } team && await teams.Find(team, ct) is { } owner) typed["team"] = owner.Name;
        }

        return await SilenceForm(call, desk, typed, null, null, 200, ct);
    }

    static async Task<IResult> MakeSilence(Form form, Call call, Viewer viewer, QuietDesk desk, Db db, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        if (Times(form, viewer.Zone) is not { } times) return await SilenceForm(call, desk, form.Typed, null, ("from", viewer.Say(SettingTexts.All, "time.bad")), 422, ct);
        var wanted = new SilenceRequest([.. form.Exact("match").Split('\n').Select(m => m.Trim()).Where(m => m.Length > 0)], times.From, times.Until, times.Minutes, form["why"], form.Ticked("gravest"), form.Given("team"));
        if (form["act"] == "preview")
        {
            var draft = await QuietEndpoints.DraftSilence(wanted, call, teams, redactor, ct);
            return draft.Allowed ? await SilenceForm(call, desk, form.Typed, await desk.Preview(draft.Value, call, ct), null, 200, ct) : await SilenceForm(call, desk, form.Typed, null, (FieldOf(draft.Refusal), Why(viewer, draft.Refusal)), draft.Refusal.Status, ct);
        }

        var ruling = await QuietEndpoints.MakeSilence(wanted, call, db, teams, redactor, ct);
        return ruling.Allowed ? Screens.Back("/silences/" + ruling.Value.Id) : await SilenceForm(call, desk, form.Typed, null, (FieldOf(ruling.Refusal), Why(viewer, ruling.Refusal)), ruling.Refusal.Status, ct);
    }

    static async Task<IResult> SilenceForm(Call call, QuietDesk desk, IReadOnlyDictionary<string, string> typed, IReadOnlyList<(Alert, AlertText)>? covered, (string Field, string Text)? fault, int status, CancellationToken ct) =>
        Screens.Show<NewSilenceScreen>(new { (await desk.Choices(call, ct)).Teams, ForAll = call.Caller.May(Right.Quiet, null), Typed = typed, Covered = covered, Errors = fault is { } f ? IntegrationScreens.Fault(f.Field, f.Text) : [] }, status);

    static async Task<IResult> NewMaintenance(Call call, QuietDesk desk, CancellationToken ct, string? service = null) =>
        await MaintenanceForm(call, desk, new Dictionary<string, string>(StringComparer.Ordinal) { ["minutes"] = "60" }, service is null ? [] : [service], null, 200, ct);

    static async Task<IResult> MakeMaintenance(Form form, Call call, Viewer viewer, QuietDesk desk, Db db, ServiceStore services, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var chosen = form.All("service");
        if (Times(form, viewer.Zone) is not { } times) return await MaintenanceForm(call, desk, form.Typed, chosen, ("from", viewer.Say(SettingTexts.All, "time.bad")), 422, ct);
        var ruling = await QuietEndpoints.MakeMaintenance(new(chosen, times.From, times.Until, times.Minutes, form["why"], form.Ticked("gravest")), call, db, services, teams, redactor, ct);
        return ruling.Allowed ? Screens.Back("/silences/" + ruling.Value.Id) : await MaintenanceForm(call, desk, form.Typed, chosen, (FieldOf(ruling.Refusal), Why(viewer, ruling.Refusal)), ruling.Refusal.Status, ct);
    }

    static async Task<IResult> MaintenanceForm(Call call, QuietDesk desk, IReadOnlyDictionary<string, string> typed, IReadOnlyList<string> chosen, (string Field, string Text)? fault, int status, CancellationToken ct) =>
        Screens.Show<NewMaintenanceScreen>(new { (await desk.Choices(call, ct)).Services, Chosen = chosen, Typed = typed, Errors = fault is { } f ? IntegrationScreens.Fault(f.Field, f.Text) : [] }, status);

    /// <summary>When, as typed in the viewer's zone: from now unless said, and an end that is said wins over a length.</summary>
    /// <returns><see langword="null"/>: something of it is no time.</returns>
    static (DateTimeOffset? From, DateTimeOffset? Until, double? Minutes)? Times(Form form, string zone)
    {
        if (!Local(form.Given("from"), zone, out var from) || !Local(form.Given("until"), zone, out var until)) return null;
        if (until is not null) return (from, until, null);
        return double.TryParse(form["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? (from, null, minutes) : (from, null, null);
    }

    static bool Local(string? typed, string zone, out DateTimeOffset? at)
    {
        at = null;
        if (typed is null) return true;
        if (!DateTime.TryParseExact(typed, ["yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall)) return false;
        // An hour that does not exist when clocks go forward is taken with the offset before it; of one that comes twice the later is meant: quiet ends no earlier than was read.
        at = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? new DateTimeOffset(wall, found.GetUtcOffset(wall)) : new DateTimeOffset(wall, TimeSpan.Zero);
        return true;
    }

    /// <summary>Where a matcher goes wrong is said by its own sentence, which names the place.</summary>
    static string Why(Viewer viewer, Refusal refusal) => refusal.Code == "bad-matcher" ? refusal.Message : viewer.Why(refusal);

    static string FieldOf(Refusal refusal) => refusal.Code switch
    {
        "no-matchers" or "bad-matcher" or "personal-matcher" or "matches-everything" => "match",
        "no-comment" => "why",
        "no-such-team" or "not-allowed" => "team",
        "no-end" or "bad-span" or "quiet-too-long" => "until",
        "no-services" or "no-such-service" => "service",
        _ => "",
    };

    static async Task<IResult> Missing(HttpContext http)
    {
        await Screens.Refuse(http, new Refusal("not-found", "There is no such silence or maintenance.", 404));
        return Results.Empty;
    }
}
