using FsCheck;
using FsCheck.Fluent;
using Plantao.Platform.Text;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class SpanTextTests
{
    [Theory]
    [InlineData("5m", 300)]
    [InlineData("90s", 90)]
    [InlineData("1h30m", 5_400)]
    [InlineData("7d", 604_800)]
    [InlineData("1d2h3m4s", 93_784)]
    [InlineData("0s", 0)]
    public void A_span_is_read(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), SpanText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("5M")]
    [InlineData("5 m")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    [InlineData("30m1h")]
    [InlineData("5m5m")]
    [InlineData("5m ")]
    [InlineData("٥m")]
    [InlineData("10001d")]
    [InlineData("9999999999s")]
    public void What_is_no_span_is_refused(string text) => Assert.Null(SpanText.Parse(text));

    [Fact]
    public void A_span_has_one_way_to_be_written_and_is_read_as_the_same() =>
        Prop.ForAll<NonNegativeInt>(seconds => SpanText.Parse(SpanText.Write(TimeSpan.FromSeconds(seconds.Get))) == TimeSpan.FromSeconds(seconds.Get))
            .Holds();

    [Fact]
    public void The_largest_units_come_first() => Assert.Equal("1m30s", SpanText.Write(TimeSpan.FromSeconds(90)));
}
