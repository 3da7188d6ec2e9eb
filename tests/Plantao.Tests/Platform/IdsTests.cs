using Plantao.Platform;

namespace Plantao.Tests.Platform;

public sealed class IdsTests
{
    [Fact]
    public async Task Ids_of_one_millisecond_keep_their_order_whatever_else_is_made_in_between()
    {
        var start = new DateTimeOffset(2026, 9, 21, 9, 0, 0, TimeSpan.Zero);
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => (IReadOnlyList<string>)[.. Enumerable.Range(0, 20_000).Select(_ => Ids.New("key", start.AddMilliseconds(n)))])));
        Assert.All(made, ids => Assert.Equal(ids.Order(StringComparer.Ordinal), ids));
        Assert.Equal(80_000, made.SelectMany(ids => ids).Distinct().Count());
        Assert.True(string.CompareOrdinal(made[0][^1], made[1][0]) < 0);
    }
}
