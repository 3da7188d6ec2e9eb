using System.Runtime.CompilerServices;

namespace Plantao;

/// <summary>Picks the verb.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => args is [("serve" or "setup" or "backup" or "restore" or "resume" or "journal" or "doctor" or "demo") and var verb, .. var rest]
        ? Machine(verb, rest)
        : Cli.CommandLine.Run(args);

    // Apart, so that `plantao ack` starts without loading a type of the server.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static Task<int> Machine(string verb, string[] rest) => MachineVerbs.Run(verb, rest);
}
