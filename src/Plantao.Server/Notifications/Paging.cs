using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Pages people: writes the page, its first deliveries and their hops in the transaction of whoever asks.</summary>
public sealed class Paging(RecipientStore recipients, Vault vault)
{
    /// <summary>A person gets one message of rank 2 or 3 in this time, and what comes meanwhile is held and goes as one with a count. Rank 0 and 1 always go at once and alone (failures.md E7, H1).</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <returns>The ids of the people who have a proven method and were paged; who is missing cannot be reached.</returns>
    public async Task<IReadOnlySet<string>> Page(Tx tx, IReadOnlyList<PageRequest> requests, DateTimeOffset now) =>
        await Page(tx, requests, await recipients.Of(tx, [.. requests.Select(r => r.UserId).Distinct(StringComparer.Ordinal)]), now);

    /// <inheritdoc cref="Page(Tx, IReadOnlyList{PageRequest}, DateTimeOffset)"/>
    /// <param name="people">Those whom the requests name, as this transaction read them.</param>
    public async Task<IReadOnlySet<string>> Page(Tx tx, IReadOnlyList<PageRequest> requests, IReadOnlyDictionary<string, Recipient> people, DateTimeOffset now)
    {
        if (requests.Count == 0) return new HashSet<string>(StringComparer.Ordinal);
        // Rank 0 and 1 go at once and are held up by nothing: only for the others does it matter.
        var last = requests.Any(r => r.Rank > 1) ? await NotificationStore.LastPaged(tx, [.. requests.Select(r => r.UserId).Distinct(StringComparer.Ordinal)]) : [];
        var carriers = new Dictionary<(string User, bool High), (string Page, DateTimeOffset? Next)>();
        var pages = new List<NewPage>();
        var deliveries = new List<NewDelivery>();
        var hops = new List<NewHop>();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        // The first of each person carries the rest: the loudest, then the gravest.
        foreach (var request in requests.OrderBy(r => r.Rank > 1).ThenByDescending(r => r.Loud).ThenBy(r => r.Rank))
        {
            if (!people.TryGetValue(request.UserId, out var person)) continue;
            var id = Ids.New("pag", now);
            var token = RandomNumberGenerator.GetString(Letters, 32);
            var rules = request.StillOnIt ? RulePlan.StillOnIt(person.High) : request.Loud ? RulePlan.Loud : request.High ? person.High : person.Low;
            var methods = person.Methods.Select(m => (m.Channel, m.Id)).ToList();
            var lane = (request.UserId, request.High);
            var (send, step, next) = RulePlan.Due(rules, 0, again: request.High, request.Loud, methods, now, now);
            var held = false;
            if (request.Rank > 1 && !request.StillOnIt && methods.Count > 0)
            {
                if (carriers.TryGetValue(lane, out var carrier))
                {
                    hops.Add(new NewHop(id, null, HopKind.Merged, now, carrier.Page));
                    (send, next) = ([], carrier.Next);
                }
                else if (last.TryGetValue(lane, out var at) && at <= now && now - at < Window)
                {
                    held = true;
                    (send, step, next) = ([], 0, at + Window);
                }
                else
                {
                    carriers.Add(lane, (id, next));
                }
            }

            pages.Add(new NewPage(id, request.Subject, request.Epoch, request.UserId, request.Why, request.Urgency, request.Rank, rules, step, next, held,
                RandomNumberGenerator.GetInt32(1000, 10000).ToString(CultureInfo.InvariantCulture),
                SHA256.HashData(Encoding.ASCII.GetBytes(token)), vault.Seal(token, "answer:" + id), now, request.Correlation));
            hops.Add(new NewHop(id, null, HopKind.Decided, now, request.Why));
            if (held) hops.Add(new NewHop(id, null, HopKind.Held, now, TrailTexts.All.Keep("hop.held")));
            if (methods.Count == 0) hops.Add(new NewHop(id, null, HopKind.Unreachable, now, TrailTexts.All.Keep("hop.no-method")));
            else reached.Add(request.UserId);
            deliveries.AddRange(send.Select(s => Delivery(id, s, request, now)));
        }

        await NotificationStore.MarkPaged(tx, carriers.Keys, now);
        await NotificationStore.Insert(tx, pages);
        await NotificationStore.Insert(tx, deliveries);
        await NotificationStore.Insert(tx, hops);
        foreach (var page in pages) tx.Wake(Topics.Pages, page.DueAt, now);
        return reached;
    }

    /// <summary>What a page's rules want when they are due, as deliveries.</summary>
    internal static NewDelivery Delivery(string page, (string Slot, string MethodId, string Channel) send, PageRequest request, DateTimeOffset now) =>
        new($"dlv_{page.AsSpan(4)}_{send.Slot.Replace(':', '_')}", page, send.Slot, MessageKind.Page, request.UserId, send.Channel, send.MethodId, request.Rank, now, null, now, request.Correlation);

    internal static IReadOnlyList<PlannedStep> Rules(string json) => JsonSerializer.Deserialize<List<PlannedStep>>(json, Json.Compact)!;
}

/// <summary>Acts when a page's rules are due: the next method, the loudest again, or the digest of what was held.</summary>
public sealed class PageWorker(WorkerContext context, NotificationStore store, RecipientStore recipients, ILogger<PageWorker> log)
    : Worker(context, log, Often, Topics.Pages)
{
    readonly Db db = context.Db;
    DateTimeOffset? next;

    // Read a moment ago, and what was committed since wakes it again.
    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => Task.FromResult(next);

    // Every page wakes it, and few are due: those leave the writer alone.
    public override async Task<bool> Work(CancellationToken ct) => (next = await store.NextPageDue(ct)) is { } due && due <= Clock.GetUtcNow() && await Act(ct);

    Task<bool> Act(CancellationToken ct) => db.Write(async tx =>
    {
        const int Most = 200;
        var now = Clock.GetUtcNow();
        var due = await store.Due(tx, Most, now);
        if (due.Count == 0) return false;
        var users = due.Select(p => p.UserId).Distinct(StringComparer.Ordinal).ToList();
        var people = await recipients.Of(tx, users);
        var last = await NotificationStore.LastPaged(tx, users);
        var (deliveries, hops, paged, moves) = (new List<NewDelivery>(), new List<NewHop>(), new List<(string, bool)>(), new List<(string, int, DateTimeOffset?)>());
        var ready = due.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        var all = due.Where(p => p.Rank <= 1).Concat(await store.DueSoon(tx, users, now + Paging.Window)).DistinctBy(p => p.Id, StringComparer.Ordinal);
        foreach (var lane in all.GroupBy(p => (p.UserId, p.High)))
        {
            var methods = people.TryGetValue(lane.Key.UserId, out var known) ? known.Methods.Select(m => (m.Channel, m.Id)).ToList() : [];
            var planned = lane.Select(page =>
            {
                var rules = Paging.Rules(page.Rules);
                var loud = rules is [{ Channels.Count: 0, AfterSeconds: 0 }];
                return (Page: page, Loud: loud, Early: !ready.Contains(page.Id), Repeat: page.Step >= rules.Count, Plan: RulePlan.Due(rules, page.Step, again: page.High, loud, methods, page.Held ? now : page.CreatedAt, now));
            }).ToList();
            foreach (var (page, loud, _, _, plan) in planned.Where(p => p.Page.Rank <= 1)) Send(page, loud, plan);

            // What one person is due at the same time goes as one: the loudest carries the others, now and the next time; what is new before what is said again.
            var together = planned.Where(p => p.Page.Rank > 1 && (!p.Early || p.Page.Held || p.Repeat))
                .OrderByDescending(p => p.Loud).ThenByDescending(p => p.Page.Held).ThenBy(p => p.Page.Rank).ThenBy(p => p.Page.Id, StringComparer.Ordinal).ToList();
            if (!together.Exists(p => !p.Early)) continue;
            if (last.TryGetValue(lane.Key, out var at) && at <= now && now - at < Paging.Window)
            {
                await NotificationStore.Postpone(tx, [.. together.Where(p => !p.Early).Select(p => p.Page.Id)], at + Paging.Window);
                continue;
            }

            var carrier = together[0];
            Send(carrier.Page, carrier.Loud, carrier.Plan);
            if (carrier.Plan.Send.Count > 0) paged.Add(lane.Key);
            foreach (var (page, _, _, _, plan) in together.Skip(1))
            {
                hops.Add(new NewHop(page.Id, null, HopKind.Merged, now, carrier.Page.Id));
                moves.Add((page.Id, plan.Step, carrier.Plan.NextAt));
            }
        }

        await NotificationStore.Move(tx, moves);
        await NotificationStore.MarkPaged(tx, paged, now);
        await NotificationStore.Insert(tx, deliveries);
        await NotificationStore.Insert(tx, hops);
        return true;

        void Send(DuePage page, bool loud, (IReadOnlyList<(string Slot, string MethodId, string Channel)> Send, int Step, DateTimeOffset? NextAt) plan)
        {
            var request = new PageRequest(page.Subject, 0, page.UserId, "", page.High, page.Rank, loud, page.Correlation);
            deliveries.AddRange(plan.Send.Select(s => Paging.Delivery(page.Id, s, request, now)));
            moves.Add((page.Id, plan.Step, plan.NextAt));
        }
    }, ct);
}
