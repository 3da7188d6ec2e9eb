using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>How near a gap is. Stored by name; a name is never reused.</summary>
public enum GapStage
{
    /// <summary>Within the look ahead: said when the schedule is saved.</summary>
    Found,

    /// <summary>It begins within 7 days.</summary>
    Week,

    /// <summary>It begins within 24 h, or has begun.</summary>
    Day,
}

/// <summary>Where a policy would find nobody (failures.md G3, V9). Pure.</summary>
public static class PolicyGaps
{
    /// <summary>How far gaps are looked for.</summary>
    public static readonly TimeSpan LookAhead = TimeSpan.FromDays(30);

    public static GapStage Stage(Gap gap, DateTimeOffset now) => (gap.Start - now) switch
    {
        var ahead when ahead <= TimeSpan.FromHours(24) => GapStage.Day,
        var ahead when ahead <= TimeSpan.FromDays(7) => GapStage.Week,
        _ => GapStage.Found,
    };

    /// <summary>When no step of a policy has anybody on call. A step that names a person or a team is there at any time.</summary>
    /// <param name="gaps">Of each schedule, in order; <see langword="null"/>: there is no such schedule.</param>
    public static IReadOnlyList<Gap> Of(EscalationPolicy policy, Func<string, IReadOnlyList<Gap>?> gaps, DateTimeOffset from, DateTimeOffset until)
    {
        var targets = policy.Steps.SelectMany(s => s.Targets.Concat(s.Otherwise ?? [])).Distinct().ToList();
        if (targets.Count == 0 || targets.Exists(t => t.Kind is not TargetKind.Schedule)) return [];
        IReadOnlyList<Gap> common = [new Gap(from, until)];
        foreach (var target in targets) common = Both(common, gaps(target.Name) ?? [new Gap(from, until)]);
        return common;
    }

    /// <summary>Where two lists of gaps, each in order, overlap.</summary>
    public static IReadOnlyList<Gap> Both(IReadOnlyList<Gap> one, IReadOnlyList<Gap> other)
    {
        var both = new List<Gap>();
        for (int i = 0, j = 0; i < one.Count && j < other.Count;)
        {
            var start = one[i].Start > other[j].Start ? one[i].Start : other[j].Start;
            var end = one[i].End < other[j].End ? one[i].End : other[j].End;
            if (start < end) both.Add(new Gap(start, end));
            if (one[i].End < other[j].End) i++;
            else j++;
        }

        return both;
    }
}

/// <summary>Announces gaps to who can close them: those of a schedule with people when it is saved, a policy's 7 days and 24 h before it would find nobody.</summary>
/// <remarks>What another step of the policy covers is announced once, at save: an office's hours are no fault every evening.</remarks>
public sealed class GapWorker : Worker
{
    static readonly TimeSpan Every = TimeSpan.FromHours(1);

    readonly Db db;
    readonly OnCallStore schedules;
    readonly EscalationStore policies;
    readonly RecipientStore recipients;
    readonly Notices notices;
    DateTimeOffset lookedAt;
    bool changed = true;

    public GapWorker(WorkerContext context, OnCallStore schedules, EscalationStore policies, RecipientStore recipients, Notices notices, ILogger<GapWorker> log)
        : base(context, log, TimeSpan.FromMinutes(10), Topics.Definitions)
    {
        (db, this.schedules, this.policies, this.recipients, this.notices) = (context.Db, schedules, policies, recipients, notices);
        db.Changed(Topics.Definitions, () => changed = true);
    }

    public override async Task<bool> Work(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        if (!changed && now >= lookedAt && now - lookedAt < Every) return false;
        (changed, lookedAt) = (false, now);
        var until = now + PolicyGaps.LookAhead;
        var gaps = new Dictionary<string, IReadOnlyList<Gap>>(StringComparer.Ordinal);
        foreach (var applied in await schedules.All(ct))
        {
            if (applied.Schedule.Problems().Count > 0) continue;
            var found = WhoIsOnCall.Gaps(applied.Schedule, await schedules.Overrides(applied.Schedule.Name, now, until, ct), now, until);
            gaps.Add(applied.Schedule.Name, found);
            // One that never had anybody is a place to be filled, as the starter's second is; what it leaves open shows where a policy finds nobody, below and in the doctor's check of policies.
            if (found.Count > 0 && Coverage.Asked(applied.Schedule)) await Announce("schedule", applied.Schedule.Name, applied.Team, [(found[0], applied.Revision, GapStage.Found)], found.Count - 1, now, ct);
        }

        foreach (var (policy, _, _) in await policies.Policies(ct))
        {
            // One that has begun keeps no beginning of its own, since it is cut at the present: it is announced once, until it ends.
            var near = PolicyGaps.Of(policy, name => gaps.GetValueOrDefault(name), now, until)
                .Select(g => (Gap: g, Key: g.Start == now ? 0 : Instants.Micros(g.Start), Stage: PolicyGaps.Stage(g, now))).Where(g => g.Stage is not GapStage.Found).ToList();
            if (near.Count > 0) await Announce("policy", policy.Name, policy.Team, near, 0, now, ct);
            if (!near.Exists(g => g.Key == 0)) await db.Write(tx => tx.Execute($"DELETE FROM gap_notices WHERE subject = {"policy:" + policy.Name} AND start_at = 0"), ct);
        }

        return false;   // all of it was looked at
    }

    /// <summary>Tells of what was not told yet at its stage, as one message.</summary>
    Task Announce(string kind, string name, string? team, IReadOnlyList<(Gap Gap, long Key, GapStage Stage)> found, int more, DateTimeOffset now, CancellationToken ct) => db.Write(async tx =>
    {
        var fresh = new List<Gap>();
        foreach (var (gap, key, stage) in found)
            if (await tx.Execute($"INSERT INTO gap_notices (subject, start_at, stage, at) VALUES ({kind + ":" + name}, {key}, {stage}, {now}) ON CONFLICT DO NOTHING") == 1) fresh.Add(gap);
        if (fresh.Count == 0) return;
        await tx.Execute($"DELETE FROM gap_notices WHERE subject = {kind + ":" + name} AND start_at > 0 AND at < {now.AddDays(-60)}");
        var (first, others) = (fresh[0], more + fresh.Count - 1);
        var correlation = Ids.New("gap", now);
        await tx.Journal(Entry.Of($"{kind}.gap-announced", name, "plantao", now, correlation, new { from = first.Start, until = first.End, others }));
        var managers = team is not null && await TeamStore.Find(tx, team) is { } owner ? await TeamStore.ActiveIn(tx, owner.Id, TeamRole.Manager) : [];
        foreach (var person in (await recipients.Of(tx, managers.Count > 0 ? managers : await UserStore.OwnerIds(tx))).Values)
            await notices.Tell(tx, person, Notice.Gap(kind, name, LocalTimes.Clock(first.Start, person.Zone), LocalTimes.Clock(first.End, person.Zone), others), null, 2, correlation, now);
        Log.LogWarning("Nobody is on call by {Kind} {Name} from {From:u} to {Until:u}, and {Others} more gaps", kind, name, first.Start, first.End, others);
    }, ct);
}
