namespace Plantao.Demo;

/// <summary>Looks until something is there.</summary>
static class Seen
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <returns><see langword="null"/> when it was not there within <paramref name="limit"/>.</returns>
    public static async Task<T?> Within<T>(TimeSpan limit, TimeProvider clock, Func<Task<T?>> look, CancellationToken ct) where T : class
    {
        for (var began = clock.GetTimestamp(); ; await Task.Delay(Pause, clock, ct))
        {
            if (await look() is { } there) return there;
            if (clock.GetElapsedTime(began) > limit) return null;
        }
    }
}
