using Plantao.Alerts.Intake;

namespace Plantao.Tests.Alerts.Intake;

public class SourceTimeTests
{
    [Theory]
    [InlineData("2026-11-24T09:55:00Z", "2026-11-24T09:55:00.0000000Z")]
    [InlineData("2026-11-24T09:55:00.123456789Z", "2026-11-24T09:55:00.1234567Z")]
    [InlineData("2026-11-24T09:55:00.5+02:00", "2026-11-24T07:55:00.5000000Z")]
    [InlineData("2026-11-24T09:55:00-0300", "2026-11-24T12:55:00.0000000Z")]
    [InlineData("2026-11-24T09:55:00+00", "2026-11-24T09:55:00.0000000Z")]
    [InlineData("2026-11-24 09:55:00", "2026-11-24T09:55:00.0000000Z")]
    [InlineData("2026-11-24T09:55", "2026-11-24T09:55:00.0000000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.0000000Z")]
    [InlineData("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59.9999999Z")]
    public void Instants_are_read_however_they_are_spelled(string text, string expected)
    {
        Assert.True(SourceTime.TryRead(text, out var at));
        Assert.Equal(expected, at!.Value.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00+05:00")]
    public void The_zero_of_go_means_not_set(string text)
    {
        Assert.True(SourceTime.TryRead(text, out var at));
        Assert.Null(at);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("2026-11-24")]
    [InlineData("2026-13-24T09:55:00Z")]
    [InlineData("2026-02-29T09:55:00Z")]
    [InlineData("2026-11-24T24:00:00Z")]
    [InlineData("2026-11-24T09:60:00Z")]
    [InlineData("2026-11-24T09:55:60Z")]
    [InlineData("2026-11-24T09:55:00.Z")]
    [InlineData("2026-11-24T09:55:00 Z")]
    [InlineData("2026-11-24T09:55:00+2:00")]
    [InlineData("2026-11-24T09:55:00Zx")]
    [InlineData("+026-11-24T09:55:00Z")]
    [InlineData("0000-11-24T09:55:00Z")]
    [InlineData("２026-11-24T09:55:00Z")]
    public void What_is_no_instant_is_said_to_be_none(string text) => Assert.False(SourceTime.TryRead(text, out _));

    [Theory]
    [InlineData(1795514100, "2026-11-24T09:55:00")]
    [InlineData(1795514100123, "2026-11-24T09:55:00")]
    [InlineData(1795514100.75, "2026-11-24T09:55:00")]
    public void Numbers_are_seconds_or_milliseconds(double number, string expected)
    {
        Assert.True(SourceTime.TryRead(number, out var at));
        Assert.Equal(expected, at.UtcDateTime.ToString("s", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e30)]
    public void Other_numbers_are_no_instants(double number) => Assert.False(SourceTime.TryRead(number, out _));
}
