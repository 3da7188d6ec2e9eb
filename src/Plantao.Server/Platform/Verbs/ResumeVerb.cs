using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Platform.Verbs;

/// <summary><c>plantao resume</c>: a restored database sends and runs again. Servers notice within seconds.</summary>
public static class ResumeVerb
{
    const string Usage = $"""
        plantao resume
            ends the pause after a restore. Look first that no other server works on the same alerts: both would page.
        {MachineLine.Common}
        Exit codes: 0 running (also when it was already), 1 not done, 64 not understood.
        """;

    /// <param name="args">What follows <c>resume</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (args.Length > 0) return await MachineLine.Explain(Usage, args, output, errors);
        try
        {
            await using var db = MachineLine.OpenExisting(options);
            var now = TimeProvider.System.GetUtcNow();
            var resumed = await db.Write(async tx =>
            {
                if (await tx.Execute($"UPDATE settings SET value = 'running' WHERE name = {Settings.State} AND value = 'paused'") == 0) return false;
                await tx.Journal(Entry.Of("database.resumed", "database", "plantao", now, Ids.New("rsm", now), new { By = Environment.UserName }));
                tx.Wake(Topics.Settings);
                return true;
            }, ct);
            await output.WriteLineAsync(resumed ? "Running. Servers notice within seconds." : "It was running already; nothing was changed.");
            return 0;
        }
        catch (Exception fault) when (MachineLine.Expected(fault))
        {
            await errors.WriteLineAsync("Not resumed. " + fault.Message);
            return 1;
        }
    }
}
