using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Plantao.Alerts.Intake;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>What routing and quiet look like for the length of one transaction.</summary>
public sealed record Surroundings(
    IReadOnlyList<Route> Routes, IReadOnlyDictionary<string, Service> Services, IReadOnlyDictionary<string, Integration> Integrations, SeverityScales Severities, QuietBook Quiet)
{
    /// <summary>Read when they are first asked for, and kept as long as the definitions are.</summary>
    readonly ConcurrentDictionary<string, ServiceRules> rules = new(StringComparer.Ordinal);

    /// <summary>What the service of that name says of urgency; nothing, when there is none.</summary>
    public ServiceRules Rules(string? service) =>
        service is not null && Services.TryGetValue(service, out var known) ? rules.GetOrAdd(service, static (_, s) => ServiceRules.Of(s), known) : ServiceRules.None;

    /// <summary>The integration of that id, also one that was removed.</summary>
    public Integration Integration(string id) => Integrations.GetValueOrDefault(id) ?? OwnIntegration.Of(id);
}

/// <summary>Decides what signals lead to: loads what they touch, applies them one after the other in memory, and writes it all together.</summary>
/// <remarks>A signal that cannot be decided leaves nothing behind in the book; it is set aside by whoever drives this.</remarks>
public sealed class Deciding(Tx tx, Climbs climbs, Redactor redactor, Surroundings around, DateTimeOffset now)
{
    readonly Dictionary<Condition, ConditionKey> keys = [];
    readonly Dictionary<string, Alert> alerts = new(StringComparer.Ordinal);
    readonly Dictionary<string, AlertText> texts = new(StringComparer.Ordinal);
    readonly Dictionary<string, AlertGroup> groups = new(StringComparer.Ordinal);
    readonly Dictionary<(string Service, string Key), string?> openGroups = [];
    readonly HashSet<Condition> changedKeys = [];
    readonly HashSet<string> newAlerts = new(StringComparer.Ordinal);
    readonly HashSet<string> changedAlerts = new(StringComparer.Ordinal);
    readonly HashSet<string> countedAlerts = new(StringComparer.Ordinal);
    readonly HashSet<string> changedTexts = new(StringComparer.Ordinal);
    readonly HashSet<string> newGroups = new(StringComparer.Ordinal);
    readonly HashSet<string> changedGroups = new(StringComparer.Ordinal);
    readonly Dictionary<string, ClimbRequest> starts = new(StringComparer.Ordinal);
    readonly List<(string Group, Func<Escalation, (Escalation, IReadOnlyList<ClimbEffect>)> Move, string Actor, string Correlation)> moves = [];
    readonly Dictionary<string, string> thinned = new(StringComparer.Ordinal);
    readonly List<NewOutcome> outcomes = [];
    readonly List<Entry> journal = [];

    /// <summary>Reads, in as few steps as it can, what these readings may touch.</summary>
    public Task Load(IReadOnlyList<(string Integration, Reading Reading)> readings) =>
        Conditions([.. readings.Where(r => r.Reading.DedupKey is not null).Select(r => Condition.Of(r.Integration, r.Reading.DedupKey!)).Where(c => !keys.ContainsKey(c)).Distinct().Order()]);

    /// <summary>Reads what is known of these conditions, and their latest alerts: locked in the order of all locks, on the database where there are any.</summary>
    async Task Conditions(IReadOnlyList<Condition> wanted)
    {
        if (wanted.Count == 0) return;
        var hashes = wanted.Select(c => c.Bytes()).ToList();
        foreach (var key in await AlertStore.Keys(tx, hashes)) keys[Condition.Of(key.Hash)] = key;
        var open = await AlertStore.OpenOf(tx, hashes);
        var held = tx.Db.Dialect is Dialect.Sqlite ? open : await Held(open);
        foreach (var alert in held) alerts.TryAdd(alert.Id, alert);
        foreach (var alert in held.Where(a => a.Unresolved)) keys[Condition.Of(alert.KeyHash)] = KeyOf(Condition.Of(alert.KeyHash)).With(alert);
        // Resolved while we waited for its group: what was kept of its condition then is what counts.
        if (held.Where(a => !a.Unresolved).Select(a => a.KeyHash).ToList() is { Count: > 0 } passed)
            foreach (var key in await AlertStore.Keys(tx, passed, locked: false)) keys[Condition.Of(key.Hash)] = key;

        var last = wanted.Select(c => keys.GetValueOrDefault(c)).Where(k => k is { OpenAlert: null, LastAlert: { } id } && !alerts.ContainsKey(id)).Select(k => k!.LastAlert!).Distinct(StringComparer.Ordinal).ToList();
        await Groups(await AlertStore.GroupsOf(tx, last));
        foreach (var alert in await AlertStore.Load(tx, last)) alerts[alert.Id] = alert;
        await Groups(alerts.Values.Select(a => a.GroupId));
    }

    /// <summary>Alerts as they are now that they are locked.</summary>
    async Task<IReadOnlyList<Alert>> Held(IReadOnlyList<Alert> some)
    {
        await Groups(some.Select(a => a.GroupId));
        return await AlertStore.Load(tx, [.. some.Select(a => a.Id)]);
    }

    ConditionKey KeyOf(Condition condition) => keys.GetValueOrDefault(condition) ?? ConditionKey.New(condition.Bytes());

    async Task Groups(IEnumerable<string> ids)
    {
        foreach (var group in await AlertStore.Groups(tx, [.. ids.Where(id => !groups.ContainsKey(id)).Distinct(StringComparer.Ordinal)])) groups[group.Id] = group;
    }

    /// <summary>Locks alerts that were only looked at, in the order of all locks, and loads them.</summary>
    /// <returns>The alerts as they are now that they are held.</returns>
    public async Task<IReadOnlyList<Alert>> Take(IReadOnlyList<Alert> some, bool keys)
    {
        if (keys) await Conditions([.. some.Select(a => Condition.Of(a.KeyHash)).Distinct().Order()]);
        await Groups(some.Select(a => a.GroupId));
        var taken = await AlertStore.Load(tx, [.. some.Select(a => a.Id)]);
        foreach (var alert in taken) alerts[alert.Id] = alert;
        await Groups(taken.Select(a => a.GroupId));
        return taken;
    }

    /// <summary>Loads alerts that are held already, to be moved without a signal.</summary>
    public async Task Load(IReadOnlyList<Alert> some)
    {
        await Conditions([.. some.Select(a => Condition.Of(a.KeyHash)).Distinct().Order()]);
        await Groups(some.Select(a => a.GroupId));
        foreach (var alert in some) alerts[alert.Id] = alert;
    }

    public Alert Current(string id) => alerts[id];

    public Alert CurrentOr(Alert alert) => alerts.GetValueOrDefault(alert.Id, alert);

    public bool IsQuiet(Alert alert, IReadOnlyDictionary<string, string> labels) => around.Quiet.Reason(labels, alert.Service, alert.Team, alert.Rank, now) is not null;

    /// <summary>Applies one reading.</summary>
    /// <returns>What it came to, and on which alert.</returns>
    public async Task<(Outcome Outcome, string? Alert)> Apply(Integration integration, Reading reading, long signal, DateTimeOffset receivedAt, string correlation)
    {
        if (reading.Kind is ReadingKind.Heartbeat) return (Outcome.Beat, null);
        if (reading.Kind is ReadingKind.Change)
        {
            await Note(integration, reading);
            outcomes.Add(new NewOutcome(signal, null, Outcome.Noted, now));
            return (Outcome.Noted, null);
        }

        var condition = reading.DedupKey is { } named ? Condition.Of(integration.Id, named) : Condition.Of(RandomNumberGenerator.GetBytes(16));
        var key = KeyOf(condition);
        var latest = (key.OpenAlert ?? key.LastAlert) is { } id ? alerts.GetValueOrDefault(id) : null;
        // As they came: what is kept of them is redacted where it is kept, and a repeat keeps nothing.
        var labels = reading.Labels ?? LabelSet.Empty;
        var way = Way.Of(around, integration, labels, reading.SourceSeverity, receivedAt);
        var (routed, rank) = (way.Routed, way.Rank);
        var urgency = await UrgencyOf(integration, way, reading, latest);
        // The source's own word, when no scale knows it.
        var severity = way.Severity is null ? null : Line(way.Severity);
        var hash = TextHash(reading, labels);

        var outcome = AlertRules.Decide(key, latest, reading, urgency, receivedAt, sameText: latest?.TextHash == hash);
        string? alert = latest?.Id;
        switch (outcome)
        {
            case Outcome.Opened:
                alert = (await Open(integration, reading, condition, key, routed, urgency, severity, rank, labels, hash, signal, receivedAt, correlation)).Id;
                break;
            case Outcome.Reopened:
                await Reopen(Counted(latest!, reading, signal, receivedAt), "plantao", correlation, reading.EndsAt);
                break;
            case Outcome.Repeated:
                Counted(latest!, reading, signal, receivedAt);
                break;
            case Outcome.Changed:
                await Follow(latest!, reading, labels, hash, signal, receivedAt);
                break;
            case Outcome.Raised:
                await Raise(latest!, reading, labels, hash, urgency, Math.Min(rank, latest!.Rank), severity, signal, receivedAt, correlation);
                break;
            case Outcome.Resolved:
                Resolve(latest!, "integration:" + integration.Name, correlation, signal, receivedAt);
                break;
            case Outcome.Acknowledged:
                Move(latest!.GroupId, climb => climb.Acknowledge("integration:" + integration.Name, now), "integration:" + integration.Name, correlation);
                break;
            case Outcome.Waiting:
                alerts[latest!.Id] = latest with { DueAt = receivedAt + AlertRules.FlappingQuiet, LastSignal = signal, LastSignalAt = receivedAt, Signals = latest.Signals + 1 };
                changedAlerts.Add(latest.Id);
                break;
            case Outcome.StillFiring:
                Counted(latest!, reading, signal, receivedAt);
                break;
            case Outcome.Late or Outcome.NothingOpen or Outcome.Noted or Outcome.Beat or Outcome.SetAside:
                break;
        }

        var after = AlertRules.After(KeyOf(condition), reading, outcome, alert, receivedAt);
        if (after != key)
        {
            keys[condition] = after;
            if (after.OpenAlert is { } open && alerts[open].FiredSourceAt != after.FiredSourceAt) alerts[open] = alerts[open] with { FiredSourceAt = after.FiredSourceAt };
            // What an unresolved alert holds needs no row of its own.
            if (after.OpenAlert is null || after.ResolvedSourceAt != key.ResolvedSourceAt) changedKeys.Add(condition);
        }

        // The first stands in the alert's own row.
        if (outcome is not (Outcome.Repeated or Outcome.Opened)) outcomes.Add(new NewOutcome(signal, alert, outcome, now));
        return (outcome, alert);
    }

    /// <summary>How urgent this reading is, by route, service and the source's own word.</summary>
    async Task<Urgency> UrgencyOf(Integration integration, Way way, Reading reading, Alert? latest)
    {
        // A person who raises something says how urgent it is, and no table of words knows better.
        if (OwnIntegration.IsByHand(integration.Id) && reading.Urgency is { } said) return said;
        // What opened low outside the support hours is not louder because they began and it is said again: `raise` decides that, not a repeat.
        if (way.Urgency is Urgency.High && latest is { Unresolved: true, Urgency: Urgency.Low } && Way.Rules(around, integration, way.Routed).HowUrgent(way.Routed.Urgency, reading.SourceSeverity, latest.OpenedAt) is Urgency.Low
            && (await TextOf(latest.Id)).SourceSeverity == (reading.SourceSeverity is { } word ? Line(word) : null)) return Urgency.Low;
        return way.Urgency;
    }

    /// <summary>The integration's own figure, for what resolves by age; see <see cref="AlertRules.AgesAt"/>.</summary>
    TimeSpan? ResolveAfter(Alert alert) => around.Integration(alert.IntegrationId).ResolveAfter;

    async Task<Alert> Open(
        Integration integration, Reading reading, Condition condition, ConditionKey key, Routed routed, Urgency urgency, string? severity, int rank, IReadOnlyDictionary<string, string> labels, long hash,
        long signal, DateTimeOffset receivedAt, string correlation)
    {
        var service = routed.Service is { } name ? around.Services.GetValueOrDefault(name) : null;
        var id = Ids.New("alr", now);
        var team = service?.TeamId ?? integration.Team;
        var quiet = around.Quiet.Reason(labels, routed.Service, team, rank, now);
        var flapping = AlertRules.Flaps(key, receivedAt);
        var alert = new Alert(
            id, integration.Id, condition.Bytes(), "", routed.Service, team, AlertStatus.Open, quiet, urgency, rank, severity,
            flapping, routed.Unrouted, now, reading.SourceAt ?? receivedAt, key.FiredSourceAt, null, null, null, null, reading.EndsAt, AlertRules.ActsAt(flapping, reading.EndsAt, receivedAt), signal, receivedAt, signal, receivedAt, 1, key.LastAlert, correlation, hash);
        var text = new AlertText(
            id, Line(reading.Title), reading.Text is null ? null : Clean(reading.Text), Redacted(labels), Redacted(reading.Annotations), reading.Link is null ? null : Clean(reading.Link),
            reading.DedupKey is null ? null : Key(reading.DedupKey), reading.SourceSeverity is null ? null : Line(reading.SourceSeverity), routed.Trace);

        var groupKey = Routing.GroupKey(reading, routed.GroupBy, labels) is { } shared ? GroupName(shared) : "alone " + id;
        var group = await OpenGroup(routed.Service, groupKey);
        if (group is null)
        {
            group = new AlertGroup(Ids.New("grp", now), routed.Service, groupKey, id, 1, now, null);
            newGroups.Add(group.Id);
            openGroups[(routed.Service ?? "", groupKey)] = group.Id;
            starts.Add(group.Id, new ClimbRequest(group.Id, routed.Policy ?? service?.EscalationPolicy, alert.Team, urgency, rank, quiet is not null, correlation, Say(alert, text, service)));
        }
        else
        {
            Join(group, alert, correlation);
            group = group with { Unresolved = group.Unresolved + 1 };
            if (!newGroups.Contains(group.Id)) changedGroups.Add(group.Id);
        }

        groups[group.Id] = group;
        alert = alert with { GroupId = group.Id };
        alerts[id] = alert;
        texts[id] = text;
        newAlerts.Add(id);
        journal.Add(Entry.Of("alert.opened", id, "integration:" + integration.Name, now, correlation, new
        {
            group = group.Id,
            service = alert.Service,
            urgency,
            rank,
            severity,
            quiet,
            flapping = alert.Flapping ? true : (bool?)null,
            unrouted = alert.Unrouted ? true : (bool?)null,
            previous = alert.Previous,
            signal,
        }));
        return alert;
    }

    /// <summary>A new member pages nobody, unless it is louder than the climb it joins or ends its quiet.</summary>
    void Join(AlertGroup group, Alert alert, string correlation)
    {
        if (starts.TryGetValue(group.Id, out var start))
        {
            var louder = start.Urgency is Urgency.Low && alert.Urgency is Urgency.High;
            starts[group.Id] = start with { Urgency = louder ? Urgency.High : start.Urgency, Rank = Math.Min(start.Rank, alert.Rank), Quiet = start.Quiet && alert.Quiet is not null };
            return;
        }

        if (alert.Quiet is not null) return;
        Move(group.Id, climb => climb.Status is EscalationStatus.Quiet
            ? ((climb with { Urgency = Louder(climb.Urgency, alert.Urgency), Rank = Math.Min(climb.Rank, alert.Rank) }).Unhush(now), [])
            : climb.Urgency is Urgency.Low && alert.Urgency is Urgency.High ? climb.Restart(Urgency.High, Math.Min(climb.Rank, alert.Rank), now)
            : (climb.Rank > alert.Rank ? climb with { Rank = alert.Rank } : climb, []), "plantao", correlation);
    }

    static Urgency Louder(Urgency one, Urgency other) => one is Urgency.High || other is Urgency.High ? Urgency.High : Urgency.Low;

    Alert Counted(Alert alert, Reading reading, long signal, DateTimeOffset receivedAt)
    {
        var end = alert.Unresolved ? AlertRules.EndAfter(alert, reading) : alert.EndsAt;
        // Firing again ends the quiet that a flapping alert was waiting for.
        var counted = alert with { LastSignal = signal, LastSignalAt = receivedAt, Signals = alert.Signals + 1, EndsAt = end, DueAt = null };
        if (alert.Unresolved)
        {
            var acts = AlertRules.ActsAt(alert.Flapping, end, receivedAt) ?? AlertRules.AgesAt(counted, ResolveAfter(counted));
            // A source moves its end with every message. A timer that is due too early puts itself off; one that moved each time would cost each repeat its index.
            counted = counted with { DueAt = !alert.Flapping && alert.DueAt <= acts ? alert.DueAt : acts };
        }

        alerts[alert.Id] = counted;
        countedAlerts.Add(alert.Id);
        return counted;
    }

    async Task Follow(Alert alert, Reading reading, IReadOnlyDictionary<string, string> labels, long hash, long signal, DateTimeOffset receivedAt)
    {
        var counted = Counted(alert, reading, signal, receivedAt) with { TextHash = hash };
        alerts[alert.Id] = counted;
        changedAlerts.Add(alert.Id);
        var text = await TextOf(alert.Id);
        texts[alert.Id] = text with
        {
            Text = reading.Text is null ? text.Text : Clean(reading.Text),
            Labels = Redacted(labels),
            Annotations = Redacted(reading.Annotations),
            Link = reading.Link is null ? text.Link : Clean(reading.Link),
            SourceSeverity = reading.SourceSeverity is null ? text.SourceSeverity : Line(reading.SourceSeverity),
        };
        if (!newAlerts.Contains(alert.Id)) changedTexts.Add(alert.Id);
    }

    async Task<AlertText> TextOf(string alert)
    {
        if (texts.TryGetValue(alert, out var text)) return text;
        return texts[alert] = (await AlertStore.Texts(tx, [alert]))[0];
    }

    async Task Raise(Alert alert, Reading reading, IReadOnlyDictionary<string, string> labels, long hash, Urgency urgency, int rank, string? severity, long signal, DateTimeOffset receivedAt, string correlation)
    {
        await Follow(alert, reading, labels, hash, signal, receivedAt);
        alerts[alert.Id] = alerts[alert.Id] with { Urgency = urgency, Rank = rank, Severity = severity ?? alert.Severity };
        journal.Add(Entry.Of("alert.raised", alert.Id, "integration:" + alert.IntegrationId, now, correlation, new { urgency, rank }));
        if (starts.TryGetValue(alert.GroupId, out var start)) starts[alert.GroupId] = start with { Urgency = urgency, Rank = Math.Min(start.Rank, rank) };
        else if (alert.Quiet is null) Move(alert.GroupId, climb => climb.Restart(urgency, Math.Min(climb.Rank, rank), now), "plantao", correlation);
        else Move(alert.GroupId, climb => (climb with { Urgency = urgency, Rank = Math.Min(climb.Rank, rank) }, []), "plantao", correlation);
    }

    /// <summary>The support hours of its service began and it is still open: from low to high, a new climb.</summary>
    public void RaiseByHours(Alert alert)
    {
        if (alert is not { Status: AlertStatus.Open, Urgency: Urgency.Low }) return;
        alerts[alert.Id] = alert with { Urgency = Urgency.High };
        changedAlerts.Add(alert.Id);
        journal.Add(Entry.Of("alert.raised", alert.Id, "plantao", now, alert.Correlation, new { urgency = Urgency.High, alert.Rank, reason = "support-hours" }));
        // One climb for all of a group: the first member to be raised starts it anew, the others find it high.
        Move(alert.GroupId, climb => climb.Urgency is Urgency.High ? (climb, []) : alert.Quiet is null ? climb.Restart(Urgency.High, climb.Rank, now) : (climb with { Urgency = Urgency.High }, []), "plantao", alert.Correlation);
    }

    /// <summary>Sets when it acts next by itself, after it was looked at and left as it is.</summary>
    public void PutOff(Alert alert, DateTimeOffset? until)
    {
        alerts[alert.Id] = alert with { DueAt = until };
        changedAlerts.Add(alert.Id);
    }

    /// <summary>Resolves what is unresolved of a source's group: also what its last message left out.</summary>
    public async Task ResolveGroup(Integration integration, string sourceGroup, long signal, DateTimeOffset at, string correlation)
    {
        var key = Routing.SourceGroup(sourceGroup);
        var open = await tx.Query($"SELECT id FROM alert_groups WHERE key = {key} AND ended_at IS NULL", r => r.Text(0));
        foreach (var id in open.Concat(newGroups.Where(g => groups[g].Key == key && groups[g].EndedAt is null)).Distinct(StringComparer.Ordinal).ToList())
        {
            await Groups([id]);
            var members = (await AlertStore.UnresolvedOf(tx, id)).Where(a => a.IntegrationId == integration.Id && !alerts.ContainsKey(a.Id)).ToList();
            await Load(members);
            foreach (var member in alerts.Values.Where(a => a.GroupId == id && a.Unresolved && a.IntegrationId == integration.Id).ToList())
                Resolve(member, "integration:" + integration.Name, correlation, signal, at);
        }
    }

    /// <summary>Resolves one alert; the climb ends with the last of its group.</summary>
    public void Resolve(Alert alert, string by, string correlation, long? signal = null, DateTimeOffset? signalAt = null)
    {
        if (!alert.Unresolved) return;
        alerts[alert.Id] = alert with
        {
            Status = AlertStatus.Resolved,
            ResolvedAt = now,
            ResolvedBy = by,
            Quiet = null,
            DueAt = null,
            LastSignal = signal ?? alert.LastSignal,
            LastSignalAt = signalAt ?? alert.LastSignalAt,
            Signals = alert.Signals + (signal is null ? 0 : 1),
        };
        changedAlerts.Add(alert.Id);
        var condition = Condition.Of(alert.KeyHash);
        if (keys.TryGetValue(condition, out var key) && key.OpenAlert == alert.Id)
        {
            keys[condition] = key with { OpenAlert = null };
            changedKeys.Add(condition);
        }

        journal.Add(Entry.Of("alert.resolved", alert.Id, by, now, correlation, new { group = alert.GroupId, signal }));
        if (!groups.TryGetValue(alert.GroupId, out var group)) throw new InvalidOperationException($"The group {alert.GroupId} of {alert.Id} was not loaded.");
        var left = group.Unresolved - 1;
        groups[group.Id] = group with { Unresolved = left, EndedAt = left == 0 ? now : null };
        if (!newGroups.Contains(group.Id)) changedGroups.Add(group.Id);
        if (left > 0)
        {
            thinned[group.Id] = correlation;
            return;
        }

        openGroups[(group.Service ?? "", group.Key)] = null;
        // Over before its first step was taken: nobody is paged for what is gone, and the climb is there for whoever opens it again.
        if (starts.TryGetValue(group.Id, out var start)) starts[group.Id] = start with { Over = true };
        else Move(group.Id, climb => climb.End(), by, correlation);
    }

    /// <summary>The alert that is unresolved for the same condition, when it is another.</summary>
    public string? OpenOfSameKey(Alert alert) =>
        (keys.TryGetValue(Condition.Of(alert.KeyHash), out var key) && key.OpenAlert is { } open && open != alert.Id ? open : null);

    /// <summary>Opens a resolved alert again: a new epoch, the first step.</summary>
    /// <param name="endsAt">The end that its source states now; by a person: none.</param>
    public async Task Reopen(Alert alert, string by, string correlation, DateTimeOffset? endsAt = null)
    {
        var labels = (await TextOf(alert.Id)).Labels;
        var quiet = around.Quiet.Reason(labels, alert.Service, alert.Team, alert.Rank, now);
        var opened = alert with
        {
            Status = AlertStatus.Open,
            Quiet = quiet,
            ResolvedAt = null,
            ResolvedBy = null,
            AcknowledgedAt = null,
            AcknowledgedBy = null,
            DueAt = AlertRules.ActsAt(alert.Flapping, endsAt, now),
            EndsAt = endsAt,
        };
        alerts[alert.Id] = opened;
        changedAlerts.Add(alert.Id);
        var condition = Condition.Of(alert.KeyHash);
        if (keys.TryGetValue(condition, out var key))
        {
            keys[condition] = key.With(alerts[alert.Id]);
        }

        if (!groups.ContainsKey(alert.GroupId))
            foreach (var found in await AlertStore.Groups(tx, [alert.GroupId])) groups[found.Id] = found;
        var group = groups[alert.GroupId];
        journal.Add(Entry.Of("alert.reopened", alert.Id, by, now, correlation, new { group = group.Id, quiet }));
        // Its group may have ended, and another of the same key may have begun since: then it joins that one.
        if (group.EndedAt is not null && await OpenGroup(group.Service, group.Key) is { } other)
        {
            groups[other.Id] = other with { Unresolved = other.Unresolved + 1 };
            changedGroups.Add(other.Id);
            alerts[alert.Id] = opened with { GroupId = other.Id };
            await tx.Execute($"UPDATE alerts SET group_id = {other.Id} WHERE id = {alert.Id}");
            Join(other, opened, correlation);
            return;
        }

        var others = group.EndedAt is null;
        groups[group.Id] = group with { Unresolved = group.Unresolved + 1, EndedAt = null };
        if (!newGroups.Contains(group.Id)) changedGroups.Add(group.Id);
        openGroups[(group.Service ?? "", group.Key)] = group.Id;
        // Under a silence it waits as if it had just come in; members that are not quiet keep their climb as it is.
        if (quiet is not null && others) return;
        Move(group.Id, climb => climb.Restart(Louder(climb.Urgency, alert.Urgency), climb.Rank, now) is var fresh && quiet is null ? fresh : (fresh.After.Hush().After, fresh.Effects), by, correlation);
    }

    /// <summary>Judges an alert against what is quiet now.</summary>
    public void Judge(Alert alert, IReadOnlyDictionary<string, string> labels, string correlation)
    {
        var reason = around.Quiet.Reason(labels, alert.Service, alert.Team, alert.Rank, now);
        if (reason == alert.Quiet) return;
        alerts[alert.Id] = alert with { Quiet = reason };
        changedAlerts.Add(alert.Id);
        if (reason is null != alert.Quiet is null)
            journal.Add(Entry.Of(reason is null ? "alert.unquieted" : "alert.quieted", alert.Id, "plantao", now, correlation, new { reason = reason ?? alert.Quiet }));
    }

    /// <summary>A group is quiet when all its unresolved members are.</summary>
    public void JudgeGroup(string group, bool quiet, string correlation) =>
        Move(group, climb => quiet ? climb.Hush() : (climb.Unhush(now), []), "plantao", correlation);

    /// <summary>Moves the climb of a group, once everything else of this transaction is known.</summary>
    public void Move(string group, Func<Escalation, (Escalation, IReadOnlyList<ClimbEffect>)> move, string actor, string correlation) => moves.Add((group, move, actor, correlation));

    /// <summary>Writes it all.</summary>
    /// <param name="step">Climbs that start take their first step with it; see <see cref="Climbs.Start"/>.</param>
    public async Task Save(bool step = true)
    {
        // What ends goes first: a condition that came back within one batch would meet its own predecessor in the unique index.
        await AlertStore.Update(tx, [.. changedGroups.Order(StringComparer.Ordinal).Select(id => groups[id])]);
        await AlertStore.Update(tx, [.. changedAlerts.Where(id => !newAlerts.Contains(id)).Order(StringComparer.Ordinal).Select(id => alerts[id])]);
        await AlertStore.Insert(tx, [.. newGroups.Select(id => groups[id])]);
        await AlertStore.Insert(tx, [.. newAlerts.Select(id => alerts[id])]);
        await AlertStore.Insert(tx, [.. newAlerts.Select(id => texts[id])]);
        await AlertStore.Update(tx, [.. changedTexts.Select(id => texts[id])]);
        await AlertStore.Count(tx, [.. countedAlerts.Where(id => !newAlerts.Contains(id) && !changedAlerts.Contains(id)).Select(id => alerts[id])]);
        await AlertStore.Put(tx, [.. changedKeys.Select(c => keys[c])]);
        await SignalStore.Insert(tx, outcomes);
        foreach (var entry in journal) await tx.Journal(entry);
        await climbs.Start(tx, [.. starts.Values], step);
        // What pages say follows the alert that leads its group.
        foreach (var id in changedTexts.Where(id => groups.TryGetValue(alerts[id].GroupId, out var led) && led.Leader == id && !newGroups.Contains(led.Id)))
            await Climbs.Reword(tx, alerts[id].GroupId, Say(alerts[id], texts[id], alerts[id].Service is { } name ? around.Services.GetValueOrDefault(name) : null));
        // The last loud member is gone, and what is left is silenced: then the climb is quiet with it.
        if (around.Quiet.Any)
            foreach (var (group, correlation) in thinned)
                if (await AlertStore.AllQuiet(tx, group)) Move(group, climb => climb.Hush(), "plantao", correlation);
        if (moves.Count == 0) return;
        var loaded = (await climbs.Of(tx, [.. moves.Select(m => m.Group).Distinct(StringComparer.Ordinal)])).ToDictionary(c => c.Climb.Subject, c => c.Climb, StringComparer.Ordinal);
        foreach (var (group, move, actor, correlation) in moves)
        {
            if (!loaded.TryGetValue(group, out var before)) continue;
            loaded[group] = await climbs.Apply(tx, before, move(before), actor, correlation);
        }
    }

    /// <summary>What pages of an alert say.</summary>
    public static PageSubjectText Say(Alert alert, AlertText text, Service? service)
    {
        var facts = new List<Fact>();
        if (alert.Service is { } name) facts.Add(new Fact("service", service?.Title ?? name));
        if (service is not null && ServiceRules.Of(service).Text is { Length: > 0 } about) facts.Add(new Fact("about", about));
        if (alert.Severity is { } severity) facts.Add(new Fact("severity", severity));
        facts.AddRange(text.Labels.Where(l => l.Key is not "alertname" and not "severity").Take(8).Select(l => new Fact(l.Key, l.Value)));
        return new PageSubjectText(text.Title, text.Text, facts, "/alerts/" + alert.Id);
    }

    async Task<AlertGroup?> OpenGroup(string? service, string key)
    {
        if (openGroups.TryGetValue((service ?? "", key), out var known)) return known is null ? null : groups[known];
        var found = key.StartsWith("alone ", StringComparison.Ordinal) ? null : await AlertStore.OpenGroup(tx, service, key);
        if (found is not null && !groups.ContainsKey(found.Id)) groups[found.Id] = found;
        openGroups[(service ?? "", key)] = found?.Id;
        return found is null ? null : groups[found.Id];
    }

    Task Note(Integration integration, Reading reading) => tx.Execute($"""
        INSERT INTO changes (id, integration_id, service, title, at, link, details)
        VALUES ({Ids.New("chg", now)}, {integration.Id}, {integration.Service}, {Line(reading.Title)}, {reading.SourceAt ?? now}, {(reading.Link is null ? null : Line(reading.Link))}, {System.Text.Json.JsonSerializer.Serialize(Redacted(reading.Annotations), Json.Compact)})
        """);

    string Line(string title) => Clean(title);

    /// <summary>Redacted, also where it is written with percent signs, as in a link.</summary>
    string Clean(string text)
    {
        var clean = redactor.Redact(text);
        if (!text.Contains('%', StringComparison.Ordinal)) return clean.Text;
        var plain = redactor.Redact(Uri.UnescapeDataString(text));
        return plain.Count > clean.Count ? plain.Text : clean.Text;
    }

    IReadOnlyDictionary<string, string> Redacted(IReadOnlyDictionary<string, string>? pairs)
    {
        if (pairs is null or { Count: 0 }) return LabelSet.Empty;
        SortedDictionary<string, string>? changed = null;
        foreach (var (name, value) in pairs)
        {
            // A name is the sender's text as well: the words of a link become one.
            var (cleanName, cleanValue) = (Clean(name), redactor.Redact(name, value) is { Count: > 0 } named ? named.Text : Clean(value));
            if (cleanName == name && cleanValue == value) continue;
            changed ??= new SortedDictionary<string, string>(pairs.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal), StringComparer.Ordinal);
            if (cleanName != name) changed.Remove(name);
            changed[cleanName] = cleanValue;
        }

        return changed ?? pairs;
    }

    /// <summary>A dedup key without what is personal in it, also in a part between slashes.</summary>
    string Key(string dedupKey) => string.Join('/', redactor.Redact(dedupKey).Text.Split('/').Select(Line));

    /// <summary>A group is found by the digest of its key: the key itself may hold what a sender should not have sent.</summary>
    static string GroupName(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    /// <summary>64-bit FNV-1a over what follows a signal: labels, annotations, text and link.</summary>
    static long TextHash(Reading reading, IReadOnlyDictionary<string, string> labels)
    {
        var hash = 14695981039346656037UL;
        foreach (var (name, value) in labels)
        {
            Mix(name);
            Mix(value);
        }

        foreach (var (name, value) in reading.Annotations ?? LabelSet.Empty)
        {
            Mix(name);
            Mix(value);
        }

        Mix(reading.Text ?? "");
        Mix(reading.Link ?? "");
        Mix(reading.SourceSeverity ?? "");
        return unchecked((long)hash);

        void Mix(string text)
        {
            foreach (var c in text) hash = unchecked((hash ^ c) * 1099511628211UL);
            hash = unchecked((hash ^ 0xFF) * 1099511628211UL);
        }
    }

    /// <summary>A condition's name: the digest of its integration and its dedup key.</summary>
    readonly record struct Condition(UInt128 Digest) : IComparable<Condition>
    {
        public static Condition Of(ReadOnlySpan<byte> hash) => new(BinaryPrimitives.ReadUInt128BigEndian(hash));

        public static Condition Of(string integration, string dedupKey)
        {
            var longest = Encoding.UTF8.GetMaxByteCount(integration.Length + dedupKey.Length + 1);
            var text = longest <= 1024 ? stackalloc byte[longest] : new byte[longest];
            var length = Encoding.UTF8.GetBytes(integration, text);
            text[length++] = (byte)'\n';
            length += Encoding.UTF8.GetBytes(dedupKey, text[length..]);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text[..length], digest);
            return Of(digest);
        }

        public byte[] Bytes()
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, Digest);
            return bytes;
        }

        public int CompareTo(Condition other) => Digest.CompareTo(other.Digest);
    }
}
