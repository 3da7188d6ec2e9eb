namespace Plantao.Cli;

/// <summary><c>plantao login</c>.</summary>
static class LoginCommands
{
    public static void Fill(Verbs login) => login.Itself([], async it =>
    {
        if (it.GivenToken is null) throw new UsageException("Give the token: plantao login --token TOKEN. With \"--token -\" it is read from standard input, and stands in no history of commands.");
        // Kept only when it is good: a typing mistake shows now and not at night.
        var me = await it.Server.Me(it.Stop);
        it.SignedIn.Keep(it.Server.Server, it.GivenToken);
        return it.Done(me, $"You are {me.Name} at {it.Server.Server}. The token is kept in {it.SignedIn.TokenFile}, for this server alone.");
    });
}
