namespace Plantao.Platform;

/// <summary>The clock of all nodes: this machine's, corrected by what it is away from the database's.</summary>
/// <remarks>Timers and time stamps run on the machine's own monotonic clock.</remarks>
public sealed class DatabaseClock(TimeProvider machine) : TimeProvider
{
    long offsetTicks;

    /// <summary>Positive when the database is ahead of this machine.</summary>
    public TimeSpan Offset
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref offsetTicks));
        set => Volatile.Write(ref offsetTicks, value.Ticks);
    }

    /// <summary>This machine's clock, uncorrected.</summary>
    public TimeProvider Machine => machine;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + Offset;

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => machine.CreateTimer(callback, state, dueTime, period);
}
