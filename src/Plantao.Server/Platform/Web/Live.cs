using System.Collections.Concurrent;
using System.Globalization;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Platform.Web;

/// <summary>Something that screens are told about live, registered by the room whose it is.</summary>
/// <param name="Name">The first part of the address: <c>alerts</c>, <c>alert</c>.</param>
/// <param name="Open">Given the rest of the address: what belongs to it; <see langword="null"/>: it is not there, or not to be seen.</param>
public sealed record LiveTopic(string Name, Func<IServiceProvider, Caller, string, CancellationToken, Task<LiveFeed?>> Open);

/// <summary>What belongs to a topic.</summary>
/// <param name="Entries">Which entries of the journal <c>j</c>, as a condition that begins with <c>AND</c>.</param>
/// <param name="Sign">A number that is another when something changed that is no entry of the journal, such as a hop.</param>
public sealed record LiveFeed(Sql Entries, Func<CancellationToken, Task<long>>? Sign = null);

/// <summary>Tells all streams of this node that the journal went on.</summary>
public sealed class LivePulse
{
    /// <summary>More topics than this are not looked at at once: then all are read anew.</summary>
    const int Most = 1000;

    readonly Journals journals;
    readonly ConcurrentDictionary<string, (long Beat, Task<long> Position)> latest = new(StringComparer.Ordinal);
    volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long beats;

    public LivePulse(Db db, Journals journals)
    {
        this.journals = journals;
        db.Wakes.Do(Topics.Journal, Beat);
        db.Wakes.Do(Topics.Sealed, Beat);
        db.Wakes.Do(Topics.Deliveries, Beat);
    }

    /// <summary>Ends when something was committed after this was read.</summary>
    public Task Next => next.Task;

    /// <summary>The last position among these entries: read once for all streams of one topic, and again only after a commit.</summary>
    /// <param name="after">Where this stream stands. The answer is never before it, and may be one that another stream had heard of already.</param>
    public async Task<long> Latest(Sql entries, long after, CancellationToken ct)
    {
        var key = string.Join('\u001f', [entries.Text, .. entries.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture) ?? "")]);
        var beat = Interlocked.Read(ref beats);
        if (latest.Count > Most) latest.Clear();
        var known = latest.AddOrUpdate(key, _ => (beat, Read(entries, after)), (_, old) => old.Beat == beat && old.Position is { IsFaulted: false, IsCanceled: false } ? old
            : (beat, Read(entries, old.Position.IsCompletedSuccessfully ? Math.Max(after, old.Position.Result) : after)));
        return Math.Max(after, await known.Position.WaitAsync(ct));
    }

    async Task<long> Read(Sql entries, long after) => await journals.Latest(after, entries, CancellationToken.None) ?? after;

    void Beat()
    {
        Interlocked.Increment(ref beats);
        Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }
}

/// <summary><c>/live/{topic}</c>: server-sent events by journal position. Tells that something changed and never what: the screen is fetched anew, with the rights of that moment.</summary>
/// <remarks>
/// An event's id is a position, which means the same on every node: a browser that comes back with <c>Last-Event-ID</c> misses nothing, whichever node
/// answers. The first change is told at once, then at most five a second; a sign of life every 15 s, at which the right to be here is looked at again.
/// </remarks>
static class LiveEndpoints
{
    static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);
    static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/live/{topic}/{about?}", Stream).Needs(Right.ReadAlerts).WithName("live").ExcludeFromDescription();

    static async Task<IResult> Stream(
        string topic, string? about, HttpContext http, IEnumerable<LiveTopic> topics, Journals journals, LivePulse pulse, IIdentify identify, TimeProvider clock, IHostApplicationLifetime life, CancellationToken ct, long? after = null)
    {
        if (topics.FirstOrDefault(t => t.Name == topic) is not { } found || await found.Open(http.RequestServices, http.Caller(), about ?? "", ct) is not { } feed) return Problems.NotFound("live topic");
        var position = long.TryParse(http.Request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last
            : after is { } given and >= 0 ? given
            : (await journals.Head(ct)).Position;

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Accel-Buffering"] = "no";   // nginx would hold the events back
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct, life.ApplicationStopping);
        try
        {
            await http.Response.WriteAsync("retry: 2000\n\n", ending.Token);
            var looked = clock.GetUtcNow();
            var sign = feed.Sign is null ? 0 : await feed.Sign(ending.Token);
            while (true)
            {
                var next = pulse.Next;
                var before = (position, sign);
                position = await pulse.Latest(feed.Entries, position, ending.Token);
                if (feed.Sign is not null) sign = await feed.Sign(ending.Token);
                if ((position, sign) != before)
                {
                    await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {position}\nevent: changed\ndata: {position}\n\n"), ending.Token);
                    await http.Response.Body.FlushAsync(ending.Token);
                    await Task.Delay(Between, clock, ending.Token);
                    continue;
                }

                if (clock.GetUtcNow() - looked >= SignOfLife)
                {
                    looked = clock.GetUtcNow();
                    if ((await identify.Identify(http, ending.Token)).Kind is CallerKind.Nobody) return Results.Empty;
                    await http.Response.WriteAsync(": still here\n\n", ending.Token);
                }

                await http.Response.Body.FlushAsync(ending.Token);
                await Rest(next, clock, ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The browser went away, or the server ends: it comes back, here or at another node, with its position.
            return Results.Empty;
        }
    }

    static async Task Rest(Task next, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await next.WaitAsync(SignOfLife, clock, ct);
        }
        catch (TimeoutException)
        {
            // Nothing happened: time for a sign of life, and for a look at the table.
        }
    }
}
