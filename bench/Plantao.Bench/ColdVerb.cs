using System.Diagnostics;

namespace Plantao.Bench;

/// <summary>How long a program takes from its start until it is ready, and what it holds in memory when left alone after.</summary>
static class ColdVerb
{
    static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    public static async Task<int> Run(Arguments arguments)
    {
        var url = LoadVerb.Url(arguments.Needed("ready"));
        var idle = arguments.Seconds("idle", 5);
        var what = arguments.Text("case") ?? "cold start";
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();
        if (arguments.Rest.Count == 0) throw new UsageException("cold: which program? It follows --.");
        var program = arguments.Rest[0];

        var said = new Queue<string>();
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments.Rest.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true } };
        void Hear(object _, DataReceivedEventArgs line)
        {
            lock (said)
            {
                if (line.Data is { } text) said.Enqueue(text);
                if (said.Count > 20) said.Dequeue();
            }
        }
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;

        var begin = Stopwatch.GetTimestamp();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            var ready = Readiness.Wait(url, Most, () => process.HasExited);
            var took = Stopwatch.GetElapsedTime(begin);
            if (!ready)
            {
                await Console.Error.WriteLineAsync($"{program} {(process.HasExited ? "ended before it was ready" : $"was not ready within {Most.TotalSeconds} s")}. It said:\n{string.Join('\n', said)}");
                return 1;
            }

            await Task.Delay(idle, TimeProvider.System);
            var before = ProcessFigures.Of(process.Id);
            Result.Of("cold", arguments, what, new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["readyMs"] = took.TotalMilliseconds,
                ["idleMegabytes"] = before.ResidentBytes / 1e6,
                ["cpuSeconds"] = before.CpuSeconds,
            }).Report(arguments);
            return 0;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);   // this very process and its children, by id
            await process.WaitForExitAsync();
        }
    }
}
