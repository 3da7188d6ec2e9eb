using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>High climbs, low only tells. Stored by name.</summary>
public enum Urgency { Low, High }

/// <summary>One step of a person's rules.</summary>
/// <param name="Channels">Names of channels, all used at once; <see langword="null"/>: whatever the person has.</param>
/// <param name="After">From the page on. 0 to 1 h.</param>
public sealed record RuleStep(IReadOnlyList<string>? Channels, TimeSpan After);

/// <summary>How a person is told, by urgency (design.md §15). Pure.</summary>
public static class NotificationRules
{
    /// <summary>After the last step the loudest method is used again and again, until somebody answered or the climb has passed on. High urgency alone.</summary>
    public static TimeSpan RepeatEvery { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Channels from the loudest to the quietest.</summary>
    public static IReadOnlyList<string> Loudness { get; } = ["voice", "sms", "push", "ntfy", "slack", "teams", "webhook", "email"];

    /// <summary>What holds until somebody writes their own.</summary>
    public static IReadOnlyList<RuleStep> Default(Urgency urgency) => urgency switch
    {
        Urgency.High =>
        [
            new(["push", "ntfy", "slack", "teams", "webhook", "email"], TimeSpan.Zero),
            new(["sms"], TimeSpan.FromMinutes(1)),
            new(["voice"], TimeSpan.FromMinutes(3)),
        ],
        Urgency.Low => [new(["email"], TimeSpan.Zero)],
    };

    /// <summary>The steps as they can be taken with what the person has: channels without a usable method fall out, and steps without a channel.</summary>
    /// <param name="rules">The person's own, or the default.</param>
    /// <returns>Empty only for somebody without any usable method; when no rule fits, everything they have at once.</returns>
    public static IReadOnlyList<RuleStep> Possible(IReadOnlyList<RuleStep> rules, IReadOnlyList<ContactMethod> methods)
    {
        var had = methods.Where(m => m.Usable).Select(m => m.Channel).Distinct(StringComparer.Ordinal).ToList();
        if (had.Count == 0) return [];
        var steps = rules
            .Select(step => new RuleStep(step.Channels is null ? had : [.. had.Where(c => step.Channels.Contains(c, StringComparer.Ordinal))], step.After))
            .Where(step => step.Channels!.Count > 0)
            .OrderBy(step => step.After)
            .ToList();
        return steps.Count > 0 ? steps : [new(had, TimeSpan.Zero)];
    }

    /// <summary>The method that is hardest to miss; <see langword="null"/> for somebody without any.</summary>
    public static ContactMethod? Loudest(IReadOnlyList<ContactMethod> methods) => methods
        .Where(m => m.Usable)
        .OrderBy(m => Loudness.TakeWhile(channel => channel != m.Channel).Count())
        .ThenBy(m => m.Position)
        .FirstOrDefault();

    /// <summary>Why these cannot be somebody's rules, or <see langword="null"/>. They may be changed, never emptied.</summary>
    public static Refusal? Fault(IReadOnlyList<RuleStep> rules)
    {
        if (rules.Count is 0 or > 10) return new Refusal("bad-rules", "Rules have 1 to 10 steps: they may be changed, never emptied.", 400);
        foreach (var step in rules)
        {
            if (step.After < TimeSpan.Zero || step.After > TimeSpan.FromHours(1)) return new Refusal("bad-rules", "A step comes 0 to 3,600 seconds after the page.", 400);
            if (step.Channels is { Count: 0 } || step.Channels?.Any(c => c is null) is true) return new Refusal("bad-rules", "A step names at least one channel, or \"all\".", 400);
            if (step.Channels?.FirstOrDefault(c => !Loudness.Contains(c, StringComparer.Ordinal)) is { } unknown)
                return new Refusal("unknown-channel", $"There is no channel of the name {Printable(unknown)}; there are {string.Join(", ", Loudness)}.", 400);
        }

        return rules.Any(step => step.After == TimeSpan.Zero) ? null : new Refusal("bad-rules", "One step comes at once (after 0 seconds).", 400);
    }

    static string Printable(string text) => new([.. text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40)]);
}

/// <summary>Every statement about rules.</summary>
public sealed class NotificationRuleStore(Db db, ContactMethodStore methods)
{
    /// <summary>The steps to take for somebody, as they can be taken now.</summary>
    /// <returns>Empty: nobody can be reached under this id.</returns>
    public async Task<IReadOnlyList<RuleStep>> For(Tx tx, string userId, Urgency urgency) =>
        NotificationRules.Possible(
            Read(await tx.First($"SELECT steps FROM notification_rules WHERE user_id = {userId} AND urgency = {urgency}", r => r.Text(0)), urgency),
            await methods.For(tx, [userId]));

    /// <inheritdoc cref="For(Tx, string, Urgency)"/>
    public async Task<IReadOnlyList<RuleStep>> For(string userId, Urgency urgency, CancellationToken ct) =>
        NotificationRules.Possible(await Of(userId, urgency, ct), await methods.For([userId], ct));

    /// <summary>What these people wrote, for both urgencies; who is missing has the default, and so has whose rules cannot be read.</summary>
    public static async Task<Dictionary<(string UserId, Urgency Urgency), IReadOnlyList<RuleStep>>> Written(Tx tx, IReadOnlyList<string> userIds) =>
        (await tx.Query($"SELECT user_id, urgency, steps FROM notification_rules WHERE user_id {tx.Db.In(userIds)}", r => (Id: r.Text(0), Urgency: r.Name<Urgency>(1), Steps: r.Text(2))))
        .ToDictionary(r => (r.Id, r.Urgency), r => tx.Db.Unreadable.Read("rules of a person", r.Id, () => Read(r.Steps, r.Urgency)) ?? NotificationRules.Default(r.Urgency));

    /// <summary>The rules as written, or the default.</summary>
    public async Task<IReadOnlyList<RuleStep>> Of(string userId, Urgency urgency, CancellationToken ct) =>
        Read(await db.First($"SELECT steps FROM notification_rules WHERE user_id = {userId} AND urgency = {urgency}", r => r.Text(0), ct), urgency);

    public static async Task Keep(Tx tx, string userId, Urgency urgency, IReadOnlyList<RuleStep> rules, string by, DateTimeOffset at, string correlation)
    {
        var steps = JsonSerializer.Serialize(rules.Select(r => new Stored(r.Channels, (long)r.After.TotalSeconds)), Json.Compact);
        await tx.Execute($"INSERT INTO notification_rules (user_id, urgency, steps) VALUES ({userId}, {urgency}, {steps}) ON CONFLICT (user_id, urgency) DO UPDATE SET steps = excluded.steps");
        await tx.Journal(Entry.Of("notification-rules.changed", userId, by, at, correlation, new { urgency, steps = rules.Select(r => new { r.Channels, after = r.After.TotalSeconds }) }));
    }

    static IReadOnlyList<RuleStep> Read(string? stored, Urgency urgency) => stored is null
        ? NotificationRules.Default(urgency)
        : [.. JsonSerializer.Deserialize<List<Stored>>(stored, Json.Compact)!.Select(s => new RuleStep(s.Channels, TimeSpan.FromSeconds(s.After)))];

    sealed record Stored(IReadOnlyList<string>? Channels, long After);
}
