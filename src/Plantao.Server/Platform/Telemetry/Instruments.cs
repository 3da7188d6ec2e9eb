using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Plantao.Platform.Telemetry;

/// <summary>What is measured. Rooms take the one <see cref="Meter"/> of the server and make their counters, histograms and observable gauges on it.</summary>
/// <remarks>
/// Names are dotted and lower-case, <c>plantao.signals.received</c>; units are <c>s</c>, <c>By</c> or none. <c>/metrics</c> and OTLP both read them.
/// A label's values come from a short list of ours: never an id, an address or a text from outside.
/// </remarks>
public static class Instruments
{
    public const string Name = "plantao";

    /// <summary>Spans of requests, sendings and steps. Costs a comparison while nobody listens.</summary>
    public static ActivitySource Traces { get; } = new(Name, Storage.Backup.Archive.ProgramVersion);

    /// <summary>Bounds in seconds that suit requests as well as waits of workers.</summary>
    public static IReadOnlyList<double> Seconds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    /// <summary>Makes the meter of one server. Every server of a process has its own, so that tests do not see each other's.</summary>
    public static Meter MakeMeter() => new(Name, Storage.Backup.Archive.ProgramVersion);

    /// <summary>The process: memory, processor, garbage collection, threads, handles. Read when somebody asks.</summary>
    public static void MeasureProcess(Meter meter)
    {
        meter.CreateObservableGauge("process.resident.memory", () => Environment.WorkingSet, "By", "Resident memory");
        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used");
        meter.CreateObservableGauge("process.start.time", StartedAt, "s", "When the process began, in seconds since 1970");
        meter.CreateObservableGauge("process.open.fds", OpenHandles, null, "Open files and sockets");
        meter.CreateObservableCounter("dotnet.gc.collections", Collections, null, "Garbage collections by generation");
        meter.CreateObservableGauge("dotnet.gc.heap", () => GC.GetTotalMemory(false), "By", "Managed memory in use");
        meter.CreateObservableCounter("dotnet.gc.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Managed memory allocated so far");
        meter.CreateObservableCounter("dotnet.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that the program stood still for the garbage collector");
        meter.CreateObservableGauge("dotnet.threadpool.threads", () => ThreadPool.ThreadCount, null, "Threads of the pool");
        meter.CreateObservableGauge("dotnet.threadpool.queue", () => ThreadPool.PendingWorkItemCount, null, "Work that waits for a thread");
    }

    static double StartedAt()
    {
        using var process = Process.GetCurrentProcess();
        return new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
    }

    static long OpenHandles() => Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").LongCount() : 0;

    static IEnumerable<Measurement<long>> Collections() => Enumerable.Range(0, GC.MaxGeneration + 1)
        .Select(g => new Measurement<long>(GC.CollectionCount(g), KeyValuePair.Create<string, object?>("generation", g.ToString(CultureInfo.InvariantCulture))));
}
