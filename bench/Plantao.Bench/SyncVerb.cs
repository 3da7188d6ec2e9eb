using System.Diagnostics;
using System.Text.Json;

namespace Plantao.Bench;

/// <summary>What one fdatasync of 4 KiB, overwritten in a file that has its blocks already, costs on this disk: nothing durable answers sooner.</summary>
static class SyncVerb
{
    const int Block = 4096, FileSize = 64 << 20;

    public static async Task<int> Run(Arguments arguments)
    {
        var folder = arguments.Needed("dir");
        var time = arguments.Seconds("seconds", 5);
        var fio = arguments.Text("by") switch { "self" => null, "fio" or null => Fio(), var other => throw new UsageException($"--by {other}: fio or self.") };
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();

        var file = Path.Combine(folder, "sync.probe");
        try
        {
            await Fill(file);
            var figures = fio is null ? Self(file, time) : await ByFio(fio, file, time);
            Result.Of("sync", arguments, fio is null ? "fdatasync 4k by the kit" : "fdatasync 4k by fio", figures).Report(arguments);
            return 0;
        }
        finally
        {
            File.Delete(file);
        }
    }

    static string? Fio() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "fio")).FirstOrDefault(File.Exists);

    static async Task Fill(string file)
    {
        await using var stream = File.Create(file);
        var zeroes = new byte[1 << 20];
        for (var at = 0; at < FileSize; at += zeroes.Length) await stream.WriteAsync(zeroes);
        stream.Flush(flushToDisk: true);
    }

    static Dictionary<string, double> Self(string file, TimeSpan time)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        var block = new byte[Block];
        var latencies = new Latencies();
        var begin = Stopwatch.GetTimestamp();
        for (long at = 0; Stopwatch.GetElapsedTime(begin) < time; at = (at + Block) % FileSize)
        {
            block[0]++;
            RandomAccess.Write(handle, block, at);
            var from = Stopwatch.GetTimestamp();
            if (Linux.DataSync(handle) != 0) throw Linux.Failed("fdatasync");
            latencies.Add(Stopwatch.GetTimestamp() - from);
        }
        return new(StringComparer.Ordinal) { ["p50us"] = latencies.Quantile(0.5), ["p99us"] = latencies.Quantile(0.99), ["maxUs"] = latencies.MaxMicroseconds, ["syncsPerSecond"] = latencies.Count / time.TotalSeconds };
    }

    static async Task<Dictionary<string, double>> ByFio(string fio, string file, TimeSpan time)
    {
        var start = new ProcessStartInfo(fio, ["--name=sync", $"--filename={file}", "--rw=write", "--bs=4k", $"--size={FileSize}", "--ioengine=psync",
            "--fdatasync=1", "--overwrite=1", "--time_based=1", $"--runtime={(int)Math.Ceiling(time.TotalSeconds)}", "--output-format=json"])
        { UseShellExecute = false, RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("fio did not start.");
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        using var report = JsonDocument.Parse(said[said.IndexOf('{', StringComparison.Ordinal)..]);
        var latency = report.RootElement.GetProperty("jobs")[0].GetProperty("sync").GetProperty("lat_ns");
        return new(StringComparer.Ordinal)
        {
            ["p50us"] = latency.GetProperty("percentile").GetProperty("50.000000").GetDouble() / 1000,
            ["p99us"] = latency.GetProperty("percentile").GetProperty("99.000000").GetDouble() / 1000,
            ["maxUs"] = latency.GetProperty("max").GetDouble() / 1000,
            ["syncsPerSecond"] = latency.GetProperty("N").GetDouble() / time.TotalSeconds,
        };
    }
}
