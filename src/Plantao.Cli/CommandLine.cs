using System.CommandLine;

namespace Plantao.Cli;

/// <summary>The verbs for people and scripts. Speaks to a server through <c>Plantao.Client</c> alone.</summary>
public static class CommandLine
{
    /// <summary>A table of contents: one line per noun.</summary>
    static readonly Noun[] Nouns =
    [
        new("ack", "Acknowledges an alert: \"I have it\". Short for alert ack.", AlertCommands.Acknowledge),
        new("resolve", "Resolves an alert. Short for alert resolve.", AlertCommands.Resolve),
        new("alert", "Alerts: what is on, how it came in, whom it paged; what people do with them.", AlertCommands.Fill),
        new("oncall", "Who is on call, and when.", OnCallCommands.Fill),
        new("silence", "Mutes of what matches, for a while.", SilenceCommands.Fill),
        new("maintenance", "Announced work on services.", MaintenanceCommands.Fill),
        new("integration", "The doors through which tools tell us.", IntegrationCommands.Fill),
        new("secret", "The values behind the names that definitions use. Never shown.", SecretCommands.Fill),
        new("service", "What can break and whose it is.", ServiceCommands.Fill),
        new("team", "Teams and who is in them.", TeamCommands.Fill),
        new("user", "People.", UserCommands.Fill),
        new("me", "You: profile, sessions, rules.", MeCommands.Fill),
        new("contact", "How you are reached.", ContactCommands.Fill),
        new("token", "Tokens: yours, a team's, the organisation's.", TokenCommands.Fill),
        new("lint", "What is wrong in a pack, by file, line and column.", PackCommands.Lint),
        new("diff", "What applying a pack would change.", PackCommands.Diff),
        new("apply", "Applies a pack, all of it or nothing.", PackCommands.Apply),
        new("export", "Writes a pack's definitions into its folder.", PackCommands.Export),
        new("selftest", "Looks over the whole database for what must never be.", SelfTestCommands.Fill),
        new("retention", "How long things are kept.", RetentionCommands.Fill),
        new("audit", "What was changed, by whom.", AuditCommands.Fill),
        new("dead-letter", "Signals whose deciding failed.", DeadLetterCommands.Fill),
        new("login", "Keeps a token on this machine.", LoginCommands.Fill),
    ];

    /// <summary>Runs one verb.</summary>
    /// <returns>The exit code: see <see cref="Exit"/>.</returns>
    public static Task<int> Run(string[] args) => Run(args, Surroundings.Real());

    internal static async Task<int> Run(string[] args, Surroundings around)
    {
        // A directive, such as completion's, may ask about any noun.
        var root = Root(around, args is [['[', ..], ..] ? _ => true : noun => args.Contains(noun, StringComparer.Ordinal));
        var parsed = root.Parse(args);
        var console = new InvocationConfiguration { Output = around.Out, Error = around.Error, EnableDefaultExceptionHandler = false };
        if (parsed.Errors.Count > 0 && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            var screen = new Screen(around);
            foreach (var error in parsed.Errors) screen.Note(error.Message);
            screen.Note($"Try: {Path(parsed)} --help");
            return Exit.Usage;
        }

        return await parsed.InvokeAsync(console);
    }

    /// <summary>The tree of what can be said.</summary>
    /// <param name="named">Which nouns get their verbs. The others stay empty: they cost nothing at the start of a verb that somebody waits for at night.</param>
    internal static RootCommand Root(Surroundings around, Func<string, bool> named)
    {
        var options = new GlobalOptions();
        var root = new RootCommand($"Plantão: alerts come in, and the right person is paged until someone answers.\nOn the server's machine: plantao serve, plantao setup.\n\n{Exit.Explained}")
        {
            options.Server, options.Token, options.Output,
        };
        root.HelpName = "plantao";
        foreach (var noun in Nouns)
        {
            var command = new Command(noun.Name, noun.Description);
            if (named(noun.Name)) noun.Fill(new Verbs(command, options, around));
            root.Add(command);
        }

        return root;
    }

    /// <summary>The command as far as it was understood.</summary>
    static string Path(ParseResult parsed)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult { Command: var command }; at = at.Parent)
            names.Insert(0, command is RootCommand ? "plantao" : command.Name);
        return string.Join(' ', names);
    }
}
