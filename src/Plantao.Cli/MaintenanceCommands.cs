using System.CommandLine;

namespace Plantao.Cli;

/// <summary><c>plantao maintenance</c>.</summary>
static class MaintenanceCommands
{
    public static void Fill(Verbs maintenance)
    {
        var ended = new Option<bool>("--ended") { Description = "What has ended too." };
        maintenance.Verb("list", "Announced work that holds or will.", [ended], async it =>
        {
            var zone = await it.Zone();
            var all = await it.Server.Maintenance(it.Of(ended), it.Stop);
            if (!it.InJson) foreach (var one in all) await it.Name(one.MadeBy);
            return it.Show(all, ("ID", m => m.Id), ("STATE", m => m.State), ("SERVICES", m => string.Join(", ", m.Services)), ("FROM", m => zone.At(m.StartsAt)), ("UNTIL", m => zone.At(m.EndsAt)), ("BY", m => it.Known(m.MadeBy)), ("COMMENT", m => m.Comment));
        });

        var services = new Argument<string[]>("service") { Description = "Services, by name.", Arity = ArgumentArity.OneOrMore };
        var span = new QuietSpan();
        var comment = new Option<string>("--comment") { Description = "What is done.", Required = true };
        var gravest = new Option<bool>("--gravest") { Description = "Keep rank 0 quiet as well." };
        maintenance.Verb("make", "Announces work on services, at most 7 days.", [services, .. span.Options, comment, gravest], async it =>
        {
            var (from, until, minutes) = await span.Read(it);
            var made = await it.Server.MakeMaintenance(new(it.Of(services), from, until, minutes, it.Of(comment)!, it.Of(gravest)), it.Stop);
            var zone = await it.Zone();
            return it.Done(made, $"{made.Id}: quiet from {zone.At(made.StartsAt)} until {zone.At(made.EndsAt)}.");
        });

        var id = new Argument<string>("id") { Description = "Its id, mnt_…" };
        maintenance.Verb("end", "Ends it now; what is still on climbs from then.", [id], async it =>
        {
            await it.Server.EndMaintenance(it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} has ended.");
        });
    }
}
