using Plantao.Cli;

namespace Plantao.Tests.Cli;

public class ZoneTests
{
    static readonly Zone London = Zone.Named("Europe/London");
    static readonly DateTimeOffset Now = new(2026, 9, 21, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-09-21T10:00:00Z", "2026-09-21 11:00:00 +01:00")]
    [InlineData("2026-09-21T10:00-03:00", "2026-09-21 14:00:00 +01:00")]
    [InlineData("2026-09-21 10:00", "2026-09-21 10:00:00 +01:00")]
    [InlineData("2026-12-21", "2026-12-21 00:00:00 +00:00")]
    [InlineData("23:30", "2026-09-21 23:30:00 +01:00")]
    public void A_time_is_read_in_the_viewers_zone_and_shown_with_its_offset(string typed, string shown) => Assert.Equal(shown, London.At(London.Read(typed, Now)));

    [Theory]
    [InlineData("2026-03-29 01:30", "does not exist")]
    [InlineData("2026-10-25 01:30", "comes twice")]
    [InlineData("soon", "is no time")]
    [InlineData("09/21/2026", "is no time")]
    public void A_time_that_is_none_or_two_is_asked_again(string typed, string why) => Assert.Contains(why, Assert.Throws<UsageException>(() => London.Read(typed, Now)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_zone_is_shown_in_utc() => Assert.Equal("2026-09-21 09:00:00 +00:00", Zone.Named("Mars/Olympus").At(Now));
}
