using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Inside;

/// <summary>Timers are climbs: rows with a due time. How late they act beside a million that wait, how fast a storm of them is through, and how fast they drain.</summary>
/// <remarks>A climb that acts takes its step: it is written, with its page, its delivery, their hops and its journal entry, in one transaction; the delivery's worker is awake then.</remarks>
static class Timers
{
    public static async Task<int> Run(Arguments arguments)
    {
        var pending = arguments.Number("pending", 1_000_000);
        var storm = arguments.Number("storm", 10_000);
        var rate = arguments.Number("rate", 1000);
        var seconds = arguments.Number("seconds", 10);
        var drain = arguments.Number("drain", 100_000);
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database"), Urls = "http://127.0.0.1:0" };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        await using var app = App.Build(options, ground, builder =>
        {
            // Only the climbs: what they hand over is not sent anywhere.
            foreach (var hosted in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).ToList()) builder.Services.Remove(hosted);
            builder.Services.AddHostedService(provider => provider.GetRequiredService<EscalationWorker>());
        });
        var db = ground.Db;
        var clock = ground.Clock;
        var policy = await People(app.Services, ground);
        // When pages were committed: the wake-up for those who send them comes after the commit.
        var commits = new List<DateTimeOffset>();
        db.Changed(Topics.Deliveries, () =>
        {
            lock (commits) commits.Add(clock.GetUtcNow());
        });

        Say($"filling {pending} climbs that wait for tomorrow");
        var watch = Stopwatch.StartNew();
        await Fill(db, policy, pending, i => clock.GetUtcNow().AddHours(24), "wait");
        Say($"filled in {watch.Elapsed.TotalSeconds:0.0} s");
        await app.StartAsync();

        // P16: due one after the other, at an even rate.
        var count = rate * seconds;
        var begin = clock.GetUtcNow().AddSeconds(Math.Max(3, count / 20_000.0 + 2));
        await Fill(db, policy, count, i => begin.AddSeconds((double)i / rate), "even");
        await Quiet(db, clock, begin.AddSeconds(seconds + 1));
        var late = await Lateness(db, "even", commits);
        Line("P16", $"{rate}/s beside {pending} pending", late);

        // P17: all due at once.
        var at = clock.GetUtcNow().AddSeconds(Math.Max(3, storm / 20_000.0 + 2));
        await Fill(db, policy, storm, _ => at, "storm");
        await Quiet(db, clock, at);
        var last = await Lateness(db, "storm", commits);
        Line("P17", $"{storm} due at once", last);

        // P18: as fast as they go.
        await Fill(db, policy, drain, _ => clock.GetUtcNow().AddSeconds(-1), "drain", hold: true);
        watch.Restart();
        await db.Write(tx => tx.Execute($"UPDATE escalations SET due_at = {clock.GetUtcNow()} WHERE subject >= 'drain' AND subject < 'draio'"), CancellationToken.None);
        var started = clock.GetUtcNow();
        db.Wakes.Raise(Topics.Escalations);
        await Quiet(db, clock, started);
        DateTimeOffset ended;
        lock (commits) ended = commits[^1];
        var fired = await db.First($"SELECT count(*) FROM pages p JOIN escalations e ON e.id = p.subject WHERE e.subject >= 'drain' AND e.subject < 'draio'", r => r.Long(0), CancellationToken.None);
        if (fired != drain) throw new InvalidOperationException($"{fired} of {drain} fired.");
        var took = (ended - started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"P18|drain of {drain} beside {pending} pending|\"fired\":{drain},\"perSecond\":{drain / took:0},\"seconds\":{took:0.000}"));
        await app.StopAsync();
        return 0;
    }

    internal static async Task<EscalationPolicy> People(IServiceProvider services, Ground ground)
    {
        var now = ground.Clock.GetUtcNow();
        var targets = new List<EscalationTarget>();
        await ground.Db.Write(async tx =>
        {
            var user = new User(Ids.New("usr", now), "ana", "Ana", "ana@example.org", "UTC", "en", OrganisationRole.Owner, UserStatus.Active, now);
            await UserStore.Add(tx, user, "bench", "bench");
            await services.GetRequiredService<ContactMethodStore>().AddVerified(tx, user.Id, "email", user.Email, "bench", now, "bench");
        }, CancellationToken.None);
        targets.Add(new EscalationTarget(TargetKind.Person, "ana"));
        return new EscalationPolicy("bench", [new EscalationStep(targets, TimeSpan.FromHours(12))], 1, [], null);
    }

    internal static async Task Fill(Db db, EscalationPolicy policy, int count, Func<int, DateTimeOffset> due, string name, bool hold = false)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        var store = new EscalationStore(db);
        for (var from = 0; from < count; from += 10_000)
        {
            var some = Enumerable.Range(from, Math.Min(10_000, count - from))
                .Select(i =>
                {
                    var at = due(i);
                    // Acting moves the due time on: when it was due stays in the correlation.
                    return (Escalation.Start(Ids.New("esc", now.AddMilliseconds(i)), $"{name}{i:D8}", policy, Urgency.High, 1, now) with { DueAt = hold ? null : at }, Instants.Micros(at).ToString(CultureInfo.InvariantCulture));
                }).ToList();
            await db.Write(async tx =>
            {
                await store.Add(tx, some, now);
                // On PostgreSQL a climb is taken together with the lock of its group: without one nobody takes it.
                await tx.Insert("alert_groups", some,
                [
                    new("id", ColumnType.Text, c => c.Item1.Subject), new("key", ColumnType.Text, c => c.Item1.Subject), new("leader", ColumnType.Text, c => c.Item1.Subject),
                    new("unresolved", ColumnType.Long, _ => 1L), new("opened_at", ColumnType.Long, _ => 0L),
                ]);
                await tx.Insert("page_subjects", some,
                [
                    new("id", ColumnType.Text, c => c.Item1.Id), new("epoch", ColumnType.Long, _ => 0L), new("title", ColumnType.Text, _ => "bench"), new("facts", ColumnType.Text, _ => "[]"),
                    new("thread", ColumnType.Text, c => c.Item1.Subject), new("rank", ColumnType.Long, _ => 1L), new("correlation", ColumnType.Text, _ => "bench"), new("path", ColumnType.Text, _ => "/"),
                ]);
            }, CancellationToken.None);
        }
    }

    /// <summary>Waits until nothing is due any more.</summary>
    static async Task Quiet(Db db, TimeProvider clock, DateTimeOffset notBefore)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), clock);
            var now = clock.GetUtcNow();
            if (now > notBefore && await db.First($"SELECT count(*) FROM escalations WHERE due_at <= {now}", r => r.Long(0), CancellationToken.None) == 0) return;
        }
    }

    /// <summary>From the due time to the commit of the page, in milliseconds: a page bears the instant at which its transaction began, and the first commit after it is its own.</summary>
    static async Task<IReadOnlyList<double>> Lateness(Db db, string name, List<DateTimeOffset> commits)
    {
        List<DateTimeOffset> known;
        lock (commits) known = [.. commits.Order()];
        var pages = await db.Query($"SELECT p.created_at, p.correlation FROM pages p JOIN escalations e ON e.id = p.subject WHERE e.subject >= {name} AND e.subject < {name + "~"}", r => (Began: r.At(0), Due: r.Text(1)), CancellationToken.None);
        return [.. pages.Select(page =>
        {
            var at = known.BinarySearch(page.Began);
            if (at < 0) at = ~at;
            if (at == known.Count) throw new InvalidOperationException("A page is there, and its commit was not heard.");
            return (known[at] - Instants.FromMicros(long.Parse(page.Due, CultureInfo.InvariantCulture))).TotalMilliseconds;
        })];
    }

    /// <summary>A line for <c>bench/timers</c>: the goal, what was done, and the figures as members of JSON.</summary>
    static void Line(string goal, string what, IReadOnlyList<double> late)
    {
        var sorted = late.Order().ToList();
        double At(double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
        if (sorted.Count == 0) throw new InvalidOperationException($"{goal}: nothing fired.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{goal}|{what}|\"fired\":{sorted.Count},\"lateP50Ms\":{At(0.5):0.00},\"lateP99Ms\":{At(0.99):0.00},\"lastMs\":{sorted[^1]:0.00}"));
    }

    static void Say(string text) => Console.Error.WriteLine(text);
}
