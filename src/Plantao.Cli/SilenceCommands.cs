using System.CommandLine;

namespace Plantao.Cli;

/// <summary><c>plantao silence</c>.</summary>
static class SilenceCommands
{
    public static void Fill(Verbs silence)
    {
        var ended = new Option<bool>("--ended") { Description = "Those that have ended too." };
        silence.Verb("list", "Silences that hold or will.", [ended], async it =>
        {
            var zone = await it.Zone();
            var all = await it.Server.Silences(it.Of(ended), it.Stop);
            if (!it.InJson) foreach (var one in all) await it.Name(one.MadeBy);
            return it.Show(all, ("ID", s => s.Id), ("STATE", s => s.State), ("MATCH", s => string.Join(", ", s.Match)), ("FROM", s => zone.At(s.StartsAt)), ("UNTIL", s => zone.At(s.EndsAt)), ("BY", s => it.Known(s.MadeBy)), ("COMMENT", s => s.Comment));
        });

        var match = new Argument<string[]>("matcher") { Description = "As Alertmanager writes them: 'alertname=\"DiskFull\"' 'instance=~\"web.*\"'. All must match.", Arity = ArgumentArity.OneOrMore };
        var span = new QuietSpan();
        var comment = new Option<string>("--comment") { Description = "Why.", Required = true };
        var gravest = new Option<bool>("--gravest") { Description = "Mute rank 0 as well." };
        var team = new Option<string?>("--team") { Description = "For this team." };
        silence.Verb("make", "Mutes what matches, for a while.", [match, .. span.Options, comment, gravest, team], async it =>
        {
            var (from, until, minutes) = await span.Read(it);
            var made = await it.Server.MakeSilence(new(it.Of(match), from, until, minutes, it.Of(comment)!, it.Of(gravest), it.Of(team)), it.Stop);
            var zone = await it.Zone();
            return it.Done(made, $"{made.Id}: quiet from {zone.At(made.StartsAt)} until {zone.At(made.EndsAt)}.");
        });

        var id = new Argument<string>("id") { Description = "The silence's id, sil_…" };
        silence.Verb("end", "Ends a silence now; what is still on climbs from then.", [id], async it =>
        {
            await it.Server.EndSilence(it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} has ended.");
        });
    }
}

/// <summary>From when until when something is quiet: it always has an end.</summary>
sealed class QuietSpan
{
    readonly Option<string?> from = new("--from") { Description = "When it begins. Default: now." };
    readonly Option<string?> until = new("--until") { Description = "When it ends." };
    readonly Option<double?> minutes = new("--minutes") { Description = "How long it lasts, instead of --until." };

    public IEnumerable<Symbol> Options => [from, until, minutes];

    public async Task<(DateTimeOffset? From, DateTimeOffset? Until, double? Minutes)> Read(Errand it) =>
        it.Of(until) is null == it.Of(minutes) is null
            ? throw new UsageException("Quiet always has an end: give --minutes or --until, one of the two.")
            : (await it.Instant(it.Of(from)), await it.Instant(it.Of(until)), it.Of(minutes));
}
