using System.Globalization;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary>What went wrong, as a sentence with what to do next, on standard error.</summary>
static class Complaints
{
    public static int Tell(Problem problem, Screen screen, bool signedIn)
    {
        screen.Note(problem.Detail);
        foreach (var (key, what) in problem.Names) screen.Note($"  {key}: {what}");
        screen.Note(Next(problem, signedIn));
        if (problem.CorrelationId is { } id) screen.Note($"Correlation id: {id}");
        return problem.Status is 401 or 403 ? Exit.NotAllowed : Exit.Refused;
    }

    public static int Tell(ServerAwayException away, string correlation, Screen screen)
    {
        screen.Note(away.Message);
        screen.Note("Is it running (plantao serve), and is --server or PLANTAO_SERVER right? Before you repeat a change, look whether it was made.");
        screen.Note($"Correlation id: {correlation}");
        return Exit.Away;
    }

    static string Next(Problem problem, bool signedIn) => problem switch
    {
        { Names.Count: > 0 } => "Name somebody for each: --replace KEY=PERSON.",
        { Status: 401 } when signedIn => "Your token does not hold (any more): get a new one and keep it with plantao login.",
        { Status: 401 } => "Sign in: plantao login, or give a token with PLANTAO_TOKEN.",
        { Status: 403 } => "Nothing was changed. Ask somebody who may, or use a token that has the scope.",
        { Status: 404, Ours: false } => "Is --server or PLANTAO_SERVER right?",
        { Status: 404 } => "Check the name or id: list what there is.",
        { RetryAfter: { } wait } => string.Create(CultureInfo.InvariantCulture, $"Try again in {Math.Ceiling(wait.TotalSeconds):0} s."),
        { Status: 409 or 410 } => "Nothing was changed. Look how it stands now.",
        { Status: >= 500 } => "Look into the server's log for the correlation id; before you repeat a change, look whether it was made.",
        _ => "Nothing was changed. Correct it and try again.",
    };
}
