namespace Plantao.Alerts;

/// <summary>How deciding and senders share the one writer of a database while a stream of signals comes in. Pure.</summary>
static class Pacing
{
    /// <summary>
    /// While deciding keeps up, and where signals come faster than they could be decided with the whole writer, senders have it for so many times as
    /// long as deciding had it: a backlog is on disk, a sender waits.
    /// </summary>
    public const double SendersShare = 4;

    /// <summary>Deciding may have this much of the writer when that keeps it up with what comes, and no more: three quarters.</summary>
    const double Most = 0.75;

    /// <summary>Faster than it comes by this, so that what waits becomes less.</summary>
    const double Ahead = 1.5;

    /// <summary>How long deciding waits before its next batch.</summary>
    /// <param name="came">Signals that came in since the last time.</param>
    /// <param name="since">How long ago that was.</param>
    /// <param name="decided">Signals of the batch, one or more.</param>
    /// <param name="more">More waits than the batch took.</param>
    /// <param name="took">How long the batch had the writer, to its commit.</param>
    public static TimeSpan Breath(long came, TimeSpan since, int decided, bool more, TimeSpan took)
    {
        if (came <= 0) return TimeSpan.Zero;
        // In larger batches it costs less: as long as none of them is full, it is soon enough.
        if (!more || since <= TimeSpan.Zero) return took * SendersShare;
        // The share of the writer that deciding needs, to keep up with what comes.
        var needed = came / since.TotalSeconds * (took.TotalSeconds / decided);
        var share = needed >= 1 ? 0 : Math.Min(needed * Ahead, Most);
        return took * Math.Min(SendersShare, share > 0 ? 1 / share - 1 : SendersShare);
    }
}
