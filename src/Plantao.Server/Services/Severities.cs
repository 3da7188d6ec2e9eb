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
    /// <summary>One that cannot be read is set aside: its words keep their usual meaning.</summary>
    public static async Task<SeverityScales> All(Tx tx) => Read(tx.Db, await tx.Query($"SELECT name, doc FROM severity_scales WHERE removed_at IS NULL ORDER BY name", r => (r.Text(0), r.Text(1))));

    /// <inheritdoc cref="All(Tx)"/>
    public async Task<SeverityScales> All(CancellationToken ct) => Read(db, await db.Query($"SELECT name, doc FROM severity_scales WHERE removed_at IS NULL ORDER BY name", r => (r.Text(0), r.Text(1)), ct));

    public static Task Put(Tx tx, SeverityScale scale, string? team, int revision) => tx.Execute($"""
        INSERT INTO severity_scales (name, team, doc, revision) VALUES ({scale.Name}, {team}, {JsonSerializer.Serialize(scale, Json.Compact)}, {revision})
        ON CONFLICT (name) DO UPDATE SET team = excluded.team, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
        """);

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE severity_scales SET removed_at = {now} WHERE name = {name}");

    static SeverityScales Read(Db db, IReadOnlyList<(string Name, string Doc)> rows) => new([.. rows.Select(row => db.Unreadable.Read("severity-policy", row.Name, () =>
    {
        var scale = JsonSerializer.Deserialize<SeverityScale>(row.Doc, Json.Compact);
        return scale?.Labels.All(l => l.Label.Length > 0 && (l.Aliases ?? []).All(a => a.Length > 0)) ?? false ? scale : throw new InvalidDataException("It has a label without a word.");
    })).OfType<SeverityScale>()]);
}
