using System.Globalization;

namespace Plantao.Platform;

/// <summary>Places where a test makes the process crash, stop or fail, to show what is left. Compiled in, inert unless <c>PLANTAO_FAILPOINT</c> arms one.</summary>
/// <remarks>
/// <c>PLANTAO_FAILPOINT=name:action[:hit]</c>, action <c>crash</c> (SIGKILL to itself), <c>throw</c> or <c>sleep=MS</c>, at hit number n (default 1).
/// Every name stands in <see cref="All"/> or <see cref="AtStart"/>; a test fails when one is never hit.
/// </remarks>
public static class FailPoint
{
    public const string IntakeBeforeCommit = "intake.before-commit";
    public const string IntakeAfterCommit = "intake.after-commit";
    public const string DecideBeforeCommit = "decide.before-commit";
    public const string DecideAfterCommit = "decide.after-commit";
    public const string ClimbBeforeCommit = "climb.before-commit";
    public const string ClimbAfterCommit = "climb.after-commit";
    public const string ClaimAfterCommit = "claim.after-commit";
    public const string SendBefore = "send.before";
    public const string SendAfter = "send.after";
    public const string CloseBeforeCommit = "close.before-commit";
    public const string CloseAfterCommit = "close.after-commit";

    public const string MigrationStatement = "migration.statement";

    static readonly (string Name, string Action, int Hit)? Armed = Parse(Environment.GetEnvironmentVariable("PLANTAO_FAILPOINT"));
    static int hits;

    /// <summary>All that a server passes while it works.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        IntakeBeforeCommit, IntakeAfterCommit, DecideBeforeCommit, DecideAfterCommit, ClimbBeforeCommit, ClimbAfterCommit,
        ClaimAfterCommit, SendBefore, SendAfter, CloseBeforeCommit, CloseAfterCommit,
    ];

    /// <summary>All that it passes before it listens: after each statement of a migration.</summary>
    public static IReadOnlyList<string> AtStart { get; } = [MigrationStatement];

    /// <summary>Passes, unless this point is armed and its hit has come.</summary>
    public static void Hit(string name)
    {
        if (Armed is not { } armed || armed.Name != name || Interlocked.Increment(ref hits) != armed.Hit) return;
        if (armed.Action == "crash")
        {
            // As the kernel would: no finally, no flush.
            System.Diagnostics.Process.GetCurrentProcess().Kill();
            using var end = new ManualResetEventSlim();
            end.Wait();
        }

        if (armed.Action == "throw") throw new InvalidOperationException($"Fail point {name}.");
        if (armed.Action.StartsWith("sleep=", StringComparison.Ordinal))
        {
            using var never = new ManualResetEventSlim();
            never.Wait(int.Parse(armed.Action.AsSpan(6), CultureInfo.InvariantCulture));
        }
    }

    static (string, string, int)? Parse(string? text) => text?.Split(':') switch
    {
        [var name, var action] => (name, action, 1),
        [var name, var action, var hit] => (name, action, int.Parse(hit, CultureInfo.InvariantCulture)),
        _ => null,
    };
}
