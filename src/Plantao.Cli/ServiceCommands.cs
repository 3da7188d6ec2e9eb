using System.CommandLine;

namespace Plantao.Cli;

/// <summary><c>plantao service</c>.</summary>
static class ServiceCommands
{
    public static void Fill(Verbs service)
    {
        var team = new Option<string?>("--team") { Description = "Of this team only." };
        service.Verb("list", "What can break and whose it is.", [team], async it => it.Show(await it.All((cursor, count) => it.Server.Services(it.Of(team), cursor, count, it.Stop)),
            ("NAME", s => s.Name), ("TEAM", s => s.Team), ("POLICY", s => s.EscalationPolicy), ("TITLE", s => s.Title)));

        var name = new Argument<string>("name") { Description = "A service, by name." };
        service.Verb("show", "One service with its definition, as JSON.", [name], async it => it.Json(await it.Server.Service(it.Of(name), it.Stop)));
    }
}
