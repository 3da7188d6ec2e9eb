using System.CommandLine;

namespace Plantao.Cli;

/// <summary><c>plantao audit</c>.</summary>
static class AuditCommands
{
    public static void Fill(Verbs audit)
    {
        var actor = new Option<string?>("--actor") { Description = "By this one only: an id." };
        var kind = new Option<string?>("--kind") { Description = "Of this kind only, such as silence.made." };
        var limit = new Option<int>("--limit") { Description = "The most to list.", DefaultValueFactory = _ => 50 };
        audit.Verb("list", "What was changed and by whom, newest first.", [actor, kind, limit], async it =>
        {
            var zone = await it.Zone();
            var entries = await it.All((cursor, count) => it.Server.Audit(it.Of(actor), it.Of(kind), cursor, count, it.Stop), it.Of(limit));
            if (!it.InJson) foreach (var entry in entries) await it.Name(entry.Actor);
            return it.Show(entries, ("AT", e => zone.At(e.At)), ("KIND", e => e.Kind), ("SUBJECT", e => e.Subject), ("ACTOR", e => it.Known(e.Actor)), ("FACTS", e => e.Facts.GetRawText()), ("TEXT", e => e.Text));
        });
    }
}
