using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Plantao.Bench;

/// <summary>How long from the moment an alert was due to be sent until the page about it was read whole at a webhook.</summary>
static class PageVerb
{
    static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);

    public static async Task<int> Run(Arguments arguments)
    {
        var url = LoadVerb.Url(arguments.Needed("url"));
        var format = arguments.Word("format", Format.Alertmanager);
        var key = arguments.Text("key");
        var rate = arguments.Number("rate", 500, 1, 20_000);
        var connections = arguments.Count("conns", 32, 1, 1024);
        var warmup = arguments.Seconds("warmup", 3);
        var measured = arguments.Seconds("seconds", 10);
        var port = arguments.Count("sink-port", 0, 1024, 32767);
        var run = LoadVerb.RunName(arguments);
        var processes = arguments.Processes("pids");
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();

        var message = Message.Of(format, url, key, 1, run, TimeProvider.System.GetUtcNow(), Body.Usual, apart: true);
        var all = (int)(rate * (warmup + measured).TotalSeconds);
        var unmeasured = (int)Math.Ceiling(rate * warmup.TotalSeconds);
        using var sink = new Sink(port, run, all + 1);
        var load = new Load(new Plan(new IPEndPoint(IPAddress.Loopback, url.Port), message, connections, rate, 0, 0, Moving: true, warmup, measured));

        Outcome? outcome = null;
        Exception? fault = null;
        var machineBefore = Machine.Now();
        var (before, selfBefore) = (ProcessFigures.Of(processes), ProcessFigures.Of(Environment.ProcessId));
        var thread = new Thread(() =>
        {
            try { outcome = load.Run(); }
            catch (Exception broken) when (broken is IOException or System.Net.Sockets.SocketException or FormatException) { fault = broken; }
        });
        thread.Start();
        thread.Join();
        var (after, selfAfter) = (ProcessFigures.Of(processes), ProcessFigures.Of(Environment.ProcessId));
        var machineAfter = Machine.Now();
        if (outcome is null)
        {
            await Console.Error.WriteLineAsync($"The load on {url} was cut short, nothing was reported: {fault?.Message}");
            return 1;
        }

        var waited = Stopwatch.GetTimestamp();
        while (Enumerable.Range(0, all).Any(number => sink.ArrivedAt(number) == 0) && Stopwatch.GetElapsedTime(waited) < Settle)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        var pages = new Latencies();
        int missing = 0, doubled = 0;
        for (var number = 0; number < all; number++)
        {
            if (sink.ArrivedAt(number) is var at && at == 0) missing++;
            else if (number >= unmeasured) pages.Add(at - load.DueAt(number));
            if (sink.TimesPaged(number) > 1) doubled++;
        }

        var good = Enumerable.Range(200, 100).Sum(status => outcome.Statuses[status]);
        var figures = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["pageP50us"] = pages.Quantile(0.5),
            ["pageP90us"] = pages.Quantile(0.9),
            ["pageP99us"] = pages.Quantile(0.99),
            ["pageMaxUs"] = pages.MaxMicroseconds,
            ["answerP50us"] = outcome.Latencies.Quantile(0.5),
            ["answerP99us"] = outcome.Latencies.Quantile(0.99),
            ["latenessP99us"] = outcome.Lateness.Quantile(0.99),
            ["pages"] = pages.Count,
            ["missing"] = missing,
            ["doubled"] = doubled,
            ["failed"] = outcome.Answered - good + outcome.Broken + outcome.Unanswered,
        };
        if (processes.Count > 0)
        {
            var seconds = (warmup + measured).TotalSeconds;
            figures["targetCores"] = (after.CpuSeconds - before.CpuSeconds) / seconds;
            figures["othersCores"] = machineAfter.OthersCores(machineBefore, after.CpuSeconds - before.CpuSeconds + selfAfter.CpuSeconds - selfBefore.CpuSeconds, seconds);
        }

        Result.Of("page", arguments, string.Create(CultureInfo.InvariantCulture, $"{LoadVerb.Name(format)} page {rate}/s"), figures, LoadVerb.Statuses(outcome)).Report(arguments);
        if (missing == 0 && figures["failed"] == 0) return 0;

        await Console.Error.WriteLineAsync($"{missing} of {all} alerts were not paged within {Settle.TotalSeconds} s of the last, {figures["failed"]} were not taken. {outcome.FirstRefusal}");
        return 1;
    }
}
