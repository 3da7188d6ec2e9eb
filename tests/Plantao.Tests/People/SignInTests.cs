using System.Text;
using Plantao.People;
using Plantao.Platform.Web;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

/// <summary>Codes by time, the wait after failures, and where sign-in leads.</summary>
public class SignInTests
{
    /// <summary>RFC 6238, appendix B, the last six digits of the SHA-1 column.</summary>
    [Theory, InlineData(59, "287082"), InlineData(1111111109, "081804"), InlineData(1111111111, "050471"), InlineData(1234567890, "005924"), InlineData(2000000000, "279037"), InlineData(20000000000, "353130")]
    public void A_code_is_that_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Encoding.ASCII.GetBytes("12345678901234567890"), Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Fact]
    public void A_code_counts_once_and_a_minute_at_most()
    {
        var secret = Encoding.ASCII.GetBytes("12345678901234567890");
        var now = DateTimeOffset.FromUnixTimeSeconds(1234567890);
        var step = Totp.StepAt(now);

        Assert.Equal(step, Totp.Match(secret, "005924", now, 0));
        Assert.Null(Totp.Match(secret, "005924", now, step));
        Assert.Equal(step, Totp.Match(secret, "005924", now.AddSeconds(30), 0));
        Assert.Null(Totp.Match(secret, "005924", now.AddSeconds(90), 0));
    }

    [Fact]
    public void The_wait_grows_to_a_minute_and_no_further()
    {
        Assert.Equal([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60], Enumerable.Range(0, 11).Select(n => (int)SignInWait.OfAccount(n).TotalSeconds));
        Assert.Equal(TimeSpan.FromMinutes(1), SignInWait.OfAccount(int.MaxValue));
        Assert.Equal((0, 1), ((int)SignInWait.OfSource(19).TotalSeconds, (int)SignInWait.OfSource(20).TotalSeconds));
    }

    [Theory]
    [InlineData("/alerts/alr_1?x=1", "/alerts/alr_1?x=1"), InlineData("//evil.example", "/"), InlineData("/\\evil.example", "/"), InlineData("https://evil.example", "/"), InlineData("/\t/evil.example", "/"), InlineData("javascript:alert(1)", "/"), InlineData("", "/"), InlineData(null, "/")]
    public void Sign_in_leads_back_to_a_path_of_ours_alone(string? to, string path) => Assert.Equal(path, LocalPath.Or(to, "/"));

    [Theory, EveryDatabase]
    public async Task Failures_delay_the_account_from_there_and_nobody_elsewhere(Database database)
    {
        await using var site = await TestSite.Start(database);
        var tries = site.Get<SignInTries>();
        var (here, there) = (System.Net.IPAddress.Parse("192.0.2.1"), System.Net.IPAddress.Parse("192.0.2.2"));
        for (var i = 0; i < 5; i++) await tries.Failed("ada@example.org", here, site.Clock.GetUtcNow(), "test", CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(4), await tries.Left("ada@example.org", here, site.Clock.GetUtcNow(), CancellationToken.None));
        Assert.Equal(TimeSpan.Zero, await tries.Left("ada@example.org", there, site.Clock.GetUtcNow(), CancellationToken.None));
        Assert.Equal(TimeSpan.Zero, await tries.Left("bia@example.org", here, site.Clock.GetUtcNow(), CancellationToken.None));
        site.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.Zero, await tries.Left("ada@example.org", here, site.Clock.GetUtcNow(), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task A_second_factor_takes_each_code_and_each_recovery_code_once(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (id, _) = await site.Person("ada");
        var factors = site.Get<SecondFactors>();
        var now = site.Clock.GetUtcNow();
        var secret = await site.Db.Write(tx => factors.Offer(tx, id, now), CancellationToken.None);
        Assert.Null(await factors.ProvedAt(id, CancellationToken.None));

        var proved = await site.Db.Write(tx => factors.Prove(tx, id, Totp.Code(secret, Totp.StepAt(now)), now, "test"), CancellationToken.None);
        Assert.Equal(SecondFactors.Codes, proved.Value.Count);
        Task<bool> Take(string code) => site.Db.Write(tx => factors.Take(tx, id, code, now, "test"), CancellationToken.None);
        Assert.False(await Take(Totp.Code(secret, Totp.StepAt(now))));   // it proved the factor, and is used up
        Assert.True(await Take(Totp.Code(secret, Totp.StepAt(now) + 1)));
        Assert.False(await Take(Totp.Code(secret, Totp.StepAt(now) + 1)));
        Assert.True(await Take(proved.Value[0]));
        Assert.False(await Take(proved.Value[0]));
    }
}
