using System.Globalization;
using System.Text;
using System.Text.Json;
using Plantao.Alerts.Intake.Alertmanager;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

/// <summary>One condition is one, however it is written; two conditions are two, however alike they look (failures.md D2).</summary>
public class SameOrOtherTests
{
    /// <summary>What an encoding of names and values would have to keep apart: its own separators above all.</summary>
    static readonly string[] Pieces = ["a", "b", "ab", "A", "=", ",", "\"", "\\", "\n", "{", "}", ":", "/", " ", "é", "🙂", "0", "00", "\u00ff", "null"];

    [Fact]
    public void Twenty_thousand_pairs_of_label_sets_have_one_key_if_they_are_equal_and_two_if_not() => Pairs(20_000);

    [Fact, Trait("Kind", "Long")]
    public void A_million_pairs_of_label_sets_have_one_key_if_they_are_equal_and_two_if_not() => Pairs(1_000_000);

    static void Pairs(int count)
    {
        var random = new Random(20261125);
        var (same, other) = (0, 0);
        for (var i = 0; i < count; i++)
        {
            var one = Labels(random);
            var two = random.Next(2) == 0 ? new Dictionary<string, string>(one, StringComparer.Ordinal) : Changed(one, random);
            var equal = one.Count == two.Count && one.All(label => two.TryGetValue(label.Key, out var value) && value == label.Value);
            var (first, second) = (Key(one, random), Key(two, random));
            Assert.True(equal == (first == second), $"{Text(one)} and {Text(two)}: {first} and {second}");
            if (equal) same++;
            else other++;
        }

        Assert.InRange(same, count / 4, count);
        Assert.InRange(other, count / 4, count);
    }

    static Dictionary<string, string> Labels(Random random)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var n = random.Next(1, 6); n > 0; n--) labels[Name(random)] = Value(random);
        return labels;
    }

    static string Name(Random random) => "n" + string.Concat(Enumerable.Range(0, random.Next(0, 3)).Select(_ => random.Next(2) == 0 ? "a" : "_b"));

    static string Value(Random random) => "v" + string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ => Pieces[random.Next(Pieces.Length)])) + "w";

    /// <summary>Something small is different, or two things that cancel out.</summary>
    static Dictionary<string, string> Changed(Dictionary<string, string> labels, Random random)
    {
        var changed = new Dictionary<string, string>(labels, StringComparer.Ordinal);
        var (name, value) = changed.ElementAt(random.Next(changed.Count));
        switch (random.Next(6))
        {
            case 0: changed.Remove(name); break;
            case 1: changed[name] = value + "w"; break;
            case 2: changed[name + "v"] = value[1..]; changed.Remove(name); break;
            case 3: changed[Name(random)] = Value(random); break;
            case 4 when changed.Count > 1: (changed[changed.Keys.First()], changed[changed.Keys.Last()]) = (changed[changed.Keys.Last()], changed[changed.Keys.First()]); break;
            default: changed[name] = value.ToUpperInvariant(); break;
        }

        return changed.Count > 0 ? changed : new(StringComparer.Ordinal) { ["n"] = "v" };
    }

    /// <summary>In another order, with other escapes and blanks each time, and with what does not count.</summary>
    static string Key(Dictionary<string, string> labels, Random random)
    {
        var order = labels.ToArray();
        random.Shuffle(order);
        var text = new StringBuilder("[{");
        if (random.Next(2) == 0) text.Append(CultureInfo.InvariantCulture, $"\"annotations\":{{\"summary\":\"{random.Next()}\"}},");
        text.Append("\"labels\":{").AppendJoin(random.Next(2) == 0 ? "," : " , ", order.Select(label => $"{Quoted(label.Key, random)}:{Quoted(label.Value, random)}")).Append("}}]");
        return Assert.Single(AlertmanagerApi.Take(Encoding.UTF8.GetBytes(text.ToString()), Context).Readings).DedupKey!;
    }

    static string Quoted(string text, Random random) => random.Next(2) == 0
        ? JsonSerializer.Serialize(text)
        : "\"" + string.Concat(text.EnumerateRunes().Select(rune => random.Next(3) == 0 || rune.Value is '"' or '\\' or < ' '
            ? string.Concat(rune.ToString().Select(unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}")))
            : rune.ToString())) + "\"";

    static string Text(Dictionary<string, string> labels) => JsonSerializer.Serialize(labels);
}
