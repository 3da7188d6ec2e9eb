using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary><c>/api/v1/silences</c> and <c>/api/v1/maintenance</c>. Both always have an end.</summary>
static class QuietEndpoints
{
    /// <summary>How long a Responder may keep things quiet; a Manager, any length.</summary>
    static readonly TimeSpan ResponderLongest = TimeSpan.FromHours(24);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/silences", Silences).Needs(Right.ReadAlerts).WithName("list-silences").WithSummary("Silences that hold or will.");
        routes.MapPost("/api/v1/silences", Silence).Needs(Right.Quiet).WithName("make-silence").WithSummary("Mutes what matches, for a while.");
        routes.MapDelete("/api/v1/silences/{id}", End).Needs(Right.Quiet).WithName("end-silence").WithSummary("Ends a silence now.");
        routes.MapGet("/api/v1/maintenance", AllMaintenance).Needs(Right.ReadAlerts).WithName("list-maintenance").WithSummary("Announced work that holds or will.");
        routes.MapPost("/api/v1/maintenance", Maintain).Needs(Right.Quiet).WithName("make-maintenance").WithSummary("Announces work on services.");
        routes.MapDelete("/api/v1/maintenance/{id}", End).Needs(Right.Quiet).WithName("end-maintenance").WithSummary("Ends maintenance now.");
    }

    static async Task<Ok<IReadOnlyList<SilenceView>>> Silences(Call call, QuietStore store, TeamStore teams, CancellationToken ct, bool ended = false) =>
        TypedResults.Ok<IReadOnlyList<SilenceView>>([.. (await Seen(await store.Silences(ended, ct), call, teams, ct)).Select(s => View(s, call.At))]);

    /// <summary>Those that the caller may know of; for the API and the screens alike.</summary>
    internal static async Task<IReadOnlyList<Silence>> Seen(IReadOnlyList<Silence> some, Call call, TeamStore teams, CancellationToken ct)
    {
        var hidden = await AlertEndpoints.Hidden(call, teams, ct);
        return [.. some.Where(s => s.Team is null || !hidden.Contains(s.Team, StringComparer.Ordinal))];
    }

    static async Task<Ok<IReadOnlyList<MaintenanceView>>> AllMaintenance(Call call, QuietStore store, ServiceStore services, TeamStore teams, CancellationToken ct, bool ended = false) =>
        TypedResults.Ok<IReadOnlyList<MaintenanceView>>([.. (await Seen(await store.AllMaintenance(ended, ct), call, services, teams, ct)).Select(m => View(m, call.At))]);

    /// <inheritdoc cref="Seen(IReadOnlyList{Silence}, Call, TeamStore, CancellationToken)"/>
    internal static async Task<IReadOnlyList<Maintenance>> Seen(IReadOnlyList<Maintenance> some, Call call, ServiceStore services, TeamStore teams, CancellationToken ct)
    {
        var hidden = await AlertEndpoints.Hidden(call, teams, ct);
        var unseen = hidden.Count == 0 ? [] : (await services.All(ct)).Where(s => s.TeamId is not null && hidden.Contains(s.TeamId, StringComparer.Ordinal)).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        // Work on several services is shown with those that the caller may know of, and not at all when there are none.
        return [.. some.Select(m => m with { Services = [.. m.Services.Where(name => !unseen.Contains(name))] }).Where(m => m.Services.Count > 0)];
    }

    static async Task<Results<Created<SilenceView>, ProblemHttpResult>> Silence(SilenceRequest wanted, Call call, Db db, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var ruling = await MakeSilence(wanted, call, db, teams, redactor, ct);
        return ruling.Allowed ? TypedResults.Created("/api/v1/silences/" + ruling.Value.Id, View(ruling.Value, call.At)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Makes a silence; for the API and the screens alike.</summary>
    internal static async Task<Ruling<Silence>> MakeSilence(SilenceRequest wanted, Call call, Db db, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var drafted = await DraftSilence(wanted, call, teams, redactor, ct);
        if (!drafted.Allowed) return drafted.Refusal;
        var (silence, comment) = (drafted.Value, drafted.Value.Comment);
        if (comment.Length == 0) return new Refusal("no-comment", "A silence says why.", 422);
        await db.Write(async tx =>
        {
            await QuietStore.Add(tx, silence);
            await tx.Journal(Entry.Of("silence.made", silence.Id, call.By, call.At, call.Correlation, new { silence.Match, silence.StartsAt, silence.EndsAt, silence.Gravest }, comment));
        }, ct);
        return silence;
    }

    /// <summary>A silence as it would be made, to see beforehand what it would keep quiet. It may say nothing of why yet.</summary>
    internal static async Task<Ruling<Silence>> DraftSilence(SilenceRequest wanted, Call call, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var span = Span(wanted.StartsAt, wanted.EndsAt, wanted.Minutes, call.At, Alerts.Silence.Longest);
        if (!span.Allowed) return span.Refusal;
        var (from, until) = span.Value;
        if (Fault(wanted.Match, redactor) is { } fault) return fault;
        var comment = redactor.Redact(TextNormaliser.Line(wanted.Comment, 500)).Text;
        var team = wanted.Team is null ? null : await teams.Find(wanted.Team, ct);
        if (wanted.Team is not null && (team is null || !team.VisibleTo(call.Caller))) return new Refusal("no-such-team", $"There is no team of the name {wanted.Team}.", 422);
        return Allowed(call, team?.Id, until - from) is { } refusal
            ? refusal
            : new Silence(Ids.New("sil", call.At), [.. wanted.Match], from, until, call.By, call.At.Stored(), comment, wanted.Gravest, team?.Id);
    }

    static async Task<Results<Created<MaintenanceView>, ProblemHttpResult>> Maintain(MaintenanceRequest wanted, Call call, Db db, ServiceStore services, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var ruling = await MakeMaintenance(wanted, call, db, services, teams, redactor, ct);
        return ruling.Allowed ? TypedResults.Created("/api/v1/maintenance/" + ruling.Value.Id, View(ruling.Value, call.At)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Announces work on services; for the API and the screens alike.</summary>
    internal static async Task<Ruling<Maintenance>> MakeMaintenance(MaintenanceRequest wanted, Call call, Db db, ServiceStore services, TeamStore teams, Redactor redactor, CancellationToken ct)
    {
        var span = Span(wanted.StartsAt, wanted.EndsAt, wanted.Minutes, call.At, Maintenance.Longest);
        if (!span.Allowed) return span.Refusal;
        var (from, until) = span.Value;
        if (wanted.Services is not { Count: > 0 and <= 200 }) return new Refusal("no-services", "Maintenance names 1 to 200 services.", 422);
        foreach (var name in wanted.Services)
        {
            if (await services.Find(name, ct) is not { RemovedAt: null } service || !await AlertEndpoints.Sees(call, service.TeamId, teams, ct)) return new Refusal("no-such-service", $"There is no service of the name {name}.", 422);
            if (Allowed(call, service.TeamId, until - from) is { } refusal) return refusal;
        }

        var maintenance = new Maintenance(Ids.New("mnt", call.At), [.. wanted.Services], from, until, call.By, call.At.Stored(), redactor.Redact(TextNormaliser.Line(wanted.Comment, 500)).Text, wanted.Gravest);
        await db.Write(async tx =>
        {
            await QuietStore.Add(tx, maintenance);
            await tx.Journal(Entry.Of("maintenance.made", maintenance.Id, call.By, call.At, call.Correlation, new { maintenance.Services, maintenance.StartsAt, maintenance.EndsAt }, maintenance.Comment));
        }, ct);
        return maintenance;
    }

    static async Task<Results<NoContent, ProblemHttpResult>> End(string id, Call call, Db db, CancellationToken ct) =>
        await EndOne(id, call, db, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    /// <summary>Ends a silence or maintenance now; for the API and the screens alike.</summary>
    /// <returns>Why not.</returns>
    internal static Task<Refusal?> EndOne(string id, Call call, Db db, CancellationToken ct)
    {
        var notThere = new Refusal("not-found", "There is no such silence or maintenance, or it has ended.", 404);
        return db.Write<Refusal?>(async tx =>
        {
            // Whoever made it has no right of their own to it: a right that was withdrawn is gone here too.
            if (await QuietStore.Silence(tx, id) is { } silence)
            {
                if (!await AlertEndpoints.Sees(tx, call, silence.Team)) return notThere;
                if (Allowed(call, silence.Team, TimeSpan.Zero) is { } no) return no;
            }
            else if (await QuietStore.OneMaintenance(tx, id) is { } maintenance)
            {
                var (seen, no) = (false, (Refusal?)null);
                foreach (var name in maintenance.Services)
                {
                    var team = (await ServiceStore.Find(tx, name))?.TeamId;
                    seen |= await AlertEndpoints.Sees(tx, call, team);
                    no ??= Allowed(call, team, TimeSpan.Zero);
                }

                if (!seen) return notThere;
                if (no is not null) return no;
            }
            else
            {
                return notThere;
            }

            await QuietStore.End(tx, id, call.At);
            await tx.Journal(Entry.Of(id.StartsWith("sil_", StringComparison.Ordinal) ? "silence.ended" : "maintenance.ended", id, call.By, call.At, call.Correlation));
            return null;
        }, ct);
    }

    internal static Refusal? Allowed(Call call, string? team, TimeSpan length)
    {
        if (!call.Caller.May(Right.Quiet, team)) return call.NotAllowed(Right.Quiet);
        return length > ResponderLongest && !call.Caller.May(Right.ManageIntegrations, team)
            ? new Refusal("quiet-too-long", "A Responder keeps things quiet for 24 hours at most; a Manager of the team may do it for longer.", 403)
            : null;
    }

    static Ruling<(DateTimeOffset From, DateTimeOffset Until)> Span(DateTimeOffset? startsAt, DateTimeOffset? endsAt, double? minutes, DateTimeOffset now, TimeSpan longest)
    {
        var from = startsAt is { } s && s > now ? s : now;
        if (endsAt is null == minutes is null || minutes is { } m && !(m is > 0 and <= 527_040)) return new Refusal("no-end", "Quiet always has an end: give endsAt or minutes, one of the two.", 422);
        var until = endsAt ?? from.AddMinutes(minutes!.Value);
        if (until <= from) return new Refusal("bad-span", "It must end after it begins, and not in the past.", 422);
        return until - from > longest ? new Refusal("quiet-too-long", $"It may last {longest.TotalDays:0} days at most.", 422) : (from.Stored(), until.Stored());
    }

    static Refusal? Fault(IReadOnlyList<string>? match, Redactor redactor)
    {
        if (match is not { Count: > 0 and <= 50 }) return new Refusal("no-matchers", "A silence has 1 to 50 matchers.", 422);
        try
        {
            var matchers = match.SelectMany(Matcher.ParseList).ToList();
            // Redacted it would mute all that was redacted, and as it is it could match nothing.
            if (match.Any(m => redactor.Redact(m).Count > 0) || matchers.Any(m => redactor.Redact(m.Name, m.Value).Count > 0))
                return new Refusal("personal-matcher", "A matcher here names a secret or a person. Alerts are kept without those, so it would match nothing.", 422);
            return matchers.All(m => m.Matches("")) ? new Refusal("matches-everything", "At least one matcher must not match the empty string: this silence would mute everything.", 422) : null;
        }
        catch (FormatException wrong)
        {
            return new Refusal("bad-matcher", wrong.Message, 422);
        }
    }

    static SilenceView View(Silence s, DateTimeOffset now) => new(s.Id, s.Match, s.StartsAt, s.EndsAt, s.MadeBy, s.MadeAt, s.Comment, s.Gravest, State(s.StartsAt, s.EndsAt, now));

    static MaintenanceView View(Maintenance m, DateTimeOffset now) => new(m.Id, m.Services, m.StartsAt, m.EndsAt, m.MadeBy, m.MadeAt, m.Comment, m.Gravest, State(m.StartsAt, m.EndsAt, now));

    static string State(DateTimeOffset from, DateTimeOffset until, DateTimeOffset now) => now < from ? "Pending" : now < until ? "Active" : "Ended";
}
