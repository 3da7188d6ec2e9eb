using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>One way to one person, proven.</summary>
public sealed record Method(string Id, string Channel);

/// <summary>What paging needs to know of a person.</summary>
/// <param name="Methods">Proven and working, in their order. Empty: this person cannot be reached.</param>
public sealed record Recipient(string UserId, string Name, string Language, string Zone, IReadOnlyList<Method> Methods, IReadOnlyList<PlannedStep> High, IReadOnlyList<PlannedStep> Low);

/// <summary>Finds out how people are reached now.</summary>
public sealed class RecipientStore(ContactMethodStore methods, UserStore users)
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

    /// <summary>The address as it is at the moment of sending; <see langword="null"/> when the method is gone or out of use.</summary>
    /// <param name="proving">It is the code that goes there: also to one that was put out of use, which is how it comes back.</param>
    public async Task<ReachableAt?> Address(string methodId, bool proving, CancellationToken ct)
    {
        var method = await methods.Look(methodId, ct);
        if (method is null || !(method.Usable || proving)) return null;
        return await users.Find(method.UserId, ct) is { } user ? new ReachableAt(method.Address, method.Secret, user.Language) : null;
    }
}
