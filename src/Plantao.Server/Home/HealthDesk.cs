using System.Globalization;
using Plantao.Alerts;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;

namespace Plantao.Home;

/// <summary>One thing by which Plantão shows whether it is well.</summary>
/// <param name="Key">Names it, in <see cref="HomeTexts"/>.</param>
/// <param name="Says">A phrase of <see cref="HomeTexts"/>, as kept.</param>
/// <param name="Since">The instant that the phrase speaks of.</param>
public sealed record Sign(string Key, Health Health, string Says, DateTimeOffset? Since = null);

/// <summary>Where nobody will be on call.</summary>
public sealed record ScheduleGaps(string Schedule, string Title, Gap First, int Count);

/// <summary>All that the screen of health shows.</summary>
/// <param name="Shut">Providers that are not knocked at for now, seen from this node.</param>
public sealed record HealthFile(
    IReadOnlyList<Sign> Signs, IReadOnlyList<(string Name, Finding Finding)> Findings, IReadOnlyList<Held> Tests, IReadOnlyList<NodeSeen> Nodes, string Here,
    IReadOnlyList<ChannelTally> Channels, IReadOnlyList<(string Door, DateTimeOffset Until)> Shut, IReadOnlyList<(string Kind, string Name, string Why)> Unreadable, IReadOnlyList<ScheduleGaps> Gaps);

/// <summary>Says whether Plantão itself is well. What is quick on the first screen, everything on its own.</summary>
public sealed class HealthDesk(
    Db db, NodeState state, SignalStore signals, NotificationStore notifications, EscalationStore escalations, Breaker breaker, SelfTestWorker tests, IEnumerable<IDoctorCheck> checks, OnCallStore schedules, TeamStore teams, TimeProvider clock)
{
    /// <summary>Longer than a lease and a try: what waits longer than that is a jam.</summary>
    static readonly TimeSpan Late = TimeSpan.FromSeconds(30), Jammed = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Day = TimeSpan.FromHours(24), Patience = TimeSpan.FromSeconds(5);

    /// <summary>The signs that are seen at once: nothing here goes out, and nothing walks a whole table.</summary>
    public async Task<IReadOnlyList<Sign>> Signs(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (waiting, oldest) = await signals.Backlog(ct);
        var (due, dueSince) = await notifications.Backlog(now, ct);
        var (unanswered, unreached) = await escalations.Loud(ct);
        return
        [
            .. state.Paused ? (Sign[])[new("sign.paused", Health.Failure, Say("paused"))] : [],
            Queue("sign.receiving", "receiving", waiting, oldest, now),
            Queue("sign.sending", "sending", due, dueSince, now),
            .. unreached > 0 ? (Sign[])[new("sign.unreached", Health.Failure, Say("unreached", unreached))] : unanswered > 0 ? [new("sign.unanswered", Health.Failure, Say("unanswered", unanswered))] : [],
            OfChannels(await notifications.Tally(now - Day, ct), breaker.Shut.Count),
            OfTests(tests.Last, tests.Chain),
            OfChain(tests.Chain),
            OfBackup(state.BackupMadeAt, state.BackupProvedAt, now),
            .. state.Weaknesses.Count > 0 ? (Sign[])[new("sign.durability", Health.Failure, Say("durability"))] : [],
            .. db.Unreadable.All.Count > 0 ? (Sign[])[new("sign.documents", Health.Failure, Say("documents", db.Unreadable.All.Count))] : [],
        ];
    }

    /// <summary>Everything. Asks the doctor's checks too, which may go out: each is given 5 s.</summary>
    public async Task<HealthFile> Open(Call call, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var findings = await DoctorRound.Make(checks, Patience, ct);
        var gaps = await Gaps([.. await OnCallEndpoints.Visible(call, schedules, teams, ct)], now, PolicyGaps.LookAhead, ct);
        return new(await Signs(ct), findings, tests.Last, await NodeSeen.Since(db, now - Day, ct), state.Node, await notifications.Tally(now - Day, ct), breaker.Shut, db.Unreadable.All, gaps);
    }

    /// <summary>Where nobody is on call within a span.</summary>
    public async Task<IReadOnlyList<ScheduleGaps>> Gaps(IReadOnlyList<AppliedSchedule> all, DateTimeOffset now, TimeSpan ahead, CancellationToken ct)
    {
        var found = new List<ScheduleGaps>();
        foreach (var (schedule, title, _, _) in all)
        {
            if (!Coverage.Asked(schedule)) continue;
            var gaps = WhoIsOnCall.Gaps(schedule, await schedules.Overrides(schedule.Name, now, now + ahead, ct), now, now + ahead);
            if (gaps.Count > 0) found.Add(new(schedule.Name, title, gaps[0], gaps.Count));
        }

        return [.. found.OrderBy(g => g.First.Start)];
    }

    /// <summary>How long the oldest waits is what tells: a storm is long and moves.</summary>
    internal static Sign Queue(string key, string word, long count, DateTimeOffset? oldest, DateTimeOffset now) => oldest is { } since && count > 0
        ? new(key, now - since >= Jammed ? Health.Failure : now - since >= Late ? Health.Warning : Health.Ok, Say(word + ".waits", count), since)
        : new(key, Health.Ok, Say(word + ".ok"));

    internal static Sign OfChannels(IReadOnlyList<ChannelTally> tally, int shut)
    {
        if (shut > 0) return new("sign.channels", Health.Warning, Say("channels.shut", shut));
        if (tally.Count == 0) return new("sign.channels", Health.Ok, Say("channels.none"));
        if (tally.FirstOrDefault(c => c.Accepted == 0 && c.Failed + c.Trying > 0) is { } dead) return new("sign.channels", Health.Failure, HomeTexts.All.Keep("channels.dead", dead.Channel));
        var (accepted, failed, trying) = (tally.Sum(c => c.Accepted), tally.Sum(c => c.Failed), tally.Sum(c => c.Trying));
        return new("sign.channels", failed + trying > 0 ? Health.Warning : Health.Ok, failed + trying > 0 ? Say("channels.some", accepted, failed, trying) : Say("channels.ok", accepted));
    }

    internal static Sign OfTests(IReadOnlyList<Held> last, Held? chain)
    {
        var others = last.Where(h => h != chain).ToList();
        if (others.Count == 0) return new("sign.tests", Health.Warning, Say("tests.none"));
        var broken = others.Count(h => h.Broken.Count > 0);
        return broken > 0 ? new("sign.tests", Health.Failure, Say("tests.broken", broken, others.Count), others.Max(h => h.At)) : new("sign.tests", Health.Ok, Say("tests.ok", others.Count), others.Max(h => h.At));
    }

    internal static Sign OfChain(Held? chain) => chain switch
    {
        null => new("sign.journal", Health.Warning, Say("tests.none")),
        { Broken.Count: > 0 } => new("sign.journal", Health.Failure, Say("journal.broken"), chain.At),
        _ => new("sign.journal", Health.Ok, Say("journal.ok"), chain.At),
    };

    internal static Sign OfBackup(DateTimeOffset? made, DateTimeOffset? proved, DateTimeOffset now) => (made, proved) switch
    {
        (null, _) => new("sign.backup", Health.Warning, Say("backup.none")),
        ({ } at, _) when now - at > BackupCalendar.Every * 2 => new("sign.backup", Health.Failure, Say("backup.old"), at),
        ({ } at, null) => new("sign.backup", Health.Warning, Say("backup.unproved"), at),
        ({ } at, { } good) => new("sign.backup", now - good > BackupCalendar.ProveEvery * 2 ? Health.Failure : Health.Ok, Say(now - good > BackupCalendar.ProveEvery * 2 ? "backup.unproved" : "backup.ok"), at),
    };

    static string Say(string key, params ReadOnlySpan<long> values)
    {
        var words = new string[values.Length];
        for (var i = 0; i < words.Length; i++) words[i] = values[i].ToString(CultureInfo.InvariantCulture);
        return HomeTexts.All.Keep(key, words);
    }
}
