using System.Text.Json;
using System.Text.Json.Serialization;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>A time-boxed mute by matcher.</summary>
/// <param name="Gravest">Rank 0 passes a silence unless this was ticked.</param>
/// <param name="Team">Whose alerts it mutes, and no other team's; <see langword="null"/>: everybody's, made by an Admin.</param>
public sealed record Silence(string Id, IReadOnlyList<string> Match, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string MadeBy, DateTimeOffset MadeAt, string Comment, bool Gravest, string? Team)
{
    /// <summary>The longest that a silence or maintenance may last.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    IReadOnlyList<Matcher>? matchers;

    [JsonIgnore]
    public IReadOnlyList<Matcher> Matchers => matchers ??= [.. Match.SelectMany(Matcher.ParseList)];

    public bool Active(DateTimeOffset now) => StartsAt <= now && now < EndsAt;
}

/// <summary>Announced work on services: their alerts stay quiet. At most 7 days.</summary>
public sealed record Maintenance(string Id, IReadOnlyList<string> Services, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string MadeBy, DateTimeOffset MadeAt, string Comment, bool Gravest)
{
    /// <summary>The longest that maintenance may last.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public bool Active(DateTimeOffset now) => StartsAt <= now && now < EndsAt;
}

/// <summary>What is quiet at one instant. Pure.</summary>
public sealed record QuietBook(IReadOnlyList<Silence> Silences, IReadOnlyList<Maintenance> Maintenance)
{
    public bool Any => Silences.Count > 0 || Maintenance.Count > 0;

    /// <summary>Why an alert is quiet: the ids of all reasons, joined by blanks; <see langword="null"/> when there is none.</summary>
    public string? Reason(IReadOnlyDictionary<string, string> labels, string? service, string? team, int rank, DateTimeOffset now)
    {
        if (!Any) return null;
        var reasons = Silences
            .Where(s => s.Active(now) && (s.Team is null || s.Team == team) && (rank > 0 || s.Gravest) && s.Matchers.All(m => m.Name == "service" && !labels.ContainsKey("service") && service is not null ? m.Matches(service) : m.Matches(labels)))
            .Select(s => s.Id)
            .Concat(Maintenance.Where(m => m.Active(now) && (rank > 0 || m.Gravest) && service is not null && m.Services.Contains(service, StringComparer.Ordinal)).Select(m => m.Id))
            .ToList();
        return reasons.Count == 0 ? null : string.Join(' ', reasons);
    }
}

/// <summary>Every SQL statement about silences and maintenance.</summary>
public sealed class QuietStore(Db db)
{
    /// <summary>One that cannot be read mutes nothing: louder is safer.</summary>
    public static async Task<QuietBook> Active(Tx tx, DateTimeOffset now) => new(
        [.. (await tx.Query($"SELECT id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team FROM silences WHERE ended_at IS NULL AND starts_at <= {now} AND ends_at > {now}", r => ReadSilence(tx.Db, r))).OfType<Silence>()],
        [.. (await tx.Query($"SELECT id, services, starts_at, ends_at, made_by, made_at, comment, gravest FROM maintenance WHERE ended_at IS NULL AND starts_at <= {now} AND ends_at > {now}", r => ReadMaintenance(tx.Db, r))).OfType<Maintenance>()]);

    public Task<IReadOnlyList<string>> ActiveIds(DateTimeOffset now, CancellationToken ct) => db.Query($"""
        SELECT id FROM silences WHERE ended_at IS NULL AND starts_at <= {now} AND ends_at > {now} UNION ALL SELECT id FROM maintenance WHERE ended_at IS NULL AND starts_at <= {now} AND ends_at > {now} ORDER BY id
        """, r => r.Text(0), ct);

    /// <summary>Those that go on, or all of them; of more than 1,000 those that end last.</summary>
    public async Task<IReadOnlyList<Silence>> Silences(bool ended, CancellationToken ct) => [.. (await db.Query(
        $"SELECT id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team FROM silences WHERE ended_at IS NULL OR {ended} = 1 ORDER BY ends_at DESC, id DESC LIMIT 1000", r => ReadSilence(db, r), ct)).OfType<Silence>().Reverse()];

    public async Task<IReadOnlyList<Maintenance>> AllMaintenance(bool ended, CancellationToken ct) => [.. (await db.Query(
        $"SELECT id, services, starts_at, ends_at, made_by, made_at, comment, gravest FROM maintenance WHERE ended_at IS NULL OR {ended} = 1 ORDER BY ends_at DESC, id DESC LIMIT 1000", r => ReadMaintenance(db, r), ct)).OfType<Maintenance>().Reverse()];

    /// <summary>Those that are over, the last first.</summary>
    public async Task<IReadOnlyList<Silence>> OverSilences(int count, CancellationToken ct) => [.. (await db.Query(
        $"SELECT id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team FROM silences WHERE ended_at IS NOT NULL ORDER BY ends_at DESC, id DESC LIMIT {count}", r => ReadSilence(db, r), ct)).OfType<Silence>()];

    /// <inheritdoc cref="OverSilences"/>
    public async Task<IReadOnlyList<Maintenance>> OverMaintenance(int count, CancellationToken ct) => [.. (await db.Query(
        $"SELECT id, services, starts_at, ends_at, made_by, made_at, comment, gravest FROM maintenance WHERE ended_at IS NOT NULL ORDER BY ends_at DESC, id DESC LIMIT {count}", r => ReadMaintenance(db, r), ct)).OfType<Maintenance>()];

    /// <summary>One, over or not.</summary>
    public Task<Silence?> AnySilence(string id, CancellationToken ct) => db.First(
        $"SELECT id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team FROM silences WHERE id = {id}", r => ReadSilence(db, r), ct);

    /// <inheritdoc cref="AnySilence"/>
    public Task<Maintenance?> AnyMaintenance(string id, CancellationToken ct) => db.First(
        $"SELECT id, services, starts_at, ends_at, made_by, made_at, comment, gravest FROM maintenance WHERE id = {id}", r => ReadMaintenance(db, r), ct);

    public static Task<Silence?> Silence(Tx tx, string id) => tx.First(
        $"SELECT id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team FROM silences WHERE id = {id} AND ended_at IS NULL {tx.Db.ForUpdate}", r => ReadSilence(tx.Db, r));

    public static Task<Maintenance?> OneMaintenance(Tx tx, string id) => tx.First(
        $"SELECT id, services, starts_at, ends_at, made_by, made_at, comment, gravest FROM maintenance WHERE id = {id} AND ended_at IS NULL {tx.Db.ForUpdate}", r => ReadMaintenance(tx.Db, r));

    public static Task Add(Tx tx, Silence s)
    {
        tx.Wake(Wake);
        return tx.Execute($"INSERT INTO silences (id, matchers, starts_at, ends_at, made_by, made_at, comment, gravest, team) VALUES ({s.Id}, {JsonSerializer.Serialize(s.Match, Json.Compact)}, {s.StartsAt}, {s.EndsAt}, {s.MadeBy}, {s.MadeAt}, {s.Comment}, {s.Gravest}, {s.Team})");
    }

    public static Task Add(Tx tx, Maintenance m)
    {
        tx.Wake(Wake);
        return tx.Execute($"INSERT INTO maintenance (id, services, starts_at, ends_at, made_by, made_at, comment, gravest) VALUES ({m.Id}, {JsonSerializer.Serialize(m.Services, Json.Compact)}, {m.StartsAt}, {m.EndsAt}, {m.MadeBy}, {m.MadeAt}, {m.Comment}, {m.Gravest})");
    }

    /// <summary>Ends it now.</summary>
    public static Task End(Tx tx, string id, DateTimeOffset now)
    {
        tx.Wake(Wake);
        return id.StartsWith("sil_", StringComparison.Ordinal)
            ? tx.Execute($"UPDATE silences SET ends_at = CASE WHEN ends_at > {now} THEN {now} ELSE ends_at END, ended_at = {now} WHERE id = {id} AND ended_at IS NULL")
            : tx.Execute($"UPDATE maintenance SET ends_at = CASE WHEN ends_at > {now} THEN {now} ELSE ends_at END, ended_at = {now} WHERE id = {id} AND ended_at IS NULL");
    }

    /// <summary>Marks what has run out, so that it is asked no more.</summary>
    public static async Task Close(Tx tx, DateTimeOffset now)
    {
        await tx.Execute($"UPDATE silences SET ended_at = ends_at WHERE ended_at IS NULL AND ends_at <= {now}");
        await tx.Execute($"UPDATE maintenance SET ended_at = ends_at WHERE ended_at IS NULL AND ends_at <= {now}");
    }

    /// <summary>The next instant at which a silence or maintenance begins or ends.</summary>
    public async Task<DateTimeOffset?> NextChange(DateTimeOffset now, CancellationToken ct) => await db.First($"""
        SELECT min(at) FROM (
            SELECT min(starts_at) AS at FROM silences WHERE ended_at IS NULL AND starts_at > {now} UNION ALL SELECT min(ends_at) FROM silences WHERE ended_at IS NULL
            UNION ALL SELECT min(starts_at) FROM maintenance WHERE ended_at IS NULL AND starts_at > {now} UNION ALL SELECT min(ends_at) FROM maintenance WHERE ended_at IS NULL) AS changes
        """, r => r.AtOrNull(0), ct);

    /// <summary>What wakes the worker that judges open alerts again.</summary>
    public const string Wake = "quiet";

    static Silence? ReadSilence(Db db, Row r)
    {
        var (id, matchers) = (r.Text(0), r.Text(1));
        return db.Unreadable.Read("silence", id, () =>
        {
            var silence = new Silence(id, JsonSerializer.Deserialize<List<string>>(matchers, Json.Compact)!, r.At(2), r.At(3), r.Text(4), r.At(5), r.Text(6), r.Flag(7), r.TextOrNull(8));
            return silence.Matchers.Count > 0 ? silence : throw new InvalidDataException("It would mute everything.");
        });
    }

    static Maintenance? ReadMaintenance(Db db, Row r)
    {
        var (id, services) = (r.Text(0), r.Text(1));
        return db.Unreadable.Read("maintenance", id, () =>
            new Maintenance(id, JsonSerializer.Deserialize<List<string>>(services, Json.Compact) ?? throw new InvalidDataException("It names no services."), r.At(2), r.At(3), r.Text(4), r.At(5), r.Text(6), r.Flag(7)));
    }
}
