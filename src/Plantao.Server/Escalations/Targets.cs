using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Finds the people behind targets, as they are now. Remembers what it asked for the length of one transaction.</summary>
public sealed class Targets(Tx tx, OnCallStore onCall, RecipientStore recipients, DateTimeOffset now)
{
    readonly Dictionary<EscalationTarget, IReadOnlyList<string>> found = [];
    readonly Dictionary<string, Recipient?> people = new(StringComparer.Ordinal);

    /// <summary>User ids, each once, in the order of the targets.</summary>
    public async Task<IReadOnlyList<string>> Of(IReadOnlyList<EscalationTarget> targets)
    {
        var all = new List<string>();
        foreach (var target in targets)
        {
            if (!found.TryGetValue(target, out var ids)) found.Add(target, ids = await Ask(target));
            foreach (var id in ids)
                if (!all.Contains(id)) all.Add(id);
        }

        return all;
    }

    /// <summary>Whether any of these has a proven contact method.</summary>
    public async Task<bool> Reachable(IReadOnlyList<string> userIds)
    {
        foreach (var id in userIds)
            if ((await Person(id))?.Methods.Count > 0) return true;
        return false;
    }

    public async Task<Recipient?> Person(string userId)
    {
        if (!people.TryGetValue(userId, out var person)) people.Add(userId, person = (await recipients.Of(tx, [userId])).GetValueOrDefault(userId));
        return person;
    }

    /// <summary>All of these who are active.</summary>
    public async Task<IReadOnlyDictionary<string, Recipient>> People(IReadOnlyList<string> userIds)
    {
        var missing = userIds.Where(id => !people.ContainsKey(id)).ToList();
        var read = missing.Count > 0 ? await recipients.Of(tx, missing) : [];
        foreach (var id in missing) people.Add(id, read.GetValueOrDefault(id));
        return userIds.Where(id => people[id] is not null).ToDictionary(id => id, id => people[id]!, StringComparer.Ordinal);
    }

    /// <summary>Who is paged when nobody answered: the policy's own, else the team's Managers, else the Owners.</summary>
    public async Task<IReadOnlyList<string>> CatchAll(EscalationPolicy policy)
    {
        if (policy.CatchAll.Count > 0 && await Of(policy.CatchAll) is var own && await Reachable(own)) return own;
        if (policy.Team is not null && await Of([new EscalationTarget(TargetKind.TeamManagers, policy.Team)]) is var managers && await Reachable(managers)) return managers;
        return await UserStore.OwnerIds(tx);
    }

    async Task<IReadOnlyList<string>> Ask(EscalationTarget target) => target.Kind switch
    {
        TargetKind.Schedule => await onCall.Who(tx, target.Name, now),
        TargetKind.Person => await UserStore.Named(tx, target.Name) is { Status: UserStatus.Active } user ? [user.Id] : [],
        TargetKind.Team => await TeamStore.Find(tx, target.Name) is { } team ? await TeamStore.ActiveIn(tx, team.Id, TeamRole.Responder) : [],
        TargetKind.TeamManagers => await TeamStore.Find(tx, target.Name) is { } managed ? await TeamStore.ActiveIn(tx, managed.Id, TeamRole.Manager) : [],
    };
}
