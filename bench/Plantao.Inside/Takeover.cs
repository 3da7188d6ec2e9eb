using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plantao.Platform;

namespace Plantao.Inside;

/// <summary>Timers for two servers of which one is killed (performance.md P19): laid before, and counted afterwards.</summary>
static class Takeover
{
    const string Name = "takeover";

    /// <summary>Lays timers that come due one after the other, from <c>--in</c> seconds from now, for <c>--seconds</c>.</summary>
    public static async Task<int> Fill(Arguments arguments)
    {
        var (count, begin, seconds) = (arguments.Number("count", 10_000), arguments.Number("in", 10), arguments.Number("seconds", 10));
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Needed("database"), Urls = "http://127.0.0.1:0" };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        await using var app = App.Build(options, ground, builder =>
        {
            foreach (var hosted in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).ToList()) builder.Services.Remove(hosted);
        });
        var policy = await Timers.People(app.Services, ground);
        var first = ground.Clock.GetUtcNow().AddSeconds(begin);
        await Timers.Fill(ground.Db, policy, count, i => first.AddSeconds((double)i * seconds / count), Name);
        return 0;
    }

    /// <summary>Waits until all have fired, and prints how late and how often.</summary>
    public static async Task<int> Check(Arguments arguments)
    {
        var (count, within) = (arguments.Number("count", 10_000), arguments.Number("within", 60));
        var killedAt = long.Parse(arguments.Needed("killed-at"), CultureInfo.InvariantCulture);
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Needed("database"), Urls = "http://127.0.0.1:0" };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        var (db, clock) = (ground.Db, ground.Clock);
        for (var end = clock.GetUtcNow().AddSeconds(within); clock.GetUtcNow() < end; await Task.Delay(TimeSpan.FromMilliseconds(200), clock))
            if (await db.First($"SELECT count(DISTINCT subject) FROM pages", r => r.Long(0), CancellationToken.None) == count) break;

        var pages = await db.Query($"SELECT p.subject, p.created_at, p.correlation FROM pages p JOIN escalations e ON e.id = p.subject WHERE e.subject >= {Name} AND e.subject < {Name + "~"}",
            r => (Climb: r.Text(0), At: r.Long(1), Due: long.Parse(r.Text(2), CultureInfo.InvariantCulture)), CancellationToken.None);
        var fired = pages.Select(p => p.Climb).Distinct(StringComparer.Ordinal).Count();
        // What was due when the node died, or after, is what another had to take over.
        var after = pages.Where(p => p.At >= killedAt).Select(p => (p.At - p.Due) / 1000.0).Order().ToList();
        var early = pages.Count(p => p.At < p.Due);
        if (after.Count == 0) throw new InvalidOperationException("Nothing was left to fire when the node was killed.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"P19|{count} timers, one of two nodes killed|\"fired\":{fired},\"missing\":{count - fired},\"doubled\":{pages.Count - fired},\"early\":{early},\"afterKill\":{after.Count},\"lateP50Ms\":{after[after.Count / 2]:0.00},\"lastMs\":{after[^1]:0.00}"));
        return fired == count && pages.Count == fired ? 0 : 1;
    }
}
