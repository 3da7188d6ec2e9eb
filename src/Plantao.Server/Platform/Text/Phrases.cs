namespace Plantao.Platform.Text;

/// <summary>Something to be read later, in the language of whoever reads it: kept as a key and its values, not as a sentence.</summary>
/// <remarks>A room declares its own. What was kept as a sentence by an older program is read as it stands.</remarks>
public sealed class Phrases(IReadOnlyDictionary<string, (string English, string Portuguese)> texts)
{
    /// <summary>A tab stands in no name and in no line of text that we keep.</summary>
    const char Between = '\t';

    /// <summary>Every key with both texts, for the test that they fit together.</summary>
    public IReadOnlyDictionary<string, (string English, string Portuguese)> All => texts;

    /// <summary>As it is kept.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public string Keep(string key, params IReadOnlyList<string> values) =>
        texts.ContainsKey(key) ? string.Join(Between, values.Select(value => value.Replace(Between, ' ')).Prepend(key)) : throw new KeyNotFoundException($"There is no phrase {key}.");

    /// <summary>As it is read.</summary>
    /// <param name="language"><c>pt-BR</c>; English for any other.</param>
    public string Read(string language, string kept)
    {
        var parts = kept.Split(Between);
        if (!texts.TryGetValue(parts[0], out var text)) return kept;
        var said = language == "pt-BR" ? text.Portuguese : text.English;
        for (var i = 1; i < parts.Length; i++) said = said.Replace("{" + (i - 1).ToString(System.Globalization.CultureInfo.InvariantCulture) + "}", parts[i], StringComparison.Ordinal);
        return said;
    }
}
