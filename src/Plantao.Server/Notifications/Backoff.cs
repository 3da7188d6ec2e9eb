namespace Plantao.Notifications;

/// <summary>How a failed delivery goes on.</summary>
public static class Backoff
{
    /// <summary>Tries through one method before it is given up.</summary>
    public const int MostAttempts = 8;

    /// <summary>The wait after so many attempts: 5 s, 10 s, 20 s… at most 5 min, with up to a quarter of chance, so that many do not come back at once.</summary>
    /// <param name="asked">What the provider asked for: obeyed, at most 1 h.</param>
    /// <param name="chance">From 0 to 1.</param>
    public static TimeSpan After(int attempts, TimeSpan? asked, double chance)
    {
        var own = TimeSpan.FromSeconds(Math.Min(300, 5 * Math.Pow(2, Math.Max(0, attempts - 1))));
        own += own * 0.25 * chance;
        if (asked is not { } wait) return own;
        if (wait > TimeSpan.FromHours(1)) wait = TimeSpan.FromHours(1);
        return wait < TimeSpan.FromSeconds(1) ? own : wait;
    }

    /// <summary>Whether the next contact method is taken now, beside the retries: at the first failure for rank 0 and 1, at the second for the rest, and whenever the wait is longer than 30 s: one more must not wait behind what a provider asks for.</summary>
    public static bool FallBack(int rank, int attempts, TimeSpan wait) => rank <= 1 || attempts >= 2 || wait > TimeSpan.FromSeconds(30);
}
