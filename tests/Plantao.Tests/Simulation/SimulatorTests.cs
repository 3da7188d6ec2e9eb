using System.Globalization;
using Xunit.Sdk;

namespace Plantao.Tests.Simulation;

/// <summary>Rig S of failures.md. <c>PLANTAO_SIM_SEED</c> runs one seed, <c>PLANTAO_SIM_TRACE=1</c> tells what was sent in a failure, <c>PLANTAO_SIM_SECONDS</c> says how long new seeds are tried.</summary>
public class SimulatorTests(ITestOutputHelper output)
{
    /// <summary>Every seed that failed once. They stay mended.</summary>
    public static TheoryData<int> Failed => [878367586];

    [Theory, MemberData(nameof(Failed)), Trait("Kind", "Sqlite")]
    public void A_seed_that_failed_once_stays_mended(int seed) => SimulatedNight.Run(seed);

    [Fact, Trait("Kind", "Sqlite")]
    public void A_seed_plays_the_same_night_again()
    {
        for (var seed = 1; seed <= 5; seed++) Assert.Equal(SimulatedNight.Run(seed), SimulatedNight.Run(seed));
        Assert.NotEqual(SimulatedNight.Run(1), SimulatedNight.Run(2));
    }

    /// <summary>A check that cannot fail proves nothing: the database is made to break each rule, and that must be found. Up to a minute a rule.</summary>
    [Theory, Trait("Kind", "Long")]
    [InlineData("V1: ", "AFTER INSERT ON signals WHEN NEW.id % 5 = 0 BEGIN DELETE FROM signals WHERE id = NEW.id; END")]
    [InlineData("V2: ", "AFTER UPDATE ON alerts WHEN NEW.signals = 2 BEGIN UPDATE alerts SET signals = 1 WHERE id = NEW.id; END")]
    [InlineData("V3: nobody was ever reached", "AFTER INSERT ON deliveries BEGIN UPDATE deliveries SET status = 'Accepted' WHERE id = NEW.id; END")]
    [InlineData("V3: the climb", "AFTER UPDATE OF due_at ON escalations WHEN NEW.step = 2 BEGIN UPDATE escalations SET due_at = NULL WHERE id = NEW.id; END")]
    [InlineData("V4: ", "AFTER UPDATE OF repeat ON deliveries WHEN NEW.repeat = 1 BEGIN UPDATE deliveries SET repeat = 0 WHERE id = NEW.id; END")]
    [InlineData("V5: ", "AFTER UPDATE OF status ON escalations WHEN NEW.status = 'Acknowledged' BEGIN UPDATE escalations SET status = 'Climbing' WHERE id = NEW.id; END")]
    [InlineData("V6: ", "AFTER INSERT ON alert_keys BEGIN UPDATE alert_keys SET resolved_source_at = NULL WHERE rowid = NEW.rowid; END")]
    [InlineData("V7: ", "AFTER UPDATE OF lease_end ON deliveries WHEN NEW.lease_end > 1 BEGIN UPDATE deliveries SET lease_end = 1 WHERE id = NEW.id; END")]
    [InlineData("V8: ", "AFTER UPDATE OF due_at ON escalations WHEN NEW.step = 1 BEGIN UPDATE escalations SET due_at = NEW.due_at - 240000000 WHERE id = NEW.id; END")]
    [InlineData("self-test: The journal", "AFTER INSERT ON journal WHEN NEW.kind = 'alert.opened' BEGIN UPDATE journal SET actor = 'eve' WHERE id = NEW.id; END")]
    public void What_must_hold_and_is_broken_is_found(string found, string trigger)
    {
        var told = new List<string>();
        for (var seed = 1; seed <= 30; seed++)
        {
            try
            {
                SimulatedNight.Run(seed, "CREATE TRIGGER sabotage " + trigger);
            }
            catch (XunitException fault)
            {
                if (fault.Message.Contains(found, StringComparison.Ordinal)) return;
                told.Add(fault.Message);
            }
        }

        Assert.Fail($"Not found in 30 nights. What was: {told.FirstOrDefault() ?? "nothing"}");
    }

    [Fact, Trait("Kind", "Crash")]
    public void Fifteen_seconds_of_new_seeds_breaks_nothing_that_must_hold()
    {
        if (Environment.GetEnvironmentVariable("PLANTAO_SIM_SEED") is { Length: > 0 } one)
        {
            SimulatedNight.Run(int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        output.WriteLine(Seeds(TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("PLANTAO_SIM_SECONDS") ?? "15", CultureInfo.InvariantCulture))));
    }

    [Fact, Trait("Kind", "Long")]
    public void Half_an_hour_of_new_seeds_breaks_nothing_that_must_hold() => output.WriteLine(Seeds(TimeSpan.FromMinutes(30)));

    static string Seeds(TimeSpan length)
    {
        var (begun, seeds) = (TimeProvider.System.GetTimestamp(), 0);
        // The first ones are always the same, and throw every fault between them: one that is never thrown shows nothing.
        for (var seed = 1; seeds < 8 || TimeProvider.System.GetElapsedTime(begun) < length; seed = ++seeds < 8 ? seed + 1 : Random.Shared.Next()) SimulatedNight.Run(seed);
        foreach (var fault in Enum.GetValues<ProviderFault>()) Assert.Contains("provider: " + fault, SimulatedNight.Thrown.Keys);
        foreach (var fault in Enum.GetValues<DbFault>().Where(f => f is not DbFault.None)) Assert.Contains("database: " + fault, SimulatedNight.Thrown.Keys);
        return string.Create(CultureInfo.InvariantCulture, $"{seeds} seeds; {string.Join(", ", SimulatedNight.Thrown.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => $"{t.Key} {t.Value}"))}");
    }
}
