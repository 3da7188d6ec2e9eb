using System.Globalization;

namespace Plantao.Bench;

/// <summary>How much of the machine others used while we measured. A figure taken beside a busy neighbour says little, and this shows it.</summary>
/// <param name="BusySeconds">User, system and stolen time of all cores so far; not interrupts, which no process is charged for. See proc(5), /proc/stat.</param>
sealed record Machine(double BusySeconds)
{
    public static Machine Now()
    {
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return new Machine((ticks[0] + ticks[1] + ticks[2] + ticks[7]) / 100.0);
    }

    /// <summary>Cores that neither the target nor the kit used, since <paramref name="before"/>.</summary>
    public double OthersCores(Machine before, double oursSeconds, double seconds) => Math.Max(0, (BusySeconds - before.BusySeconds - oursSeconds) / seconds);
}

/// <summary>Waits for a moment in which nobody else works: half a second with less than <see cref="QuietCores"/> busy.</summary>
static class QuietVerb
{
    /// <summary>What others may use before a figure is called doubtful.</summary>
    public const double QuietCores = 0.15;

    public static async Task<int> Run(Arguments arguments)
    {
        var most = arguments.Seconds("seconds", 30);
        arguments.NoOther();
        var half = TimeSpan.FromSeconds(0.5);
        for (var waited = TimeSpan.Zero; waited < most; waited += half)
        {
            var before = Machine.Now();
            await Task.Delay(half, TimeProvider.System);
            if (Machine.Now().OthersCores(before, 0, half.TotalSeconds) < QuietCores) return 0;
        }
        if (most > TimeSpan.Zero) await Console.Error.WriteLineAsync($"Others were at work for {most.TotalSeconds} s on end; measuring beside them.");
        return 0;
    }
}
