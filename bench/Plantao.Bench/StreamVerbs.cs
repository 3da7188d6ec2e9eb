using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace Plantao.Bench;

/// <summary>Holds live streams open, as so many browsers would, and writes down each event: which stream, what position, when (microseconds of the machine's clock).</summary>
static class StreamsVerb
{
    public static async Task<int> Run(Arguments arguments)
    {
        var url = new Uri(arguments.Needed("url"));
        var cookie = arguments.Needed("cookie");
        var count = arguments.Count("streams", 500, 1, 10_000);
        var length = arguments.Seconds("seconds", 20);
        var file = arguments.Needed("events");
        var ready = arguments.Needed("ready-file");
        arguments.NoOther();

        using var handler = new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = count };
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var over = new CancellationTokenSource();
        var events = new ConcurrentQueue<(int Stream, long Position, long At)>();
        var opened = new SemaphoreSlim(0);
        var reading = Enumerable.Range(0, count).Select(stream => Read(stream)).ToArray();
        for (var i = 0; i < count; i++)
            if (!await opened.WaitAsync(TimeSpan.FromSeconds(60))) return await Failed($"{i} of {count} streams were open after a minute.");
        await File.WriteAllTextAsync(ready, "open");

        await Task.Delay(length, TimeProvider.System);
        await over.CancelAsync();
        var broken = (await Task.WhenAll(reading)).Count(ended => !ended);
        var text = new StringBuilder();
        foreach (var (stream, position, at) in events) text.Append(CultureInfo.InvariantCulture, $"{stream} {position} {at}\n");
        await File.WriteAllTextAsync(file, text.ToString());
        return broken == 0 ? 0 : await Failed($"{broken} of {count} streams ended before they were ended.");

        async Task<bool> Read(int stream)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, url);
                request.Headers.Add("Cookie", cookie);
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over.Token);
                if (answer.StatusCode is not HttpStatusCode.OK || answer.Content.Headers.ContentType?.MediaType != "text/event-stream") return false;
                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(over.Token));
                opened.Release();
                while (await lines.ReadLineAsync(over.Token) is { } line)
                    if (line.StartsWith("data: ", StringComparison.Ordinal)) events.Enqueue((stream, long.Parse(line.AsSpan(6), CultureInfo.InvariantCulture), Now()));
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                return false;
            }
        }
    }

    static long Now() => (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;

    static async Task<int> Failed(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return 1;
    }
}

/// <summary>How long from the moment a change was decided until each stream was told of it, or of something later.</summary>
/// <remarks>A change's moment is the one that the journal gives it: taken before its commit, so that the commit counts as delay.</remarks>
static class ToldVerb
{
    public static async Task<int> Run(Arguments arguments)
    {
        var streams = arguments.Count("streams", 500, 1, 10_000);
        var told = Numbers(arguments.Needed("events")).ToLookup(e => (int)e[0], e => (Position: e[1], At: e[2]));
        var changes = Numbers(arguments.Needed("positions")).Select(c => (Position: c[0], At: c[1])).OrderBy(c => c.Position).ToList();
        var what = arguments.Text("case") ?? "told";
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();
        if (changes.Count == 0) throw new UsageException("--positions: there is no change in it.");

        var latencies = new Latencies();
        long missed = 0, events = 0;
        for (var stream = 0; stream < streams; stream++)
        {
            var heard = told[stream].OrderBy(e => e.At).ToList();
            events += heard.Count;
            var at = 0;
            foreach (var change in changes)
            {
                while (at < heard.Count && heard[at].Position < change.Position) at++;
                if (at == heard.Count) missed++;
                else latencies.Add((heard[at].At - change.At) * 1000);
            }
        }

        Result.Of("told", arguments, what, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["toldP50us"] = latencies.Quantile(0.5),
            ["toldP99us"] = latencies.Quantile(0.99),
            ["toldMaxUs"] = latencies.MaxMicroseconds,
            ["changes"] = changes.Count,
            ["events"] = events,
            ["missed"] = missed,
        }).Report(arguments);
        if (missed == 0) return 0;
        await Console.Error.WriteLineAsync($"{missed} times a stream was not told of a change.");
        return 1;
    }

    static IEnumerable<long[]> Numbers(string file) =>
        File.ReadLines(file).Select(line => line.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray());
}
