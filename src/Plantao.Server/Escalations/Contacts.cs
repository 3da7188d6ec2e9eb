using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Whether somebody would be reached. Worst last.</summary>
public enum ContactState
{
    /// <summary>Reachable, and answered a test page lately.</summary>
    Ready,

    /// <summary>Reachable by what we know, and no test page was answered lately.</summary>
    Untested,

    /// <summary>No proven contact method.</summary>
    Unreachable,

    /// <summary>Nobody active has this name.</summary>
    Missing,
}

/// <summary>Somebody whom schedules and policies would page.</summary>
/// <param name="Name">The handle as it is written there.</param>
/// <param name="NamedBy">Each thing that would page them, once, such as <c>schedule/primary</c>.</param>
public sealed record Contact(string Name, User? User, ContactState State, IReadOnlyList<string> Channels, DateTimeOffset? TestedAt, IReadOnlyList<string> NamedBy);

/// <summary>Everybody whom a page may go to by what is written: is there a way to them, and did it work lately?</summary>
public sealed class Contacts(EscalationStore escalations, OnCallStore onCall, RecipientStore recipients, Db db)
{
    /// <param name="teamSeen">Whether a thing of this team, by name, is there for who asks.</param>
    /// <param name="testedSince">An older answer to a test page does not count.</param>
    /// <returns>By name. Layers of a schedule that have ended are left out.</returns>
    public async Task<IReadOnlyList<Contact>> All(Func<string?, bool> teamSeen, DateTimeOffset testedSince, DateTimeOffset now, CancellationToken ct)
    {
        var policies = (await escalations.Policies(ct)).Select(p => p.Policy).Where(p => teamSeen(p.Team)).ToList();
        var schedules = (await onCall.All(ct)).Where(s => teamSeen(s.Team)).ToList();
        return await db.Snapshot(async tx =>
        {
            var named = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
            void Name(string person, string by)
            {
                if (!named.TryGetValue(person, out var there)) named.Add(person, there = new(StringComparer.Ordinal));
                there.Add(by);
            }

            foreach (var schedule in schedules)
                foreach (var layer in schedule.Schedule.Layers.Where(l => l.End is not { } end || end.Date.ToDateTime(TimeOnly.MaxValue) >= now.UtcDateTime.AddDays(-1)))
                    foreach (var person in layer.People) Name(person, "schedule/" + schedule.Schedule.Name);
            foreach (var policy in policies)
                foreach (var target in policy.Steps.SelectMany(s => s.Targets.Concat(s.Otherwise ?? [])).Concat(policy.CatchAll).Distinct())
                    foreach (var person in await People(tx, target)) Name(person, "escalation-policy/" + policy.Name);

            var users = (await UserStore.Named(tx, [.. named.Keys])).Where(u => u.Status is UserStatus.Active).ToDictionary(u => u.Name, StringComparer.Ordinal);
            List<string> ids = [.. users.Values.Select(u => u.Id)];
            var reached = await recipients.Of(tx, ids);
            var tested = await TestPages.Answers(tx, ids, testedSince);
            return (IReadOnlyList<Contact>)[.. named.Select(n =>
            {
                var user = users.GetValueOrDefault(n.Key);
                var methods = user is null ? [] : reached.GetValueOrDefault(user.Id)?.Methods ?? [];
                DateTimeOffset? at = user is not null && tested.TryGetValue(user.Id, out var answered) ? answered : null;
                var state = user is null ? ContactState.Missing : methods.Count == 0 ? ContactState.Unreachable : at is null ? ContactState.Untested : ContactState.Ready;
                return new Contact(n.Key, user, state, [.. methods.Select(m => m.Channel)], at, [.. n.Value]);
            })];
        }, ct);
    }

    /// <summary>Handles of the people whom a target names by itself; those of a schedule stand in its layers.</summary>
    static async Task<IReadOnlyList<string>> People(Tx tx, EscalationTarget target) => target.Kind switch
    {
        TargetKind.Person => [target.Name],
        TargetKind.Schedule => [],
        TargetKind.Team => await Members(tx, target.Name, TeamRole.Responder),
        TargetKind.TeamManagers => await Members(tx, target.Name, TeamRole.Manager),
    };

    static async Task<IReadOnlyList<string>> Members(Tx tx, string team, TeamRole role) => await TeamStore.Find(tx, team) is { } found
        ? [.. (await UserStore.Find(tx, await TeamStore.ActiveIn(tx, found.Id, role))).Select(u => u.Name)]
        : [];
}
