using System.Globalization;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Finds the signal on which the program dies again and again, so that it is set aside and all others go on (failures.md A9).</summary>
/// <remarks>
/// After a start, what waited is decided one by one, and each is marked before it is touched: as many as the transaction may have held that died.
/// One that two servers marked, and neither could decide nor take its mark back, was under way in two deaths, and is not tried a third time.
/// A database that is away is no death: a server marks a signal once, however often it tries. Costs a start with a backlog a commit for each of
/// these signals, and a running server nothing.
/// </remarks>
public sealed class CrashLoop(Db db)
{
    const string Setting = "deciding";

    /// <summary>Deaths that one signal may be present at.</summary>
    const int Deaths = 2;

    int left = DecideWorker.Most;
    (long Signal, int Before)? mine;

    /// <summary>Whether signals are still decided one by one.</summary>
    public bool Watching => left > 0;

    /// <summary>Marks the signal that is decided next.</summary>
    /// <returns>The one that must not be decided; <see langword="null"/> when there is nothing against the next, or none is waiting.</returns>
    public async Task<long?> Next(CancellationToken ct)
    {
        var (waiting, mark) = await db.Write<(bool, (long Signal, int Before)?)>(async tx =>
        {
            // Another node is at it: the mark would name what it decides.
            if (await SignalStore.Cursor(tx) is not { } cursor) return (true, mine);
            if (await tx.First($"SELECT min(id) FROM signals WHERE id > {cursor}", r => r.LongOrNull(0)) is not { } next) return (false, null);
            if (mine is { } known && known.Signal == next) return (true, mine);
            var kept = (await tx.First($"SELECT value FROM settings WHERE name = {Setting}", r => r.Text(0)))?.Split(' ');
            var times = kept is [var id, var before] && long.Parse(id, CultureInfo.InvariantCulture) == next ? int.Parse(before, CultureInfo.InvariantCulture) : 0;
            if (times < Deaths) await Keep(tx, next, times + 1);
            return (true, (next, times));
        }, ct);
        left = waiting ? left - 1 : 0;
        mine = mark;
        return mark is { Before: >= Deaths } deadly ? deadly.Signal : null;
    }

    /// <summary>Takes the mark back: the server ends because it was told to, and dies of nothing.</summary>
    public Task Forget() => mine is not { Before: < Deaths } mark ? Task.CompletedTask : db.Write(tx => Keep(tx, mark.Signal, mark.Before), CancellationToken.None);

    static Task Keep(Tx tx, long signal, int times) => Settings.Keep(tx, Setting, string.Create(CultureInfo.InvariantCulture, $"{signal} {times}"));
}

/// <summary>Why a signal is set aside that nothing was thrown for.</summary>
public sealed class CrashLoopException() : Exception("The program stopped twice while this signal was decided. It is not tried again by itself.");
