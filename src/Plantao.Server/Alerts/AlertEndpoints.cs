using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Alerts.Intake;
using Plantao.Client;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary><c>/api/v1/alerts</c>. A private team's alerts are not there for others: 404, and never 403.</summary>
static class AlertEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alerts", List).Needs(Right.ReadAlerts).WithName("list-alerts").WithSummary("Alerts, newest first.");
        routes.MapPost("/api/v1/alerts", Raise).Needs(Right.RaiseAlerts).WithName("raise-alert").WithSummary("Raises an alert by hand.");
        routes.MapGet("/api/v1/alerts/{alert}", Show).Needs(Right.ReadAlerts).WithName("get-alert").WithSummary("One alert.");
        routes.MapGet("/api/v1/alerts/{alert}/trail", Trail).Needs(Right.ReadAlerts).WithName("get-alert-trail").WithSummary("How it came in, whom it paged and why, hop by hop.");
        routes.MapPut("/api/v1/alerts/{alert}/acknowledgement", Acknowledge).Needs(Right.WorkAlerts).WithName("acknowledge-alert").WithSummary("\"I have it\": stops the climb for the alert's group.");
        routes.MapPut("/api/v1/alerts/{alert}/resolution", Resolve).Needs(Right.WorkAlerts).WithName("resolve-alert").WithSummary("Resolves one alert.");
        routes.MapDelete("/api/v1/alerts/{alert}/resolution", Reopen).Needs(Right.WorkAlerts).WithName("reopen-alert").WithSummary("Opens a resolved alert again, within 24 hours.");
        routes.MapPut("/api/v1/alerts/{alert}/snooze", Snooze).Needs(Right.WorkAlerts).WithName("snooze-alert").WithSummary("An acknowledgement with its own end.");
        routes.MapPost("/api/v1/alerts/{alert}/escalation", Escalate).Needs(Right.WorkAlerts).WithName("escalate-alert").WithSummary("Takes the next step now.");
        routes.MapPut("/api/v1/alerts/{alert}/assignee", PassOn).Needs(Right.WorkAlerts).WithName("pass-on-alert").WithSummary("Passes it on to a person or a policy.");
        routes.MapGet("/api/v1/dead-letters", DeadLetters).Needs(Right.Administer).WithName("list-dead-letters").WithSummary("Signals whose deciding failed.");
        routes.MapPost("/api/v1/dead-letters/{signal}/replay", Replay).Needs(Right.Administer).WithName("replay-dead-letter").WithSummary("Decides one again.");
    }

    internal static Refusal NoSuchAlert { get; } = new("not-found", "There is no such alert.", 404);

    static async Task<Results<Ok<Part<AlertView>>, ProblemHttpResult>> List(
        Call call, AlertStore store, TeamStore teams, UserStore users, IntegrationDirectory integrations, CancellationToken ct, string? status = null, string? service = null, string? group = null, string? cursor = null, int? limit = null)
    {
        if (Listing.Fault(limit) is { } fault) return fault.ToProblem();
        AlertStatus? wanted = null;
        if (status is not null and not "unresolved")
        {
            if (!Enum.TryParse<AlertStatus>(status, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed)) return new Refusal("bad-status", "The status is open, acknowledged, resolved or unresolved.", 400).ToProblem();
            wanted = parsed;
        }

        var count = Listing.Count(limit);
        var hidden = await Hidden(call, teams, ct);
        var rows = await store.List(new AlertFilter(wanted, status == "unresolved", service, null, group, hidden), cursor, count + 1, ct);
        var language = await Language(call, users, ct);
        var views = new List<AlertView>();
        foreach (var (alert, text) in rows.Take(count)) views.Add(await View(alert, text, call, language, integrations, ct));
        return TypedResults.Ok(new Part<AlertView>(views, rows.Count > count ? rows[count - 1].Alert.Id : null));
    }

    static async Task<Results<Ok<AlertView>, ProblemHttpResult>> Show(
        string alert, Call call, AlertStore store, TeamStore teams, EscalationStore escalations, NotificationStore notifications, UserStore users, IntegrationDirectory integrations, CancellationToken ct) =>
        await Find(alert, call, store, teams, escalations, notifications, ct) is var (found, text) ? TypedResults.Ok(await View(found, text, call, await Language(call, users, ct), integrations, ct)) : NoSuchAlert.ToProblem();

    static async Task<Results<Ok<AlertTrailView>, ProblemHttpResult>> Trail(
        string alert, Call call, AlertStore store, EscalationStore escalations, NotificationStore notifications, Journals journals, TeamStore teams, UserStore users, IntegrationDirectory integrations, CancellationToken ct)
    {
        if (await Find(alert, call, store, teams, escalations, notifications, ct) is not var (found, text)) return NoSuchAlert.ToProblem();
        var language = await Language(call, users, ct);
        var climb = await escalations.Look(found.GroupId, ct);
        var pages = climb is null ? [] : await notifications.Trail(climb.Id, ct);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in pages.Select(p => p.UserId).Distinct(StringComparer.Ordinal)) names[id] = (await users.Find(id, ct))?.Name ?? id;
        var journal = (await journals.Of(found.Id, 500, ct)).Concat(await journals.Of(found.GroupId, 500, ct)).OrderBy(e => e.Position);
        return TypedResults.Ok(new AlertTrailView(
            await View(found, text, call, language, integrations, ct),
            climb is null ? null : View(climb),
            [.. (await store.Outcomes(found.Id, ct)).Select(o => new SignalView("sig_" + o.Signal.ToString(CultureInfo.InvariantCulture), o.Outcome.ToString(), o.ReceivedAt, o.At, o.Correlation))],
            [.. pages.Select(p => new PageView(p.Id, names[p.UserId], TrailTexts.All.Read(language, p.Why), p.Urgency, p.Status.ToString(), p.Epoch, p.CreatedAt, p.EndedAt,
                [.. p.Hops.Select(h => new HopView(h.Kind.ToString(), h.At, h.Channel, h.Detail is null ? null : TrailTexts.All.Read(language, h.Detail), h.ProviderId, h.Status))]))],
            [.. journal.Select(e => new EntryView(e.Position, e.Kind, e.Actor, e.At, JsonDocument.Parse(e.Facts).RootElement, e.Text))]));
    }

    static async Task<Results<Accepted<RaisedView>, ProblemHttpResult>> Raise(RaiseRequest wanted, Call call, ServiceStore services, TeamStore teams, SignalStore signals, Redactor redactor, Db db, CancellationToken ct)
    {
        var ruling = await RaiseOne(wanted, call, services, teams, signals, redactor, db, ct);
        return ruling.Allowed ? TypedResults.Accepted("/api/v1/alerts", ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Raises an alert by hand; for the API and the screens alike.</summary>
    internal static async Task<Ruling<RaisedView>> RaiseOne(RaiseRequest wanted, Call call, ServiceStore services, TeamStore teams, SignalStore signals, Redactor redactor, Db db, CancellationToken ct)
    {
        var title = TextNormaliser.Line(wanted.Title, IntakeLimits.Title);
        if (title.Length == 0) return new Refusal("no-title", "An alert has a title.", 422);
        if (await services.Find(wanted.Service, ct) is not { RemovedAt: null } service || !await Sees(call, service.TeamId, teams, ct)) return new Refusal("no-such-service", $"There is no service of the name {wanted.Service}.", 422);
        if (!call.Caller.May(Right.RaiseAlerts, service.TeamId)) return call.NotAllowed(Right.RaiseAlerts);
        if (wanted.Urgency is not (null or "High" or "Low" or "high" or "low")) return new Refusal("bad-urgency", "The urgency is high or low.", 422);
        var said = TextNormaliser.Line(wanted.Severity, IntakeLimits.Severity) is { Length: > 0 } line ? line : null;
        var word = said ?? (string.Equals(wanted.Urgency, "low", StringComparison.OrdinalIgnoreCase) ? "warning" : "error");
        var key = "raised " + Ids.New("sig", call.At);
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["service"] = service.Name, ["raised_by"] = call.Caller.Name };
        // As a label too, so that routes can go by it: what a person calls harmless wakes nobody.
        if (said is not null) labels["severity"] = said;
        var reading = new Reading(ReadingKind.Firing, key, title, TextNormaliser.Lines(wanted.Text, IntakeLimits.Text), word, labels, Annotations: null, SourceAt: null,
            Urgency: wanted.Urgency is null ? null : Enum.Parse<Urgency>(wanted.Urgency, ignoreCase: true));
        return await db.Write<Ruling<RaisedView>>(async tx =>
        {
            // A tool may say what it likes and is heard; a person is told which words their team has (S0-30).
            if (said is not null && call.Caller.UserId is not null && (await SeverityStore.All(tx)).InsteadOf(said, service.TeamId) is { } theirs)
                return new Refusal("no-such-severity", $"The severities of {service.Name} are {string.Join(", ", theirs)}. Nothing was raised.", 422);
            var id = await signals.Keep(tx, OwnIntegration.ForService(service.Name), Formats.Own, call.At, call.Correlation, null, OwnSignal.Write(reading));
            await tx.Journal(Entry.Of("alert.raised-by-hand", service.Id, call.By, call.At, call.Correlation, new { signal = id }, redactor.Redact(title).Text));
            return new RaisedView("sig_" + id.ToString(CultureInfo.InvariantCulture), key);
        }, ct);
    }

    static Task<Results<Ok<EscalationView>, ProblemHttpResult>> Acknowledge(string alert, Call call, AlertActions actions, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        Climb(alert, call, store, teams, notifications, escalations, () => actions.Acknowledge(alert, call.By, call.Caller.UserId, call.Correlation, ct), ct);

    static Task<Results<Ok<EscalationView>, ProblemHttpResult>> Snooze(string alert, SnoozeRequest wanted, Call call, AlertActions actions, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        Climb(alert, call, store, teams, notifications, escalations,
            () => double.IsFinite(wanted.Minutes) && wanted.Minutes is > 0 and <= 1440
                ? actions.Snooze(alert, TimeSpan.FromMinutes(wanted.Minutes), call.By, call.Caller.UserId, call.Correlation, ct)
                : Task.FromResult<Ruling<Escalation>>(new Refusal("snooze-length", "A snooze lasts from 15 minutes to 24 hours.", 422)), ct);

    static Task<Results<Ok<EscalationView>, ProblemHttpResult>> Escalate(string alert, Call call, AlertActions actions, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        Climb(alert, call, store, teams, notifications, escalations, () => actions.Escalate(alert, call.By, call.Correlation, ct), ct);

    static Task<Results<Ok<EscalationView>, ProblemHttpResult>> PassOn(
        string alert, PassOnRequest wanted, Call call, AlertActions actions, AlertStore store, TeamStore teams, UserStore users, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        Climb(alert, call, store, teams, notifications, escalations, () => PassOnTo(alert, wanted, call, actions, teams, users, escalations, ct), ct);

    /// <summary>Passes it on to whom is named; for the API and the screen alike.</summary>
    internal static async Task<Ruling<Escalation>> PassOnTo(string alert, PassOnRequest wanted, Call call, AlertActions actions, TeamStore teams, UserStore users, EscalationStore escalations, CancellationToken ct) =>
        wanted switch
        {
            { To: { } to, Policy: null } => await users.Named(to, ct) is { Status: UserStatus.Active } user
                ? await actions.PassOnToPerson(alert, user.Id, call.By, call.Correlation, ct)
                : new Refusal("no-such-person", $"There is no active person of the handle {to}.", 422),
            { To: null, Policy: { } policy } when (await escalations.Policies(ct)).FirstOrDefault(p => p.Policy.Name == policy).Policy is { Team: { } owner } && !await Sees(call, owner, teams, ct) => new Refusal("no-such-policy", $"There is no escalation policy of the name {policy}.", 422),
            { To: null, Policy: { } policy } => await actions.PassOnToPolicy(alert, policy, call.By, call.Correlation, ct),
            _ => new Refusal("pass-on-to-whom", "Name a person (to) or a policy, one of the two.", 422),
        };

    static async Task<Results<Ok<AlertView>, ProblemHttpResult>> Resolve(
        string alert, Call call, AlertActions actions, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, UserStore users, IntegrationDirectory integrations, CancellationToken ct) =>
        await Move(alert, call, store, teams, notifications, escalations, users, integrations, () => actions.Resolve(alert, call.By, call.Correlation, ct), ct);

    static async Task<Results<Ok<AlertView>, ProblemHttpResult>> Reopen(
        string alert, Call call, AlertActions actions, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, UserStore users, IntegrationDirectory integrations, CancellationToken ct) =>
        await Move(alert, call, store, teams, notifications, escalations, users, integrations, () => actions.Reopen(alert, call.By, call.Correlation, ct), ct);

    static async Task<Ok<IReadOnlyList<DeadLetterView>>> DeadLetters(SignalStore signals, CancellationToken ct) => TypedResults.Ok<IReadOnlyList<DeadLetterView>>(
        [.. (await signals.DeadLetters(ct)).Select(d => new DeadLetterView("sig_" + d.Signal.ToString(CultureInfo.InvariantCulture), d.Attempts, d.DueAt, d.Error, d.FirstAt))]);

    static async Task<Results<NoContent, ProblemHttpResult>> Replay(string signal, Call call, Db db, CancellationToken ct)
    {
        if (!signal.StartsWith("sig_", StringComparison.Ordinal) || !long.TryParse(signal.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return new Refusal("not-found", "There is no such signal.", 404).ToProblem();
        var there = await db.Write(async tx =>
        {
            if (!await SignalStore.Replay(tx, number, call.At)) return false;
            tx.Wake(Topics.Signals);
            await tx.Journal(Entry.Of("signal.replayed", signal, call.By, call.At, call.Correlation));
            return true;
        }, ct);
        return there ? TypedResults.NoContent() : new Refusal("not-found", "That signal is not set aside.", 404).ToProblem();
    }

    static async Task<Results<Ok<EscalationView>, ProblemHttpResult>> Climb(
        string alert, Call call, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, Func<Task<Ruling<Escalation>>> move, CancellationToken ct)
    {
        if (await Find(alert, call, store, teams, escalations, notifications, ct) is not var (found, _)) return NoSuchAlert.ToProblem();
        if (!await May(call, found, notifications, escalations, ct)) return call.NotAllowed(Right.WorkAlerts).ToProblem();
        var ruling = await move();
        return ruling.Allowed ? TypedResults.Ok(View(ruling.Value)) : ruling.Refusal.ToProblem();
    }

    static async Task<Results<Ok<AlertView>, ProblemHttpResult>> Move(
        string alert, Call call, AlertStore store, TeamStore teams, NotificationStore notifications, EscalationStore escalations, UserStore users, IntegrationDirectory integrations, Func<Task<Ruling<Alert>>> move, CancellationToken ct)
    {
        if (await Find(alert, call, store, teams, escalations, notifications, ct) is not var (found, text)) return NoSuchAlert.ToProblem();
        if (!await May(call, found, notifications, escalations, ct)) return call.NotAllowed(Right.WorkAlerts).ToProblem();
        var ruling = await move();
        return ruling.Allowed ? TypedResults.Ok(await View(ruling.Value, text, call, await Language(call, users, ct), integrations, ct)) : ruling.Refusal.ToProblem();
    }

    /// <summary>A responder of the alert's team, an Admin, or whoever was paged for it (design §15).</summary>
    internal static async Task<bool> May(Call call, Alert alert, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        call.Caller.May(Right.WorkAlerts, alert.Team) || await WasPaged(call, alert, notifications, escalations, ct);

    static async Task<bool> WasPaged(Call call, Alert alert, NotificationStore notifications, EscalationStore escalations, CancellationToken ct) =>
        call.Caller.UserId is { } user && await escalations.Look(alert.GroupId, ct) is { } climb && await notifications.WasPaged(climb.Id, user, ct);

    /// <summary>An alert that the caller may know of: of a team that they see, or one that they were paged for. Who may answer it may see what it is.</summary>
    internal static async Task<(Alert, AlertText)?> Find(string id, Call call, AlertStore store, TeamStore teams, EscalationStore escalations, NotificationStore notifications, CancellationToken ct) =>
        await store.Find(id, ct) is { } found && (await Sees(call, found.Alert.Team, teams, ct) || await WasPaged(call, found.Alert, notifications, escalations, ct)) ? found : null;

    /// <summary>Whether the caller may know of a thing of this team.</summary>
    internal static async Task<bool> Sees(Call call, string? team, TeamStore teams, CancellationToken ct) =>
        team is null || await teams.Find(team, ct) is not { } found || found.VisibleTo(call.Caller);

    /// <inheritdoc cref="Sees(Call, string?, TeamStore, CancellationToken)"/>
    internal static async Task<bool> Sees(Tx tx, Call call, string? team) =>
        team is null || await TeamStore.Find(tx, team) is not { } found || found.VisibleTo(call.Caller);

    /// <summary>Ids of the private teams that the caller does not see.</summary>
    internal static async Task<IReadOnlyList<string>> Hidden(Call call, TeamStore teams, CancellationToken ct) =>
        call.Caller.Role >= OrganisationRole.Admin ? [] : [.. (await teams.PrivateIds(ct)).Where(id => !call.Caller.Teams.ContainsKey(id))];

    /// <summary>The reader's language; English for a token that is nobody's.</summary>
    internal static async Task<string> Language(Call call, UserStore users, CancellationToken ct) => call.Caller.UserId is { } id && await users.Find(id, ct) is { } user ? user.Language : "en";

    static async Task<AlertView> View(Alert a, AlertText t, Call call, string language, IntegrationDirectory integrations, CancellationToken ct) =>
        View(a, t, call, language, await integrations.ById(a.IntegrationId, ct));

    static AlertView View(Alert a, AlertText t, Call call, string language, Integration? integration) => new(
        a.Id, t.Title, t.Text, a.Status.ToString(), a.Quiet, a.Urgency.ToString(), a.Rank, a.Severity, a.Service, a.Team, integration?.Name ?? OwnIntegration.Of(a.IntegrationId).Name, Source(a, t, integration), a.GroupId, a.Flapping, a.Unrouted,
        a.OpenedAt, a.AcknowledgedAt, a.AcknowledgedBy, a.ResolvedAt, AlertTexts.ResolvedBy(language, a.ResolvedBy), a.EndsAt, a.LastSignalAt, a.Signals, a.Previous,
        t.Labels, t.Annotations, t.Link, AlertTexts.Routed(language, t.Routed), a.Correlation, call.Caller.May(Right.WorkAlerts, a.Team) ? [.. AlertActions.Moves(a, call.At).Select(m => m.ToString())] : []);

    /// <summary>Who noticed. By the door it came through, and not by its labels alone, which any tool may set.</summary>
    internal static string Source(Alert alert, AlertText text, Integration? integration) =>
        integration?.Format == Formats.Report && text.Labels.GetValueOrDefault("reported_by") == "customer" ? "customer"
        : integration?.Format == Formats.Report || (alert.IntegrationId.StartsWith(OwnIntegration.ForService(""), StringComparison.Ordinal) && text.Labels.ContainsKey("raised_by")) ? "team"
        : "alert";

    static EscalationView View(Escalation c) => new(
        c.Id, c.Policy.Name, c.Status.ToString(), c.Epoch, c.Step + 1, c.Policy.Steps.Count, c.Round, c.Policy.Rounds, c.DueAt, c.By, c.AcknowledgedAt, c.AcknowledgedUntil, c.Reached);
}
