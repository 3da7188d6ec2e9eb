using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.OnCall;

/// <summary>What became of a swap that was asked for. Stored by name.</summary>
public enum SwapAnswer
{
    /// <summary>Both overrides hold.</summary>
    Agreed,

    /// <summary>The other said no.</summary>
    Declined,

    /// <summary>Who asked took it back.</summary>
    Withdrawn,
}

/// <summary>Two shifts that are to change hands: nothing holds until the other agreed.</summary>
/// <param name="By">The user id of who asks.</param>
/// <param name="Of">The user id of who is asked.</param>
/// <param name="Gives">The shift that <paramref name="By"/> gives.</param>
/// <param name="Takes">The shift that <paramref name="By"/> takes.</param>
public sealed record Swap(string Id, string Schedule, string By, string Of, Gap Gives, Gap Takes, DateTimeOffset MadeAt)
{
    /// <summary>When there is nothing left to agree to: one of the shifts has begun.</summary>
    public DateTimeOffset Until => Gives.Start < Takes.Start ? Gives.Start : Takes.Start;
}

/// <summary>Tells the other of a swap. A room above answers: it knows the channels.</summary>
public interface ITellOfSwaps
{
    Task Asked(Tx tx, Swap swap, string byName, string schedule, string correlation, DateTimeOffset now);
}

/// <summary>Asks for swaps and answers them, in one transaction each.</summary>
sealed class Swaps(Db db, OnCallStore store, IEnumerable<ITellOfSwaps> tellers)
{
    static Refusal Changed { get; } = new("swap-changed", "One of the two shifts is not as it was any more. Nothing was swapped; ask anew.");

    static Refusal NoSuchSwap { get; } = new("not-found", "There is no such swap, or it was answered.", 404);

    /// <param name="gives">One's own shift, whole.</param>
    /// <param name="takes">Another's shift, whole.</param>
    public Task<Ruling<Swap>> Ask(AppliedSchedule schedule, Gap gives, Gap takes, Call call, CancellationToken ct) => db.Write<Ruling<Swap>>(async tx =>
    {
        var team = schedule.Team is null ? null : await TeamStore.Find(tx, schedule.Team);
        if (!call.Caller.May(Right.ChangeOnCall, team?.Id)) return call.NotAllowed(Right.ChangeOnCall);
        var me = (await UserStore.Find(tx, call.UserId))!;
        if (gives.Start <= call.At || takes.Start <= call.At) return new Refusal("shift-begun", "A shift that has begun is not swapped: put somebody in for the rest of it.", 422);
        if (await Holder(tx, schedule, gives) != me.Name) return Changed;
        if (await Holder(tx, schedule, takes) is not { } name || name == me.Name || await UserStore.Named(tx, name) is not { Status: UserStatus.Active } other) return Changed;
        var swap = new Swap(Ids.New("swp", call.At), schedule.Schedule.Name, me.Id, other.Id, gives, takes, call.At.Stored());
        await OnCallStore.AddSwap(tx, swap);
        await tx.Journal(Entry.Of("swap.asked", "schedule:" + swap.Schedule, call.By, call.At, call.Correlation, new { id = swap.Id, of = other.Id, gives, takes }));
        foreach (var teller in tellers) await teller.Asked(tx, swap, me.DisplayName, schedule.Title, call.Correlation, call.At);
        return swap;
    }, ct);

    /// <summary>The other agrees: two overrides hold from now on, and each names whom it replaces.</summary>
    public Task<Ruling<Swap>> Agree(AppliedSchedule schedule, string id, Call call, CancellationToken ct) => db.Write<Ruling<Swap>>(async tx =>
    {
        if (await Open(tx, schedule, id) is not { } swap || swap.Of != call.UserId) return NoSuchSwap;
        var (by, of) = (await UserStore.Find(tx, swap.By), await UserStore.Find(tx, swap.Of));
        if (swap.Until <= call.At || by is not { Status: UserStatus.Active } || of is not { Status: UserStatus.Active } || await Holder(tx, schedule, swap.Gives) != by.Name || await Holder(tx, schedule, swap.Takes) != of.Name) return Changed;
        await OnCallStore.AnswerSwap(tx, id, SwapAnswer.Agreed, call.At);
        foreach (var (span, who, instead) in new[] { (swap.Gives, of, by), (swap.Takes, by, of) })
        {
            var put = Ids.New("ovr", call.At);
            await OnCallStore.Add(tx, put, swap.Schedule, who.Id, instead.Id, span.Start, span.End, call.By, call.At);
            await tx.Journal(Entry.Of("override.made", "schedule:" + swap.Schedule, call.By, call.At, call.Correlation, new { id = put, user = who.Id, replaces = instead.Id, from = span.Start, until = span.End, swap = id }));
        }

        await tx.Journal(Entry.Of("swap.agreed", "schedule:" + swap.Schedule, call.By, call.At, call.Correlation, new { id }));
        return swap;
    }, ct);

    /// <summary>The other says no, or who asked takes it back.</summary>
    public Task<Ruling<Swap>> End(AppliedSchedule schedule, string id, Call call, CancellationToken ct) => db.Write<Ruling<Swap>>(async tx =>
    {
        if (await Open(tx, schedule, id) is not { } swap || (swap.Of != call.UserId && swap.By != call.UserId)) return NoSuchSwap;
        var answer = swap.Of == call.UserId ? SwapAnswer.Declined : SwapAnswer.Withdrawn;
        await OnCallStore.AnswerSwap(tx, id, answer, call.At);
        await tx.Journal(Entry.Of(answer is SwapAnswer.Declined ? "swap.declined" : "swap.withdrawn", "schedule:" + swap.Schedule, call.By, call.At, call.Correlation, new { id }));
        return swap;
    }, ct);

    static async Task<Swap?> Open(Tx tx, AppliedSchedule schedule, string id) => await OnCallStore.OpenSwap(tx, id) is { } swap && swap.Schedule == schedule.Schedule.Name ? swap : null;

    /// <summary>Who has the whole span; <see langword="null"/>: not one person.</summary>
    async Task<string?> Holder(Tx tx, AppliedSchedule schedule, Gap span)
    {
        if (await store.Find(tx, schedule.Schedule.Name) is not { } now) return null;
        var shifts = WhoIsOnCall.Shifts(now.Schedule, await OnCallStore.Overrides(tx, now.Schedule.Name, span.Start, span.End), span.Start, span.End);
        return shifts.Count > 0 && shifts[0].Start == span.Start && shifts[^1].End == span.End && shifts.Zip(shifts.Skip(1)).All(pair => pair.First.End == pair.Second.Start)
            && shifts.Select(s => s.Person).Distinct(StringComparer.Ordinal).Count() == 1 ? shifts[0].Person : null;
    }
}
