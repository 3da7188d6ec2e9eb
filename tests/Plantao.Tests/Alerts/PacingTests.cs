using FsCheck;
using FsCheck.Fluent;
using Plantao.Alerts;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts;

public class PacingTests
{
    /// <summary>Signals a second, and the microseconds that one decision has the writer.</summary>
    static Arbitrary<(int Rate, int Cost, int Decided)> Streams => (
        from most in Gen.Elements(500, 2_000, 20_000)
        from rate in Gen.Choose(1, most)
        from cost in Gen.Choose(5, 3_000)
        from decided in Gen.Choose(32, 256)
        select (rate, cost, decided)).ToArbitrary();

    static TimeSpan Breath((int Rate, int Cost, int Decided) stream) => Pacing.Breath(stream.Rate * 10L, TimeSpan.FromSeconds(10), stream.Decided, more: true, TimeSpan.FromMicroseconds((double)stream.Cost * stream.Decided));

    static double Needed((int Rate, int Cost, int Decided) stream) => stream.Rate * stream.Cost / 1e6;

    /// <summary>What can be kept up with is: a backlog of one hiccup becomes less while as much comes in as before.</summary>
    [Fact]
    public void Deciding_keeps_up_with_what_needs_less_than_three_quarters_of_the_writer() =>
        Prop.ForAll(Streams, stream =>
        {
            var round = TimeSpan.FromMicroseconds((double)stream.Cost * stream.Decided) + Breath(stream);
            return Needed(stream) > 0.75 || stream.Decided / round.TotalSeconds >= stream.Rate * 0.999;
        }).Holds();

    [Fact]
    public void Senders_have_a_quarter_of_the_writer_at_least_and_four_fifths_when_no_deciding_could_keep_up() =>
        Prop.ForAll(Streams, stream =>
        {
            var took = TimeSpan.FromMicroseconds((double)stream.Cost * stream.Decided);
            var breath = Breath(stream) / took;
            return breath is > 0.333 and <= 4.000001 && (Needed(stream) < 1 || breath > 3.999);
        }).Holds();

    [Fact]
    public void Deciding_goes_on_at_once_when_nothing_came_and_leaves_time_to_senders_when_nothing_waits()
    {
        Assert.Equal(TimeSpan.Zero, Pacing.Breath(0, TimeSpan.FromSeconds(1), 200, more: true, TimeSpan.FromMilliseconds(3)));
        Assert.Equal(TimeSpan.FromMilliseconds(12), Pacing.Breath(5, TimeSpan.Zero, 200, more: true, TimeSpan.FromMilliseconds(3)));
        Assert.Equal(TimeSpan.FromMilliseconds(12), Pacing.Breath(500, TimeSpan.FromSeconds(1), 200, more: false, TimeSpan.FromMilliseconds(3)));
    }
}
