using System.Globalization;
using System.Text;

namespace Plantao.Bench;

/// <summary>The bytes of a request, made once. What changes from one to the next has a fixed width and is written in its place.</summary>
sealed class Message
{
    const string Mark = "##########", End = "@@@@@@@@@@@@@@@@@@@";

    readonly byte[] bytes;
    readonly int[][] marks;   // per alert, where its number stands
    readonly int[] ends;

    Message(byte[] bytes, int[][] marks, int[] ends) => (this.bytes, this.marks, this.ends) = (bytes, marks, ends);

    /// <summary>How many alerts one request carries.</summary>
    public int Batch => marks.Length;

    public int Length => bytes.Length;

    public byte[] Copy() => (byte[])bytes.Clone();

    /// <summary>Writes the number of the alert at <paramref name="place"/> into a copy of this message.</summary>
    /// <param name="number">0 to 9,999,999,999.</param>
    public void Number(Span<byte> copy, int place, long number)
    {
        foreach (var at in marks[place])
        {
            var rest = number;
            for (var digit = Mark.Length - 1; digit >= 0; digit--, rest /= 10) copy[at + digit] = (byte)('0' + rest % 10);
        }
    }

    /// <summary>Writes the time at which the alerts end unless they are said again: Prometheus moves it with every message.</summary>
    public void EndsAt(Span<byte> copy, ReadOnlySpan<byte> instant)
    {
        foreach (var at in ends) instant.CopyTo(copy[at..]);
    }

    /// <summary>An instant as <see cref="EndsAt"/> takes it: whole seconds, UTC, without the Z.</summary>
    public static byte[] Instant(DateTimeOffset at) => Encoding.ASCII.GetBytes(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));

    /// <summary>A request to the endpoint of <paramref name="format"/>.</summary>
    /// <param name="run">Eight characters that tell the alerts of this run from those of another.</param>
    /// <param name="body">Usual: what Prometheus sends for a well-kept rule, 570 bytes an alert. Small: three labels and no more; Alertmanager format only.</param>
    /// <param name="apart">Each alert gets a name of its own, so that a target that groups by name pages for each.</param>
    public static Message Of(Format format, Uri target, string? key, int batch, string run, DateTimeOffset startsAt, Body body, bool apart)
    {
        if (format is not Format.Alertmanager && body is Body.Small) throw new UsageException($"--body: {format} has the usual body only.");
        if (format is not Format.Alertmanager && batch != 1) throw new UsageException($"--batch: {format} takes one alert per request.");

        var started = startsAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var name = apart ? $"HighLatency{run}{Mark}" : "HighLatency";
        var mark = Marker.Of(run) + Mark;
        var (path, authorization, text) = format switch
        {
            Format.Alertmanager => ("/api/v2/alerts", key is null ? null : $"Bearer {key}", "[" + string.Join(',', Enumerable.Repeat(body switch
            {
                Body.Usual => $$$"""{"annotations":{"description":"99th percentile of checkout on web-{{{mark}}} is above 500 ms for 5 minutes","runbook_url":"https://wiki.example.org/runbooks/high-latency","summary":"Latency of web-{{{mark}}} is high"},"endsAt":"{{{End}}}.000Z","startsAt":"{{{started}}}","generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=job%3Alatency%3Ap99+%3E+0.5&g0.tab=1","labels":{"alertname":"{{{name}}}","cluster":"eu-1","instance":"web-{{{mark}}}:9100","job":"checkout","severity":"critical","team":"payments"}}""",
                Body.Small => $$$"""{"labels":{"alertname":"{{{name}}}","instance":"web-{{{mark}}}","severity":"critical"}}""",
            }, batch)) + "]"),
            Format.PagerDuty => ("/v2/enqueue", null,
                $$$"""{"routing_key":"{{{key ?? new string('0', 32)}}}","event_action":"trigger","dedup_key":"{{{name}}}/web-{{{mark}}}","payload":{"summary":"{{{name}}}: latency of web-{{{mark}}} is high","source":"web-{{{mark}}}:9100","severity":"critical","timestamp":"{{{started}}}","component":"checkout","group":"eu-1","class":"latency","custom_details":{"description":"99th percentile of checkout is above 500 ms for 5 minutes","team":"payments","runbook":"https://wiki.example.org/runbooks/high-latency"}},"client":"Prometheus","client_url":"http://prometheus.example.org:9090/graph?g0.expr=job%3Alatency%3Ap99+%3E+0.5"}"""),
            Format.Opsgenie => ("/v2/alerts", $"GenieKey {key ?? new string('0', 36)}",
                $$$"""{"message":"{{{name}}}: latency of web-{{{mark}}} is high","alias":"{{{name}}}/web-{{{mark}}}","description":"99th percentile of checkout on web-{{{mark}}} is above 500 ms for 5 minutes","entity":"web-{{{mark}}}:9100","source":"prometheus.example.org","priority":"P1","tags":["checkout","eu-1","latency"],"details":{"team":"payments","started":"{{{started}}}","runbook":"https://wiki.example.org/runbooks/high-latency"}}"""),
            Format.Empty => ("/empty", null, ""),
        };

        var head = $"POST {target.AbsolutePath.TrimEnd('/')}{path} HTTP/1.1\r\nHost: {target.Authority}\r\nUser-Agent: plantao-bench\r\nAccept: application/json\r\n"
            + (text.Length > 0 ? "Content-Type: application/json\r\n" : "")
            + (authorization is null ? "" : $"Authorization: {authorization}\r\n")
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(text)}\r\n\r\n");
        var whole = Encoding.UTF8.GetBytes(head + text);

        var all = Places(whole, Encoding.ASCII.GetBytes(Mark));
        var each = all.Length / batch;
        return new Message(whole, [.. Enumerable.Range(0, batch).Select(place => all[(place * each)..((place + 1) * each)])], Places(whole, Encoding.ASCII.GetBytes(End)));
    }

    static int[] Places(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> what)
    {
        var places = new List<int>();
        for (int at = 0, next; (next = bytes[at..].IndexOf(what)) >= 0; at += next + what.Length) places.Add(at + next);
        return [.. places];
    }
}

/// <summary>Whose wire format a request has.</summary>
enum Format { Alertmanager, PagerDuty, Opsgenie, Empty }

/// <summary>How much an alert says.</summary>
enum Body { Usual, Small }

/// <summary>The text by which an alert is known again in a page: <c>bm</c>, the run, a dash, ten digits.</summary>
static class Marker
{
    public const int Digits = 10;

    public static string Of(string run) => $"bm{run}-";
}
