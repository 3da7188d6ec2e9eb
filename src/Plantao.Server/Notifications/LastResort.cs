using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Tells the Owners that the database takes nothing: straight through the channels and to addresses kept in memory, since nothing can be read or kept then (failures.md B1, F3).</summary>
/// <remarks>
/// Each node tells for itself, under its own name: of several, only those that cannot reach the database speak. What it says is in no outbox;
/// a node that is killed meanwhile begins again.
/// </remarks>
public sealed class LastResort(Db db, ContactMethodStore methods, UserStore users, IEnumerable<IChannel> channels, ChannelOptions options, TimeProvider clock, NodeState state, ILogger<LastResort> log)
    : BackgroundService
{
    /// <summary>How often the database is tried, and a message that did not leave is tried again.</summary>
    public static TimeSpan Round { get; } = TimeSpan.FromSeconds(15);

    /// <summary>A restart of the database takes less.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMinutes(1);

    /// <summary>It is said again for as long as it lasts.</summary>
    public static TimeSpan Again { get; } = TimeSpan.FromMinutes(30);

    /// <summary>Longer than this is no answer.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    readonly Dictionary<string, IChannel> byName = channels.GroupBy(c => c.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
    IReadOnlyList<(User Owner, ContactMethod Method)> known = [];
    Outage? outage;

    /// <summary>What is being lived through.</summary>
    /// <param name="Since">When the database last answered.</param>
    /// <param name="ToldAt">When it was last said.</param>
    /// <param name="Times">How often it was said, this time included.</param>
    /// <param name="Missing">Who has not got the last message yet: by id of the contact method, with the id of the message.</param>
    sealed record Outage(DateTimeOffset Since, DateTimeOffset? ToldAt, int Times, Dictionary<string, string> Missing);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var answered = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                answered = await Look(answered, stoppingToken);
                await Task.Delay(Round, clock, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>One round.</summary>
    /// <param name="answered">When the database last answered.</param>
    /// <returns>The same, from now on.</returns>
    internal async Task<DateTimeOffset> Look(DateTimeOffset answered, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await Answers(now, ct))
        {
            if (outage is { Times: > 0 } over)
            {
                log.LogWarning("The database takes again; it did not since {Since}", over.Since);
                outage = new Outage(over.Since, now, over.Times, Everybody(now));
                await Tell("notice.database-back", "notice.database-back.text", ct);
            }

            outage = null;
            return now;
        }

        outage ??= new Outage(answered, null, 0, []);
        if (now - outage.Since < Patience) return answered;
        if (outage.ToldAt is not { } told || now - told >= Again)
        {
            log.LogCritical("The database has taken nothing since {Since}; {Methods} contact methods of Owners are told", outage.Since, known.Count);
            outage = outage with { ToldAt = now, Times = outage.Times + 1, Missing = Everybody(now) };
        }

        await Tell("notice.database-gone", "notice.database-gone.text", ct);
        return answered;
    }

    /// <summary>Whether it takes a row, and who is to be told when it does not.</summary>
    async Task<bool> Answers(DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            await db.Probe(now, ct).WaitAsync(LongestWait, clock, ct);
            var owners = await db.Write(UserStore.OwnerIds, ct).WaitAsync(LongestWait, clock, ct);
            var people = new Dictionary<string, User>(StringComparer.Ordinal);
            foreach (var id in owners)
                if (await users.Find(id, ct) is { } owner) people[id] = owner;
            known = [.. (await methods.For(owners, ct)).Where(m => people.ContainsKey(m.UserId) && byName.ContainsKey(m.Channel)).Select(m => (people[m.UserId], m))];
            return true;
        }
        catch (Exception fault) when (fault is DatabaseUnavailableException or TimeoutException)
        {
            log.LogError(fault, "The database does not answer");
            return false;
        }
    }

    Dictionary<string, string> Everybody(DateTimeOffset now) => known.ToDictionary(k => k.Method.Id, _ => Ids.New("dlv", now), StringComparer.Ordinal);

    /// <summary>By every proven method at once: nothing is known of any of them, and nobody can answer.</summary>
    async Task Tell(string title, string text, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var missing = outage!.Missing;
        var sent = await Task.WhenAll(known.Where(k => missing.ContainsKey(k.Method.Id)).Select(async k =>
        {
            var (owner, method) = k;
            string Say(string key) => NoticeTexts.Title(owner.Language, key, LocalTimes.Clock(outage.Since, owner.Zone), state.Node, options.Host);
            var message = new Outgoing(missing[method.Id], MessageKind.Notice, method.Address, owner.Language, Say(title), Say(text), [], Rank: 0, Attempt: 1, Repeat: false,
                null, null, "database " + state.Node, outage.Times == 1, null, missing[method.Id], now, method.Secret);
            try
            {
                var answer = await byName[method.Channel].Send(message, ct);
                if (answer is Answer.TryAgain again) log.LogError("The last resort by {Channel} did not leave and is tried again: {Why}", method.Channel, again.Why);
                if (answer is Answer.GiveUp gaveUp) log.LogError("The last resort by {Channel} was refused: {Why}", method.Channel, gaveUp.Why);
                return answer is Answer.TryAgain ? null : method.Id;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.LogError(fault, "The last resort by {Channel} failed inside; it is tried again", method.Channel);
                return null;
            }
        }));
        foreach (var id in sent.OfType<string>()) missing.Remove(id);
    }
}
