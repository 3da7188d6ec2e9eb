using System.Globalization;

namespace Plantao.Target.Checkout;

/// <summary>What happens here, a line each on standard output: the time, one word, and the rest. Who started us reads along.</summary>
sealed class Diary(TextWriter output, TimeProvider clock)
{
    readonly Lock gate = new();

    /// <param name="word">listening, injected, removed, noticed, posting, answered, unanswered, over or silent.</param>
    public void Write(string word, string rest)
    {
        lock (gate)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'} {word} {rest}"));
            output.Flush();
        }
    }
}
