using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>One way to one person, proven.</summary>
public sealed record Method(string Id, string Channel);

/// <summary>What paging needs to know of a person.</summary>
/// <param name="Methods">Proven and working, in their order. Empty: this person cannot be reached.</param>
public sealed record Recipient(string UserId, string Name, string Language, string Zone, IReadOnlyList<Method> Methods, IReadOnlyList<PlannedStep> High, IReadOnlyList<PlannedStep> Low);

/// <summary>Finds out how people are reached now.</summary>
public sealed class RecipientStore(ContactMethodStore methods)
{
    /// <summary>Active people of these ids. Who left, or was only invited, is missing.</summary>
    public async Task<Dictionary<string, Recipient>> Of(Tx tx, IReadOnlyList<string> userIds)
    {
        var people = await UserStore.Find(tx, userIds);
        var reachable = (await methods.For(tx, userIds)).ToLookup(m => m.UserId, StringComparer.Ordinal);
        var written = await NotificationRuleStore.Written(tx, userIds);
        return people.Where(p => p.Status is UserStatus.Active).ToDictionary(
            p => p.Id,
            p =>
            {
                var own = reachable[p.Id].ToList();
                return new Recipient(p.Id, p.DisplayName, p.Language, p.Zone, [.. own.Select(m => new Method(m.Id, m.Channel))], Plan(p.Id, Urgency.High, own), Plan(p.Id, Urgency.Low, own));
            },
            StringComparer.Ordinal);

        IReadOnlyList<PlannedStep> Plan(string id, Urgency urgency, IReadOnlyList<ContactMethod> own) =>
            [.. NotificationRules.Possible(written.GetValueOrDefault((id, urgency), NotificationRules.Default(urgency)), own).Select(s => new PlannedStep(s.Channels ?? [], (int)s.After.TotalSeconds))];
    }

    /// <summary>Where these deliveries go, by their ids. Missing: the method is gone, or out of use; a code goes there all the same, which is how it comes back.</summary>
    public async Task<IReadOnlyDictionary<string, ReachableAt>> Addresses(Tx tx, IReadOnlyList<Claimed> deliveries)
    {
        var known = (await methods.Find(tx, [.. deliveries.Select(d => d.MethodId).Distinct(StringComparer.Ordinal)])).ToDictionary(m => m.Id, StringComparer.Ordinal);
        var people = (await UserStore.Find(tx, [.. known.Values.Select(m => m.UserId).Distinct(StringComparer.Ordinal)])).ToDictionary(u => u.Id, StringComparer.Ordinal);
        var found = new Dictionary<string, ReachableAt>(StringComparer.Ordinal);
        foreach (var delivery in deliveries)
        {
            if (known.GetValueOrDefault(delivery.MethodId) is not { } method || !(method.Usable || delivery.Kind is MessageKind.Verification)) continue;
            if (people.GetValueOrDefault(method.UserId) is { } user) found[delivery.Id] = new ReachableAt(method.Address, method.Secret, user.Language);
        }

        return found;
    }
}
