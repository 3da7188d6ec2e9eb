using System.Globalization;
using System.Net;

namespace Plantao.Bench;

/// <summary>How many alerts a target takes, and how fast it answers.</summary>
static class LoadVerb
{
    public static async Task<int> Run(Arguments arguments)
    {
        var url = Url(arguments.Needed("url"));
        var format = arguments.Word("format", Format.Alertmanager);
        var key = arguments.Text("key");
        var connections = arguments.Count("conns", 64, 1, 2048);
        var batch = arguments.Count("batch", 1, 1, 1024);
        var threads = Math.Min(connections, arguments.Count("threads", 1, 1, 2));
        var pool = arguments.Count("pool", 0, 0, 10_000_000);
        var moving = arguments.Word("ends", Ends.Moving) is Ends.Moving;
        var rate = arguments.Number("rate", 0, 0, 100_000);
        var requests = arguments.Count("requests", 0, 0, 100_000_000);
        var warmup = requests > 0 ? TimeSpan.Zero : arguments.Seconds("warmup", 3);
        var measured = arguments.Seconds("seconds", 10);
        var body = arguments.Word("body", Body.Usual);
        var fill = arguments.Word("fill", Fill.Yes) is Fill.Yes;
        var run = RunName(arguments);
        var processes = arguments.Processes("pids");
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();
        if (rate > 0 && threads > 1) throw new UsageException("--rate: an open loop has one thread.");

        var message = Message.Of(format, url, key, batch, run, TimeProvider.System.GetUtcNow(), body, apart: false);
        var plan = new Plan(new IPEndPoint(IPAddress.Loopback, url.Port), message, connections, rate, requests, pool, moving, warmup, measured);

        if (pool > 0 && fill)   // what is said again was said before
            _ = new Load(plan with { Connections = Math.Min(connections, 64), Rate = 0, Pool = 0, Requests = (pool + batch - 1) / batch }).Run();

        int Share(int all, int thread) => all / threads + (thread < all % threads ? 1 : 0);
        var outcomes = new Outcome?[threads];
        var faults = new Exception?[threads];
        using var started = new CountdownEvent(threads);
        var loads = Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            try
            {
                var load = new Load(plan with { Connections = Share(connections, thread), Requests = Share(requests, thread) }, thread, threads);
                outcomes[thread] = load.Run(() => started.Signal());
            }
            catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException or FormatException)
            {
                faults[thread] = fault;
                if (!started.IsSet) started.Signal();
            }
        })).ToList();
        foreach (var load in loads) load.Start();

        started.Wait();
        await Task.Delay(warmup, TimeProvider.System);
        var machineBefore = Machine.Now();
        var (targetBefore, selfBefore) = (ProcessFigures.Of(processes), ProcessFigures.Of(Environment.ProcessId));
        if (requests == 0) await Task.Delay(measured, TimeProvider.System);
        else foreach (var load in loads) load.Join();
        var (targetAfter, selfAfter) = (ProcessFigures.Of(processes), ProcessFigures.Of(Environment.ProcessId));
        var machineAfter = Machine.Now();
        foreach (var load in loads) load.Join();
        if (faults.FirstOrDefault(fault => fault is not null) is { } broken)
        {
            await Console.Error.WriteLineAsync($"The load on {url} was cut short, nothing was reported: {broken.Message}");
            return 1;
        }

        var outcome = new Outcome();
        foreach (var part in outcomes) outcome.Add(part!);
        var seconds = outcome.Took.TotalSeconds;
        var good = Enumerable.Range(200, 100).Sum(status => outcome.Statuses[status]);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["requestsPerSecond"] = good / seconds,
            ["alertsPerSecond"] = good * batch / seconds,
            ["p50us"] = outcome.Latencies.Quantile(0.5),
            ["p90us"] = outcome.Latencies.Quantile(0.9),
            ["p99us"] = outcome.Latencies.Quantile(0.99),
            ["maxUs"] = outcome.Latencies.MaxMicroseconds,
            ["failed"] = outcome.Answered - good + outcome.Broken + outcome.Unanswered,
            ["generatorCores"] = (selfAfter.CpuSeconds - selfBefore.CpuSeconds) / seconds,
        };
        if (processes.Count > 0)
        {
            figures["targetCores"] = (targetAfter.CpuSeconds - targetBefore.CpuSeconds) / seconds;
            figures["targetMegabytes"] = targetAfter.ResidentBytes / 1e6;
            figures["othersCores"] = machineAfter.OthersCores(machineBefore, targetAfter.CpuSeconds - targetBefore.CpuSeconds + selfAfter.CpuSeconds - selfBefore.CpuSeconds, seconds);
        }
        if (rate > 0) figures["latenessP99us"] = outcome.Lateness.Quantile(0.99);

        var what = string.Create(CultureInfo.InvariantCulture, $"{Name(format)} {(pool > 0 ? $"repeat {pool}" : "new")}{(body is Body.Small ? " small" : "")} c{connections} b{batch}{(rate > 0 ? $" {rate}/s" : "")}");
        Result.Of("load", arguments, what, figures, Statuses(outcome)).Report(arguments);
        if (figures["failed"] == 0) return 0;

        await Console.Error.WriteLineAsync($"{figures["failed"]} of {outcome.Answered} were not taken. The first answer of that kind: {outcome.FirstRefusal ?? "none, the connection broke"}");
        return 1;
    }

    public static Uri Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http", IsLoopback: true } ? url
        : throw new UsageException($"{text}: expected http:// and an address of this machine. The kit sends to no other.");

    public static string RunName(Arguments arguments)
    {
        var run = arguments.Text("run") ?? Guid.NewGuid().ToString("N")[..8];
        return run.Length == 8 && run.All(char.IsAsciiLetterOrDigit) ? run : throw new UsageException("--run: expected eight letters or digits.");
    }

    public static string Name(Format format) => format switch
    {
        Format.Alertmanager => "alertmanager",
        Format.PagerDuty => "pagerduty",
        Format.Opsgenie => "opsgenie",
        Format.Empty => "empty",
    };

    public static IReadOnlyDictionary<string, long> Statuses(Outcome outcome) =>
        Enumerable.Range(0, outcome.Statuses.Length).Where(status => outcome.Statuses[status] > 0)
            .ToDictionary(status => status.ToString(CultureInfo.InvariantCulture), status => outcome.Statuses[status], StringComparer.Ordinal);

    enum Ends { Moving, Still }
    enum Fill { Yes, No }
}
