using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Plantao.Bench;

/// <summary>Sends numbered alerts into a target that may be killed meanwhile, and keeps the ledger.</summary>
static class CallsVerb
{
    public static int Run(Arguments arguments)
    {
        var url = LoadVerb.Url(arguments.Needed("url"));
        var format = arguments.Word("format", Format.Alertmanager);
        var rate = arguments.Number("rate", 3000, 1, 100_000);
        var connections = arguments.Count("conns", 32, 1, 1024);
        var first = arguments.Count("first", 0, 0, 1_000_000_000);
        var seconds = arguments.Seconds("seconds", 5);
        var run = LoadVerb.RunName(arguments);
        var key = arguments.Text("key");
        using var ledger = new Ledger(arguments.Needed("ledger"));
        arguments.NoOther();

        var message = Message.Of(format, url, key, 1, run, TimeProvider.System.GetUtcNow(), Body.Usual, apart: true);
        try
        {
            _ = new Load(new Plan(new IPEndPoint(IPAddress.Loopback, url.Port), message, connections, rate, 0, 0, Moving: true, TimeSpan.Zero, seconds), first, ledger: ledger).Run();
            return 0;
        }
        catch (Exception gone) when (gone is SocketException or IOException)   // killed, which is what we are here for
        {
            return 0;
        }
    }
}

/// <summary>A webhook receiver that stays while targets come and go, and writes down each delivery: <c>NUMBER KEY</c>, the key of the <c>webhook-id</c> header or a dash.</summary>
static class SinkVerb
{
    public static async Task<int> Run(Arguments arguments)
    {
        var port = arguments.Count("sink-port", 0, 1024, 32767);
        var run = LoadVerb.RunName(arguments);
        var most = arguments.Count("most", 2_000_000, 1, 100_000_000);
        await using var lines = new StreamWriter(arguments.Needed("pages")) { AutoFlush = true };
        arguments.NoOther();

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => { context.Cancel = true; ended.TrySetResult(); });
        using var sink = new Sink(port, run, most, lines);
        await ended.Task;
        return 0;
    }
}

/// <summary>Compares what was acknowledged with what the target still knows and what it paged.</summary>
static class AuditVerb
{
    public static int Run(Arguments arguments)
    {
        var (sent, acknowledged) = Ledger.Read(arguments.Needed("ledger"));
        var kept = Kept(arguments.Needed("kept"), LoadVerb.RunName(arguments));
        var pages = arguments.Text("pages") is { } file ? Pages(file) : null;
        var kills = arguments.Count("kills", 0, 0, 100_000);
        foreach (var common in (string[])["target", "session", "repetition", "out"]) _ = arguments.Text(common);
        arguments.NoOther();

        var lost = acknowledged.Where(number => !kept.Contains(number)).ToList();
        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["kills"] = kills, ["sent"] = sent, ["acknowledged"] = acknowledged.Count, ["lost"] = lost.Count };
        if (pages is not null)
        {
            figures["unpaged"] = acknowledged.Count(number => !pages.ContainsKey(number));
            figures["pages"] = pages.Values.Sum(keys => keys.Count);
            figures["repeated"] = pages.Values.Sum(keys => keys.Count - keys.Distinct(StringComparer.Ordinal).Count(key => key != "-") - keys.Count(key => key == "-"));
            figures["doubled"] = pages.Values.Sum(keys => keys.Distinct(StringComparer.Ordinal).Count(key => key != "-") + keys.Count(key => key == "-") - 1);
        }
        Result.Of("kill", arguments, "kill -9", figures).Report(arguments);
        if (lost.Count > 0) Console.Error.WriteLine($"Acknowledged and gone, the first of them: {string.Join(", ", lost.Order().Take(5))}");
        return lost.Count > 0 || figures.GetValueOrDefault("unpaged") > 0 || acknowledged.Count == 0 ? 1 : 0;
    }

    /// <summary>The numbers of this run that stand anywhere in a file, whatever its format.</summary>
    static HashSet<long> Kept(string file, string run)
    {
        var numbers = new HashSet<long>();
        var marker = Encoding.ASCII.GetBytes(Marker.Of(run));
        ReadOnlySpan<byte> rest = File.ReadAllBytes(file);
        for (int at; (at = rest.IndexOf(marker)) >= 0;)
        {
            rest = rest[(at + marker.Length)..];
            if (rest.Length >= Marker.Digits && Utf8Parser.TryParse(rest[..Marker.Digits], out long number, out _)) numbers.Add(number);
        }
        return numbers;
    }

    static Dictionary<long, List<string>> Pages(string file)
    {
        var pages = new Dictionary<long, List<string>>();
        foreach (var line in File.ReadLines(file))
        {
            var words = line.Split(' ', 2);
            var number = long.Parse(words[0], CultureInfo.InvariantCulture);
            if (!pages.TryGetValue(number, out var keys)) pages[number] = keys = [];
            keys.Add(words[1]);
        }
        return pages;
    }
}
