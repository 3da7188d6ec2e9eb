using System.Collections.Concurrent;

namespace Plantao.Platform.Storage;

/// <summary>Lets a worker rest until something it cares about was committed. Carries a wake-up, never data: polling is the truth.</summary>
public sealed class Wakes
{
    readonly ConcurrentDictionary<string, Action[]> listeners = new(StringComparer.Ordinal);

    /// <summary>Something of <paramref name="topic"/> was committed, here or on another node.</summary>
    public void Raise(string topic)
    {
        if (!listeners.TryGetValue(topic, out var actions)) return;
        foreach (var action in actions) action();
    }

    /// <summary>Calls <paramref name="action"/> at each commit. It must be quick and must not throw.</summary>
    public void Do(string topic, Action action) => listeners.AddOrUpdate(topic, [action], (_, actions) => [.. actions, action]);

    /// <summary>A bell that these topics ring; each worker that waits has one of its own.</summary>
    public Bell On(string topic, params string[] more)
    {
        var bell = new Bell();
        foreach (var name in (string[])[topic, .. more]) Do(name, bell.Ring);
        return bell;
    }

    /// <summary>Remembers one ring until somebody waited for it.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as its worker, and its semaphore never makes a wait handle: there is nothing to release.")]
    public sealed class Bell
    {
        readonly SemaphoreSlim rung = new(0, 1);
        int pending;

        internal void Ring()
        {
            if (Interlocked.Exchange(ref pending, 1) == 0) rung.Release();
        }

        /// <summary>Waits for a ring, at most for <paramref name="longest"/>.</summary>
        public async Task Wait(TimeSpan longest, TimeProvider clock, CancellationToken ct)
        {
            if (longest <= TimeSpan.Zero) return;
            using var ended = new CancellationTokenSource(longest, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, ct);
            try
            {
                await rung.WaitAsync(either.Token);
                Interlocked.Exchange(ref pending, 0);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Rested long enough: the caller looks at the table.
            }
        }
    }
}
