using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Services;

/// <summary>One label of a scale.</summary>
/// <param name="Rank">The global rank, 0 (gravest) to 3: for order and comparison between teams, never for words.</param>
/// <param name="Aliases">Other words that sources use for it. Matched as whole tokens, whatever the case; never by digit or substring.</param>
public sealed record SeverityLabel(string Label, int Rank, IReadOnlyList<string>? Aliases = null, string? Text = null);

/// <summary>An ordered scale, gravest first.</summary>
public sealed record SeverityScale(string Name, IReadOnlyList<SeverityLabel> Labels);

/// <summary>All scales, to turn a word into a label and a rank. Pure.</summary>
public sealed class SeverityScales(IReadOnlyList<SeverityScale> scales)
{
    readonly Dictionary<string, SeverityLabel> byWord = scales
        .SelectMany(s => s.Labels).SelectMany(l => (l.Aliases ?? []).Prepend(l.Label).Select(word => (word, l)))
        .GroupBy(p => p.word, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First().l, StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<SeverityScale> All => scales;

    /// <summary>The label and rank of what a route says, else of the source's own word, else of its usual meaning.</summary>
    /// <param name="usual">The rank of a word that no scale knows.</param>
    public (string? Label, int Rank) Of(string? routed, string? source, Func<string?, int> usual)
    {
        if (routed is not null && byWord.TryGetValue(routed, out var said)) return (said.Label, said.Rank);
        if (source is not null && byWord.TryGetValue(source, out var own)) return (own.Label, own.Rank);
        return (routed ?? source, usual(source));
    }
}

/// <summary>Every statement about severity scales.</summary>
public sealed class SeverityStore(Db db)
{
    public static async Task<SeverityScales> All(Tx tx) =>
        new(await tx.Query($"SELECT doc FROM severity_scales WHERE removed_at IS NULL ORDER BY name", Read));

    public async Task<SeverityScales> All(CancellationToken ct) => new(await db.Query($"SELECT doc FROM severity_scales WHERE removed_at IS NULL ORDER BY name", Read, ct));

    public static Task Put(Tx tx, SeverityScale scale, string? team, int revision) => tx.Execute($"""
        INSERT INTO severity_scales (name, team, doc, revision) VALUES ({scale.Name}, {team}, {JsonSerializer.Serialize(scale, Json.Compact)}, {revision})
        ON CONFLICT (name) DO UPDATE SET team = excluded.team, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
        """);

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE severity_scales SET removed_at = {now} WHERE name = {name}");

    static SeverityScale Read(Row r) => JsonSerializer.Deserialize<SeverityScale>(r.Text(0), Json.Compact)!;
}
