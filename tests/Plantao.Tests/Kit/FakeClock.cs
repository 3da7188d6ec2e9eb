namespace Plantao.Tests.Kit;

/// <summary>A clock that stands until a test moves it. Timers fire while it is moved, in the order of their due times.</summary>
public sealed class FakeClock : TimeProvider
{
    readonly Lock gate = new();
    readonly List<Timer> timers = [];
    DateTimeOffset now;

    /// <param name="start">Default: Monday, 21 September 2026, 09:00 UTC.</param>
    public FakeClock(DateTimeOffset? start = null) => now = (start ?? Start).ToUniversalTime();

    /// <summary>Where a clock stands unless told otherwise.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 9, 21, 9, 0, 0, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Moves on, and fires on the way what comes due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <inheritdoc cref="Advance"/>
    public void AdvanceTo(DateTimeOffset end)
    {
        while (true)
        {
            Timer? next;
            lock (gate)
            {
                next = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
                if (next is null)
                {
                    if (end > now) now = end;
                    return;
                }

                if (next.Due > now) now = next.Due;
                next.Due = next.Period > TimeSpan.Zero ? next.Due + next.Period : DateTimeOffset.MaxValue;
            }

            next.Fire();
        }
    }

    /// <summary>Jumps, also backwards, without firing: as when somebody sets the machine's clock.</summary>
    public void Jump(DateTimeOffset to)
    {
        lock (gate) now = to.ToUniversalTime();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        lock (gate) timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    sealed class Timer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool atOnce;
            lock (clock.gate)
            {
                Period = period;
                atOnce = dueTime == TimeSpan.Zero;
                Due = dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : atOnce && period <= TimeSpan.Zero ? DateTimeOffset.MaxValue : clock.now + (atOnce ? period : dueTime);
            }

            if (atOnce) ThreadPool.QueueUserWorkItem(_ => callback(state));
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
