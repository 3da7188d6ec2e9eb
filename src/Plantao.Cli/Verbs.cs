using System.CommandLine;

namespace Plantao.Cli;

/// <summary>A noun of the command line. Its verbs are made only when it is named: help of the whole lists nouns alone.</summary>
sealed record Noun(string Name, string Description, Action<Verbs> Fill);

/// <summary>Puts verbs below a noun.</summary>
sealed class Verbs(Command noun, GlobalOptions options, Surroundings around)
{
    public void Verb(string name, string description, IEnumerable<Symbol> takes, Func<Errand, Task<int>> work)
    {
        var verb = new Command(name, description);
        Does(verb, takes, work);
        noun.Add(verb);
    }

    /// <summary>Makes the noun itself a verb: <c>plantao ack ID</c>.</summary>
    public void Itself(IEnumerable<Symbol> takes, Func<Errand, Task<int>> work) => Does(noun, takes, work);

    /// <summary>A noun below the noun: <c>integration key</c>.</summary>
    public Verbs Noun(string name, string description)
    {
        var inner = new Command(name, description);
        noun.Add(inner);
        return new Verbs(inner, options, around);
    }

    void Does(Command verb, IEnumerable<Symbol> takes, Func<Errand, Task<int>> work)
    {
        foreach (var symbol in takes)
        {
            if (symbol is Argument argument) verb.Add(argument);
            else verb.Add((Option)symbol);
        }

        verb.SetAction((parsed, stop) => Errand.Do(parsed, options, around, work, stop));
    }
}

/// <summary>What every verb takes.</summary>
sealed class GlobalOptions
{
    public const string DefaultServer = "http://127.0.0.1:8470";

    public GlobalOptions() => Output.AcceptOnlyFromAmong("table", "json");

    public Option<string?> Server { get; } = new("--server") { Description = $"Where the server is. Else PLANTAO_SERVER, else where you logged in, else {DefaultServer}.", HelpName = "URL", Recursive = true };

    public Option<string?> Token { get; } = new("--token") { Description = "Your token. Else PLANTAO_TOKEN, else the one that login kept. Others on this machine may see what stands on a command line.", HelpName = "TOKEN", Recursive = true };

    public Option<string> Output { get; } = new("--output", "-o")
    {
        Description = "table (piped: a line for each row, tabs between) or json.",
        HelpName = "table|json",
        Recursive = true,
        DefaultValueFactory = _ => "table",
    };
}
