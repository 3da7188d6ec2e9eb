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
    /// <summary>Pages of rank 2 and 3 that one person gets on their own within <see cref="Window"/>; what is more is held and sent as one with a count. Rank 0 and 1 always go alone and first.</summary>
    public const int MostAlone = 3;

    /// <inheritdoc cref="MostAlone"/>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <returns>The ids of the people who have a proven method and were paged; who is missing cannot be reached.</returns>
    public async Task<IReadOnlySet<string>> Page(Tx tx, IReadOnlyList<PageRequest> requests, DateTimeOffset now)
    {
        if (requests.Count == 0) return new HashSet<string>(StringComparer.Ordinal);
        var users = requests.Select(r => r.UserId).Distinct(StringComparer.Ordinal).ToList();
        var people = await recipients.Of(tx, users);
        var sent = await NotificationStore.SentSinceOf(tx, users, now - Window);
        var pages = new List<NewPage>();
        var deliveries = new List<NewDelivery>();
        var hops = new List<NewHop>();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in requests)
        {
            if (!people.TryGetValue(request.UserId, out var person)) continue;
            var id = Ids.New("pag", now);
            var token = RandomNumberGenerator.GetString(Letters, 32);
            var rules = request.Loud ? RulePlan.Loud : request.High ? person.High : person.Low;
            var methods = person.Methods.Select(m => (m.Channel, m.Id)).ToList();
            var before = sent.GetValueOrDefault(request.UserId);
            var held = request.Rank > 1 && !request.Loud && request.High && before >= MostAlone;
            var (send, step, next) = held
                ? ([], 0, now + Window)
                : RulePlan.Due(rules, 0, again: request.High, request.Loud, methods, now, now);
            if (!held && request.Rank > 1) sent[request.UserId] = before + 1;

            pages.Add(new NewPage(id, request.Subject, request.Epoch, request.UserId, request.Why, request.High, request.Rank, rules, step, next, held,
                RandomNumberGenerator.GetInt32(1000, 10000).ToString(CultureInfo.InvariantCulture),
                SHA256.HashData(Encoding.ASCII.GetBytes(token)), vault.Seal(token, "answer:" + id), now, request.Correlation));
            hops.Add(new NewHop(id, null, HopKind.Decided, now, request.Why));
            if (held) hops.Add(new NewHop(id, null, HopKind.Held, now, TrailTexts.All.Keep("hop.held")));
            if (methods.Count == 0) hops.Add(new NewHop(id, null, HopKind.Unreachable, now, TrailTexts.All.Keep("hop.no-method")));
            else reached.Add(request.UserId);
            deliveries.AddRange(send.Select(s => Delivery(id, s, request, now)));
        }

        await NotificationStore.Insert(tx, pages);
        await NotificationStore.Insert(tx, deliveries);
        await NotificationStore.Insert(tx, hops);
        tx.Wake(Topics.Pages);
        return reached;
    }

    /// <summary>What a page's rules want when they are due, as deliveries.</summary>
    internal static NewDelivery Delivery(string page, (string Slot, string MethodId, string Channel) send, PageRequest request, DateTimeOffset now) =>
        new($"dlv_{page.AsSpan(4)}_{send.Slot.Replace(':', '_')}", page, send.Slot, MessageKind.Page, request.UserId, send.Channel, send.MethodId, request.Rank, now, null, now, request.Correlation);

    internal static IReadOnlyList<PlannedStep> Rules(string json) => JsonSerializer.Deserialize<List<PlannedStep>>(json, Json.Compact)!;
}

/// <summary>Acts when a page's rules are due: the next method, the loudest again, or the digest of what was held.</summary>
public sealed class PageWorker(WorkerContext context, NotificationStore store, RecipientStore recipients, ILogger<PageWorker> log)
    : Worker(context, log, TimeSpan.FromSeconds(1), Topics.Pages)
{
    readonly Db db = context.Db;

    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => store.NextPageDue(ct);

    public override Task<bool> Work(CancellationToken ct) => db.Write(async tx =>
    {
        const int Most = 200;
        var now = Clock.GetUtcNow();
        var due = await store.Due(tx, Most, now);
        if (due.Count == 0) return false;
        var users = due.Select(p => p.UserId).Distinct(StringComparer.Ordinal).ToList();
        var people = await recipients.Of(tx, users);
        var soon = await store.DueSoon(tx, users, now, now + Paging.Window);
        var deliveries = new List<NewDelivery>();
        var hops = new List<NewHop>();
        foreach (var person in due.Concat(soon.Where(p => p.Held || p.Step >= Paging.Rules(p.Rules).Count)).GroupBy(p => p.UserId, StringComparer.Ordinal))
        {
            var methods = people.TryGetValue(person.Key, out var known) ? known.Methods.Select(m => (m.Channel, m.Id)).ToList() : [];
            var planned = person.Select(page =>
            {
                var rules = Paging.Rules(page.Rules);
                var loud = rules is [{ Channels.Count: 0, AfterSeconds: 0 }];
                return (Page: page, Loud: loud, Plan: RulePlan.Due(rules, page.Step, again: page.High, loud, methods, page.Held ? now : page.CreatedAt, now));
            }).ToList();
            // What one person is due at the same time goes as one: the gravest carries the others, now and the next time. Rank 0 and 1 go alone.
            var together = planned.Where(p => p.Page.Rank > 1 && p.Page.High).OrderBy(p => p.Page.Rank).ThenByDescending(p => p.Loud).ThenBy(p => p.Page.Id, StringComparer.Ordinal).ToList();
            if (together.Count > 0 && !due.Any(d => d.UserId == person.Key && d.Rank > 1 && d.High)) together = [];
            foreach (var (page, loud, plan) in planned.Where(p => p.Page.Rank <= 1 || !p.Page.High).Concat(together.Take(1)))
            {
                var request = new PageRequest(page.Subject, 0, page.UserId, "", page.High, page.Rank, loud, page.Correlation);
                deliveries.AddRange(plan.Send.Select(s => Paging.Delivery(page.Id, s, request, now)));
                await NotificationStore.Move(tx, page.Id, plan.Step, plan.NextAt);
            }

            foreach (var (page, _, plan) in together.Skip(1))
            {
                hops.Add(new NewHop(page.Id, null, HopKind.Merged, now, together[0].Page.Id));
                await NotificationStore.Move(tx, page.Id, plan.Step, together[0].Plan.NextAt);
            }
        }

        await NotificationStore.Insert(tx, deliveries);
        await NotificationStore.Insert(tx, hops);
        return true;
    }, ct);
}
