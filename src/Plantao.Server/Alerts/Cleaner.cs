using Plantao.Alerts.Intake;
using Plantao.Platform.Redaction;

namespace Plantao.Alerts;

/// <summary>What a sender said, without what is secret or personal in it: only so is it kept.</summary>
sealed class Cleaner(Redactor redactor)
{
    /// <summary>Redacted, also where it is written with percent signs, as in a link.</summary>
    public string Text(string text)
    {
        var clean = redactor.Redact(text);
        if (!text.Contains('%', StringComparison.Ordinal)) return clean.Text;
        var plain = redactor.Redact(Uri.UnescapeDataString(text));
        return plain.Count > clean.Count ? plain.Text : clean.Text;
    }

    public string? TextOrNull(string? text) => text is null ? null : Text(text);

    /// <summary>Labels or annotations: the same ones, when there is nothing to hide.</summary>
    public IReadOnlyDictionary<string, string> Pairs(IReadOnlyDictionary<string, string>? pairs)
    {
        if (pairs is null or { Count: 0 }) return LabelSet.Empty;
        SortedDictionary<string, string>? changed = null;
        foreach (var (name, value) in pairs)
        {
            // A name is the sender's text as well: the words of a link become one.
            var (cleanName, cleanValue) = (Text(name), redactor.Redact(name, value) is { Count: > 0 } named ? named.Text : Text(value));
            if (cleanName == name && cleanValue == value) continue;
            changed ??= new SortedDictionary<string, string>(pairs.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal), StringComparer.Ordinal);
            if (cleanName != name) changed.Remove(name);
            changed[cleanName] = cleanValue;
        }

        return changed ?? pairs;
    }

    /// <summary>A dedup key without what is personal in it, also in a part between slashes.</summary>
    public string? DedupKey(string? key) => key is null ? null : string.Join('/', redactor.Redact(key).Text.Split('/').Select(Text));
}
