namespace Plantao;

/// <summary>Picks the verb.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => Cli.CommandLine.Run(args);
}
