using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Sends what is due through one channel. Any number of nodes may run it at once; a channel that hangs holds up no other.</summary>
public sealed class DeliveryWorker(
    WorkerContext context,
    NotificationStore store,
    RecipientStore recipients,
    IChannel channel,
    Notices notices,
    Breaker breaker,
    Vault vault,
    PublicAddress address,
    DeliveryMetrics metrics,
    ServeOptions options,
    Random chance,
    ILogger<DeliveryWorker> log)
    : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Through(channel.Name))
{
    /// <summary>Few: one killed node leaves few in doubt.</summary>
    const int Few = 4;

    /// <summary>While more wait than are taken: each claim waits for a disk and for the slowest of its messages, and twice as many go out in that time.</summary>
    const int Many = 8;

    readonly Db db = context.Db;
    DateTimeOffset? next;
    int atOnce = Few;
    Task closing = Task.CompletedTask;

    /// <summary>The channel this worker serves.</summary>
    public string Channel => channel.Name;

    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => Task.FromResult(next);

    public override async Task<bool> Work(CancellationToken ct)
    {
        var started = Clock.GetTimestamp();
        // What another node took, or took back, wakes it too: with nothing to do it leaves the writer alone.
        next = await store.NextDeliveryDue(channel.Name, ct);
        var due = next <= Clock.GetUtcNow() ? await Claim(ct) : [];
        // Submitted before the claim, and so committed with it or before.
        await closing;
        closing = Task.CompletedTask;
        var full = due.Count == atOnce;
        atOnce = full ? Many : Few;
        if (due.Count == 0) return false;
        FailPoint.Hit(FailPoint.ClaimAfterCommit);
        // Told to end, it claims nothing more and finishes what it has: a message cut off half-way would have to be sent again, in doubt (failures.md A7).
        closing = Closed(await Task.WhenAll(due.Select(delivery => Deliver(delivery, started, CancellationToken.None))));
        // When more may wait, what was sent is written down together with the next claim.
        if (!full) await closing;
        return true;
    }

    async Task Closed(Task[] closes)
    {
        try
        {
            await Task.WhenAll(closes);
        }
        catch (DatabaseUnavailableException fault)
        {
            // The next claim is not held up by it: it has its own messages to send.
            Log.LogWarning(fault, "What came of up to {Count} deliveries through {Channel} could not be written down; when their lease ends they go out once more, marked as repeats", closes.Length, channel.Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await base.ExecuteAsync(stoppingToken);
        await closing;
    }

    /// <summary>Takes what is due, and with it all that is needed to send it: one transaction.</summary>
    Task<IReadOnlyList<Ready>> Claim(CancellationToken ct) => db.Write<IReadOnlyList<Ready>>(async tx =>
    {
        var now = Clock.GetUtcNow();
        var claimed = await store.Claim(tx, channel.Name, atOnce, now, options.Lease, (_, merged) => FallBack(tx, merged, now));
        if (claimed.Count == 0) return [];
        var contents = await NotificationStore.Contents(tx, [.. claimed.Where(c => c.PageId is not null).Select(c => c.PageId!).Distinct(StringComparer.Ordinal)]);
        var addresses = await recipients.Addresses(tx, claimed);
        return [.. claimed.Select(c => new Ready(c, c.PageId is { } page ? contents.GetValueOrDefault(page) : null, addresses.GetValueOrDefault(c.Id)))];
    }, ct);

    /// <param name="Content">What its page says; of a message that is no page: <see langword="null"/>.</param>
    /// <param name="To">Where it goes; <see langword="null"/> when the contact method is gone or out of use.</param>
    sealed record Ready(Claimed Delivery, PageContent? Content, ReachableAt? To);

    /// <summary>Sends one.</summary>
    /// <returns>Once it was sent: the writing down of what came of it.</returns>
    async Task<Task> Deliver(Ready ready, long claimedAt, CancellationToken ct)
    {
        var (delivery, content, to) = ready;
        if (to is null) return GiveUp(delivery, new Answer.GiveUp("the contact method is gone or disabled"), ct);

        var door = Door(to.Address);
        if (!breaker.Allows(door)) return TryAgain(delivery, new Answer.TryAgain($"{channel.Name} does not answer; not tried"), inDoubt: false, ct);
        if (delivery.PageId is not null && content is null) return GiveUp(delivery, new Answer.GiveUp("what it was about is gone"), ct);

        // Answered before the claim: the acknowledgement is a fence (design §3 rule 6).
        if (content is { Status: not PageStatus.Open }) return Withdraw(delivery, ct);

        // A claim that outlived its lease (a suspended machine) belongs to somebody else by now.
        if (Clock.GetElapsedTime(claimedAt) > options.Lease)
        {
            Log.LogWarning("The lease on delivery {Delivery} ran out before it was sent; another node has it", delivery.Id);
            return Task.CompletedTask;
        }

        FailPoint.Hit(FailPoint.SendBefore);
        var began = Clock.GetTimestamp();
        Answer answer;
        try
        {
            answer = await channel.Send(await Compose(delivery, content, to, ct), ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not DatabaseUnavailableException)
        {
            // Ours, not the provider's: the next contact method must not wait for somebody to mend it.
            Log.LogError(fault, "Delivery {Delivery} through {Channel} failed inside; it is tried again, and the next contact method is taken", delivery.Id, channel.Name);
            answer = new Answer.TryAgain("it failed inside: " + fault.GetType().Name, InDoubt: true);
        }

        FailPoint.Hit(FailPoint.SendAfter);
        metrics.Sent(channel.Name, answer, Clock.GetElapsedTime(began));
        switch (answer)
        {
            case Answer.Accepted accepted:
                return Accepted(delivery, accepted, opened: breaker.Succeeded(door), ct);
            case Answer.TryAgain again:
                breaker.Failed(door);
                return TryAgain(delivery, again, again.InDoubt, ct);
            case Answer.GiveUp gaveUp:
                return GiveUp(delivery, gaveUp, ct);
            default:
                throw new InvalidOperationException($"A channel answered with a {answer.GetType().Name}.");
        }
    }

    async Task<Outgoing> Compose(Claimed delivery, PageContent? content, ReachableAt to, CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        if (content is null)
        {
            var notice = JsonSerializer.Deserialize<NoticeContent>(vault.OpenText(delivery.Content!, "content:" + delivery.Id), Json.Compact)!;
            return new Outgoing(delivery.Id, delivery.Kind, to.Address, to.Language, notice.Title, notice.Text, [.. notice.Facts.Select(f => (f.Name, f.Value))], delivery.Rank,
                delivery.Attempts, delivery.Repeat, null, notice.Path is null ? null : await address.Get(ct) + notice.Path, notice.Thread ?? delivery.Id, notice.Thread is null, null, delivery.Correlation, now, to.Secret);
        }

        var site = await address.Get(ct);
        var (more, titles) = content.Carries ? await store.Carried(delivery.PageId!, ct) : (0, []);
        var text = more == 0 ? content.Text : string.Join('\n', [.. content.Text is null ? [] : (string[])[content.Text], $"+{more}:", .. titles]);
        var title = content.StillOnIt ? NoticeTexts.Title(to.Language, "page.still-on-it", content.Title) : more == 0 ? content.Title : $"{content.Title} (+{more})";
        return new Outgoing(delivery.Id, TestPages.Is(content.Thread) ? MessageKind.Test : content.High ? MessageKind.Page : MessageKind.Notice, to.Address, to.Language, title, text,
            [.. content.Facts.Select(f => (f.Name, f.Value)), ("why", TrailTexts.All.Read(to.Language, content.Why))], delivery.Rank, delivery.Attempts, delivery.Repeat,
            $"{site}/p/{vault.OpenText(content.AnswerSealed, "answer:" + delivery.PageId)}", site + content.Path, content.Thread, content.First, content.ShortCode, delivery.Correlation, now, to.Secret);
    }

    /// <param name="opened">The provider had been away: what waits for it goes now, and not when its backoff ends.</param>
    async Task Accepted(Claimed delivery, Answer.Accepted accepted, bool opened, CancellationToken ct)
    {
        // What was claimed is on disk: if a power cut takes this, it goes out once more, and says that it is a repeat (decision 0013).
        var closed = await db.WriteUnsynced(async tx =>
        {
            var now = Clock.GetUtcNow();
            var mine = await NotificationStore.MarkAccepted(tx, delivery, accepted.ProviderId, accepted.Status, now);
            if (mine && delivery.PageId is { } page)
                await NotificationStore.Insert(tx, [new NewHop(page, delivery.Id, HopKind.Accepted, now, accepted.ProviderId is null ? delivery.Channel : $"{delivery.Channel}, {accepted.ProviderId}")]);
            if (opened) await NotificationStore.Hurry(tx, channel.Name, now);
            FailPoint.Hit(FailPoint.CloseBeforeCommit);
            return mine;
        }, ct);
        FailPoint.Hit(FailPoint.CloseAfterCommit);
        if (!closed) Lost(delivery);
    }

    async Task Withdraw(Claimed delivery, CancellationToken ct)
    {
        var mine = await db.Write(async tx =>
        {
            var now = Clock.GetUtcNow();
            if (!await NotificationStore.MarkCancelled(tx, delivery, now)) return false;
            await NotificationStore.Insert(tx, [new NewHop(delivery.PageId!, delivery.Id, HopKind.Reevaluated, now, TrailTexts.All.Keep("hop.not-sent"))]);
            return true;
        }, ct);
        if (!mine) Lost(delivery);
    }

    async Task TryAgain(Claimed delivery, Answer.TryAgain again, bool inDoubt, CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        var wait = Backoff.After(delivery.Attempts, again.After, chance.NextDouble());
        if (delivery.Attempts >= Backoff.MostAttempts)
        {
            await GiveUp(delivery, new Answer.GiveUp($"given up after {delivery.Attempts} attempts: {again.Why}", again.Status), ct);
            return;
        }

        var mine = await db.Write(async tx =>
        {
            if (!await NotificationStore.MarkTryAgain(tx, delivery, again.Why, again.Status, now + wait, inDoubt)) return false;
            if (delivery.PageId is not { } page) return true;
            await NotificationStore.Insert(tx, [new NewHop(page, delivery.Id, inDoubt ? HopKind.InDoubt : HopKind.Failed, now, again.Why)]);
            if (Backoff.FallBack(delivery.Rank, delivery.Attempts, wait)) await FallBack(tx, delivery, now);
            return true;
        }, ct);
        if (!mine) Lost(delivery);
    }

    async Task GiveUp(Claimed delivery, Answer.GiveUp gaveUp, CancellationToken ct)
    {
        var mine = await db.Write(async tx =>
        {
            var now = Clock.GetUtcNow();
            if (!await NotificationStore.MarkFailed(tx, delivery, gaveUp.Why, gaveUp.Status, now)) return false;
            if (gaveUp.AddressIsDead) await Disable(tx, delivery, gaveUp.Why, now);
            if (delivery.PageId is not { } page)
            {
                await PassNotice(tx, delivery, now);
                return true;
            }

            await NotificationStore.Insert(tx, [new NewHop(page, delivery.Id, HopKind.GaveUp, now, gaveUp.Why)]);
            await FallBack(tx, delivery, now);
            return true;
        }, ct);
        if (!mine) Lost(delivery);
    }

    /// <summary>Puts a dead address out of use, and tells its owner elsewhere (failures.md E8).</summary>
    async Task Disable(Tx tx, Claimed delivery, string why, DateTimeOffset now)
    {
        await ContactMethodStore.Disable(tx, delivery.MethodId, why, now, delivery.Correlation);
        if ((await recipients.Of(tx, [delivery.UserId])).GetValueOrDefault(delivery.UserId) is { } owner)
            await notices.Tell(tx, owner, Notice.MethodDisabled(delivery.Channel, why), null, 2, delivery.Correlation, now);
    }

    /// <summary>What was only to be told goes the next way as well; a code proves one method, and goes nowhere else.</summary>
    async Task PassNotice(Tx tx, Claimed delivery, DateTimeOffset now)
    {
        if (delivery.Kind is MessageKind.Verification || delivery.Content is null) return;
        if (!(await recipients.Of(tx, [delivery.UserId])).TryGetValue(delivery.UserId, out var person)) return;
        var tried = delivery.Slot.Split(',');
        if (person.Methods.FirstOrDefault(m => !tried.Contains(m.Id, StringComparer.Ordinal)) is not { } next) return;
        var id = Ids.New("dlv", now);
        var content = vault.Seal(vault.OpenText(delivery.Content, "content:" + delivery.Id), "content:" + id);
        await NotificationStore.Insert(tx, [new NewDelivery(id, null, delivery.Slot + "," + next.Id, delivery.Kind, delivery.UserId, next.Channel, next.Id, delivery.Rank, now, content, now, delivery.Correlation)]);
    }

    /// <summary>The next contact method that this page has not been through, at once.</summary>
    async Task FallBack(Tx tx, Claimed delivery, DateTimeOffset now)
    {
        var page = delivery.PageId!;
        if (!(await recipients.Of(tx, [delivery.UserId])).TryGetValue(delivery.UserId, out var person)) return;
        var used = await NotificationStore.MethodsUsed(tx, page);
        if (person.Methods.FirstOrDefault(m => !used.Contains(m.Id, StringComparer.Ordinal)) is not { } next)
        {
            if (person.Methods.Count == 0) await NotificationStore.Insert(tx, [new NewHop(page, delivery.Id, HopKind.Unreachable, now, "no other contact method is left")]);
            return;
        }

        var request = new PageRequest("", 0, delivery.UserId, "", true, delivery.Rank, false, delivery.Correlation);
        await NotificationStore.Insert(tx, [Paging.Delivery(page, ("f:" + next.Id, next.Id, next.Channel), request, now)]);
        await NotificationStore.Insert(tx, [new NewHop(page, delivery.Id, HopKind.FellBack, now, next.Channel)]);
    }

    void Lost(Claimed delivery)
    {
        metrics.LeaseLost(channel.Name);
        Log.LogWarning("The lease on delivery {Delivery} was lost before its outcome was written; the node that has it now closes it", delivery.Id);
    }

    string Door(string to) => Uri.TryCreate(to, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? $"{channel.Name} {uri.Host}" : channel.Name;
}

/// <summary>A contact method as it is at the moment of sending.</summary>
/// <param name="Secret">Signs what goes there; <see langword="null"/> when nothing is signed.</param>
public sealed record ReachableAt(string Address, string? Secret, string Language);

/// <summary>What a message says that is not a page's.</summary>
public sealed record NoticeContent(string Title, string? Text, IReadOnlyList<Fact> Facts, string? Path, string? Thread);
