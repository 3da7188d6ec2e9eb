using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Alerts.Intake;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

/// <summary>D3, V6: the order in which a source's signals arrive leaves no trace.</summary>
public class OrderTests
{
    static readonly DateTimeOffset Start = FakeClock.Start.AddMinutes(-30);

    static IEnumerable<int[]> Permutations(int[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany((first, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (int[])[first, .. rest]));

    /// <summary>Three times on and off; the last word is "off", or "on".</summary>
    static Reading Event(int n, bool endsOpen) => new((n % 2 == 1) == endsOpen ? ReadingKind.Firing : ReadingKind.Resolved, "k", "Down", SourceAt: Start.AddMinutes(n));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_720_orders_of_six_signals_reach_one_state_by_the_rules(bool endsOpen)
    {
        var ends = new HashSet<(bool, DateTimeOffset?, DateTimeOffset?)>();
        foreach (var order in Permutations([0, 1, 2, 3, 4, 5]))
        {
            var key = ConditionKey.New([1]);
            foreach (var n in order)
            {
                var reading = Event(n, endsOpen);
                var outcome = AlertRules.Decide(key, null, reading, Plantao.People.Urgency.High, FakeClock.Start, false) is var first && key.OpenAlert is null ? first
                    : reading.Kind is ReadingKind.Firing ? Outcome.Repeated : first;
                key = AlertRules.After(key, reading, outcome, "alr_1", FakeClock.Start);
            }

            ends.Add((key.OpenAlert is not null, key.ResolvedSourceAt, key.FiredSourceAt));
        }

        Assert.Equal((endsOpen, Start.AddMinutes(endsOpen ? 4 : 5), Start.AddMinutes(endsOpen ? 5 : 4)), Assert.Single(ends));
    }

    [Theory, EveryDatabase(LongOnPostgres = true)]
    public async Task All_720_orders_of_six_signals_reach_one_state_through_the_database(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        var integration = (await night.Site.Get<IntegrationStore>().All(CancellationToken.None)).Single();
        var signals = night.Site.Get<SignalStore>();
        var orders = Permutations([0, 1, 2, 3, 4, 5]).ToList();
        var decide = night.Site.Services.GetServices<Plantao.Platform.Worker>().OfType<DecideWorker>().Single();
        for (var arrival = 0; arrival < 6; arrival++)
        {
            await night.Site.Db.Write(async tx =>
            {
                for (var i = 0; i < orders.Count; i++)
                {
                    var reading = Event(orders[i][arrival], endsOpen: i % 2 == 0) with { DedupKey = "k" + i };
                    await signals.Keep(tx, integration.Id, Formats.Own, night.Site.Clock.GetUtcNow(), "cor", null, OwnSignal.Write(reading));
                }
            }, CancellationToken.None);
            // Half of the arrivals are decided together with the next one: a batch makes no difference either.
            if (arrival % 2 == 1) while (await decide.Work(CancellationToken.None)) { }
        }

        var ends = await night.Site.Db.Query($"""
            SELECT a.id, k.resolved_source_at, CASE WHEN coalesce(a.fired_source_at, 0) > coalesce(k.fired_source_at, 0) THEN a.fired_source_at ELSE k.fired_source_at END,
                   (SELECT count(*) FROM alerts o WHERE o.key_hash = k.hash AND o.status <> 'Resolved')
              FROM alert_keys k LEFT JOIN alerts a ON a.key_hash = k.hash AND a.status <> 'Resolved'
            """, r => (Open: r.TextOrNull(0) is not null, Resolved: r.AtOrNull(1), Fired: r.AtOrNull(2), Unresolved: r.Long(3)), CancellationToken.None);
        Assert.Equal(720, ends.Count);
        Assert.Equal(
            [(false, Start.AddMinutes(5), Start.AddMinutes(4), 0L), (true, Start.AddMinutes(4), Start.AddMinutes(5), 1L)],
            ends.Distinct().OrderBy(e => e.Open).Select(e => (e.Open, e.Resolved!.Value, e.Fired!.Value, e.Unresolved)));
        Assert.DoesNotContain(night.Site.Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public void A_late_acknowledgement_of_an_earlier_episode_does_not_stop_this_one()
    {
        var key = ConditionKey.New([1]) with { OpenAlert = "alr_1", LastAlert = "alr_1", FiredSourceAt = Start.AddMinutes(10), ResolvedSourceAt = Start.AddMinutes(5) };
        var open = Open with { SourceAt = Start.AddMinutes(10) };

        Assert.Equal(Outcome.Late, Decide(key, open, new(ReadingKind.Acknowledged, "k", "Down", SourceAt: Start.AddMinutes(3))));
        Assert.Equal(Outcome.Acknowledged, Decide(key, open, new(ReadingKind.Acknowledged, "k", "Down", SourceAt: Start.AddMinutes(11))));
        Assert.Equal(Outcome.Acknowledged, Decide(key, open, new(ReadingKind.Acknowledged, "k", "Down")));
    }

    [Fact]
    public void Resolve_and_acknowledge_for_nothing_open_have_no_effect()
    {
        var key = ConditionKey.New([1]);
        foreach (var kind in new[] { ReadingKind.Resolved, ReadingKind.Acknowledged })
        {
            var reading = new Reading(kind, "k", "Down");
            Assert.Equal(Outcome.NothingOpen, Decide(key, null, reading));
            Assert.Equal(key, AlertRules.After(key, reading, Outcome.NothingOpen, null, Start));
        }
    }

    static Outcome Decide(ConditionKey key, Alert? latest, Reading reading) => AlertRules.Decide(key, latest, reading, Plantao.People.Urgency.High, FakeClock.Start, false);

    static Alert Open { get; } = new(
        "alr_1", "int_1", [1], "grp_1", "checkout", null, AlertStatus.Open, null, Plantao.People.Urgency.High, 1, null, false, false, Start, Start, null, null, null, null, null, null, null, 1, Start, 1, Start, 1, null, "cor", 0);
}
