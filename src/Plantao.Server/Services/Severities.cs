using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Services;

/// <summary>One label of a scale.</summary>
/// <param name="Rank">The global rank, 0 (gravest) to 3: for order and comparison between teams, never for words.</param>
/// <param name="Aliases">Other words that sources use for it. Matched as whole tokens, whatever the case; never by digit or substring.</param>
public sealed record SeverityLabel(string Label, int Rank, IReadOnlyList<string>? Aliases = null, string? Text = null);

/// <summary>An ordered scale, gravest first.</summary>
/// <param name="Team">Id of the team whose scale it is; <see langword="null"/>: everybody's.</param>
public sealed record SeverityScale(string Name, IReadOnlyList<SeverityLabel> Labels, string? Team = null);

/// <summary>All scales, to turn a word into a label and a rank. Pure.</summary>
public sealed class SeverityScales(IReadOnlyList<SeverityScale> scales)
{
    /// <summary>By team; the empty string stands for everybody's.</summary>
    readonly Dictionary<string, Dictionary<string, SeverityLabel>> byTeam = scales.GroupBy(s => s.Team ?? "", StringComparer.Ordinal).ToDictionary(g => g.Key, Words, StringComparer.Ordinal);

    public IReadOnlyList<SeverityScale> All => scales;

    /// <summary>The label and rank of what a route says, else of the source's own word, else of its usual meaning.</summary>
    /// <param name="usual">The rank of a word that no scale knows.</param>
    /// <param name="team">Id of the team whose alert it is. Where it has a scale of its own, there are no other labels: another word gives a rank at most, by everybody's scale (S0-30).</param>
    /// <returns>The label is <see langword="null"/> where nobody said a word, or none that the team's own scale knows.</returns>
    public (string? Label, int Rank) Of(string? routed, string? source, Func<string?, int> usual, string? team = null)
    {
        var (own, everybodys) = (OwnOf(team), byTeam.GetValueOrDefault(""));
        if (Find(own ?? everybodys, routed) is { } said) return (said.Label, said.Rank);
        // A route is heard before the source, also where its word is everybody's and the source's is the team's.
        if (own is not null && Find(everybodys, routed) is { } meant) return (null, meant.Rank);
        if (Find(own ?? everybodys, source) is { } told) return (told.Label, told.Rank);
        return own is null ? (routed ?? source, usual(source)) : (null, Find(everybodys, source)?.Rank ?? usual(source));
    }

    /// <summary>The labels of a team's own scale, when it has one and <paramref name="word"/> is none of its words; else <see langword="null"/>.</summary>
    public IReadOnlyList<string>? InsteadOf(string word, string? team) => OwnOf(team) is { } own && Find(own, word) is null
        ? [.. own.Values.Distinct().OrderBy(l => l.Rank).ThenBy(l => l.Label, StringComparer.Ordinal).Select(l => l.Label)]
        : null;

    Dictionary<string, SeverityLabel>? OwnOf(string? team) => team is null ? null : byTeam.GetValueOrDefault(team);

    static SeverityLabel? Find(Dictionary<string, SeverityLabel>? words, string? word) => word is null ? null : words?.GetValueOrDefault(word);

    static Dictionary<string, SeverityLabel> Words(IEnumerable<SeverityScale> some) => some
        .SelectMany(s => s.Labels).SelectMany(l => (l.Aliases ?? []).Prepend(l.Label).Select(word => (word, l)))
        .GroupBy(p => p.word, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.First().l, StringComparer.OrdinalIgnoreCase);
}

/// <summary>Every statement about severity scales.</summary>
public sealed class SeverityStore(Db db)
{
    /// <summary>One that cannot be read is set aside: its words keep their usual meaning.</summary>
    public static async Task<SeverityScales> All(Tx tx) => Read(tx.Db, await tx.Query($"{Select}", r => (r.Text(0), r.Text(1), Team(r))));

    /// <inheritdoc cref="All(Tx)"/>
    public async Task<SeverityScales> All(CancellationToken ct) => Read(db, await db.Query($"{Select}", r => (r.Text(0), r.Text(1), Team(r)), ct));

    public static Task Put(Tx tx, SeverityScale scale, string? team, int revision) => tx.Execute($"""
        INSERT INTO severity_scales (name, team, doc, revision) VALUES ({scale.Name}, {team}, {JsonSerializer.Serialize(scale, Json.Compact)}, {revision})
        ON CONFLICT (name) DO UPDATE SET team = excluded.team, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
        """);

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE severity_scales SET removed_at = {now} WHERE name = {name}");

    static SeverityScales Read(Db db, IReadOnlyList<(string Name, string Doc, string? Team)> rows) => new([.. rows.Select(row => db.Unreadable.Read("severity-policy", row.Name, () =>
    {
        var scale = JsonSerializer.Deserialize<SeverityScale>(row.Doc, Json.Compact);
        return scale?.Labels.All(l => l.Label.Length > 0 && (l.Aliases ?? []).All(a => a.Length > 0)) ?? false ? scale with { Team = row.Team } : throw new InvalidDataException("It has a label without a word.");
    })).OfType<SeverityScale>()]);

    /// <summary>The team is looked up when it is read: a scale may be there before its team is, and is nobody's until then.</summary>
    static Sql Select => Sql.Own("SELECT s.name, s.doc, s.team, t.id FROM severity_scales s LEFT JOIN teams t ON t.name = s.team WHERE s.removed_at IS NULL ORDER BY s.name");

    static string? Team(Row r) => r.TextOrNull(3) ?? (r.TextOrNull(2) is null ? null : "nobody's");
}
