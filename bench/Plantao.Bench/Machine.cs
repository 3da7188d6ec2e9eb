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
