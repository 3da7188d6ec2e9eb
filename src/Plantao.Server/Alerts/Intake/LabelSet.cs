using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake;

/// <summary>Names and values, ordered by name (ordinal), found by binary search. Two sets of the same pairs are equal.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "A set of labels is what the trade calls it.")]
public sealed class LabelSet : IReadOnlyDictionary<string, string>, IEquatable<LabelSet>
{
    readonly string[] names;
    readonly string[] values;

    LabelSet(string[] names, string[] values) => (this.names, this.values) = (names, values);

    public static LabelSet Empty { get; } = new([], []);

    /// <summary>Labels as we keep them: normalised, those without a value left out, at most <see cref="IntakeLimits.Labels"/>. Of a name given twice the last counts.</summary>
    public static LabelSet Labels(IReadOnlyCollection<KeyValuePair<string, string>> pairs) => Of(pairs, IntakeLimits.LabelValue, keepEmpty: false);

    /// <summary>Annotations as we keep them: like labels, but an empty value is a value, and they may be long.</summary>
    public static LabelSet Annotations(IReadOnlyCollection<KeyValuePair<string, string>> pairs) => Of(pairs, IntakeLimits.Text, keepEmpty: true);

    static LabelSet Of(IReadOnlyCollection<KeyValuePair<string, string>> pairs, int limit, bool keepEmpty)
    {
        if (pairs.Count == 0) return Empty;

        var keptNames = new string[pairs.Count];
        var keptValues = new string[pairs.Count];
        var count = 0;
        var ordered = true;
        foreach (var (givenName, givenValue) in pairs)
        {
            var name = TextNormaliser.Line(givenName, IntakeLimits.LabelName);
            var value = TextNormaliser.Lines(givenValue, limit);
            if (name.Length == 0 || (value.Length == 0 && !keepEmpty)) continue;

            ordered &= count == 0 || string.CompareOrdinal(keptNames[count - 1], name) < 0;
            (keptNames[count], keptValues[count]) = (name, value);
            count++;
        }

        if (!ordered) count = Order(keptNames, keptValues, count);
        count = Math.Min(count, IntakeLimits.Labels);
        return count == keptNames.Length ? new(keptNames, keptValues) : new(keptNames[..count], keptValues[..count]);
    }

    /// <returns>How many are left: of a name given twice the last stays.</returns>
    static int Order(string[] names, string[] values, int count)
    {
        var pairs = Enumerable.Range(0, count).Select(place => (Name: names[place], Value: values[place])).ToArray();
        var kept = 0;
        foreach (var (name, value) in pairs.OrderBy(pair => pair.Name, StringComparer.Ordinal))   // stable: equals stay in the order given
        {
            if (kept > 0 && names[kept - 1] == name) kept--;
            (names[kept], values[kept]) = (name, value);
            kept++;
        }
        return kept;
    }

    public int Count => names.Length;

    public IEnumerable<string> Keys => names;

    public IEnumerable<string> Values => values;

    public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no label {key}.");

    public bool ContainsKey(string key) => Place(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value)
    {
        var place = Place(key);
        value = place < 0 ? null : values[place];
        return place >= 0;
    }

    int Place(string name) => Array.BinarySearch(names, name, StringComparer.Ordinal);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator()
    {
        for (var place = 0; place < names.Length; place++) yield return KeyValuePair.Create(names[place], values[place]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public bool Equals(LabelSet? other) => other is not null && names.AsSpan().SequenceEqual(other.names) && values.AsSpan().SequenceEqual(other.values);

    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var name in names) hash.Add(name, StringComparer.Ordinal);
        foreach (var value in values) hash.Add(value, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary><c>alertname="HighLatency", instance="web1"</c></summary>
    public override string ToString() => string.Join(", ", this.Select(pair => $"{pair.Key}=\"{pair.Value}\""));
}
