using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Plantao.Tests.Crash;

/// <summary>Posts numbered alerts as tools do: the same bytes again until a 2xx comes, whatever happens to the server. And answers some of the pages.</summary>
/// <remarks>Odd numbers speak Alertmanager's API, even ones PagerDuty's. Each is an alert of its own, of rank 0, so that each is one page.</remarks>
public sealed class Driver : IAsyncDisposable
{
    readonly World world;
    readonly Func<Uri?> url;
    readonly double share;
    readonly double pause;
    readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5), ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(10) };
    readonly CancellationTokenSource noMore = new();
    readonly CancellationTokenSource noAnswers = new();
    readonly List<Task> senders = [];
    readonly Task answering;
    int seen;
    int settled;
    int number;
    int taken;

    /// <param name="url">Where the server is now; <see langword="null"/> while there is none.</param>
    /// <param name="senders">How many post at once.</param>
    /// <param name="pause">Milliseconds of a sender between two alerts.</param>
    /// <param name="answered">The share of pages that somebody answers, at once.</param>
    public Driver(World world, Func<Uri?> url, int senders = 4, double pause = 25, double answered = 0.5)
    {
        (this.world, this.url, share, this.pause) = (world, url, answered, pause);
        for (var i = 0; i < senders; i++) this.senders.Add(Task.Run(Send));
        answering = Task.Run(Answer);
    }

    public Ledger Ledger { get; } = new();

    /// <summary>Statuses other than 2xx that came back, each with how often and whether <c>Retry-After</c> was with it.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<(int Status, bool RetryAfter), int> Refusals { get; } = new();

    /// <summary>How many got their 2xx.</summary>
    public int Taken => Volatile.Read(ref taken);

    /// <summary>Links whose button worked, with the status that said so.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, HttpStatusCode> Pressed { get; } = new(StringComparer.Ordinal);

    /// <summary>How the alert of a number is called, here and in its page.</summary>
    public static string Title(int number) => string.Create(CultureInfo.InvariantCulture, $"Rig alert number {number}");

    /// <summary>Sends no new ones, and returns when each that was begun was taken.</summary>
    public async Task Finish()
    {
        await noMore.CancelAsync();
        await Task.WhenAll(senders).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
    }

    /// <summary>Returns when each page that came so far has been looked at, and each that is to be answered was.</summary>
    public Task Answers()
    {
        var all = world.Pager.All.Count;
        return Until.True(() => Volatile.Read(ref settled) >= all, TimeSpan.FromSeconds(60), () => "There are links that cannot be answered.");
    }

    public async ValueTask DisposeAsync()
    {
        await noMore.CancelAsync();
        await noAnswers.CancelAsync();
        await Task.WhenAll(senders);
        await answering;
        http.Dispose();
        Ledger.Dispose();
        noMore.Dispose();
        noAnswers.Dispose();
    }

    async Task Send()
    {
        while (!noMore.IsCancellationRequested)
        {
            var mine = Interlocked.Increment(ref number);
            var (path, body) = Message(mine);
            while (!noAnswers.IsCancellationRequested && !await Post(mine, path, body)) await Until.Pause(15);
            await Until.Pause(pause, noMore.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> Post(int mine, string path, byte[] body)
    {
        if (url() is not { } at) return false;
        Ledger.Sent(mine);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(at, path)) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Key);
            using var answer = await http.SendAsync(request);
            if (answer.IsSuccessStatusCode)
            {
                Ledger.Taken(mine, answer.Headers.GetValues("X-Plantao-Signal").Single());
                Interlocked.Increment(ref taken);
                return true;
            }

            Refusals.AddOrUpdate(((int)answer.StatusCode, answer.Headers.RetryAfter is not null), 1, (_, count) => count + 1);
            Ledger.Error(mine, answer.StatusCode.ToString());
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            Ledger.Error(mine, fault.GetType().Name);
        }

        return false;
    }

    (string Path, byte[] Body) Message(int mine)
    {
        var now = TimeProvider.System.GetUtcNow();
        return mine % 2 == 1
            ? ("/api/v2/alerts", JsonSerializer.SerializeToUtf8Bytes(new[]
            {
                new
                {
                    labels = new { alertname = string.Create(CultureInfo.InvariantCulture, $"Rig{mine}"), severity = "critical" },
                    annotations = new { summary = Title(mine) },
                    startsAt = now,
                    endsAt = now.AddHours(12),
                },
            }))
            : ("/v2/enqueue", JsonSerializer.SerializeToUtf8Bytes(new
            {
                routing_key = world.Key,
                event_action = "trigger",
                dedup_key = string.Create(CultureInfo.InvariantCulture, $"rig-{mine}"),
                payload = new { summary = Title(mine), source = "rig", severity = "critical" },
            }));
    }

    /// <summary>Opens the links of some pages as their person would, until the button has worked.</summary>
    async Task Answer()
    {
        var todo = new Queue<string>();
        while (!noAnswers.IsCancellationRequested)
        {
            var fresh = world.Pager.After(seen);
            seen += fresh.Count;
            foreach (var page in fresh)
                if (page.AnswerPath is { } path && Hash(page.Id) % 100 < share * 100) todo.Enqueue(path);
            while (todo.TryPeek(out var next) && await Press(next)) todo.Dequeue();
            if (todo.Count == 0) Volatile.Write(ref settled, seen);
            await Until.Pause(20);
        }
    }

    async Task<bool> Press(string path)
    {
        if (noAnswers.IsCancellationRequested || url() is not { } at) return false;
        try
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("answer", "acknowledge")]);
            using var answer = await http.PostAsync(new Uri(at, path), form, noAnswers.Token);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Gone)) return false;
            Pressed[path] = answer.StatusCode;
            return true;
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException)
        {
            return false;
        }
    }

    /// <summary>The same for every copy of a page.</summary>
    static uint Hash(string text) => Encoding.ASCII.GetBytes(text).Aggregate(2166136261u, (hash, each) => unchecked((hash ^ each) * 16777619u)) >> 8;
}
