using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>What a person can do with an alert now. The screen shows a button for each that is allowed and no other.</summary>
public enum AlertMove
{
    Acknowledge,
    Resolve,
    Snooze,
    Escalate,
    PassOn,
    Reopen,
}

/// <summary>What people do with alerts. Every way in (web, CLI, API, the link in a message) comes through here.</summary>
/// <remarks>
/// Rows are locked in one order everywhere, so that no two transactions wait for each other: conditions, groups, alerts, climbs, pages, deliveries.
/// Whoever writes an alert or moves a climb holds the group first. What moves many groups at once (deciding, timers, quiet) holds the cursor before all;
/// what takes climbs that are due passes over groups that are held.
/// </remarks>
public sealed class AlertActions(Db db, AlertStore alerts, Climbs climbs, EscalationStore escalations, DecidingFactory factory, TimeProvider clock) : IAnswerPages
{
    /// <summary>The moves open now.</summary>
    public static IEnumerable<AlertMove> Moves(Alert alert, DateTimeOffset now) => alert.Status switch
    {
        AlertStatus.Open => [AlertMove.Acknowledge, AlertMove.Resolve, AlertMove.Snooze, AlertMove.Escalate, AlertMove.PassOn],
        AlertStatus.Acknowledged => [AlertMove.Acknowledge, AlertMove.Resolve, AlertMove.Snooze, AlertMove.Escalate, AlertMove.PassOn],
        AlertStatus.Resolved when alert.ResolvedAt > now - AlertRules.ReopenWithin => [AlertMove.Reopen],
        AlertStatus.Resolved => [],
    };

    /// <summary>Acknowledges the alert's group: stops the climb for all.</summary>
    public Task<Ruling<Escalation>> Acknowledge(string alertId, string actor, string? userId, string correlation, CancellationToken ct) =>
        Climb(alertId, actor, correlation, climb => (Ruling<(Escalation, IReadOnlyList<ClimbEffect>)>)climb.Acknowledge(userId ?? actor, clock.GetUtcNow()), ct);

    public Task<Ruling<Escalation>> Snooze(string alertId, TimeSpan length, string actor, string? userId, string correlation, CancellationToken ct) =>
        Climb(alertId, actor, correlation, climb => climb.Snooze(userId ?? actor, length, clock.GetUtcNow()), ct);

    public Task<Ruling<Escalation>> Escalate(string alertId, string actor, string correlation, CancellationToken ct) =>
        Climb(alertId, actor, correlation, climb => climb.EscalateNow(clock.GetUtcNow()), ct);

    public Task<Ruling<Escalation>> PassOnToPerson(string alertId, string to, string actor, string correlation, CancellationToken ct) =>
        Climb(alertId, actor, correlation, climb => climb.PassOn(to, clock.GetUtcNow()), ct);

    public Task<Ruling<Escalation>> PassOnToPolicy(string alertId, string policy, string actor, string correlation, CancellationToken ct) =>
        Do(alertId, async (tx, alert) =>
        {
            if (await escalations.Policy(tx, policy) is not { } to) return new Refusal("no-such-policy", $"There is no escalation policy of the name {policy}.", 422);
            return await Climb(tx, alert, actor, correlation, climb => climb.PassOn(to, clock.GetUtcNow()));
        }, ct);

    /// <summary>Resolves one alert; the climb ends with the last of its group.</summary>
    public Task<Ruling<Alert>> Resolve(string alertId, string actor, string correlation, CancellationToken ct) => Do<Alert>(alertId, async (tx, alert) =>
    {
        if (!alert.Unresolved) return alert;
        var deciding = await factory.In(tx);
        await deciding.Load([alert]);
        deciding.Resolve(alert, actor, correlation);
        await deciding.Save();
        return deciding.Current(alert.Id);
    }, ct);

    /// <summary>Opens a resolved alert again, within 24 h.</summary>
    public Task<Ruling<Alert>> Reopen(string alertId, string actor, string correlation, CancellationToken ct) => Do<Alert>(alertId, async (tx, alert) =>
    {
        if (alert.Unresolved) return alert;
        if (alert.ResolvedAt < clock.GetUtcNow() - AlertRules.ReopenWithin) return new Refusal("too-late-to-reopen", "An alert can be opened again for 24 hours after it was resolved. Raise a new one.");
        var deciding = await factory.In(tx);
        await deciding.Load([alert]);
        if (deciding.OpenOfSameKey(alert) is { } newer) return new Refusal("newer-alert-open", $"The same condition is open again as {newer}; work on that one.");
        await deciding.Reopen(alert, actor, correlation);
        await deciding.Save();
        return deciding.Current(alert.Id);
    }, ct);

    /// <summary>An answer to a page, from its link or its short code.</summary>
    async Task<Ruling<Answered>> IAnswerPages.Answer(Tx tx, AnswerablePage page, PageAnswer answer, string via, string correlation)
    {
        if (await EscalationStore.SubjectOf(tx, page.Subject) is { } group) await AlertStore.Groups(tx, [group]);
        if (await climbs.Find(tx, page.Subject) is not { } found) return new Refusal("page-ended", "What this page was about is gone.", 410);
        var (climb, _) = found;
        var now = clock.GetUtcNow();
        if (climb.Status is EscalationStatus.Ended) return new Answered("over", null);
        switch (answer)
        {
            case PageAnswer.Acknowledge when climb.Answered && climb.By == page.UserId:
                var extended = climb.Extend(page.UserId, now);
                if (extended != climb)
                {
                    await climbs.Apply(tx, climb, (extended, []), page.UserId, correlation);
                    await tx.Journal(Entry.Of("escalation.extended", climb.Subject, page.UserId, now, correlation, new { epoch = extended.Epoch, until = extended.AcknowledgedUntil }));
                }

                await NotificationStore.MarkAnswered(tx, page.Id, "by " + page.UserId, now);
                return new Answered("extended", null);
            case PageAnswer.Acknowledge when climb.Answered:
                return new Answered("already", climb.By);
            case PageAnswer.Acknowledge:
                await climbs.Apply(tx, climb, climb.Acknowledge(page.UserId, now), page.UserId, correlation);
                return new Answered("acknowledged", null);
            case PageAnswer.PassOn when climb.Answered && climb.By != page.UserId:
                // An old page's button takes nothing from whoever has it by now.
                return new Answered("already", climb.By);
            case PageAnswer.PassOn:
                await climbs.Apply(tx, climb, climb.EscalateNow(now), page.UserId, correlation);
                return new Answered("passed-on", null);
            default:
                throw new ArgumentOutOfRangeException(nameof(answer));
        }
    }

    Task<Ruling<Escalation>> Climb(string alertId, string actor, string correlation, Func<Escalation, Ruling<(Escalation After, IReadOnlyList<ClimbEffect> Effects)>> move, CancellationToken ct) =>
        Do(alertId, (tx, alert) => Climb(tx, alert, actor, correlation, move), ct);

    async Task<Ruling<Escalation>> Climb(Tx tx, Alert alert, string actor, string correlation, Func<Escalation, Ruling<(Escalation After, IReadOnlyList<ClimbEffect> Effects)>> move)
    {
        if (!alert.Unresolved) return new Refusal("alert-resolved", "This alert is resolved; there is nothing to answer.");
        if (await climbs.Of(tx, [alert.GroupId]) is not [var (climb, _)]) return new Refusal("no-climb", "Nobody is asked about this alert.");
        var ruling = move(climb);
        if (!ruling.Allowed) return ruling.Refusal;
        return await climbs.Apply(tx, climb, ruling.Value, actor, correlation);
    }

    async Task<Ruling<T>> Do<T>(string alertId, Func<Tx, Alert, Task<Ruling<T>>> move, CancellationToken ct)
    {
        if (await alerts.Find(alertId, ct) is not var (known, _)) return new Refusal("not-found", "There is no such alert.", 404);
        return await db.Write(async tx =>
        {
            await AlertStore.Keys(tx, [known.KeyHash]);
            await AlertStore.Groups(tx, [known.GroupId]);
            return await move(tx, (await AlertStore.Load(tx, [alertId]))[0]);
        }, ct);
    }
}

/// <summary>Alerts follow their climb: acknowledged with it, open again with it.</summary>
public sealed class AlertsFollowClimbs : IHearClimbs
{
    public Task Moved(Tx tx, Escalation climb) => climb.Status switch
    {
        EscalationStatus.Acknowledged or EscalationStatus.Snoozed => Acknowledged(tx, climb),
        // Quiet as well: an acknowledgement that ran out under a silence leaves the alert open.
        EscalationStatus.Climbing or EscalationStatus.Unanswered or EscalationStatus.Told or EscalationStatus.Quiet => AlertStore.Follow(tx, climb.Subject, AlertStatus.Open, null, null),
        EscalationStatus.Ended => Task.CompletedTask,
    };

    /// <summary>Somebody has it: where its integration says so, what is heard of no more resolves by age from now on.</summary>
    static async Task Acknowledged(Tx tx, Escalation climb)
    {
        await AlertStore.Follow(tx, climb.Subject, AlertStatus.Acknowledged, climb.By, climb.AcknowledgedAt);
        foreach (var alert in await AlertStore.Ageless(tx, climb.Subject))
            if (AlertRules.AgesAt(alert, (await IntegrationStore.ById(tx, alert.IntegrationId))?.ResolveAfter) is { } aged) await AlertStore.PutDue(tx, alert.Id, aged);
    }

    public Task<IReadOnlySet<string>> Take(Tx tx, IReadOnlyList<string> subjects) => AlertStore.TakeGroups(tx, subjects);

    public async Task<IReadOnlySet<string>> Quiet(Tx tx, IReadOnlyList<string> subjects)
    {
        var quiet = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in subjects)
            if (await AlertStore.AllQuiet(tx, group)) quiet.Add(group);
        return quiet;
    }
}
