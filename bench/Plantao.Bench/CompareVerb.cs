using System.Globalization;

namespace Plantao.Bench;

/// <summary>A session as tables in Markdown: medians over the repetitions, and the median of the ratios, each taken within one repetition.</summary>
static class CompareVerb
{
    static readonly Dictionary<string, (string[] Shown, string[] Compared)> Columns = new(StringComparer.Ordinal)
    {
        ["load"] = (["requestsPerSecond", "alertsPerSecond", "p50us", "p99us", "maxUs", "failed", "generatorCores", "targetCores", "othersCores", "targetMegabytes"], ["requestsPerSecond", "p99us"]),
        ["page"] = (["pageP50us", "pageP99us", "pageMaxUs", "answerP50us", "answerP99us", "missing", "doubled", "failed", "latenessP99us", "targetCores", "othersCores"], ["pageP50us", "pageP99us"]),
        ["cold"] = (["readyMs", "idleMegabytes", "cpuSeconds"], ["readyMs", "idleMegabytes"]),
        ["kill"] = (["kills", "sent", "acknowledged", "lost", "unpaged", "pages", "repeated", "doubled"], []),
        ["timers"] = (["fired", "missing", "doubled", "early", "afterKill", "lateP50Ms", "lateP99Ms", "lastMs", "perSecond"], []),
        ["get"] = (["p50us", "p99us", "maxUs", "bytes", "gzipBytes", "failed"], []),
        ["dom"] = (["domReadyP50us", "domReadyMaxUs", "loadedP50us", "failed"], []),
        ["told"] = (["toldP50us", "toldP99us", "toldMaxUs", "changes", "events", "missed"], []),
        ["sync"] = (["p50us", "p99us", "maxUs", "syncsPerSecond"], []),
    };

    public static int Run(Arguments arguments)
    {
        var results = Result.Read(arguments.Needed("file"));
        var against = arguments.Needed("against").Split(',');
        var session = arguments.Text("session");
        var quiet = arguments.Text("quiet") is "yes";
        arguments.NoOther();
        if (quiet) results = [.. results.Where(result => result.Figures.GetValueOrDefault("othersCores") <= QuietVerb.QuietCores)];
        if (session is not null) results = [.. results.Where(result => result.Session == session)];

        foreach (var verb in results.GroupBy(result => result.Verb, StringComparer.Ordinal))
        {
            var (shown, compared) = Columns[verb.Key];
            shown = [.. shown.Where(figure => verb.Any(result => result.Figures.ContainsKey(figure)))];
            var pairs = against.SelectMany(other => compared.Select(figure => (other, figure))).ToList();
            Console.WriteLine($"\n| case | target | {string.Join(" | ", shown)} | {string.Join(" | ", pairs.Select(pair => $"{pair.figure} x {pair.other}"))}{(pairs.Count > 0 ? " | " : "")}reps |");
            Console.WriteLine($"|---|---|{string.Concat(Enumerable.Repeat("---|", shown.Length + pairs.Count + 1))}");
            foreach (var target in verb.GroupBy(result => (result.Case, result.Target)))
            {
                var medians = shown.Select(figure => Text(Median(target.Select(result => result.Figures.GetValueOrDefault(figure)))));
                var ratios = pairs.Select(pair => Ratio(target, verb.Where(result => result.Case == target.Key.Case && result.Target == pair.other), pair.figure));
                Console.WriteLine($"| {target.Key.Case} | {target.Key.Target} | {string.Join(" | ", medians.Concat(ratios))} | {target.Count()} |");
            }
        }

        Lone(results);
        if (results.Where(result => result.Figures.GetValueOrDefault("othersCores") > QuietVerb.QuietCores).ToList() is { Count: > 0 } loud)
            Console.WriteLine($"\nOthers used more than {Text(QuietVerb.QuietCores)} of a core during {loud.Count} of {results.Count} measurements, at most {Text(loud.Max(result => result.Figures["othersCores"]))}: look at the ratios, not at the figures, or measure again.");
        return 0;
    }

    /// <summary>P5: what one lone client waits, against the least that a durable answer can cost.</summary>
    static void Lone(IReadOnlyList<Result> results)
    {
        var syncs = results.Where(result => result.Verb == "sync").ToList();
        var empties = results.Where(result => result.Verb == "load" && result.Case.StartsWith("empty ", StringComparison.Ordinal) && result.Case.EndsWith("c1 b1", StringComparison.Ordinal)).ToList();
        if (syncs.Count == 0 || empties.Count == 0) return;

        Console.WriteLine("\n| one client, case | target | k = p50 / (fdatasync p50 + empty POST p50) | reps |\n|---|---|---|---|");
        foreach (var target in results.Except(empties).Where(result => result.Verb == "load" && result.Case.EndsWith("c1 b1", StringComparison.Ordinal)).GroupBy(result => (result.Case, result.Target)))
        {
            var ks = (from result in target
                      join sync in syncs on result.Repetition equals sync.Repetition
                      join empty in empties on result.Repetition equals empty.Repetition
                      select result.Figures["p50us"] / (sync.Figures["p50us"] + empty.Figures["p50us"])).ToList();
            if (ks.Count > 0) Console.WriteLine($"| {target.Key.Case} | {target.Key.Target} | {Text(Median(ks))} ({Text(ks.Min())} to {Text(ks.Max())}) | {ks.Count} |");
        }
    }

    static string Ratio(IEnumerable<Result> ours, IEnumerable<Result> theirs, string figure)
    {
        var ratios = (from our in ours
                      join their in theirs on our.Repetition equals their.Repetition
                      where their.Figures.GetValueOrDefault(figure) > 0 && our.Target != their.Target
                      select our.Figures[figure] / their.Figures[figure]).ToList();
        return ratios.Count == 0 ? "" : ratios.Count == 1 ? Text(ratios[0]) : $"{Text(Median(ratios))} ({Text(ratios.Min())} to {Text(ratios.Max())})";
    }

    static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }

    static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : Math.Abs(value) >= 10 ? "0.#" : "0.##", CultureInfo.InvariantCulture);
}
