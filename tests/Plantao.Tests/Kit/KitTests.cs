using Plantao.Platform.Storage;

namespace Plantao.Tests.Kit;

public class KitTests
{
    [Theory, EveryDatabase]
    public async Task A_fresh_database_has_every_migration(Database database)
    {
        await using var premises = await database.Open();

        Assert.Equal(database.Dialect, premises.Db.Dialect);
        Assert.Equal(Migrations.Count, await premises.Db.First($"SELECT count(*) FROM schema_migrations", r => r.Int(0), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task A_site_answers_on_the_clock_of_the_test(Database database)
    {
        await using var site = await TestSite.Start(database);

        Assert.Equal("OK", await site.Http().GetStringAsync("/health/ready"));
        Assert.Equal(FakeClock.Start, site.Clock.GetUtcNow());
    }

    [Fact, Trait("Kind", "Browser")]
    public async Task A_barrier_that_is_put_into_a_screen_is_found()
    {
        await using var site = await TestSite.Start(Database.Sqlite, port: true);
        await using var window = await Browser.Open(site);
        await window.Go("/sign-in");
        Assert.Empty(await window.Barriers());

        await window.Page.EvaluateAsync("() => { const picture = document.createElement('img'); picture.src = '/favicon.svg'; document.querySelector('main').append(picture); document.querySelector('h1').className = 'planted'; const rule = new CSSStyleSheet(); rule.replaceSync('.planted { color: #aaa; background: #fff }'); document.adoptedStyleSheets = [rule]; }");
        Assert.Equal(["color-contrast", "image-alt"], (await window.Barriers()).Select(b => b.Split(':')[0]).Distinct().Order());
    }

    [Fact]
    public async Task Timers_fire_in_order_while_the_clock_moves()
    {
        var clock = new FakeClock();
        var first = Task.Delay(TimeSpan.FromSeconds(5), clock);
        var second = Task.Delay(TimeSpan.FromSeconds(10), clock);

        clock.Advance(TimeSpan.FromSeconds(7));

        await first;
        Assert.False(second.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3));
        await second;
    }
}
