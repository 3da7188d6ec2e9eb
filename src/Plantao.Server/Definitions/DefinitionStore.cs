using System.Text.Json;
using System.Text.Json.Nodes;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Definitions;

/// <summary>One revision of a definition.</summary>
public sealed record Revision(int Number, string Digest, string Document, string Author, DateTimeOffset At, string? Pack, string? Reason);

/// <summary>Every SQL statement about definitions, their revisions and packs; and what they name outside themselves.</summary>
public sealed class DefinitionStore(Db db, IEnumerable<IApplyDefinition> rooms)
{
    readonly Dictionary<string, IApplyDefinition> rooms = rooms.ToDictionary(r => r.Kind, StringComparer.Ordinal);

    public Task<IReadOnlyList<StoredDefinition>> All(CancellationToken ct) => db.Query($"{Select} WHERE removed_at IS NULL ORDER BY kind, name", Read, ct);

    /// <summary>All, locked until the transaction ends: one change of definitions at a time.</summary>
    public static Task<IReadOnlyList<StoredDefinition>> All(Tx tx) => tx.Query($"{Select} WHERE removed_at IS NULL ORDER BY kind, name {tx.Db.ForUpdate}", Read);

    /// <summary>All as they are now, locked for nobody.</summary>
    public static Task<IReadOnlyList<StoredDefinition>> AllNow(Tx tx) => tx.Query($"{Select} WHERE removed_at IS NULL ORDER BY kind, name", Read);

    /// <summary>Who wrote the revision that holds of each definition, and when.</summary>
    public Task<IReadOnlyList<(DefinitionKey Key, string Author, DateTimeOffset At)>> Latest(CancellationToken ct) => db.Query(
        $"SELECT r.kind, r.name, r.author, r.at FROM definition_revisions r JOIN definitions d ON d.kind = r.kind AND d.name = r.name AND d.revision = r.revision WHERE d.removed_at IS NULL",
        r => (new DefinitionKey(r.Text(0), r.Text(1)), r.Text(2), r.At(3)), ct);

    public Task<StoredDefinition?> Find(DefinitionKey key, CancellationToken ct) => db.First($"{Select} WHERE kind = {key.Kind} AND name = {key.Name} AND removed_at IS NULL", Read, ct);

    public static Task<StoredDefinition?> Find(Tx tx, DefinitionKey key) => tx.First($"{Select} WHERE kind = {key.Kind} AND name = {key.Name} AND removed_at IS NULL {tx.Db.ForUpdate}", Read);

    public Task<IReadOnlyList<Revision>> Revisions(DefinitionKey key, CancellationToken ct) => db.Query(
        $"SELECT revision, digest, document, author, at, pack, reason FROM definition_revisions WHERE kind = {key.Kind} AND name = {key.Name} ORDER BY revision DESC LIMIT 200",
        r => new Revision(r.Int(0), r.Text(1), r.Text(2), r.Text(3), r.At(4), r.TextOrNull(5), r.TextOrNull(6)), ct);

    public Task<PackHead?> Pack(string name, CancellationToken ct) => db.First(
        $"SELECT name, title, version, description FROM packs WHERE name = {name}", r => new PackHead(r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3)), ct);

    /// <summary>People, teams and severities that are there: what a reference may name besides a definition.</summary>
    public static async Task<IReadOnlySet<DefinitionKey>> Known(Tx tx)
    {
        var known = new HashSet<DefinitionKey>();
        foreach (var name in await tx.Query($"SELECT name FROM users WHERE status = 'Active'", r => r.Text(0))) known.Add(new("person", name));
        foreach (var name in await tx.Query($"SELECT name FROM teams", r => r.Text(0))) known.Add(new("team", name));
        foreach (var name in await tx.Query($"SELECT name FROM secrets", r => r.Text(0))) known.Add(new("secret", name));
        foreach (var document in await tx.Query($"SELECT document FROM definitions WHERE kind = 'severities' AND removed_at IS NULL", r => r.Text(0)))
            foreach (var label in JsonDocument.Parse(document).RootElement.GetProperty("labels").EnumerateArray())
            {
                known.Add(new("severity", label.GetProperty("label").GetString()!));
                if (label.TryGetProperty("aliases", out var aliases))
                    foreach (var alias in aliases.EnumerateArray()) known.Add(new("severity", alias.GetString()!));
            }

        return known;
    }

    /// <summary>Does what a plan says, all of it or nothing.</summary>
    public async Task Apply(Tx tx, Plan plan, PackHead head, Authorship by)
    {
        await tx.Execute($"""
            INSERT INTO packs (name, title, version, description, applied_at, applied_by) VALUES ({head.Name}, {head.Title}, {head.Version}, {head.Description}, {by.At}, {by.By})
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, version = excluded.version, description = excluded.description, applied_at = excluded.applied_at, applied_by = excluded.applied_by
            """);
        foreach (var change in plan.Changes)
        {
            switch (change.Kind)
            {
                case ChangeKind.Create or ChangeKind.Update:
                    await Save(tx, change.Key, change.Wanted!.Document, change.Wanted.Digest, head.Name, drifted: false, applied: change.Wanted.Document, by);
                    break;
                case ChangeKind.Settle:
                    await tx.Execute($"UPDATE definitions SET drifted = 0, applied = {change.Wanted!.Document} WHERE kind = {change.Key.Kind} AND name = {change.Key.Name}");
                    break;
                case ChangeKind.Remove:
                    await Remove(tx, change.Key, by);
                    break;
                case ChangeKind.Unchanged or ChangeKind.KeepWeb or ChangeKind.Drift or ChangeKind.Left or ChangeKind.Foreign:
                    break;
            }
        }

        if (!plan.Empty) await tx.Journal(Platform.Journal.Entry.Of("pack.applied", "pack:" + head.Name, by.By, by.At, by.Correlation, new { head.Version, changes = plan.Changes.Count(c => c.Writes) }));
    }

    /// <summary>Keeps a new revision and makes it take effect.</summary>
    /// <param name="pack">Who owns it; <see langword="null"/>: the web.</param>
    public async Task Save(Tx tx, DefinitionKey key, string document, string digest, string? pack, bool drifted, string? applied, Authorship by)
    {
        var before = await tx.First($"SELECT revision FROM definitions WHERE kind = {key.Kind} AND name = {key.Name}", r => r.IntOrNull(0)) ?? 0;
        var revision = before + 1;
        await tx.Execute($"""
            INSERT INTO definitions (kind, name, pack, revision, digest, document, drifted, applied) VALUES ({key.Kind}, {key.Name}, {pack}, {revision}, {digest}, {document}, {drifted}, {applied})
            ON CONFLICT (kind, name) DO UPDATE SET pack = excluded.pack, revision = excluded.revision, digest = excluded.digest, document = excluded.document, drifted = excluded.drifted,
                   applied = excluded.applied, removed_at = NULL
            """);
        await tx.Execute($"""
            INSERT INTO definition_revisions (kind, name, revision, digest, document, author, at, pack, reason) VALUES ({key.Kind}, {key.Name}, {revision}, {digest}, {document}, {by.By}, {by.At}, {pack}, {by.Reason})
            """);
        using (var parsed = JsonDocument.Parse(document))
            if (rooms.TryGetValue(key.Kind, out var room)) await room.Put(tx, key.Name, parsed.RootElement, revision, by);
            else throw new KeyNotFoundException($"No room applies definitions of the kind {key.Kind}.");
        await tx.Journal(Platform.Journal.Entry.Of(before == 0 ? "definition.created" : "definition.changed", $"{key.Kind}:{key.Name}", by.By, by.At, by.Correlation, new { revision, digest, pack, drifted = drifted ? true : (bool?)null }, by.Reason));
        tx.Wake(Topics.Definitions);
    }

    /// <summary>Changes what definitions of a kind say, as an edit on the web does: it works at once, and one that a pack owns is drifted from then on.</summary>
    /// <param name="change">Changes the document in place; says whether it did.</param>
    /// <exception cref="KeyNotFoundException">There is no such definition.</exception>
    public async Task Edit(Tx tx, DefinitionKey key, Func<JsonObject, bool> change, Authorship by)
    {
        var before = await Find(tx, key) ?? throw new KeyNotFoundException($"There is no definition {key}.");
        var document = JsonNode.Parse(before.Document)!.AsObject();
        if (!change(document)) return;
        var after = Canonical.Write(document);
        await Save(tx, key, after, Canonical.Digest(after), before.Pack, drifted: before.Pack is not null, before.Applied, by);
    }

    /// <summary>The definitions of a kind that are there, locked until the transaction ends.</summary>
    public static Task<IReadOnlyList<StoredDefinition>> OfKind(Tx tx, string kind) => tx.Query($"{Select} WHERE kind = {kind} AND removed_at IS NULL ORDER BY name {tx.Db.ForUpdate}", Read);

    public async Task Remove(Tx tx, DefinitionKey key, Authorship by)
    {
        await tx.Execute($"UPDATE definitions SET removed_at = {by.At} WHERE kind = {key.Kind} AND name = {key.Name}");
        await rooms[key.Kind].Remove(tx, key.Name, by);
        await tx.Journal(Platform.Journal.Entry.Of("definition.removed", $"{key.Kind}:{key.Name}", by.By, by.At, by.Correlation));
        tx.Wake(Topics.Definitions);
    }

    static Sql Select => Sql.Own("SELECT kind, name, pack, revision, digest, document, drifted, applied FROM definitions");

    static StoredDefinition Read(Row r) => new(new(r.Text(0), r.Text(1)), r.TextOrNull(2), r.Int(3), r.Text(4), r.Text(5), r.Flag(6), r.TextOrNull(7));
}
