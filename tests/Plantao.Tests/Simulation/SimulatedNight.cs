using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Simulation;

/// <summary>How a provider may answer.</summary>
public enum ProviderFault { None, Slow, Hang, AnswerLost, TooMany, Broken, Refused, CrashBefore, CrashAfter }

/// <summary>
/// A night of one to three nodes in virtual time, all of it thrown by one seed (failures.md rig S): the real stores on SQLite in memory, the workers
/// called one by one on one thread, providers that drop, delay and doubt, nodes that die and stand still, signals that are doubled and out of order.
/// Then the faults end, and what must hold is looked for (failures.md §1.1).
/// </summary>
public sealed class SimulatedNight : IDisposable
{
    static readonly TimeSpan FirstWait = TimeSpan.FromMinutes(5);

    readonly Random random;
    readonly FakeClock clock = new();
    readonly SqliteDb shared = new(":memory:");
    readonly Vault vault = new(new byte[32]);
    readonly ServeOptions options = new() { DataFolder = "/nowhere", Database = null, Urls = "http://127.0.0.1:1", PublicAddress = "https://plantao.example", Key = null, Lease = TimeSpan.FromSeconds(15), OtlpEndpoint = null };
    readonly List<SimulatedNode> nodes = [];
    readonly List<SimulatedNode> graves = [];
    readonly List<Event> events = [];
    readonly List<Sent> sends = [];
    readonly List<Parked> parked = [];
    readonly List<Press> presses = [];
    readonly HashSet<string> hurried = new(StringComparer.Ordinal);
    readonly List<string> wrong = [];
    readonly StringBuilder trace = new();
    readonly string key = Tokens.NewIntegrationKey();
    readonly int count;
    readonly double grief;
    int born, revision = 1;
    bool calm, hasPolicy = true;

    SimulatedNight(int seed)
    {
        random = new Random(seed);
        count = random.Next(1, 4);
        grief = random.NextDouble() * 0.15;
    }

    /// <summary>How often each fault was thrown, over all simulations of this process.</summary>
    public static System.Collections.Concurrent.ConcurrentDictionary<string, int> Thrown { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs one.</summary>
    /// <param name="sabotage">A trigger that breaks what must hold: shows that it is found.</param>
    /// <returns>What was sent, in order: the same for the same seed.</returns>
    /// <exception cref="Xunit.Sdk.XunitException">Something that must hold does not; names the seed.</exception>
    public static string Run(int seed, string? sabotage = null)
    {
        // On one thread: what waits is continued where it is let go.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            using var simulation = new SimulatedNight(seed);
            simulation.Make();
            if (sabotage is not null) Now(simulation.shared.Write(tx => tx.Execute(Sql.Own(sabotage)), CancellationToken.None));
            // The first thing that is wrong ends the night: what comes after may be its consequence, and may never come to rest.
            simulation.Storm();
            if (simulation.wrong.Count == 0) simulation.Calm();
            if (simulation.wrong.Count == 0) simulation.Check();
            Assert.True(simulation.wrong.Count == 0, string.Create(CultureInfo.InvariantCulture, $"PLANTAO_SIM_SEED={seed} ({simulation.count} nodes)\n{string.Join('\n', simulation.wrong.Take(20))}\n{(Environment.GetEnvironmentVariable("PLANTAO_SIM_TRACE") == "1" ? simulation.trace : "")}"));
            return simulation.trace.ToString();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose()
    {
        foreach (var node in nodes.Concat(graves)) node.Dispose();
        Now(shared.DisposeAsync().AsTask());
        vault.Dispose();
    }

    void Make()
    {
        Now(Migrations.Apply(shared, clock.GetUtcNow(), CancellationToken.None));
        Now(vault.Prove(shared, CancellationToken.None));
        var now = clock.GetUtcNow();
        Now(shared.Write(async tx =>
        {
            var contacts = new ContactMethodStore(shared, vault);
            foreach (var name in (string[])["olga", "ana", "bruno"])
            {
                var user = new User(Ids.New("usr", now), name, name, name + "@example.org", "Europe/London", "en", name == "olga" ? OrganisationRole.Owner : OrganisationRole.Member, UserStatus.Active, now);
                await UserStore.Add(tx, user, "rig", "rig");
                await contacts.AddVerified(tx, user.Id, "email", user.Email, "rig", now, "rig");
                if (name == "ana") await contacts.AddVerified(tx, user.Id, "webhook", "https://ana.example/", "rig", now, "rig");
            }

            EscalationStep Step(string who, TimeSpan wait) => new([new EscalationTarget(TargetKind.Person, who)], wait);
            await EscalationStore.Put(tx, new EscalationPolicy("ladder", [Step("ana", FirstWait), Step("bruno", TimeSpan.FromMinutes(10))], 2, [], null), "Ladder", 1);
            await ServiceStore.Put(tx, new ServiceWanted("checkout", "Checkout", null, "ladder", "{}"), "rig", now, "rig");
            var integration = new Integration(Ids.New("int", now), "rig", "Rig", "checkout", null, Formats.Generic);
            await IntegrationStore.Put(tx, integration, 1, now);
            await IntegrationStore.AddKey(tx, integration.Id, key, now);
        }, CancellationToken.None));
        for (var i = 0; i < count; i++) nodes.Add(Born());

        // Conditions that come and go, up to three times each; what their source says is in order, what arrives is not.
        var conditions = random.Next(3, 14);
        for (var c = 0; c < conditions; c++)
        {
            var severity = random.Next(4) switch { 0 => "warning", 1 => "error", _ => "critical" };
            var told = random.Next(1, 7);
            for (var e = 0; e < told; e++)
            {
                var at = now.AddSeconds(random.Next(0, 900));
                var one = new Event(c, e, e % 2 == 0, severity, now.AddMinutes(-30 + e), random.Next(2) == 0);
                for (var copies = random.Next(4) == 0 ? 3 : 1; copies > 0; copies--) events.Add(one with { SendAt = at.AddSeconds(random.Next(0, 60)) });
            }
        }
    }

    /// <summary>Twenty minutes in which anything may fail.</summary>
    void Storm()
    {
        for (var end = clock.GetUtcNow().AddMinutes(20); clock.GetUtcNow() < end && wrong.Count == 0;)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(8) == 0 ? random.Next(1, 90_000) : random.Next(1, 12_000)));
            var now = clock.GetUtcNow();
            for (var i = 0; i < nodes.Count; i++)
            {
                if (nodes[i].Dead)
                {
                    // Somebody starts it again, after a while.
                    if (random.Next(4) == 0) Replace(i);
                }
                else if (random.NextDouble() < grief / 4)
                {
                    Die(nodes[i], "node killed");
                }
                else if (nodes[i].Runs(now) && random.NextDouble() < grief / 4)
                {
                    nodes[i].Suspend(now.AddSeconds(random.Next(1, 60)));
                    Count("node suspended");
                }
            }

            if (random.Next(25) == 0) Edit(now);
            Turn();
        }
    }

    /// <summary>
    /// Somebody changes what climbs under way stand on (failures.md G5): they keep their copy, what begins takes the new one, and who cannot be asked is passed over.
    /// Ana comes first and has her wait in every version, so that what must hold for the steps can be said of all.
    /// </summary>
    void Edit(DateTimeOffset now)
    {
        var what = random.Next(4);
        Now(shared.Write(async tx =>
        {
            switch (what)
            {
                case 0:
                    var steps = new List<EscalationStep> { new([new EscalationTarget(TargetKind.Person, "ana")], FirstWait) };
                    for (var more = random.Next(3); more > 0; more--) steps.Add(new([new EscalationTarget(TargetKind.Person, "bruno")], TimeSpan.FromMinutes(random.Next(5, 16))));
                    await EscalationStore.Put(tx, new EscalationPolicy("ladder", steps, random.Next(1, 4), [], null), "Ladder", ++revision);
                    break;
                case 1:
                    await tx.Execute($"UPDATE users SET status = CASE WHEN status = {UserStatus.Active} THEN {UserStatus.Deactivated} ELSE {UserStatus.Active} END WHERE name = 'bruno'");
                    break;
                case 2:
                    await tx.Execute($"UPDATE contact_methods SET disabled_at = CASE WHEN disabled_at IS NULL THEN {now} ELSE NULL END WHERE channel = 'webhook'");
                    break;
                default:
                    hasPolicy = !hasPolicy;
                    await ServiceStore.Put(tx, new ServiceWanted("checkout", "Checkout", null, hasPolicy ? "ladder" : null, "{}"), "rig", now, "rig");
                    break;
            }
        }, CancellationToken.None));
        var said = what switch { 0 => "policy edited", 1 => "person left or came back", 2 => "method switched", _ => "service given to another policy" };
        Count(said);
        Trace(said);
    }

    /// <summary>Nothing fails any more: whatever was under way comes to its end, and three quarters of an hour pass.</summary>
    void Calm()
    {
        calm = true;
        for (var i = 0; i < nodes.Count; i++)
            if (nodes[i].Dead) Replace(i);
        foreach (var (step, times) in ((TimeSpan, int)[])[(TimeSpan.FromSeconds(5), 24), (TimeSpan.FromSeconds(30), 16), (TimeSpan.FromSeconds(60), 35)])
        {
            for (var i = 0; i < times && wrong.Count == 0; i++)
            {
                clock.Advance(step);
                Turn();
            }
        }
    }

    /// <summary>Everything that is due now: answers of providers, signals, answers of people, and the workers until none has more to do.</summary>
    void Turn()
    {
        var now = clock.GetUtcNow();
        foreach (var one in parked.Where(p => p.At <= now && p.Node.Runs(now)).ToList())
        {
            parked.Remove(one);
            one.Answer.SetResult(one.With);
        }

        parked.RemoveAll(p => p.Node.Dead);
        foreach (var one in events.Where(e => !e.Taken && e.SendAt <= now).OrderBy(e => e.SendAt).ToList()) Post(one);
        foreach (var one in presses.Where(p => !p.Done && p.At <= now).ToList()) Answer(one);
        // In the storm a turn may end before all is done: a node is rarely at rest when it is hit.
        for (var round = 0; calm ? round < 500 : round < random.Next(1, 12); round++)
        {
            var more = false;
            foreach (var node in nodes.ToArray())
                if (node.Runs(clock.GetUtcNow())) more |= node.Work(random);
            if (!more) return;
        }

        if (calm) wrong.Add($"The workers never come to rest: {string.Join(", ", nodes.SelectMany(n => n.Busy).Distinct())}.");
    }

    void Post(Event one)
    {
        if (Pick() is not { } node) return;
        var desk = node.Get<IntakeDesk>();
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["title"] = Title(one.Condition),
            ["dedup_key"] = Title(one.Condition),
            ["severity"] = one.Severity,
            ["status"] = one.Firing ? "firing" : "resolved",
            ["timestamp"] = one.SourceAt,
        };
        if (one.WithId) body["id"] = string.Create(CultureInfo.InvariantCulture, $"event {one.Condition}.{one.Number}");
        var http = new DefaultHttpContext { RequestServices = node.Services, TraceIdentifier = "rig" };
        var answer = Tried(() => Took(desk, http, JsonSerializer.SerializeToUtf8Bytes(body)));
        if (answer is not { Status: >= 200 and < 300 }) return;
        one.Taken = true;
        one.Signal = long.Parse(http.Response.Headers["X-Plantao-Signal"].ToString().AsSpan(4), CultureInfo.InvariantCulture);
        Trace($"{one.Condition}.{one.Number} taken");
    }

    async Task<Plantao.Alerts.Intake.IntakeAnswer?> Took(IntakeDesk desk, HttpContext http, byte[] body) =>
        await desk.Directory.ByKey(key, CancellationToken.None) is { } integration ? await desk.Take(http, integration, Formats.Generic, body, CancellationToken.None) : null;

    void Answer(Press press)
    {
        if (Pick() is not { } node) return;
        var outcome = Tried(async () =>
        {
            if (await node.Get<NotificationStore>().ByAnswer(press.Token, clock.GetUtcNow(), CancellationToken.None) is not { } page) return "gone";
            var answers = node.Get<IAnswerPages>();
            var ruling = await node.Db.Write(tx => answers.Answer(tx, page, press.PassOn ? PageAnswer.PassOn : PageAnswer.Acknowledge, "link", "rig"), CancellationToken.None);
            if (press.PassOn) hurried.Add(page.Subject);
            return ruling.Allowed ? ruling.Value.Outcome + " " + page.Subject : "gone";
        });
        if (outcome is null) return;
        press.Done = true;
        var words = outcome.Split(' ');
        Trace($"pressed: {words[0]}");
        // Who was told that they have it, has it.
        if (words is ["acknowledged" or "extended" or "already", var climb] && One($"SELECT status FROM escalations WHERE id = {climb}") is not ("Acknowledged" or "Snoozed"))
            wrong.Add($"V5: answered '{words[0]}', and the climb {climb} is {One($"SELECT status FROM escalations WHERE id = {climb}")}");
    }

    /// <summary>What a caller gets; <see langword="null"/> when it gets nothing it can rely on, and tries again later.</summary>
    T? Tried<T>(Func<Task<T?>> call) where T : class
    {
        var task = call();
        if (!task.IsCompleted) return null;
        if (task.Exception?.InnerException is not { } fault) return task.Result;
        if (fault is not DatabaseUnavailableException) wrong.Add($"A call failed: {fault}");
        return null;
    }

    Task<Answer> Send(string channel, SimulatedNode node, Outgoing message)
    {
        var now = clock.GetUtcNow();
        var sent = new Sent(message.Id, message.Title, message.Repeat, now, node, node.Db.Doubts);
        var earlier = sends.Where(s => s.Arrived && s.Delivery == message.Id).ToList();

        // V5: what was answered or is over is not sent; V7: only what this node holds.
        if (Row($"SELECT coalesce(p.status, 'Open'), d.status, d.lease_end FROM deliveries d LEFT JOIN pages p ON p.id = d.page_id WHERE d.id = {message.Id}") is not var (page, delivery, lease)) wrong.Add($"V2: {message.Id} is sent, and there is no such delivery");
        else if (page != "Open" && message.Kind is MessageKind.Page) wrong.Add($"V5: '{message.Title}' is sent, and its page is {page}");
        else if (delivery != "Sending") wrong.Add($"V7: '{message.Title}' is sent, and its delivery is {delivery}");
        else if (lease <= now) wrong.Add($"V7: '{message.Title}' is sent after the lease");

        var fault = calm || random.NextDouble() > 0.3 + grief ? ProviderFault.None : (ProviderFault)random.Next(1, 9);
        sent.Arrived = fault is ProviderFault.None or ProviderFault.Slow or ProviderFault.AnswerLost or ProviderFault.CrashAfter || (fault is ProviderFault.Hang && random.Next(2) == 0);
        sent.Doubtful = fault is ProviderFault.Hang or ProviderFault.AnswerLost;
        // V4: a copy has its reason, and says that it is one.
        if (sent.Arrived && earlier.Count > 0)
        {
            if (!message.Repeat) wrong.Add($"V4: '{message.Title}' arrives again without the mark");
            if (earlier.Any(e => !e.Explains(now))) wrong.Add($"V4: '{message.Title}' arrives again, and nothing explains it");
        }

        sends.Add(sent);
        Count("provider: " + fault);
        Trace($"{channel} {message.Address} '{message.Title}' {(message.Repeat ? "repeat " : "")}{fault}");
        if (sent.Arrived && message.AnswerUrl is { } link && message.Kind is MessageKind.Page && random.Next(5) == 0)
            presses.Add(new Press(link[(link.LastIndexOf('/') + 1)..], now.AddSeconds(random.Next(0, 900)), random.Next(4) == 0));
        switch (fault)
        {
            case ProviderFault.Slow: return Later(node, random.Next(1, 9), new Answer.Accepted("late", 200));
            case ProviderFault.Hang: return Later(node, 10, new Answer.TryAgain("no answer", null, null, InDoubt: true));
            case ProviderFault.AnswerLost: return Task.FromResult<Answer>(new Answer.TryAgain("cut off", null, null, InDoubt: true));
            case ProviderFault.TooMany: return Task.FromResult<Answer>(new Answer.TryAgain("too many", 429, random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(0, 200_000))));
            case ProviderFault.Broken: return Task.FromResult<Answer>(new Answer.TryAgain("broken", 503));
            case ProviderFault.Refused: return Task.FromResult<Answer>(new Answer.GiveUp("refused", 400));
            case ProviderFault.CrashBefore or ProviderFault.CrashAfter:
                Die(node, "node killed while sending");
                return FaultyDb.Never<Answer>();
            default: return Task.FromResult<Answer>(new Answer.Accepted("ok", 200));
        }
    }

    Task<Answer> Later(SimulatedNode node, int seconds, Answer answer)
    {
        var one = new Parked(node, clock.GetUtcNow().AddSeconds(seconds), answer, new TaskCompletionSource<Answer>());
        parked.Add(one);
        return one.Answer.Task;
    }

    DbFault Fault()
    {
        if (calm || random.NextDouble() > grief / 8) return DbFault.None;
        // Deaths are rarer than the rest, or nothing would ever come about.
        var fault = (DbFault)(random.Next(3) == 0 ? random.Next(4, 6) : random.Next(1, 4));
        Count("database: " + fault);
        return fault;
    }

    SimulatedNode Born()
    {
        SimulatedNode? node = null;
        var db = new FaultyDb(shared, clock, Fault, () => Die(node!, "node killed in a transaction"));
        return node = new SimulatedNode(string.Create(CultureInfo.InvariantCulture, $"node-{++born}"), db, vault, clock, options, random, (name, of) => new Channel(name, message => Send(name, of, message)), line => wrong.Add(line));
    }

    void Replace(int index)
    {
        graves.Add(nodes[index]);
        nodes[index] = Born();
        // Alone it knows that no other lives, as `serve` does on SQLite.
        if (count == 1 && random.Next(2) == 0) Now(new NotificationStore(shared).VoidOwnLeases(CancellationToken.None));
    }

    void Die(SimulatedNode node, string how)
    {
        if (node.Dead) return;
        node.Die();
        Count(how);
        Trace($"{node.Name} dies: {how}");
    }

    SimulatedNode? Pick()
    {
        var up = nodes.Where(n => n.Runs(clock.GetUtcNow())).ToList();
        return up.Count == 0 ? null : up[random.Next(up.Count)];
    }

    void Check()
    {
        var now = clock.GetUtcNow();
        if (events.Any(e => !e.Taken)) wrong.Add("The sender could not get rid of a signal.");
        // Who was paged in the last turn and presses at once comes after it.
        if (presses.Any(p => !p.Done && p.At < now)) wrong.Add("Somebody could not press their button.");

        foreach (var one in events.Where(e => e.Taken && One($"SELECT id FROM signals WHERE id = {e.Signal}") is null)) wrong.Add($"V1: {one.Condition}.{one.Number} was taken, and there is no signal {one.Signal}");
        foreach (var id in All($"SELECT id FROM signals WHERE id > (SELECT position FROM signal_cursor WHERE id = 1)")) wrong.Add($"V2: signal {id} was never decided");
        // A repeat keeps nothing of its own: it is counted on its alert, and once.
        if (Row3($"SELECT (SELECT count(*) FROM signals), (SELECT coalesce(sum(signals), 0) FROM alerts), (SELECT count(*) FROM signal_outcomes WHERE outcome IN ('Late', 'NothingOpen'))") is var (stored, counted, aside) && stored != counted + aside)
            wrong.Add($"V2: {stored} signals are stored; {counted} are counted on alerts, and {aside} came too late or for nothing");
        foreach (var id in All($"SELECT signal_id FROM dead_letters")) wrong.Add($"V2: signal {id} was set aside");

        foreach (var condition in events.GroupBy(e => e.Condition))
        {
            var last = condition.MaxBy(e => e.Number)!;
            var open = All($"SELECT a.id FROM alerts a JOIN alert_texts t ON t.alert_id = a.id WHERE a.status <> 'Resolved' AND t.title = {Title(condition.Key)}").Count;
            if (open != (last.Firing ? 1 : 0)) wrong.Add($"V6: its source says last that {Title(condition.Key)} is {(last.Firing ? "on" : "off")}, and {open} alerts are unresolved");
        }

        // V3: whoever has not answered is asked, and was reached; what is merged travels in another.
        foreach (var climb in All($"SELECT e.id FROM escalations e JOIN alert_groups g ON g.id = e.subject WHERE g.ended_at IS NULL AND e.urgency = 'High'"))
        {
            var reached = All($"SELECT d.id FROM deliveries d JOIN pages p ON p.id = d.page_id WHERE p.subject = {climb}").Any(d => sends.Any(s => s.Arrived && s.Delivery == d))
                || All($"SELECT h.id FROM hops h JOIN pages p ON p.id = h.page_id WHERE p.subject = {climb} AND h.kind IN ('Merged', 'Reevaluated')").Count > 0;
            if (!reached) wrong.Add($"V3: nobody was ever reached about the climb {climb}");
        }

        foreach (var climb in All($"SELECT id FROM escalations WHERE status IN ('Climbing', 'Unanswered') AND (due_at IS NULL OR due_at <= {now.AddSeconds(-60)})")) wrong.Add($"V3: the climb {climb} asks, and does not act");
        foreach (var id in All($"SELECT id FROM deliveries WHERE status = 'Sending'")) wrong.Add($"V3: the delivery {id} never ended");
        foreach (var id in All($"SELECT delivery_id FROM hops WHERE kind = 'Accepted' GROUP BY delivery_id HAVING count(*) > 1")) wrong.Add($"V7: the delivery {id} was closed twice");

        // V8: never early, and no step twice. A climb that somebody passed on goes faster, and that is right.
        foreach (var climb in All($"SELECT subject FROM (SELECT p.subject, p.epoch, p.user_id, p.created_at - lag(p.created_at) OVER (PARTITION BY p.subject, p.epoch, p.user_id ORDER BY p.created_at, p.id) AS gap FROM pages p) AS gaps WHERE gap < {TimeSpan.FromMinutes(4)}"))
            if (!hurried.Contains(climb)) wrong.Add($"V8: the climb {climb} asked somebody twice at once");
        foreach (var climb in All($"SELECT a.subject FROM pages a JOIN pages b ON b.subject = a.subject JOIN users ua ON ua.id = a.user_id JOIN users ub ON ub.id = b.user_id WHERE a.epoch = 0 AND b.epoch = 0 AND a.urgency = 'High' AND ua.name = 'ana' AND ub.name = 'bruno' GROUP BY a.subject HAVING min(b.created_at) - min(a.created_at) < {FirstWait}"))
            if (!hurried.Contains(climb)) wrong.Add($"V8: the climb {climb} took its second step early");

        // The product's own: journal, epochs, counts, what is due.
        foreach (var test in nodes[0].Services.GetServices<ISelfTest>())
            foreach (var broken in Now(test.Broken(now, CancellationToken.None))) wrong.Add($"self-test: {test.Holds} {broken}");
    }

    (string Page, string Delivery, DateTimeOffset Lease)? Row(Sql sql) => Now(shared.Query(sql, r => ((string, string, DateTimeOffset)?)(r.Text(0), r.Text(1), r.At(2)), CancellationToken.None)).SingleOrDefault();

    (long, long, long) Row3(Sql sql) => Now(shared.Query(sql, r => (r.Long(0), r.Long(1), r.Long(2)), CancellationToken.None))[0];

    IReadOnlyList<string> All(Sql sql) => Now(shared.Query(sql, r => r.Text(0), CancellationToken.None));

    string? One(Sql sql) => All(sql).SingleOrDefault();

    void Trace(string line) => trace.Append(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():HH:mm:ss.fff} {line}\n");

    static void Count(string fault) => Thrown.AddOrUpdate(fault, 1, (_, times) => times + 1);

    static string Title(int condition) => string.Create(CultureInfo.InvariantCulture, $"Condition {condition}");

    static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("It waits for something outside the simulation.");

    static void Now(Task task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("It waits for something outside the simulation.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>What a source says.</summary>
    sealed record Event(int Condition, int Number, bool Firing, string Severity, DateTimeOffset SourceAt, bool WithId)
    {
        public DateTimeOffset SendAt { get; init; }

        public bool Taken { get; set; }

        public long Signal { get; set; }
    }

    /// <summary>A message as a provider saw it.</summary>
    sealed record Sent(string Delivery, string Title, bool Repeat, DateTimeOffset At, SimulatedNode Node, int Doubts)
    {
        public bool Arrived { get; set; }

        public bool Doubtful { get; set; }

        /// <summary>Why its node could not know, or could not write down, that it had arrived.</summary>
        public bool Explains(DateTimeOffset now) => Doubtful || Node.Dead || Node.Db.Doubts > Doubts || Node.SuspendedUntil > At;
    }

    sealed record Parked(SimulatedNode Node, DateTimeOffset At, Answer With, TaskCompletionSource<Answer> Answer);

    sealed record Press(string Token, DateTimeOffset At, bool PassOn)
    {
        public bool Done { get; set; }
    }

    sealed class Channel(string name, Func<Outgoing, Task<Answer>> send) : IChannel
    {
        public string Name => name;

        public Ruling<string> Address(string typed) => typed;

        public Task<Answer> Send(Outgoing message, CancellationToken ct) => send(message);
    }
}
