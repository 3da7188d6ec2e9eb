using System.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>The identity of an alert to Prometheus and Alertmanager: FNV-1a, 64 bits, over its labels in order of name.</summary>
/// <remarks>For each pair: the name's bytes, 0xFF, the value's bytes, 0xFF (prometheus/common, model.LabelSet.Fingerprint).</remarks>
public struct Fingerprint
{
    const ulong Basis = 14695981039346656037;
    const ulong Prime = 1099511628211;

    ulong hash;

    public Fingerprint() => hash = Basis;

    /// <summary>Adds the next label. To be called in the order of the names' bytes, without those that have no value.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        hash = Ended(Ended(hash, name), value);
    }

    static ulong Ended(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (var next in bytes) hash = (hash ^ next) * Prime;
        return (hash ^ 0xFF) * Prime;
    }

    /// <summary>16 lower-case hex digits.</summary>
    public override readonly string ToString() => hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The fingerprint of a set of labels, in any order.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var pairs = labels.Where(pair => pair.Value.Length > 0)
            .Select(pair => (Name: Encoding.UTF8.GetBytes(pair.Key), Value: Encoding.UTF8.GetBytes(pair.Value)))
            .ToArray();
        Array.Sort(pairs, (one, other) => one.Name.AsSpan().SequenceCompareTo(other.Name));

        var fingerprint = new Fingerprint();
        foreach (var (name, value) in pairs) fingerprint.Add(name, value);
        return fingerprint.ToString();
    }
}
