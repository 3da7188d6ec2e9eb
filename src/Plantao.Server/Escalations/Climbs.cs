using System.Globalization;
using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;


namespace Plantao.Escalations;

/// <summary>A climb that an alert or an incident asks for.</summary>
/// <param name="Subject">What it climbs for: a group of alerts.</param>
/// <param name="Over">It has ended already: kept, so that it can be opened again, and pages nobody.</param>
/// <param name="Policy">By name; when there is none of that name, the installation's catch-all takes it.</param>
public sealed record ClimbRequest(string Subject, string? Policy, string? Team, Urgency Urgency, int Rank, bool Quiet, string Correlation, PageSubjectText Text, bool Over = false);

/// <summary>What pages of a climb say.</summary>
public sealed record PageSubjectText(string Title, string? Text, IReadOnlyList<Fact> Facts, string Path);

/// <summary>Starts climbs, moves them, and does what each move wants, all in the transaction of whoever asks.</summary>
public sealed class Climbs(
    EscalationStore store,
    NotificationStore notifications,
    Paging paging,
    Notices notices,
    OnCallStore onCall,
    RecipientStore recipients,
    IEnumerable<IHearClimbs> hearers,
    TimeProvider clock)
{
    /// <summary>Starts climbs, and takes their first step.</summary>
    /// <param name="step"><see langword="false"/>: left to the worker, which this commit wakes. For whoever failed once with the step: a climb that cannot act must not keep its alert from being opened.</param>
    public async Task Start(Tx tx, IReadOnlyList<ClimbRequest> requests, bool step)
    {
        if (requests.Count == 0) return;
        var now = clock.GetUtcNow();
        var policies = new Dictionary<string, EscalationPolicy>(StringComparer.Ordinal);
        var climbs = new List<(Escalation Climb, string Correlation)>(requests.Count);
        foreach (var request in requests)
        {
            var name = request.Policy ?? "";
            if (!policies.TryGetValue(name, out var policy))
            {
                // No policy of that name: the team's Managers, else the Owners, at once and loudly. Never nobody.
                policy = (name.Length > 0 ? await store.Policy(tx, name) : null) ?? new EscalationPolicy(name.Length > 0 ? name : "catch-all", [], 1, [], request.Team);
                policies.Add(name, policy);
            }

            var climb = Escalation.Start(Ids.New("esc", now), request.Subject, policy, request.Urgency, request.Rank, now, request.Quiet);
            if (request.Over) climb = climb with { Status = EscalationStatus.Ended, DueAt = null };
            climbs.Add((climb, request.Correlation));
            await NotificationStore.Say(tx, new PageSubject(climb.Id, request.Text.Title, request.Text.Text, request.Text.Facts, request.Subject, request.Rank, request.Correlation, request.Text.Path), climb.Epoch);
        }

        if (!step)
        {
            await store.Add(tx, climbs, now);
            return;
        }

        // Written once, as its first step leaves it.
        var batch = Batch(tx, now, begins: true);
        for (var i = 0; i < climbs.Count; i++)
        {
            var (climb, correlation) = climbs[i];
            if (climb.DueAt is not { } due || due > now) continue;
            var (after, effects) = climb.Advance(now, await batch.Morning(climb), quiet: false);
            climbs[i] = (await batch.Do(climb, after, effects, "plantao", correlation), correlation);
        }

        await store.Add(tx, climbs, now);
        await batch.Page();
        FailPoint.Hit(FailPoint.ClimbBeforeCommit);
        tx.AfterCommit(static () => FailPoint.Hit(FailPoint.ClimbAfterCommit));
    }

    /// <summary>The title stays; what else the pages of a subject's climb say follows the alert.</summary>
    public static async Task Reword(Tx tx, string subject, PageSubjectText text)
    {
        if (await EscalationStore.IdOf(tx, subject) is { } id) await NotificationStore.Reword(tx, id, text.Text, text.Facts);
    }

    /// <summary>The climbs of these subjects, locked until the transaction ends.</summary>
    public Task<IReadOnlyList<(Escalation Climb, string Correlation)>> Of(Tx tx, IReadOnlyList<string> subjects) => store.Of(tx, subjects);

    public Task<(Escalation Climb, string Correlation)?> Find(Tx tx, string id) => store.Find(tx, id);

    /// <summary>Writes a move and does what it wants.</summary>
    /// <returns>The climb as it was written: a step that reaches nobody was passed already.</returns>
    public async Task<Escalation> Apply(Tx tx, Escalation before, (Escalation After, IReadOnlyList<ClimbEffect> Effects) move, string actor, string correlation)
    {
        if (ReferenceEquals(before, move.After) && move.Effects.Count == 0) return before;
        var batch = Batch(tx, clock.GetUtcNow());
        var after = await batch.Do(before, move.After, move.Effects, actor, correlation);
        await batch.Finish();
        return after;
    }

    /// <summary>Takes what is due: each climb takes one step, and passes at once those that reach nobody.</summary>
    /// <returns>How many climbs were due.</returns>
    internal async Task<int> Advance(Tx tx, int count)
    {
        var now = clock.GetUtcNow();
        var due = await store.Due(tx, count, now);
        if (due.Count == 0) return 0;
        foreach (var hearer in hearers)
        {
            var taken = await hearer.Take(tx, [.. due.Select(d => d.Climb.Subject)]);
            due = [.. due.Where(d => taken.Contains(d.Climb.Subject))];
        }

        // Only an acknowledgement that runs out asks: what climbs already was judged when its quiet began.
        var quiet = new HashSet<string>(StringComparer.Ordinal);
        if (due.Where(d => d.Climb.Answered && d.Climb.AcknowledgedUntil <= now).Select(d => d.Climb.Subject).ToList() is { Count: > 0 } ending)
            foreach (var hearer in hearers) quiet.UnionWith(await hearer.Quiet(tx, ending));

        // One instant for the wait and for the page that it is counted from.
        var batch = Batch(tx, now);
        foreach (var (climb, correlation) in due)
        {
            var (after, effects) = climb.Advance(now, await batch.Morning(climb), quiet.Contains(climb.Subject));
            if (climb.Overdue(now) is { } wait) await batch.Late(climb, wait, correlation);
            await batch.Do(climb, after, effects, "plantao", correlation);
        }

        await batch.Finish();
        return due.Count;
    }

    /// <param name="begins">Of climbs that begin in this transaction: nobody was asked by them before.</param>
    Moves Batch(Tx tx, DateTimeOffset now, bool begins = false) => new(tx, store, notifications, paging, notices, new Targets(tx, onCall, recipients, now), hearers, now, begins);

    /// <summary>Moves of one transaction, written together.</summary>
    sealed class Moves(Tx tx, EscalationStore store, NotificationStore notifications, Paging paging, Notices notices, Targets targets, IEnumerable<IHearClimbs> hearers, DateTimeOffset now, bool begins)
    {
        readonly List<PageRequest> pages = [];
        readonly List<string> hushed = [];
        readonly List<Escalation> after = [];

        public async Task<DateTimeOffset> Morning(Escalation climb)
        {
            if (climb.Urgency is not Urgency.Low) return now.AddDays(1);
            var told = climb.Policy.Steps.Count > 0 ? await targets.Of(climb.Policy.Steps[0].Targets) : [];
            var zone = told.Count > 0 && await targets.Person(told[0]) is { } person ? person.Zone : "UTC";
            return TimeZones.Next(zone, new TimeOnly(9, 0), now);
        }

        public async Task<Escalation> Do(Escalation before, Escalation climb, IReadOnlyList<ClimbEffect> effects, string actor, string correlation)
        {
            var todo = new Queue<ClimbEffect>(effects);
            while (todo.TryDequeue(out var effect))
            {
                switch (effect)
                {
                    case ClimbEffect.PageStep step:
                        if (await Step(climb, step, correlation)) break;
                        // Nobody there: passed at once, aloud, and the next one is taken now.
                        var (passed, next) = climb.PassStep(now).Advance(now, now.AddDays(1));
                        climb = passed;
                        foreach (var more in next) todo.Enqueue(more);
                        break;

                    case ClimbEffect.PageCatchAll:
                        climb = climb with { Reached = await CatchAll(climb, correlation) };
                        break;

                    case ClimbEffect.TellStep:
                        var told = climb.Policy.Steps.Count > 0 ? await targets.Of(climb.Policy.Steps[0].Targets) : [];
                        // Low urgency does not climb, and ends at nobody as little as high does.
                        if (!await targets.Reachable(told)) told = [.. told.Union(await targets.CatchAll(climb.Policy), StringComparer.Ordinal)];
                        Ask(climb, told, TrailTexts.All.Keep("why.low"), high: false, loud: false, correlation);
                        await Write("escalation.told", climb, "plantao", correlation, new { users = told });
                        break;

                    case ClimbEffect.AskStillOnIt ask:
                        pages.Add(new PageRequest(climb.Id, climb.Epoch, ask.By, TrailTexts.All.Keep("why.still"), High: false, climb.Rank, Loud: false, correlation, StillOnIt: true));
                        await Write("escalation.asked", climb, "plantao", correlation, new { user = ask.By });
                        break;

                    case ClimbEffect.Repage repage:
                        var first = climb.Policy.Steps.Count > 0 ? await targets.Of(climb.Policy.Steps[0].Targets) : [];
                        List<string> both = [.. (repage.By is null ? first : [repage.By, .. first]).Distinct(StringComparer.Ordinal)];
                        if (both.Count == 0 || !await targets.Reachable(both)) climb = climb with { DueAt = now };
                        Ask(climb, both, TrailTexts.All.Keep("why.forgotten"), high: true, loud: false, correlation);
                        await Write("escalation.repaged", climb, "plantao", correlation, new { users = both });
                        break;

                    case ClimbEffect.PagePerson person:
                        if (!await targets.Reachable([person.UserId])) climb = climb with { DueAt = now };
                        Ask(climb, [person.UserId], TrailTexts.All.Keep("why.passed-on"), high: true, loud: false, correlation);
                        break;

                    case ClimbEffect.StopPages stop:
                        await Stop(climb, stop.AnsweredBy, correlation);
                        break;
                }
            }

            if (climb.Status != before.Status || climb.Epoch != before.Epoch)
            {
                await Moved(before, climb, actor, correlation);
                foreach (var hearer in hearers) await hearer.Moved(tx, climb);
            }

            after.Add(climb);
            return climb;
        }

        /// <summary>The step that was taken last had its wait, and nobody answered: kept, so that what a team promised can be held against it.</summary>
        public Task Late(Escalation climb, TimeSpan wait, string correlation) =>
            Write("escalation.not-answered", climb, "plantao", correlation, new { step = climb.Step, round = climb.Round, waitSeconds = (long)wait.TotalSeconds });

        /// <returns>Whether anybody could be reached.</returns>
        async Task<bool> Step(Escalation climb, ClimbEffect.PageStep step, string correlation)
        {
            var rung = climb.Policy.Steps[step.Step];
            if (!begins) hushed.Add(climb.Id);
            var who = await targets.Of(rung.Targets);
            var asked = rung.Targets;
            if (!await targets.Reachable(who) && rung.Otherwise is { Count: > 0 } otherwise)
            {
                who = [.. who.Union(await targets.Of(otherwise), StringComparer.Ordinal)];
                asked = otherwise;
            }

            var why = TrailTexts.All.Keep("why.step", climb.Policy.Name, Number(step.Step + 1), Number(climb.Policy.Steps.Count), Number(step.Round), string.Join(", ", asked));
            Ask(climb, [.. who.Distinct(StringComparer.Ordinal)], why, high: true, loud: false, correlation);
            var reached = await targets.Reachable(who);
            await Write(reached ? "escalation.paged" : "escalation.passed", climb, "plantao", correlation, new { step = step.Step + 1, round = step.Round, targets = asked.Select(t => t.Kind is TargetKind.Person ? "person" : t.ToString()), users = who });
            return reached;
        }

        static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

        async Task<bool> CatchAll(Escalation climb, string correlation)
        {
            var who = await targets.CatchAll(climb.Policy);
            var reached = await targets.Reachable(who);
            // One page per person of the catch-all, said again by every method every 5 minutes by its own rules.
            var already = (await tx.Query($"SELECT user_id FROM pages WHERE subject = {climb.Id} AND epoch = {climb.Epoch} AND status = 'Open' AND why = {CatchAllWhy}", r => r.Text(0))).ToHashSet(StringComparer.Ordinal);
            if (already.Count == 0 && !begins) hushed.Add(climb.Id);
            var fresh = who.Where(w => !already.Contains(w)).ToList();
            Ask(climb, fresh, CatchAllWhy, high: true, loud: true, correlation);
            if (fresh.Count > 0 || climb.Reached != reached)
                await Write(reached ? "escalation.catch-all" : "escalation.unreached", climb, "plantao", correlation, new { users = who });
            return reached;
        }

        static readonly string CatchAllWhy = TrailTexts.All.Keep("why.catch-all");

        async Task Stop(Escalation climb, string? answeredBy, string correlation)
        {
            var open = await notifications.Close(tx, climb.Id, climb.Epoch, answeredBy, now);
            if (answeredBy is null) return;
            var name = (await targets.Person(answeredBy))?.Name ?? answeredBy;
            foreach (var other in open.Where(p => p.Sent && p.UserId != answeredBy).DistinctBy(p => p.UserId, StringComparer.Ordinal))
                if (await targets.Person(other.UserId) is { } person)
                    await notices.Tell(tx, person, Notice.AnsweredBy(name, other.Title ?? ""), climb.Subject, climb.Rank, correlation, now);
        }

        void Ask(Escalation climb, IReadOnlyList<string> users, string why, bool high, bool loud, string correlation) =>
            pages.AddRange(users.Select(user => new PageRequest(climb.Id, climb.Epoch, user, why, high, climb.Rank, loud, correlation)));

        Task Moved(Escalation before, Escalation climb, string actor, string correlation) => Write("escalation." + climb.Status switch
        {
            EscalationStatus.Climbing => before.Status is EscalationStatus.Quiet ? "started" : "restarted",
            EscalationStatus.Unanswered => "unanswered",
            EscalationStatus.Told => "reopened",
            EscalationStatus.Acknowledged => "acknowledged",
            EscalationStatus.Snoozed => "snoozed",
            EscalationStatus.Quiet => "quieted",
            EscalationStatus.Ended => "ended",
        }, climb, actor, correlation, new { epoch = climb.Epoch, until = climb.AcknowledgedUntil });

        Task Write(string kind, Escalation climb, string actor, string correlation, object facts) =>
            tx.Journal(Entry.Of(kind, climb.Subject, actor, now, correlation, facts));

        /// <summary>Writes the pages that were asked for.</summary>
        public async Task Page()
        {
            // What the step before asked is hushed before anything new is asked.
            await NotificationStore.Hush(tx, hushed);
            await paging.Page(tx, pages, await targets.People([.. pages.Select(p => p.UserId).Distinct(StringComparer.Ordinal)]), now);
        }

        public async Task Finish()
        {
            await Page();
            await store.Save(tx, after, now);
        }
    }
}

/// <summary>Takes the steps that are due. Any number of nodes may run it at once: a climb belongs to the transaction that took it.</summary>
public sealed class EscalationWorker(WorkerContext context, Climbs climbs, EscalationStore store, ILogger<EscalationWorker> log)
    : Worker(context, log, Often, Topics.Escalations)
{
    const int Most = 200;
    readonly Db db = context.Db;
    DateTimeOffset? next;

    // Read a moment ago, and what was committed since wakes it again.
    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => Task.FromResult(next);

    public override async Task<bool> Work(CancellationToken ct)
    {
        // Every new climb wakes it, and few are due: those leave the writer alone.
        if ((next = await store.NextDue(ct)) is not { } due || due > Clock.GetUtcNow()) return false;
        int taken;
        try
        {
            taken = await db.Write(async tx =>
            {
                var count = await climbs.Advance(tx, Most);
                if (count > 0) FailPoint.Hit(FailPoint.ClimbBeforeCommit);
                return count;
            }, ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
        {
            Log.LogError(fault, "A batch of climbs failed; each is taken alone");
            return await OneByOne(ct);
        }

        if (taken > 0) FailPoint.Hit(FailPoint.ClimbAfterCommit);
        return taken > 0;
    }

    /// <summary>One bad climb must not hold up the others: it is put off by 10 s, and said aloud.</summary>
    async Task<bool> OneByOne(CancellationToken ct)
    {
        for (var i = 0; i < Most; i++)
        {
            try
            {
                if (await db.Write(tx => climbs.Advance(tx, 1), ct) == 0) return i > 0;
            }
            catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
            {
                await db.Write(async tx =>
                {
                    var now = Clock.GetUtcNow();
                    if (await store.Due(tx, 1, now) is not [var (climb, _), ..]) return;
                    Log.LogError(fault, "The climb {Climb} for {Subject} cannot act; it is tried again in 10 s", climb.Id, climb.Subject);
                    await EscalationStore.PutOff(tx, climb.Id, now.AddSeconds(10));
                }, ct);
            }
        }

        return true;
    }
}
