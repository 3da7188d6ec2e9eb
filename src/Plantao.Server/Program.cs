using System.Runtime.CompilerServices;

namespace Plantao;

/// <summary>Picks the verb.</summary>
public static class Program
{
    /// <returns>0 done, 64 not understood; each verb documents the rest.</returns>
    public static Task<int> Main(string[] args) => args is [var verb, ..] && ServerVerbs.Contains(verb)
        ? OnServer(verb, args[1..])
        : Cli.CommandLine.Run(args);

    /// <summary>Verbs that need the server's code: they listen, or open the database themselves.</summary>
    static readonly string[] ServerVerbs = ["serve", "setup", "demo"];

    /// <summary>Apart, so that every other verb runs before a type of the server is loaded.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Task<int> OnServer(string verb, string[] args) => MachineVerbs.Run(verb, args);
}
