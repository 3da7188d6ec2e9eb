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
    readonly AlertBook book = new(tx);
    readonly Cleaner clean = new(redactor);
    readonly Dictionary<string, ClimbRequest> starts = new(StringComparer.Ordinal);
    readonly List<(string Group, Func<Escalation, (Escalation, IReadOnlyList<ClimbEffect>)> Move, string Actor, string Correlation)> moves = [];
    readonly Dictionary<string, string> thinned = new(StringComparer.Ordinal);
    readonly List<NewOutcome> outcomes = [];
    readonly List<Entry> journal = [];

    /// <summary>Reads, in as few steps as it can, what these readings may touch.</summary>
    public Task Load(IReadOnlyList<(string Integration, Reading Reading)> readings) =>
        book.Read(readings.Where(r => r.Reading.DedupKey is not null).Select(r => Condition.Of(r.Integration, r.Reading.DedupKey!)));

    /// <inheritdoc cref="AlertBook.Load"/>
    public Task Load(IReadOnlyList<Alert> some) => book.Load(some);

    /// <inheritdoc cref="AlertBook.Take"/>
    public Task<IReadOnlyList<Alert>> Take(IReadOnlyList<Alert> some, bool keys) => book.Take(some, keys);

    public Alert Current(string id) => book[id];

    public Alert CurrentOr(Alert alert) => book.Find(alert.Id) ?? alert;

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

        var condition = reading.DedupKey is { } named ? Condition.Of(integration.Id, named) : Condition.OfItsOwn();
        var key = book.KeyOf(condition);
        var latest = (key.OpenAlert ?? key.LastAlert) is { } id ? book.Find(id) : null;
        // As they came: what is kept of them is redacted where it is kept, and a repeat keeps nothing.
        var labels = reading.Labels ?? LabelSet.Empty;
        var way = Way.Of(around, integration, labels, reading.SourceSeverity, receivedAt);
        var (routed, rank) = (way.Routed, way.Rank);
        var urgency = await UrgencyOf(integration, way, reading, latest);
        // The source's own word, when no scale knows it.
        var severity = clean.TextOrNull(way.Severity);
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
                await Raise(latest!, reading, labels, hash, urgency, rank, severity, signal, receivedAt, correlation);
                break;
            case Outcome.Resolved:
                Resolve(latest!, "integration:" + integration.Name, correlation, signal, receivedAt);
                break;
            case Outcome.Acknowledged:
                Move(latest!.GroupId, climb => climb.Acknowledge("integration:" + integration.Name, now), "integration:" + integration.Name, correlation);
                break;
            case Outcome.Waiting:
                book.Change(latest! with { DueAt = receivedAt + AlertRules.FlappingQuiet, LastSignal = signal, LastSignalAt = receivedAt, Signals = latest.Signals + 1 });
                break;
            case Outcome.StillFiring:
                Counted(latest!, reading, signal, receivedAt);
                break;
            case Outcome.Late or Outcome.NothingOpen or Outcome.Noted or Outcome.Beat or Outcome.SetAside:
                break;
        }

        var after = AlertRules.After(book.KeyOf(condition), reading, outcome, alert, receivedAt);
        if (after != key)
        {
            book.Put(condition, after, row: after.OpenAlert is null || after.ResolvedSourceAt != key.ResolvedSourceAt);
            if (after.OpenAlert is { } open && book[open].FiredSourceAt != after.FiredSourceAt) book.Count(book[open] with { FiredSourceAt = after.FiredSourceAt });
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
            && (await book.TextOf(latest.Id)).SourceSeverity == clean.TextOrNull(reading.SourceSeverity)) return Urgency.Low;
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
            id, clean.Text(reading.Title), clean.TextOrNull(reading.Text), clean.Pairs(labels), clean.Pairs(reading.Annotations), clean.TextOrNull(reading.Link),
            clean.DedupKey(reading.DedupKey), clean.TextOrNull(reading.SourceSeverity), routed.Trace);

        var groupKey = Routing.GroupKey(reading, routed.GroupBy, labels) is { } shared ? GroupName(shared) : "alone " + id;
        var group = await book.OpenGroup(routed.Service, groupKey);
        if (group is null)
        {
            group = new AlertGroup(Ids.New("grp", now), routed.Service, groupKey, id, 1, now, null);
            book.Add(group);
            starts.Add(group.Id, new ClimbRequest(group.Id, routed.Policy ?? service?.EscalationPolicy, alert.Team, urgency, rank, quiet is not null, correlation, Say(alert, text, service)));
        }
        else
        {
            Join(group, alert, correlation);
            book.Change(group with { Unresolved = group.Unresolved + 1 });
        }

        alert = alert with { GroupId = group.Id };
        book.Add(alert, text);
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

        book.Count(counted);
        return counted;
    }

    async Task Follow(Alert alert, Reading reading, IReadOnlyDictionary<string, string> labels, long hash, long signal, DateTimeOffset receivedAt)
    {
        book.Change(Counted(alert, reading, signal, receivedAt) with { TextHash = hash });
        var text = await book.TextOf(alert.Id);
        book.Change(text with
        {
            Text = clean.TextOrNull(reading.Text) ?? text.Text,
            Labels = clean.Pairs(labels),
            Annotations = clean.Pairs(reading.Annotations),
            Link = clean.TextOrNull(reading.Link) ?? text.Link,
            SourceSeverity = clean.TextOrNull(reading.SourceSeverity) ?? text.SourceSeverity,
        });
    }

    async Task Raise(Alert alert, Reading reading, IReadOnlyDictionary<string, string> labels, long hash, Urgency urgency, int rank, string? severity, long signal, DateTimeOffset receivedAt, string correlation)
    {
        await Follow(alert, reading, labels, hash, signal, receivedAt);
        // The word goes with the rank: of the graver of both, so that nobody is woken with the label of what it was before.
        severity = rank < alert.Rank ? severity : rank == alert.Rank ? severity ?? alert.Severity : alert.Severity;
        rank = Math.Min(rank, alert.Rank);
        book.Change(book[alert.Id] with { Urgency = urgency, Rank = rank, Severity = severity });
        journal.Add(Entry.Of("alert.raised", alert.Id, "integration:" + alert.IntegrationId, now, correlation, new { urgency, rank }));
        if (starts.TryGetValue(alert.GroupId, out var start)) starts[alert.GroupId] = start with { Urgency = urgency, Rank = Math.Min(start.Rank, rank) };
        else if (alert.Quiet is null) Move(alert.GroupId, climb => climb.Restart(urgency, Math.Min(climb.Rank, rank), now), "plantao", correlation);
        else Move(alert.GroupId, climb => (climb with { Urgency = urgency, Rank = Math.Min(climb.Rank, rank) }, []), "plantao", correlation);
    }

    /// <summary>The support hours of its service began and it is still open: from low to high, a new climb.</summary>
    public void RaiseByHours(Alert alert)
    {
        if (alert is not { Status: AlertStatus.Open, Urgency: Urgency.Low }) return;
        book.Change(alert with { Urgency = Urgency.High });
        journal.Add(Entry.Of("alert.raised", alert.Id, "plantao", now, alert.Correlation, new { urgency = Urgency.High, alert.Rank, reason = "support-hours" }));
        // One climb for all of a group: the first member to be raised starts it anew, the others find it high.
        Move(alert.GroupId, climb => climb.Urgency is Urgency.High ? (climb, []) : alert.Quiet is null ? climb.Restart(Urgency.High, climb.Rank, now) : (climb with { Urgency = Urgency.High }, []), "plantao", alert.Correlation);
    }

    /// <summary>Sets when it acts next by itself, after it was looked at and left as it is.</summary>
    public void PutOff(Alert alert, DateTimeOffset? until) => book.Change(alert with { DueAt = until });

    /// <summary>Resolves what is unresolved of a source's group: also what its last message left out.</summary>
    public async Task ResolveGroup(Integration integration, string sourceGroup, long signal, DateTimeOffset at, string correlation)
    {
        var key = Routing.SourceGroup(sourceGroup);
        var open = await tx.Query($"SELECT id FROM alert_groups WHERE key = {key} AND ended_at IS NULL", r => r.Text(0));
        foreach (var id in open.Concat(book.NewGroups.Where(g => g.Key == key && g.EndedAt is null).Select(g => g.Id)).Distinct(StringComparer.Ordinal).ToList())
        {
            await book.ReadGroups([id]);
            var members = (await AlertStore.UnresolvedOf(tx, id)).Where(a => a.IntegrationId == integration.Id && book.Find(a.Id) is null).ToList();
            await book.Load(members);
            foreach (var member in book.Alerts.Where(a => a.GroupId == id && a.Unresolved && a.IntegrationId == integration.Id).ToList())
                Resolve(member, "integration:" + integration.Name, correlation, signal, at);
        }
    }

    /// <summary>Resolves one alert; the climb ends with the last of its group.</summary>
    public void Resolve(Alert alert, string by, string correlation, long? signal = null, DateTimeOffset? signalAt = null)
    {
        if (!alert.Unresolved) return;
        book.Change(alert with
        {
            Status = AlertStatus.Resolved,
            ResolvedAt = now,
            ResolvedBy = by,
            Quiet = null,
            DueAt = null,
            LastSignal = signal ?? alert.LastSignal,
            LastSignalAt = signalAt ?? alert.LastSignalAt,
            Signals = alert.Signals + (signal is null ? 0 : 1),
        });
        var condition = Condition.Of(alert.KeyHash);
        if (book.Known(condition) is { } key && key.OpenAlert == alert.Id) book.Put(condition, key with { OpenAlert = null }, row: true);

        journal.Add(Entry.Of("alert.resolved", alert.Id, by, now, correlation, new { group = alert.GroupId, signal }));
        var group = book.GroupOf(alert);
        var left = group.Unresolved - 1;
        book.Change(group with { Unresolved = left, EndedAt = left == 0 ? now : null });
        if (left > 0)
        {
            thinned[group.Id] = correlation;
            return;
        }

        // Over before its first step was taken: nobody is paged for what is gone, and the climb is there for whoever opens it again.
        if (starts.TryGetValue(group.Id, out var start)) starts[group.Id] = start with { Over = true };
        else Move(group.Id, climb => climb.End(), by, correlation);
    }

    /// <summary>The alert that is unresolved for the same condition, when it is another.</summary>
    public string? OpenOfSameKey(Alert alert) =>
        book.Known(Condition.Of(alert.KeyHash))?.OpenAlert is { } open && open != alert.Id ? open : null;

    /// <summary>Opens a resolved alert again: a new epoch, the first step.</summary>
    /// <param name="endsAt">The end that its source states now; by a person: none.</param>
    public async Task Reopen(Alert alert, string by, string correlation, DateTimeOffset? endsAt = null)
    {
        var labels = (await book.TextOf(alert.Id)).Labels;
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
        book.Change(opened);
        var condition = Condition.Of(alert.KeyHash);
        if (book.Known(condition) is { } key) book.Put(condition, key.With(opened), row: false);

        await book.ReadGroups([alert.GroupId]);
        var group = book.GroupOf(alert);
        journal.Add(Entry.Of("alert.reopened", alert.Id, by, now, correlation, new { group = group.Id, quiet }));
        // Its group may have ended, and another of the same key may have begun since: then it joins that one.
        if (group.EndedAt is not null && await book.OpenGroup(group.Service, group.Key) is { } other)
        {
            book.Change(other with { Unresolved = other.Unresolved + 1 });
            book.Change(opened with { GroupId = other.Id });
            await tx.Execute($"UPDATE alerts SET group_id = {other.Id} WHERE id = {alert.Id}");
            Join(other, opened, correlation);
            return;
        }

        var others = group.EndedAt is null;
        book.Change(group with { Unresolved = group.Unresolved + 1, EndedAt = null });
        // Under a silence it waits as if it had just come in; members that are not quiet keep their climb as it is.
        if (quiet is not null && others) return;
        Move(group.Id, climb => climb.Restart(Louder(climb.Urgency, alert.Urgency), climb.Rank, now) is var fresh && quiet is null ? fresh : (fresh.After.Hush().After, fresh.Effects), by, correlation);
    }

    /// <summary>Judges an alert against what is quiet now.</summary>
    public void Judge(Alert alert, IReadOnlyDictionary<string, string> labels, string correlation)
    {
        var reason = around.Quiet.Reason(labels, alert.Service, alert.Team, alert.Rank, now);
        if (reason == alert.Quiet) return;
        book.Change(alert with { Quiet = reason });
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
        await book.Write();
        await SignalStore.Insert(tx, outcomes);
        foreach (var entry in journal) await tx.Journal(entry);
        await climbs.Start(tx, [.. starts.Values], step);
        // What pages say follows the alert that leads its group.
        foreach (var (alert, text) in book.Reworded())
            await Climbs.Reword(tx, alert.GroupId, Say(alert, text, alert.Service is { } name ? around.Services.GetValueOrDefault(name) : null));
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

    Task Note(Integration integration, Reading reading) => tx.Execute($"""
        INSERT INTO changes (id, integration_id, service, title, at, link, details)
        VALUES ({Ids.New("chg", now)}, {integration.Id}, {integration.Service}, {clean.Text(reading.Title)}, {reading.SourceAt ?? now}, {clean.TextOrNull(reading.Link)}, {System.Text.Json.JsonSerializer.Serialize(clean.Pairs(reading.Annotations), Json.Compact)})
        """);

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
}
