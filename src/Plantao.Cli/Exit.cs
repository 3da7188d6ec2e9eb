namespace Plantao.Cli;

/// <summary>What the verbs end with. Scripts rely on these numbers: one is never given another meaning.</summary>
public static class Exit
{
    public const int Done = 0;

    /// <summary>The server refused, or it failed.</summary>
    public const int Refused = 1;

    /// <summary>Nobody could be reached, or nobody answered.</summary>
    public const int Unanswered = 2;

    /// <summary>What is applied here was changed on the web since: nothing was applied.</summary>
    public const int Drift = 3;

    /// <summary>The command was not understood. As <c>EX_USAGE</c> of sysexits.h.</summary>
    public const int Usage = 64;

    /// <summary>The server cannot be reached. As <c>EX_UNAVAILABLE</c>.</summary>
    public const int Away = 69;

    /// <summary>Not signed in, or not allowed (401, 403). As <c>EX_NOPERM</c>.</summary>
    public const int NotAllowed = 77;

    internal const string Explained = """
        Exit codes: 0 done; 1 refused or failed; 2 nobody could be reached, or nobody answered;
        3 drift (apply); 64 the command was not understood; 69 the server cannot be reached; 77 not allowed.
        """;
}
