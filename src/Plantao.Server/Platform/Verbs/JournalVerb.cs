using Plantao.Platform.Journal;

namespace Plantao.Platform.Verbs;

/// <summary><c>plantao journal verify</c>: walks the chain.</summary>
public static class JournalVerb
{
    const string Usage = $"""
        plantao journal verify [--head POSITION:HASH]
            proves that no entry of the journal was changed, removed or put in. With a head that was kept outside (a backup prints one,
            and the server logs one every hour) it also proves that its tail was not cut off or rewritten.
        plantao journal head
            prints the head, to be kept outside
        {MachineLine.Common}
        Exit codes: 0 whole, 1 broken (the first bad entry is named) or not read, 64 not understood.
        """;

    /// <param name="args">What follows <c>journal</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        var given = MachineLine.Take(args, ["--head"], [], out var rest, out var fault);
        if (fault is not null || rest is not ["verify"] and not ["head"]) return await MachineLine.Explain(Usage, rest, output, errors, fault);
        var head = given.GetValueOrDefault("--head");
        try
        {
            if (head is not null) Journals.ParseAnchor(head);
        }
        catch (FormatException wrong)
        {
            return await MachineLine.Explain(Usage, rest, output, errors, wrong.Message);
        }

        try
        {
            await using var db = MachineLine.OpenExisting(options);
            var journals = new Journals(db);
            if (rest is ["head"])
            {
                var (position, hash) = await journals.Head(ct);
                await output.WriteLineAsync(Journals.Anchor(position, hash));
                return 0;
            }

            var verdict = await journals.Verify(head, ct);
            if (!verdict.Whole)
            {
                await errors.WriteLineAsync($"The journal is broken at position {verdict.Position}: {verdict.Why}.");
                return 1;
            }

            await output.WriteLineAsync($"The journal is whole: {verdict.Position} entries{(verdict.Erased > 0 ? $", {verdict.Erased} with their text erased" : "")}.");
            await output.WriteLineAsync($"Keep this head outside: {verdict.Head}");
            return 0;
        }
        catch (Exception reason) when (MachineLine.Expected(reason))
        {
            await errors.WriteLineAsync("The journal was not read. " + reason.Message);
            return 1;
        }
    }
}
