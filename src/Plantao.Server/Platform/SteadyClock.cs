using System.Text.Json;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Where a steady clock stood when it was last compared with another. Pure.</summary>
/// <param name="Up">The machine's time stamp then.</param>
/// <param name="Ahead">How far the other clock was ahead; below zero: behind.</param>
public sealed record SteadyMoment(DateTimeOffset At, TimeSpan Up, TimeSpan Ahead)
{
    /// <summary>It makes up one part of this many: 0.5 ms in a second, which is as fast as a kernel slews its own clock. A wait of 5 min is 0.15 s off at the most.</summary>
    public const int Slew = 2000;

    /// <summary>The time at a stamp: as much later as really passed, and a little of what it is away made up. It never goes back and never stands still.</summary>
    public DateTimeOffset Read(TimeSpan up)
    {
        var passed = up > Up ? up - Up : TimeSpan.Zero;
        var most = passed / Slew;
        return At + passed + (Ahead > most ? most : Ahead < -most ? -most : Ahead);
    }

    /// <summary>Compares again: from here on it makes up what it is away now.</summary>
    public SteadyMoment Look(DateTimeOffset other, TimeSpan up)
    {
        var at = Read(up);
        return new SteadyMoment(at, up, other - at);
    }
}

/// <summary>What a server knew of its time when it last wrote it down: so that the next one knows how much time passed, whatever the wall clock was set to meanwhile.</summary>
/// <param name="Boot">The machine's run in which <paramref name="Up"/> counts.</param>
public sealed record KeptTime(DateTimeOffset At, TimeSpan Up, string Boot)
{
    const string Setting = "clock";

    /// <summary>What a server that had gone on would say now: exact while the machine was not restarted, and else the wall clock, unless that lies before what is kept.</summary>
    public static DateTimeOffset Expected(KeptTime? kept, DateTimeOffset wall, TimeSpan up, string boot) => kept switch
    {
        null => wall,
        { Boot.Length: > 0 } when kept.Boot == boot && up >= kept.Up => kept.At + (up - kept.Up),
        _ => wall > kept.At ? wall : kept.At,
    };

    public static async Task<KeptTime?> Find(Db db, CancellationToken ct) =>
        await Settings.Find(db, Setting, ct) is { } json ? JsonSerializer.Deserialize<KeptTime>(json, Json.Compact) : null;

    // Not through Settings.Keep: nobody waits for it, and it would wake the node every few seconds.
    public Task Keep(Tx tx) => tx.Execute($"INSERT INTO settings (name, value) VALUES ({Setting}, {JsonSerializer.Serialize(this, Json.Compact)}) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
}

/// <summary>The clock that everything here goes by. It runs on the machine's time stamps, so that a wall clock which is set, forward or back, moves no timer.</summary>
/// <remarks>On SQLite it makes up what the wall clock is away, slowly; on PostgreSQL it is set by the database's clock, which all nodes follow. Decision 0009.</remarks>
public sealed class SteadyClock : TimeProvider
{
    SteadyMoment moment;

    /// <param name="at">What it says now.</param>
    public SteadyClock(TimeProvider machine, DateTimeOffset at)
    {
        Machine = machine;
        moment = new SteadyMoment(at, Up, TimeSpan.Zero);
    }

    /// <summary>This machine's clock.</summary>
    public TimeProvider Machine { get; }

    /// <summary>How far this clock is ahead of the machine's wall clock; below zero: behind.</summary>
    public TimeSpan Offset => GetUtcNow() - Machine.GetUtcNow();

    /// <summary>The machine's time stamp.</summary>
    public TimeSpan Up => Machine.GetElapsedTime(0);

    public override TimeZoneInfo LocalTimeZone => Machine.LocalTimeZone;

    public override long TimestampFrequency => Machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Volatile.Read(ref moment).Read(Up);

    public override long GetTimestamp() => Machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Compares with the wall clock, and makes up the difference slowly from here on. Called by one worker.</summary>
    public void FollowTheWall() => Volatile.Write(ref moment, moment.Look(Machine.GetUtcNow(), Up));

    /// <summary>Sets it at once. Called by one worker, or before any runs.</summary>
    public void Move(TimeSpan by)
    {
        var up = Up;
        Volatile.Write(ref moment, new SteadyMoment(moment.Read(up) + by, up, TimeSpan.Zero));
    }
}
