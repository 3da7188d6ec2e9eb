using System.Diagnostics;
using System.IO.Compression;
using System.Net;

namespace Plantao.Bench;

/// <summary>One screen, fetched again and again by one signed-in reader: how long the server takes, and how large it is.</summary>
static class GetVerb
{
    public static async Task<int> Run(Arguments arguments)
    {
        var url = new Uri(arguments.Needed("url"));
        var cookie = arguments.Text("cookie");
        var count = arguments.Count("requests", 200, 1, 100_000);
        var warmup = arguments.Count("warmup", 50, 0, 100_000);
        var what = arguments.Text("case") ?? url.PathAndQuery;
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();

        using var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        var latencies = new Latencies();
        byte[] body = [];
        long failed = 0;
        for (var i = 0; i < warmup + count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (cookie is not null) request.Headers.Add("Cookie", cookie);
            request.Headers.Add("Accept", "text/html");
            var from = Stopwatch.GetTimestamp();
            using var answer = await http.SendAsync(request);
            body = await answer.Content.ReadAsByteArrayAsync();
            if (answer.StatusCode != HttpStatusCode.OK) failed++;
            else if (i >= warmup) latencies.Add(Stopwatch.GetElapsedTime(from).Ticks * 100);
        }

        Result.Of("get", arguments, what, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["p50us"] = latencies.Quantile(0.5),
            ["p99us"] = latencies.Quantile(0.99),
            ["maxUs"] = latencies.MaxMicroseconds,
            ["bytes"] = body.Length,
            ["gzipBytes"] = Zipped(body),
            ["failed"] = failed,
        }).Report(arguments);
        return failed > 0 ? 1 : 0;
    }

    /// <summary>As a reverse proxy would send it.</summary>
    static long Zipped(byte[] body)
    {
        using var into = new MemoryStream();
        using (var zip = new GZipStream(into, CompressionLevel.Optimal, leaveOpen: true)) zip.Write(body);
        return into.Length;
    }
}
