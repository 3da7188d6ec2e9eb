using FsCheck;
using FsCheck.Fluent;
using Plantao.Notifications;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications;

/// <summary>A person's rules, the waits between tries, and the doors that do not open.</summary>
public class RulePlanProperties
{
    static readonly DateTimeOffset Start = FakeClock.Start;
    static readonly string[] Channels = ["email", "slack", "sms", "voice", "ntfy"];

    static readonly Gen<IReadOnlyList<(string Channel, string Id)>> Methods =
        Gen.Choose(0, 4).Select(i => Channels[i]).ArrayOf().Select(all => (IReadOnlyList<(string, string)>)[.. all.Take(5).Select((c, i) => (c, "cm_" + i))]);

    static readonly Gen<IReadOnlyList<PlannedStep>> Plans =
        Gen.Choose(0, 5).ArrayOf().Zip(Gen.Choose(0, 400).ArrayOf(), (picks, afters) => (IReadOnlyList<PlannedStep>)
            [.. picks.Take(4).Select((p, i) => new PlannedStep(p == 5 ? [] : [Channels[p]], i == 0 ? 0 : afters.Length == 0 ? 60 * i : afters.Take(i).Sum()))]);

    static void Always(Func<IReadOnlyList<PlannedStep>, IReadOnlyList<(string Channel, string Id)>, int[], bool> holds) =>
        Prop.ForAll(Plans.ToArbitrary(), Methods.ToArbitrary(), Gen.Choose(0, 700).ArrayOf().ToArbitrary(), holds).Holds(300);

    static List<(DateTimeOffset At, IReadOnlyList<(string Slot, string MethodId, string Channel)> Send, DateTimeOffset? Next)> Run(IReadOnlyList<PlannedStep> plan, IReadOnlyList<(string, string)> methods, int[] ticks)
    {
        var all = new List<(DateTimeOffset, IReadOnlyList<(string, string, string)>, DateTimeOffset?)>();
        var (now, step) = (Start, 0);
        DateTimeOffset? due = Start;
        foreach (var tick in ticks.Prepend(0))
        {
            now = now.AddSeconds(tick);
            if (due is null || now < due) continue;
            (var send, step, due) = RulePlan.Due(plan, step, again: true, loud: false, methods, Start, now);
            all.Add((now, send, due));
        }

        return all;
    }

    [Fact]
    public void A_page_is_never_left_unsent_when_there_is_any_method() => Always((plan, methods, ticks) =>
        methods.Count == 0 || Run(plan, methods, ticks)[0].Send.Count > 0);

    [Fact]
    public void It_always_acts_again_and_always_later() => Always((plan, methods, ticks) =>
        methods.Count == 0 || Run(plan, methods, ticks).All(r => r.Next > r.At));

    [Fact]
    public void Slots_are_unique_over_the_life_of_a_page() => Always((plan, methods, ticks) =>
        Run(plan, methods, ticks).SelectMany(r => r.Send.Select(s => s.Slot)).ToList() is var slots && slots.Distinct(StringComparer.Ordinal).Count() == slots.Count);

    [Fact]
    public void After_a_stall_each_method_is_used_once_and_not_in_a_burst() => Always((plan, methods, ticks) =>
        Run(plan, methods, [.. ticks, 100_000]).All(r => r.Send.DistinctBy(s => s.MethodId, StringComparer.Ordinal).Count() == r.Send.Count));

    [Fact]
    public void Waits_grow_to_five_minutes_and_obey_the_provider_up_to_an_hour() => Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(-100, 100_000).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (attempts, asked, chance) =>
    {
        var own = Backoff.After(attempts, null, chance / 100.0);
        var told = Backoff.After(attempts, TimeSpan.FromSeconds(asked), chance / 100.0);
        return own >= TimeSpan.FromSeconds(5) && own <= TimeSpan.FromSeconds(375) && told > TimeSpan.Zero && told <= TimeSpan.FromHours(1);
    }).Holds();

    [Fact]
    public void Whatever_the_provider_asks_for_the_next_method_is_taken_within_30_seconds() => Prop.ForAll(Gen.Choose(0, 3).ToArbitrary(), Gen.OneOf(Gen.Choose(0, 120), Gen.Choose(0, 100_000)).ToArbitrary(), (rank, asked) =>
    {
        var waited = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            var wait = Backoff.After(attempt, asked == 0 ? null : TimeSpan.FromSeconds(asked), 1);
            if (Backoff.FallBack(rank, attempt, wait)) return rank > 1 || attempt == 1 ? waited <= TimeSpan.FromSeconds(30) : false;
            waited += wait;
        }
    }).Holds();

    [Fact]
    public void A_shut_door_lets_one_through_after_its_rest_and_opens_when_that_one_passes()
    {
        var clock = new FakeClock();
        var breaker = new Breaker(clock);
        for (var i = 0; i < Breaker.Limit; i++)
        {
            Assert.True(breaker.Allows("slack"));
            breaker.Failed("slack");
        }

        Assert.False(breaker.Allows("slack"));
        Assert.True(breaker.Allows("email"));
        clock.Advance(Breaker.Rest);
        Assert.True(breaker.Allows("slack"));
        Assert.False(breaker.Allows("slack"));
        Assert.True(breaker.Succeeded("slack"));
        Assert.True(breaker.Allows("slack"));
        Assert.False(breaker.Succeeded("slack"));
    }
}
