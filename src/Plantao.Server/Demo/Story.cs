using System.Globalization;

namespace Plantao.Demo;

/// <summary>Tells what happens as it happens, a plain line each: the time since the start, the time since the line before, and what it was.</summary>
sealed class Story(TextWriter output, TimeProvider clock)
{
    readonly DateTimeOffset start = clock.GetUtcNow();
    readonly Lock gate = new();
    DateTimeOffset last = clock.GetUtcNow();

    public TimeProvider Time => clock;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Something that happened just now.</summary>
    public void Tell(string what) => Tell(Now, what);

    /// <param name="at">When, by the record of whoever did it.</param>
    public void Tell(DateTimeOffset at, string what)
    {
        lock (gate)
        {
            output.WriteLine($"  {Clock(at)}  {Span(at - last),9}  {what}");
            output.Flush();
            last = at;
        }
    }

    /// <summary>What several told us each at their own pace, in the order in which it happened.</summary>
    public void Tell(IEnumerable<(DateTimeOffset At, string What)> lines)
    {
        foreach (var (at, what) in lines.OrderBy(line => line.At)) Tell(at, what);
    }

    /// <summary>A line without a time.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>Since the start, as <c>mm:ss.mmm</c>.</summary>
    public string Clock(DateTimeOffset at) => (at - start).ToString(@"mm\:ss\.fff", CultureInfo.InvariantCulture);

    /// <summary>Seconds with their sign, as <c>+0.004</c>.</summary>
    public static string Span(TimeSpan span) => Math.Round(span.TotalSeconds, 3).ToString("+0.000;-0.000;+0.000", CultureInfo.InvariantCulture);
}
