using Plantao.Platform;

namespace Plantao.Tests;

public class RulingTests
{
    [Fact]
    public void A_refusal_has_no_value()
    {
        Ruling<int> ruling = new Refusal("nope", "Not possible.");

        Assert.False(ruling.Allowed);
        Assert.Equal("nope", ruling.Refusal.Code);
        Assert.Throws<InvalidOperationException>(() => ruling.Value);
    }
}
