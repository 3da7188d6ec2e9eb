using Plantao.People;

namespace Plantao.Escalations;

/// <summary>Where a climb stands. Stored by name; a name is never reused.</summary>
public enum EscalationStatus
{
    /// <summary>Asking, step by step.</summary>
    Climbing,

    /// <summary>The ladder ended and nobody answered: the catch-all is paged every 5 min until someone does.</summary>
    Unanswered,

    /// <summary>Low urgency: the first step's people were told once; said again at 09:00 in their zone.</summary>
    Told,

    /// <summary>Somebody has it.</summary>
    Acknowledged,

    /// <summary>Somebody has it, for a stated time.</summary>
    Snoozed,

    /// <summary>Silenced, inhibited or in maintenance: received and shown, not climbing.</summary>
    Quiet,

    /// <summary>What it climbed for is over.</summary>
    Ended,
}

/// <summary>What a climb wants done now.</summary>
public abstract record ClimbEffect
{
    ClimbEffect() { }

    /// <summary>Page the people of this step; when nobody of them can be reached, tell the climb so with <see cref="Escalation.PassStep"/>.</summary>
    public sealed record PageStep(int Round, int Step) : ClimbEffect;

    /// <summary>Page the catch-all, loudly, until someone answers.</summary>
    public sealed record PageCatchAll : ClimbEffect;

    /// <summary>Tell the first step's people once, by their low rules.</summary>
    public sealed record TellStep : ClimbEffect;

    /// <summary>"Still on it?" to who acknowledged.</summary>
    public sealed record AskStillOnIt(string By) : ClimbEffect;

    /// <summary>An acknowledgement ran out: page who had it and who is on call now.</summary>
    public sealed record Repage(string? By) : ClimbEffect;

    /// <summary>Page one person or start another policy: it was passed on.</summary>
    public sealed record PagePerson(string UserId) : ClimbEffect;

    /// <summary>Stop the pages of earlier epochs; tell the others who answered, without noise.</summary>
    public sealed record StopPages(string? AnsweredBy) : ClimbEffect;
}

/// <summary>One climb up an escalation policy, for one alert or its group. Immutable: a move makes a new one.</summary>
/// <remarks>Carries its own copy of the policy: editing a policy does not change a climb under way. Who is on call is asked at each step.</remarks>
/// <param name="Epoch">Raised by each acknowledgement and each fresh start: what was sent for an earlier epoch is dropped at send time.</param>
/// <param name="Step">The next step to take, from 0.</param>
/// <param name="Round">From 1.</param>
/// <param name="DueAt">When it acts next by itself; <see langword="null"/>: only when told.</param>
/// <param name="Asked">The "still on it?" of this acknowledgement went out.</param>
/// <param name="Reached">Whether the last step or catch-all reached anybody: what is unreached is loud.</param>
public sealed record Escalation(
    string Id,
    string Subject,
    EscalationPolicy Policy,
    Urgency Urgency,
    int Rank,
    EscalationStatus Status,
    int Epoch,
    int Step,
    int Round,
    DateTimeOffset? DueAt,
    string? By = null,
    DateTimeOffset? AcknowledgedAt = null,
    DateTimeOffset? AcknowledgedUntil = null,
    bool Asked = false,
    bool Reached = true)
{
    /// <summary>How long an acknowledgement at high urgency holds without a sign (design §15).</summary>
    public static readonly TimeSpan AcknowledgementTimeout = TimeSpan.FromMinutes(30);

    /// <summary>How long before its end who acknowledged is asked.</summary>
    public static readonly TimeSpan AskBefore = TimeSpan.FromMinutes(5);

    /// <summary>How often the catch-all is paged.</summary>
    public static readonly TimeSpan CatchAllEvery = TimeSpan.FromMinutes(5);

    /// <summary>The shortest and the longest snooze.</summary>
    public static readonly (TimeSpan Shortest, TimeSpan Longest) SnoozeRange = (TimeSpan.FromMinutes(15), TimeSpan.FromHours(24));

    /// <summary>A new climb. Acts for the first time at <paramref name="now"/>.</summary>
    /// <param name="quiet">Received during a silence or maintenance: it starts when the last reason ends.</param>
    public static Escalation Start(string id, string subject, EscalationPolicy policy, Urgency urgency, int rank, DateTimeOffset now, bool quiet = false) =>
        new(id, subject, policy, urgency, rank, quiet ? EscalationStatus.Quiet : First(urgency), Epoch: 0, Step: 0, Round: 1, DueAt: quiet ? null : now);

    /// <summary>Whether somebody has it.</summary>
    public bool Answered => Status is EscalationStatus.Acknowledged or EscalationStatus.Snoozed;

    /// <summary>Whether who was asked last answered: somebody has it, or had it when it ended.</summary>
    public bool WasAnswered => Answered || (Status is EscalationStatus.Ended && By is not null);

    /// <summary>How long the step that was taken last has waited in vain, when its wait has passed.</summary>
    /// <returns><see langword="null"/>: it is early, nobody was asked by a step of this epoch, or somebody answered.</returns>
    public TimeSpan? Overdue(DateTimeOffset now) =>
        Status is EscalationStatus.Climbing && Step > 0 && Step <= Policy.Steps.Count && now >= DueAt ? Policy.Steps[Step - 1].Wait : null;

    /// <summary>Acts when it is due.</summary>
    /// <param name="now">A late tick acts once, not in a burst: the wait restarts from <paramref name="now"/>.</param>
    /// <param name="morning">The next 09:00 in the zone of who was told.</param>
    /// <param name="quiet">All that it climbs for is silenced, inhibited or in maintenance now: an acknowledgement that runs out leaves it open and quiet, until the last reason ends.</param>
    /// <returns>The climb afterwards and what to do: nothing when it is early, acknowledged or over.</returns>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) Advance(DateTimeOffset now, DateTimeOffset morning, bool quiet = false)
    {
        if (DueAt is null || now < DueAt) return (this, []);
        switch (Status)
        {
            case EscalationStatus.Climbing when Step < Policy.Steps.Count:
                return (this with { Step = Step + 1, DueAt = now + Policy.Steps[Step].Wait }, [new ClimbEffect.PageStep(Round, Step)]);

            case EscalationStatus.Climbing when Round < Policy.Rounds && Policy.Steps.Count > 0:
                return (this with { Step = 0, Round = Round + 1 }).Advance(now, morning);

            case EscalationStatus.Climbing:
                return (this with { Status = EscalationStatus.Unanswered, DueAt = now + CatchAllEvery }, [new ClimbEffect.PageCatchAll()]);

            case EscalationStatus.Unanswered:
                return (this with { DueAt = now + CatchAllEvery }, [new ClimbEffect.PageCatchAll()]);

            case EscalationStatus.Told:
                return (this with { DueAt = morning }, [new ClimbEffect.TellStep()]);

            case EscalationStatus.Acknowledged when !Asked && AcknowledgedUntil is { } until && By is not null:
                // Asked late (a stall), they have the same five minutes to answer: asking and paging at once would be a burst.
                var ends = now < until ? until : now + AskBefore;
                return (this with { Asked = true, AcknowledgedUntil = ends, DueAt = ends }, [new ClimbEffect.AskStillOnIt(By)]);

            case EscalationStatus.Acknowledged or EscalationStatus.Snoozed when quiet:
                return (Fresh(now) with { Status = EscalationStatus.Quiet, DueAt = null }, [new ClimbEffect.StopPages(null)]);

            case EscalationStatus.Acknowledged or EscalationStatus.Snoozed:
                // Forgotten: open again, and the first step is the next.
                var forgotten = Fresh(now) with { Status = First(Urgency) };
                return Urgency is Urgency.High
                    ? (forgotten with { DueAt = now + FirstWait }, [new ClimbEffect.StopPages(null), new ClimbEffect.Repage(By)])
                    : (forgotten with { DueAt = morning }, [new ClimbEffect.StopPages(null), new ClimbEffect.TellStep()]);

            case EscalationStatus.Quiet or EscalationStatus.Ended:
                return (this with { DueAt = null }, []);

            default:
                throw new InvalidOperationException($"A climb that is {Status} cannot advance.");
        }
    }

    /// <summary>Nobody of the step that was just taken could be reached: it is passed at once (S2-45; never a page to nobody).</summary>
    public Escalation PassStep(DateTimeOffset now) => this with { DueAt = now };

    /// <summary>"I have it": stops the climb for all. Again by another is harmless: the first keeps it.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) Acknowledge(string by, DateTimeOffset now) => Status switch
    {
        EscalationStatus.Ended => (this, []),
        EscalationStatus.Acknowledged or EscalationStatus.Snoozed when By is not null && By != by => (this, []),
        _ => (Held(EscalationStatus.Acknowledged, by, now, Urgency is Urgency.High ? now + AcknowledgementTimeout : null), Answered ? [] : [new ClimbEffect.StopPages(by)]),
    };

    /// <summary>One tap on "still on it": the same person's acknowledgement starts anew.</summary>
    public Escalation Extend(string by, DateTimeOffset now) =>
        Status is EscalationStatus.Acknowledged && By == by ? this with { AcknowledgedUntil = now + AcknowledgementTimeout, Asked = false, DueAt = now + AcknowledgementTimeout - AskBefore } : this;

    /// <summary>An acknowledgement with its own end.</summary>
    public Platform.Ruling<(Escalation After, IReadOnlyList<ClimbEffect> Effects)> Snooze(string by, TimeSpan length, DateTimeOffset now)
    {
        if (length < SnoozeRange.Shortest || length > SnoozeRange.Longest)
            return new Platform.Refusal("snooze-length", "A snooze lasts from 15 minutes to 24 hours.", 422);
        if (Status is EscalationStatus.Ended)
            return new Platform.Refusal("already-over", "This is over already; there is nothing to snooze.");
        return (this with
        {
            Status = EscalationStatus.Snoozed,
            Epoch = Epoch + 1,
            By = by,
            AcknowledgedAt = now,
            AcknowledgedUntil = now + length,
            Asked = true,
            DueAt = now + length,
        }, (IReadOnlyList<ClimbEffect>)[new ClimbEffect.StopPages(by)]);
    }

    /// <summary>Takes the next step now; a low alert becomes high, an acknowledged one is asked again.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) EscalateNow(DateTimeOffset now)
    {
        if (Status is EscalationStatus.Ended) return (this, []);
        var climbing = Status is EscalationStatus.Climbing or EscalationStatus.Unanswered
            ? this
            : this with { Status = EscalationStatus.Climbing, Epoch = Epoch + 1, By = null, AcknowledgedAt = null, AcknowledgedUntil = null, Asked = false };
        climbing = climbing with { Urgency = Urgency.High, DueAt = now };
        var (after, effects) = climbing.Advance(now, now);
        return (after, climbing.Epoch > Epoch ? [new ClimbEffect.StopPages(null), .. effects] : effects);
    }

    /// <summary>Starts an epoch at a person; the ladder goes on from its first step when they do not answer.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) PassOn(string userId, DateTimeOffset now) =>
        Status is EscalationStatus.Ended ? (this, []) : (Fresh(now) with { Status = EscalationStatus.Climbing, Urgency = Urgency.High, DueAt = now + FirstWait }, [new ClimbEffect.StopPages(null), new ClimbEffect.PagePerson(userId)]);

    /// <summary>Starts an epoch at another policy.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) PassOn(EscalationPolicy policy, DateTimeOffset now) =>
        Status is EscalationStatus.Ended ? (this, []) : (Fresh(now) with { Policy = policy, Status = EscalationStatus.Climbing, Urgency = Urgency.High }, [new ClimbEffect.StopPages(null)]);

    /// <summary>A new climb from the first step: reopened, or more urgent than before (acknowledged or not).</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) Restart(Urgency urgency, int rank, DateTimeOffset now) =>
        (Fresh(now) with { Status = First(urgency), Urgency = urgency, Rank = rank }, [new ClimbEffect.StopPages(null)]);

    /// <summary>Quiet begins: a climb that nobody acknowledged pauses, an acknowledged one is untouched.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) Hush() => Status is EscalationStatus.Climbing or EscalationStatus.Unanswered or EscalationStatus.Told
        ? (this with { Status = EscalationStatus.Quiet, Epoch = Epoch + 1, DueAt = null }, [new ClimbEffect.StopPages(null)])
        : (this, []);

    /// <summary>The last reason for quiet ended and it is still open: the climb starts (ours; PagerDuty drops it).</summary>
    public Escalation Unhush(DateTimeOffset now) => Status is EscalationStatus.Quiet
        ? this with { Status = First(Urgency), Step = 0, Round = 1, Reached = true, DueAt = now }
        : this;

    /// <summary>What it climbed for is over.</summary>
    public (Escalation After, IReadOnlyList<ClimbEffect> Effects) End() => Status is EscalationStatus.Ended
        ? (this, [])
        : (this with { Status = EscalationStatus.Ended, Epoch = Epoch + 1, DueAt = null }, [new ClimbEffect.StopPages(null)]);

    static EscalationStatus First(Urgency urgency) => urgency is Urgency.High ? EscalationStatus.Climbing : EscalationStatus.Told;

    TimeSpan FirstWait => Policy.Steps.Count > 0 ? Policy.Steps[0].Wait : CatchAllEvery;

    Escalation Held(EscalationStatus status, string by, DateTimeOffset now, DateTimeOffset? until) => this with
    {
        Status = status,
        Epoch = Answered ? Epoch : Epoch + 1,
        By = by,
        AcknowledgedAt = now,
        AcknowledgedUntil = until,
        Asked = false,
        DueAt = until - AskBefore,
    };

    Escalation Fresh(DateTimeOffset now) => this with
    {
        Epoch = Epoch + 1,
        Step = 0,
        Round = 1,
        By = null,
        AcknowledgedAt = null,
        AcknowledgedUntil = null,
        Asked = false,
        Reached = true,
        DueAt = now,
    };
}
