using FsCheck;
using FsCheck.Fluent;
using Plantao.People;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

public class NotificationRulesTests
{
    static readonly DateTimeOffset Proven = Kit.FakeClock.Start;

    [Fact]
    public void By_default_everything_quiet_is_used_at_once_and_then_the_louder()
    {
        var steps = NotificationRules.Possible(NotificationRules.Default(Urgency.High), [Has("email"), Has("ntfy"), Has("sms"), Has("voice")]);

        Assert.Equal([("email,ntfy", 0), ("sms", 60), ("voice", 180)], steps.Select(s => (string.Join(',', s.Channels!), (int)s.After.TotalSeconds)));
        Assert.Equal("voice", NotificationRules.Loudest([Has("email"), Has("voice"), Has("sms")])!.Channel);
    }

    [Fact]
    public void Low_urgency_writes_an_e_mail()
    {
        var steps = NotificationRules.Possible(NotificationRules.Default(Urgency.Low), [Has("ntfy"), Has("email")]);

        Assert.Equal("email", Assert.Single(Assert.Single(steps).Channels!));
    }

    [Fact]
    public void Rules_that_fit_nothing_somebody_has_mean_everything_they_have()
    {
        var steps = NotificationRules.Possible([new(["voice"], TimeSpan.Zero)], [Has("email"), Has("slack")]);

        Assert.Equal(["email", "slack"], Assert.Single(steps).Channels!);
    }

    [Fact]
    public void Nobody_who_can_be_reached_is_left_without_a_step() =>
        Prop.ForAll(Gen.SubListOf(NotificationRules.Loudness.ToArray()).ToArbitrary(), Gen.SubListOf(NotificationRules.Loudness.ToArray()).ToArbitrary(), (had, ruled) =>
        {
            var steps = NotificationRules.Possible([new([.. ruled], TimeSpan.Zero)], [.. had.Select(Has)]);
            return steps.Count > 0 == (had.Count > 0) && steps.All(s => s.Channels!.Count > 0 && s.Channels.All(had.Contains));
        }).Holds();

    [Fact]
    public void What_is_out_of_use_or_not_proven_is_not_used()
    {
        Assert.Empty(NotificationRules.Possible(NotificationRules.Default(Urgency.High), [Has("email") with { VerifiedAt = null }, Has("ntfy") with { DisabledAt = Proven }]));
        Assert.Null(NotificationRules.Loudest([Has("email") with { VerifiedAt = null }]));
    }

    [Fact]
    public void Rules_may_be_changed_and_never_emptied()
    {
        Assert.NotNull(NotificationRules.Fault([]));
        Assert.NotNull(NotificationRules.Fault([new([], TimeSpan.Zero)]));
        Assert.NotNull(NotificationRules.Fault([new(["email"], TimeSpan.FromMinutes(1))]));
        Assert.NotNull(NotificationRules.Fault([new(["pigeon"], TimeSpan.Zero)]));
        Assert.NotNull(NotificationRules.Fault([new(["email", null!], TimeSpan.Zero)]));
        Assert.Null(NotificationRules.Fault([new(null, TimeSpan.Zero)]));
    }

    static ContactMethod Has(string channel) => new("cm_" + channel, "usr_1", channel, channel + "@example", null, 0, Proven, null, null);
}
