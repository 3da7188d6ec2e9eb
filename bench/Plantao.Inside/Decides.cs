using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Plantao.Alerts;
using Plantao.Alerts.Intake;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Inside;

/// <summary>How many signals a second are kept, and how many are decided, apart from each other and without HTTP.</summary>
static class Decides
{
    public static async Task<int> Run(Arguments arguments)
    {
        var count = arguments.Number("count", 50_000);
        var pool = arguments.Number("pool", 0);
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database"), Urls = "http://127.0.0.1:0" };
        await World.Run(arguments);
        Console.WriteLine();
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        await using var app = Still(options, ground);
        var signals = app.Services.GetRequiredService<SignalStore>();
        var integration = (await app.Services.GetRequiredService<IntegrationStore>().All(CancellationToken.None)).First(i => i.Format == "alertmanager");
        for (var round = 0; round < 3; round++)
        {
            var bodies = Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes(Body(pool == 0 ? round * count + i : i % pool))).ToList();
            var watch = Stopwatch.StartNew();
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var envelope = new Envelope("application/json");
            await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (body, ct) =>
                await signals.Keep(integration.Id, Formats.AlertmanagerApi, ground.Clock.GetUtcNow(), "bench", null, envelope, body, ct));
            Report("kept", count, watch, cpu);
            watch.Restart();
            cpu = Process.GetCurrentProcess().TotalProcessorTime;
            var worker = app.Services.GetRequiredService<DecideWorker>();
            while (await worker.Work(CancellationToken.None)) { }
            Report("decided", count, watch, cpu);
        }

        return 0;
    }

    /// <summary>Lays alerts that stay open, as if a sender had sent each alone.</summary>
    public static async Task<int> Lay(Arguments arguments)
    {
        var count = arguments.Number("count", 1_000_000);
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database"), Urls = "http://127.0.0.1:0" };
        await World.Run(arguments);
        Console.WriteLine();
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        await using var app = Still(options, ground);
        var signals = app.Services.GetRequiredService<SignalStore>();
        var integration = (await app.Services.GetRequiredService<IntegrationStore>().All(CancellationToken.None)).First(i => i.Format == "alertmanager");
        var worker = app.Services.GetRequiredService<DecideWorker>();
        var envelope = new Envelope("application/json");
        foreach (var some in Enumerable.Range(0, count).Chunk(20_000))
        {
            await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (i, ct) =>
                await signals.Keep(integration.Id, Formats.AlertmanagerApi, ground.Clock.GetUtcNow(), "bench", null, envelope, Encoding.UTF8.GetBytes(Body(i)), ct));
            while (await worker.Work(CancellationToken.None)) { }
        }

        var open = await ground.Db.First($"SELECT count(*) FROM alerts WHERE status = 'Open'", r => r.Long(0), CancellationToken.None);
        if (open != count) throw new InvalidOperationException($"{open} of {count} are open.");
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{open} alerts are open"));
        return 0;
    }

    /// <summary>The application with nothing of it at work.</summary>
    static WebApplication Still(ServeOptions options, Ground ground) => App.Build(options, ground, builder =>
    {
        foreach (var hosted in builder.Services.Where(s => s.ServiceType == typeof(IHostedService)).ToList()) builder.Services.Remove(hosted);
    });

    /// <summary>Prints what every alert says, a line each.</summary>
    public static async Task<int> Titles(Arguments arguments)
    {
        var options = new ServeOptions { DataFolder = arguments.Needed("data"), Database = arguments.Text("database") };
        await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
        foreach (var (title, labels) in await ground.Db.Query($"SELECT title, labels FROM alert_texts", r => (r.Text(0), r.Text(1)), CancellationToken.None)) await Console.Out.WriteLineAsync(title + " " + labels);
        return 0;
    }

    static void Report(string what, int count, Stopwatch watch, TimeSpan before)
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {count / watch.Elapsed.TotalSeconds:0} a second, {cpu.TotalMicroseconds / count:0.0} us of CPU each"));
    }

    static string Body(int i) => string.Create(CultureInfo.InvariantCulture, $$"""
        [{"annotations":{"description":"The share of requests that fail is above its limit for ten minutes.","summary":"High error rate on web{{i}}"},"endsAt":"2026-12-31T00:00:00Z","startsAt":"2026-11-24T11:00:00Z","generatorURL":"http://prometheus.example.org/graph?g0.expr=up","labels":{"alertname":"HighErrorRate","cluster":"sa-east-1","env":"production","instance":"web{{i}}:9100","job":"web","severity":"critical","team":"payments"} }]
        """);
}
