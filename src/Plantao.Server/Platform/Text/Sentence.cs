namespace Plantao.Platform.Text;

/// <summary>One sentence in both languages, written where it is said: what is not kept needs no key (see <see cref="Phrases"/>).</summary>
public sealed record Sentence(string English, string Portuguese)
{
    /// <param name="language"><c>pt-BR</c>; English for any other.</param>
    public string In(string language) => language == "pt-BR" ? Portuguese : English;

    public static implicit operator Sentence((string English, string Portuguese) both) => new(both.English, both.Portuguese);

    /// <summary>What is the same in both: an address, a name, the words of a system that we did not write.</summary>
    public static implicit operator Sentence(string same) => new(same, same);
}
