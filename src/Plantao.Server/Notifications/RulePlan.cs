using Plantao.People;

namespace Plantao.Notifications;

/// <summary>A person's rules, as a page carries them: its own copy, so that editing rules does not change a page under way.</summary>
/// <param name="Channels">Which channels; empty: all of the person's methods.</param>
/// <param name="AfterSeconds">Counted from the page's beginning.</param>
public sealed record PlannedStep(IReadOnlyList<string> Channels, int AfterSeconds);

/// <summary>What rules do, purely.</summary>
public static class RulePlan
{
    /// <summary>Every method at once, again and again: for the catch-all.</summary>
    public static IReadOnlyList<PlannedStep> Loud { get; } = [new([], 0)];

    /// <summary>"Still on it?" goes by push and chat of a person's high rules, at once and once (design §15); where these name neither, by their first step: unheard, it pages again.</summary>
    public static IReadOnlyList<PlannedStep> StillOnIt(IReadOnlyList<PlannedStep> high)
    {
        List<string> named = [.. high.SelectMany(step => step.Channels).Where(channel => PushAndChat.Contains(channel, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)];
        return named.Count > 0 ? [new(named, 0)] : high.Count > 0 ? [high[0] with { AfterSeconds = 0 }] : [new([], 0)];
    }

    static readonly string[] PushAndChat = ["push", "ntfy", "slack", "teams", "webhook"];

    /// <summary>What is due at <paramref name="now"/>, and when the plan acts next.</summary>
    /// <param name="step">Steps done so far; beyond the last it counts the repeats.</param>
    /// <param name="loud">Repeats go to every method, not to the loudest alone.</param>
    /// <param name="methods">Channel and id of the person's methods, in order.</param>
    /// <returns>Which methods, under which slot names; the next step; when. <see langword="null"/> for "when": never again.</returns>
    public static (IReadOnlyList<(string Slot, string MethodId, string Channel)> Send, int Step, DateTimeOffset? NextAt) Due(
        IReadOnlyList<PlannedStep> plan, int step, bool again, bool loud, IReadOnlyList<(string Channel, string Id)> methods, DateTimeOffset createdAt, DateTimeOffset now)
    {
        // Unreachable now is not unreachable for ever: who asks again looks again.
        if (methods.Count == 0) return ([], step, again ? now + NotificationRules.RepeatEvery : null);
        if (step >= plan.Count)
        {
            IEnumerable<(string Channel, string Id)> repeated = loud ? methods : [methods.MinBy(m => NotificationRules.Loudness.TakeWhile(channel => channel != m.Channel).Count())];
            return ([.. repeated.Select(m => (Slot(step, m.Id), m.Id, m.Channel))], step + 1, again ? now + NotificationRules.RepeatEvery : null);
        }

        // Whatever became due while nobody looked is done once, together: no burst after a stall.
        var send = new List<(string Slot, string MethodId, string Channel)>();
        var first = step;
        for (; step < plan.Count && createdAt.AddSeconds(plan[step].AfterSeconds) <= now; step++)
            foreach (var method in Chosen(plan[step], methods))
                if (!send.Exists(s => s.MethodId == method.Id)) send.Add((Slot(step, method.Id), method.Id, method.Channel));

        // Rules that name only channels which this person does not have must not leave a page unsent.
        if (send.Count == 0 && first == 0 && step > 0) send.AddRange(methods.Select(m => (Slot(0, m.Id), m.Id, m.Channel)));
        return (send, step, step < plan.Count ? createdAt.AddSeconds(plan[step].AfterSeconds) : again ? now + NotificationRules.RepeatEvery : null);
    }

    /// <summary>Names a delivery of a page: the same over every repeat, so that a copy is known as one.</summary>
    static string Slot(int step, string methodId) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{step}:{methodId}");

    static IEnumerable<(string Channel, string Id)> Chosen(PlannedStep step, IReadOnlyList<(string Channel, string Id)> methods) =>
        step.Channels.Count == 0 ? methods : methods.Where(m => step.Channels.Contains(m.Channel, StringComparer.Ordinal));
}
