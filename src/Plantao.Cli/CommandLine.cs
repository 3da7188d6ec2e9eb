namespace Plantao.Cli;

/// <summary>The verbs for people and scripts. Speaks to a server through <c>Plantao.Client</c> alone.</summary>
public static class CommandLine
{
    /// <summary>Runs one verb.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(string[] args)
    {
        _ = args;
        return Task.FromResult(64);
    }
}
