using System.Globalization;
using Plantao.Definitions;

namespace Plantao.Tests.Definitions;

/// <summary>Random trees and definitions, the same for the same seed. Half of the text is what YAML readers trip over.</summary>
sealed class AnyDefinition(int seed)
{
    static readonly string[] Texts =
    [
        "no", "Yes", "on", "null", "~", "true", "08:00", "12:30:45", "1e3", "0x1F", "0o7", "1_000", ".5", "-1", "+1", "2026-01-05", "2026-01-05T09:00", "<<", "=", "-", "--- a", "...",
        "a: b", "a:", ":a", "a #b", "#a", "a,b", "[a]", "{a}", "a]", "&a", "*a", "!a", "|", ">", "@a", "`a`", "%a", "'", "it's", "\"", "\\", "a\\nb", "a b", " a", "a ", "a  b", "?", "? a", "- a",
        "ação", "日本語", "🙂", "a🙂b", "ﬁ", "\u00A0", "a\nb", "a\nb\n", "a\n\nb", "\na", "a\n", "a\n\n", " a\nb", "a\n b\n  c", "a\n \nb", "a\tb", "\ta", "a\n\tb", "a\n# b\n--- c", "a: b\nc: d\n",
        "ana", "bruno", "payments", "primary", "checkout", "a-b-c", "high", "low", "unchanged", "daily", "weekly", "12h", "3d", "2w", "monday 09:00", "09:00", "90s", "5m", "1h30m", "7d", "1d",
        "Etc/UTC", "America/Sao_Paulo", "severity=page", "a=~\"x|y\"", "team!=\"a,b\"", "x=\"\\\"\"", "schedule:primary", "person:ana", "team:a", "team-managers:b", "labels.severity", "tags[0]",
        "firing", "resolved", "alertmanager", "generic", "pagerduty", "grafana", "heartbeat", "report", "stripe", "standard-webhooks", "X-Signature", "alertname", "...", "SEV1", "P1", "0", "1", "2", "3", "100",
    ];

    readonly Random random = new(seed);

    public Node Tree(int depth = 0) => random.Next(depth > 4 ? 1 : 3) switch
    {
        0 => Scalar(Text()),
        1 => new Sequence(Position.Nowhere, [.. Some(() => Tree(depth + 1))]),
        _ => new Mapping(Position.Nowhere, [.. Some(() => new Entry(Scalar(Text()), Tree(depth + 1))).DistinctBy(entry => entry.Key.Value)]),
    };

    /// <summary>A file that a shape reads without a problem.</summary>
    public Node Of(Shape shape) => shape switch
    {
        RecordShape record => new Mapping(Position.Nowhere,
            [.. record.Fields.Where(field => field.Needed || random.Next(2) == 0).OrderBy(_ => random.Next()).Select(field => new Entry(Scalar(field.Name), Of(field.Shape)))]),
        ListShape list => new Sequence(Position.Nowhere, [.. Some(() => Of(list.Item), list.Least).DistinctBy(Yaml.Write).Take(list.Most)]),
        OneOrMoreShape several => random.Next(2) == 0 ? Of(several.Item) : new Sequence(Position.Nowhere, [.. Some(() => Of(several.Item), 1).DistinctBy(Yaml.Write)]),
        MapShape map => new Mapping(Position.Nowhere, [.. Some(() => new Entry((Scalar)Of(map.Key), Of(map.Value))).DistinctBy(entry => entry.Key.Value)]),
        _ => Leaf(shape),
    };

    Scalar Leaf(Shape shape)
    {
        while (true)
        {
            var scalar = Scalar(random.Next(20) == 0 ? random.Next(2) == 0 ? "true" : "false" : Text());
            var reader = new Reader();
            // What has several spellings (a span, a matcher) stands once in a list by its meaning, so it is taken in its one spelling.
            if (shape.Read(scalar, reader) is { } read && reader.Problems.Count == 0) return (Scalar)shape.Write(read);
        }
    }

    string Text() => random.Next(4) > 0 ? Texts[random.Next(Texts.Length)] : string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letter()));

    string Letter() => random.Next(8) switch
    {
        0 => ((char)random.Next(0x21, 0x30)).ToString(),
        1 => ((char)random.Next(0x3A, 0x41)).ToString(),
        2 => " ",
        3 => "\n",
        4 => char.ConvertFromUtf32(random.Next(0xC0, 0x600)),   // letters with accents, Greek, Cyrillic, Hebrew
        5 => random.Next(100).ToString(CultureInfo.InvariantCulture),
        _ => ((char)random.Next('a', 'z' + 1)).ToString(),
    };

    IEnumerable<T> Some<T>(Func<T> one, int least = 0) => Enumerable.Range(0, random.Next(least, least + 4)).Select(_ => one());

    static Scalar Scalar(string text) => new(Position.Nowhere, text, Quoted: true);
}
