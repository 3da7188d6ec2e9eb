namespace Plantao.Target.Checkout;

/// <summary>When the watch fires and when it is over. Pure.</summary>
/// <param name="Window">What it looks back on.</param>
/// <param name="Least">Fewer orders than these say nothing: it stays as it is.</param>
/// <param name="FiresFrom">Share of failed orders, 0 to 1.</param>
/// <param name="EndsBelow">Lower, so that it does not flap around one figure.</param>
sealed record Rule(TimeSpan Window, int Least, double FiresFrom, double EndsBelow)
{
    public static Rule Usual { get; } = new(TimeSpan.FromSeconds(2), 10, 0.2, 0.05);

    /// <returns>Whether it fires from now on.</returns>
    public bool Fires(bool before, int all, int failed) => all < Least ? before : failed >= (before ? EndsBelow : FiresFrom) * all;
}

/// <summary>Counts orders over a sliding window, and since the start.</summary>
sealed class ErrorRate(TimeSpan window)
{
    readonly Lock gate = new();
    readonly Queue<(DateTimeOffset At, bool Failed)> recent = new();

    public long Paid { get; private set; }

    public long Failed { get; private set; }

    public void Add(DateTimeOffset at, bool failed)
    {
        lock (gate)
        {
            recent.Enqueue((at, failed));
            if (failed) Failed++;
            else Paid++;
        }
    }

    public (int All, int Failed) Over(DateTimeOffset now)
    {
        lock (gate)
        {
            while (recent.TryPeek(out var oldest) && oldest.At < now - window) recent.Dequeue();
            return (recent.Count, recent.Count(order => order.Failed));
        }
    }
}
