using System.CommandLine;
using System.Globalization;

namespace Plantao.Cli;

/// <summary><c>plantao dead-letter</c>.</summary>
static class DeadLetterCommands
{
    public static void Fill(Verbs letters)
    {
        letters.Verb("list", "Signals whose deciding failed. They are kept, and have paged from their raw text.", [], async it =>
        {
            var zone = await it.Zone();
            return it.Show(await it.Server.DeadLetters(it.Stop),
                ("SIGNAL", d => d.Signal), ("TRIES", d => d.Attempts.ToString(CultureInfo.InvariantCulture)), ("FIRST", d => zone.At(d.FirstAt)), ("NEXT TRY", d => zone.At(d.NextTryAt) ?? "none"), ("ERROR", d => d.Error));
        });

        var signal = new Argument<string>("signal") { Description = "The signal's id, sig_…" };
        letters.Verb("replay", "Decides one again.", [signal], async it =>
        {
            await it.Server.Replay(it.Of(signal), it.Stop);
            return it.Done($"{it.Of(signal)} is decided again.");
        });
    }
}
