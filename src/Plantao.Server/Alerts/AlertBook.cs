using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>What one transaction holds of conditions, alerts and groups: read and locked in the order of all locks, changed in memory, and written together.</summary>
sealed class AlertBook(Tx tx)
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

    public IEnumerable<Alert> Alerts => alerts.Values;

    /// <summary>The groups that began in this transaction.</summary>
    public IEnumerable<AlertGroup> NewGroups => newGroups.Select(id => groups[id]);

    public Alert this[string id] => alerts[id];

    public Alert? Find(string id) => alerts.GetValueOrDefault(id);

    /// <summary>What is known of a condition; of one that was never seen: nothing yet.</summary>
    public ConditionKey KeyOf(Condition condition) => keys.GetValueOrDefault(condition) ?? ConditionKey.New(condition.Bytes());

    /// <summary>What was read of a condition; <see langword="null"/> when it was not, or never seen.</summary>
    public ConditionKey? Known(Condition condition) => keys.GetValueOrDefault(condition);

    /// <summary>Reads what is known of these conditions that was not read yet.</summary>
    public Task Read(IEnumerable<Condition> some) => Conditions([.. some.Where(c => !keys.ContainsKey(c)).Distinct().Order()]);

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
        await ReadGroups(await AlertStore.GroupsOf(tx, last));
        foreach (var alert in await AlertStore.Load(tx, last)) alerts[alert.Id] = alert;
        await ReadGroups(alerts.Values.Select(a => a.GroupId));
    }

    /// <summary>Alerts as they are now that they are locked.</summary>
    async Task<IReadOnlyList<Alert>> Held(IReadOnlyList<Alert> some)
    {
        await ReadGroups(some.Select(a => a.GroupId));
        return await AlertStore.Load(tx, [.. some.Select(a => a.Id)]);
    }

    public async Task ReadGroups(IEnumerable<string> ids)
    {
        foreach (var group in await AlertStore.Groups(tx, [.. ids.Where(id => !groups.ContainsKey(id)).Distinct(StringComparer.Ordinal)])) groups[group.Id] = group;
    }

    /// <summary>Locks alerts that were only looked at, in the order of all locks, and loads them.</summary>
    /// <returns>The alerts as they are now that they are held.</returns>
    public async Task<IReadOnlyList<Alert>> Take(IReadOnlyList<Alert> some, bool keys)
    {
        if (keys) await Conditions([.. some.Select(a => Condition.Of(a.KeyHash)).Distinct().Order()]);
        await ReadGroups(some.Select(a => a.GroupId));
        var taken = await AlertStore.Load(tx, [.. some.Select(a => a.Id)]);
        foreach (var alert in taken) alerts[alert.Id] = alert;
        await ReadGroups(taken.Select(a => a.GroupId));
        return taken;
    }

    /// <summary>Loads alerts that are held already, to be moved without a signal.</summary>
    public async Task Load(IReadOnlyList<Alert> some)
    {
        await Conditions([.. some.Select(a => Condition.Of(a.KeyHash)).Distinct().Order()]);
        await ReadGroups(some.Select(a => a.GroupId));
        foreach (var alert in some) alerts[alert.Id] = alert;
    }

    public async Task<AlertText> TextOf(string alert)
    {
        if (texts.TryGetValue(alert, out var text)) return text;
        return texts[alert] = (await AlertStore.Texts(tx, [alert]))[0];
    }

    /// <summary>The group of that key that has an unresolved member.</summary>
    public async Task<AlertGroup?> OpenGroup(string? service, string key)
    {
        if (openGroups.TryGetValue((service ?? "", key), out var known)) return known is null ? null : groups[known];
        var found = key.StartsWith("alone ", StringComparison.Ordinal) ? null : await AlertStore.OpenGroup(tx, service, key);
        if (found is not null && !groups.ContainsKey(found.Id)) groups[found.Id] = found;
        openGroups[(service ?? "", key)] = found?.Id;
        return found is null ? null : groups[found.Id];
    }

    /// <exception cref="InvalidOperationException">It was not read with its alert.</exception>
    public AlertGroup GroupOf(Alert alert) => groups.GetValueOrDefault(alert.GroupId) ?? throw new InvalidOperationException($"The group {alert.GroupId} of {alert.Id} was not loaded.");

    public void Add(Alert alert, AlertText text)
    {
        (alerts[alert.Id], texts[alert.Id]) = (alert, text);
        newAlerts.Add(alert.Id);
    }

    public void Add(AlertGroup group)
    {
        groups[group.Id] = group;
        newGroups.Add(group.Id);
        openGroups[(group.Service ?? "", group.Key)] = group.Id;
    }

    public void Change(Alert alert)
    {
        alerts[alert.Id] = alert;
        changedAlerts.Add(alert.Id);
    }

    /// <summary>Changes no more than what each repeat changes: a row that is written with little.</summary>
    public void Count(Alert alert)
    {
        alerts[alert.Id] = alert;
        countedAlerts.Add(alert.Id);
    }

    public void Change(AlertText text)
    {
        texts[text.AlertId] = text;
        if (!newAlerts.Contains(text.AlertId)) changedTexts.Add(text.AlertId);
    }

    public void Change(AlertGroup group)
    {
        groups[group.Id] = group;
        if (!newGroups.Contains(group.Id)) changedGroups.Add(group.Id);
        openGroups[(group.Service ?? "", group.Key)] = group.EndedAt is null ? group.Id : null;
    }

    /// <param name="row">Whether it is written: what an unresolved alert holds of its condition needs no row of its own.</param>
    public void Put(Condition condition, ConditionKey key, bool row)
    {
        keys[condition] = key;
        if (row) changedKeys.Add(condition);
    }

    /// <summary>The alerts that lead a group which was there before, and whose text has changed: their pages say so too.</summary>
    public IEnumerable<(Alert Alert, AlertText Text)> Reworded() => changedTexts
        .Where(id => groups.TryGetValue(alerts[id].GroupId, out var led) && led.Leader == id && !newGroups.Contains(led.Id)).Select(id => (alerts[id], texts[id]));

    /// <summary>Writes what has changed.</summary>
    public async Task Write()
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
    }
}
