using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Escalations;

/// <summary>Somebody who would be asked.</summary>
/// <param name="Rules">What goes out by which channel when, counted from the page; empty: nothing reaches them.</param>
/// <param name="Through">The target that names them.</param>
public sealed record Asked(string Id, string Name, IReadOnlyList<PlannedStep> Rules, EscalationTarget Through);

/// <summary>A step as it would be taken.</summary>
/// <param name="Number">From 1.</param>
/// <param name="After">From the alert on.</param>
/// <param name="Instead">Nobody of its targets can be reached: these are those of "otherwise".</param>
/// <param name="Passed">Nobody there can be reached at all: it is passed at once.</param>
public sealed record AskedStep(int Number, EscalationStep Written, TimeSpan After, IReadOnlyList<Asked> People, bool Instead, bool Passed);

/// <summary>Who would be paged by a policy from an instant on, if nobody answered.</summary>
/// <param name="CatchAllAfter">After all rounds.</param>
public sealed record AskedLadder(EscalationPolicy Policy, DateTimeOffset At, IReadOnlyList<AskedStep> Steps, IReadOnlyList<Asked> CatchAll, TimeSpan CatchAllAfter);

/// <summary>One policy and what uses it.</summary>
public sealed record PolicyFile(EscalationPolicy Policy, string Title, int Revision, string? Team, AskedLadder Now, IReadOnlyList<Service> Services);

/// <summary>Reads what the screens of policies show, with the rights of who looks. Who would be asked is asked of what pages (<see cref="Targets"/>), at the instant in question.</summary>
public sealed class PolicyDesk(EscalationStore policies, OnCallStore onCall, RecipientStore recipients, TeamStore teams, ServiceStore services, Db db)
{
    public async Task<IReadOnlyList<(EscalationPolicy Policy, string Title, int Revision)>> List(Call call, CancellationToken ct)
    {
        var seen = new List<(EscalationPolicy, string, int)>();
        foreach (var found in await policies.Policies(ct))
            if (await Sees(call, found.Policy.Team, ct)) seen.Add(found);
        return seen;
    }

    public async Task<PolicyFile?> Open(string name, Call call, CancellationToken ct)
    {
        if ((await List(call, ct)).FirstOrDefault(p => p.Policy.Name == name) is not { Policy: not null } found) return null;
        var team = found.Policy.Team is null ? null : await teams.Find(found.Policy.Team, ct);
        return new(found.Policy, found.Title, found.Revision, team?.Title, await Ladder(found.Policy, call.At, Urgency.High, ct), [.. (await Services(call, ct)).Where(s => s.EscalationPolicy == name)]);
    }

    /// <summary>Services that the caller may know of.</summary>
    public Task<IReadOnlyList<Service>> Services(Call call, CancellationToken ct) => services.List(call.Caller, null, "", Listing.Most, ct);

    /// <summary>The policy that takes a service's alerts where no route says another; one of nothing but the catch-all when it has none.</summary>
    public async Task<EscalationPolicy> PolicyOf(Service service, CancellationToken ct) =>
        (await policies.Policies(ct)).FirstOrDefault(p => p.Policy.Name == service.EscalationPolicy).Policy ?? new EscalationPolicy(service.EscalationPolicy ?? "catch-all", [], 1, [], service.TeamId);

    /// <summary>Who would be asked from <paramref name="at"/> on. Each step asks who is on call when it would be taken.</summary>
    public Task<AskedLadder> Ladder(EscalationPolicy policy, DateTimeOffset at, Urgency urgency, CancellationToken ct) => db.Snapshot(async tx =>
    {
        var steps = new List<AskedStep>();
        var after = TimeSpan.Zero;
        for (var i = 0; i < policy.Steps.Count && (urgency is Urgency.High || i == 0); i++)
        {
            var rung = policy.Steps[i];
            var targets = new Targets(tx, onCall, recipients, at + after);
            var people = await People(targets, rung.Targets, urgency);
            var instead = !people.Any(p => p.Rules.Count > 0) && rung.Otherwise is { Count: > 0 };
            if (instead) people = [.. people, .. await People(targets, rung.Otherwise!, urgency)];
            var passed = !people.Any(p => p.Rules.Count > 0);
            steps.Add(new(i + 1, rung, after, people, instead, passed));
            if (!passed) after += rung.Wait;
        }

        var late = new Targets(tx, onCall, recipients, at + after * policy.Rounds);
        var last = new List<Asked>();
        foreach (var id in await late.CatchAll(policy))
            if (await late.Person(id) is { } person) last.Add(new(id, person.Name, person.Methods.Count > 0 ? [new([.. person.Methods.Select(m => m.Channel).Distinct(StringComparer.Ordinal)], 0)] : [], new(TargetKind.Person, person.Name)));
        return new AskedLadder(policy, at, steps, last, after * policy.Rounds);
    }, ct);

    /// <summary>Whether a thing of this team, by name, is there for the caller.</summary>
    public async Task<bool> Sees(Call call, string? team, CancellationToken ct) => team is null || await teams.Find(team, ct) is not { } found || found.VisibleTo(call.Caller);

    static async Task<IReadOnlyList<Asked>> People(Targets targets, IReadOnlyList<EscalationTarget> written, Urgency urgency)
    {
        var people = new List<Asked>();
        foreach (var target in written)
            foreach (var id in await targets.Of([target]))
                if (!people.Exists(p => p.Id == id) && await targets.Person(id) is { } person) people.Add(new(id, person.Name, urgency is Urgency.High ? person.High : person.Low, target));
        return people;
    }
}
