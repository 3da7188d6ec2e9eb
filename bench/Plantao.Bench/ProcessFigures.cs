using System.Globalization;

namespace Plantao.Bench;

/// <summary>What /proc says of a process and all it started.</summary>
/// <param name="CpuSeconds">User and system time so far.</param>
/// <param name="ResidentBytes">Resident memory: pages that several of them share count once for each.</param>
sealed record ProcessFigures(double CpuSeconds, long ResidentBytes)
{
    /// <returns>Zeroes when it has ended. See proc(5).</returns>
    public static ProcessFigures Of(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = Number(fields[11]) + Number(fields[12]);   // utime, stime: in hundredths of a second (USER_HZ)
            var pages = Number(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1]);
            var sum = new ProcessFigures(ticks / 100.0, pages * Environment.SystemPageSize);
            foreach (var task in Directory.EnumerateDirectories($"/proc/{process}/task"))
            {
                foreach (var child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    sum += Of((int)Number(child));
            }
            return sum;
        }
        catch (IOException)   // it ended while we read
        {
            return new ProcessFigures(0, 0);
        }
    }

    public static ProcessFigures Of(IEnumerable<int> processes) => processes.Select(Of).Aggregate(new ProcessFigures(0, 0), (a, b) => a + b);

    public static ProcessFigures operator +(ProcessFigures a, ProcessFigures b) => new(a.CpuSeconds + b.CpuSeconds, a.ResidentBytes + b.ResidentBytes);

    static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
