using FsCheck;
using FsCheck.Fluent;
using Plantao.Escalations;
using Plantao.Notifications.Channels;
using Plantao.OnCall;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Escalations;

/// <summary>G3 and V9: a gap is found 30 days ahead, announced when it is saved, and 7 days and 24 h before nobody would be there.</summary>
public class GapTests
{
    const string Whole = """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""";

    const string Office = """{"zone":"UTC","layers":[{"people":["ada"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05","only":["monday-friday 10:00-18:00"]}]}""";

    static List<string> Told(Night night) => [.. night.Mail.Tried.Where(m => m.Kind is MessageKind.Notice).Select(m => m.Title)];

    [Theory, EveryDatabase]
    public async Task A_gap_is_announced_when_the_schedule_is_saved_and_a_policy_that_finds_nobody_a_day_before_and_each_once(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await night.Schedule("office", Office);
        // Another step covers the nights of this one; the other policy has none.
        await night.Policy("covered", 1, null, ("schedule:office", TimeSpan.FromMinutes(5)), ("ada", TimeSpan.FromMinutes(5)));
        await night.Site.Work();
        Assert.Equal("Nobody is on call on the schedule office from 2026-09-21 10:00 +01:00 to 2026-09-21 11:00 +01:00", Assert.Single(Told(night)));
        await night.Site.Pass(TimeSpan.FromHours(6), TimeSpan.FromHours(1));
        Assert.Single(Told(night));

        await night.Policy("bare", 1, null, ("schedule:office", TimeSpan.FromMinutes(5)));
        await night.Site.Work();
        var bare = Assert.Single(Told(night).Skip(1));
        Assert.StartsWith("The escalation policy bare would find nobody on call from", bare, StringComparison.Ordinal);
        // The same week comes nearer: each gap at a week and at a day before, and no more than one message for all that comes at once.
        await night.Site.Pass(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        Assert.Equal(2, Told(night).Count);
        await night.Site.Pass(TimeSpan.FromDays(2), TimeSpan.FromHours(2));
        Assert.InRange(Told(night).Count, 4, 6);
        Assert.Equal(1, await night.Site.Db.First($"SELECT count(*) FROM journal WHERE kind = 'schedule.gap-announced'", r => r.Int(0), CancellationToken.None));

        // A new revision is announced anew.
        await night.Site.Db.Write(tx => OnCallStore.Put(tx, "office", "Office", null, Office, 2), CancellationToken.None);
        var before = Told(night).Count;
        await night.Site.Work();
        Assert.StartsWith("Nobody is on call on the schedule office", Assert.Single(Told(night).Skip(before)), StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task A_schedule_without_a_gap_is_announced_by_nobody_and_one_that_is_gone_by_its_policy(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await night.Schedule("whole", Whole);
        await night.Policy("good", 1, null, ("schedule:whole", TimeSpan.FromMinutes(5)));
        await night.Site.Pass(TimeSpan.FromHours(6), TimeSpan.FromHours(1));
        Assert.Empty(Told(night));

        await night.Policy("lost", 1, null, ("schedule:never-was", TimeSpan.FromMinutes(5)));
        await night.Site.Pass(TimeSpan.FromHours(8), TimeSpan.FromHours(1));
        Assert.StartsWith("The escalation policy lost would find nobody", Assert.Single(Told(night)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_two_lists_have_in_common_is_what_both_hold_at_each_hour() => Prop.ForAll(Gaps.ToArbitrary(), Gaps.ToArbitrary(), (one, other) =>
    {
        var both = PolicyGaps.Both(one, other);
        return Enumerable.Range(0, 400).All(hour => At(both, hour) == (At(one, hour) && At(other, hour))) && both.Zip(both.Skip(1)).All(p => p.First.End <= p.Second.Start);
    }).Holds();

    static bool At(IReadOnlyList<Gap> gaps, int hour) => gaps.Any(g => g.Start <= FakeClock.Start.AddHours(hour + 0.5) && FakeClock.Start.AddHours(hour + 0.5) < g.End);

    static readonly Gen<IReadOnlyList<Gap>> Gaps = Gen.Choose(1, 20).ArrayOf().Select(lengths =>
    {
        var (gaps, at) = (new List<Gap>(), 0);
        for (var i = 0; i + 1 < lengths.Length; i += 2)
        {
            gaps.Add(new Gap(FakeClock.Start.AddHours(at + lengths[i]), FakeClock.Start.AddHours(at + lengths[i] + lengths[i + 1])));
            at += lengths[i] + lengths[i + 1];
        }

        return (IReadOnlyList<Gap>)gaps;
    });
}
