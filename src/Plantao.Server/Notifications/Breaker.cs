using System.Collections.Concurrent;

namespace Plantao.Notifications;

/// <summary>Stops knocking at a door that does not open: after five failures in a row a provider rests for 30 s, and its messages go the next way at once.</summary>
/// <remarks>In memory, of this node: it spares time and decides nothing that must hold across nodes.</remarks>
public sealed class Breaker(TimeProvider clock)
{
    /// <summary>Failures in a row before it opens.</summary>
    public const int Limit = 5;

    /// <summary>How long it stays open before one try is let through.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<string, (int Failures, DateTimeOffset Until)> doors = new(StringComparer.Ordinal);

    /// <summary>Whether to try <paramref name="door"/> now. After the rest one caller is let through; the others wait for its outcome.</summary>
    public bool Allows(string door)
    {
        if (!doors.TryGetValue(door, out var state) || state.Failures < Limit) return true;
        var now = clock.GetUtcNow();
        return now >= state.Until && doors.TryUpdate(door, (state.Failures, now + Rest), state);
    }

    /// <summary>The doors that are shut now, and until when.</summary>
    public IReadOnlyList<(string Door, DateTimeOffset Until)> Shut => [.. doors.Where(d => d.Value.Failures >= Limit && d.Value.Until > clock.GetUtcNow()).Select(d => (d.Key, d.Value.Until)).OrderBy(d => d.Key, StringComparer.Ordinal)];

    /// <returns>Whether it had been shut.</returns>
    public bool Succeeded(string door) => doors.TryRemove(door, out var state) && state.Failures >= Limit;

    public void Failed(string door) => doors.AddOrUpdate(door, _ => (1, clock.GetUtcNow() + Rest), (_, state) => (state.Failures + 1, clock.GetUtcNow() + Rest));
}
