using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Generic;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>The keyed endpoint through which a tool tells us.</summary>
/// <param name="Service">By name: where its alerts go when no route says otherwise.</param>
/// <param name="ResolveAfter">Resolves by age when it is said; never what nobody acknowledged.</param>
/// <param name="SecretNames">Of the secrets that sign its messages, as its definition names them; <see langword="null"/>: those set for it alone.</param>
/// <param name="SignatureHeader">Where its sender puts the signature, when that is not the scheme's own header.</param>
public sealed record Integration(
    string Id, string Name, string Title, string? Service, string? Team, string Format, JsonElement? Mapping = null, SignatureScheme? Signature = null, bool LenientSeverity = false,
    TimeSpan? Period = null, TimeSpan? Grace = null, TimeSpan? ResolveAfter = null, TimeSpan? ResolveTimeout = null,
    IReadOnlyList<string>? SecretNames = null, string? SignatureHeader = null)
{
    Mapping? mapping;

    /// <summary>How its JSON is read, for the generic format.</summary>
    public Mapping Reads() => mapping ??= Mapping is { } declared ? Intake.Generic.Mapping.Read(Encoding.UTF8.GetBytes(declared.GetRawText())).Value : Intake.Generic.Mapping.Default;
}

/// <summary>Every SQL statement about integrations and their keys.</summary>
public sealed class IntegrationStore(Db db)
{
    public Task<IReadOnlyList<Integration>> All(CancellationToken ct) => db.Query($"SELECT doc, id, name, title, service, team, format FROM integrations WHERE removed_at IS NULL ORDER BY name", r => Read(db, r), ct);

    public static Task<IReadOnlyList<Integration>> All(Tx tx) => tx.Query($"SELECT doc, id, name, title, service, team, format FROM integrations", r => Read(tx.Db, r));

    public Task<IReadOnlyList<(byte[] Digest, string Integration)>> Keys(CancellationToken ct) => db.Query(
        $"SELECT k.digest, k.integration_id FROM integration_keys k JOIN integrations i ON i.id = k.integration_id WHERE k.revoked_at IS NULL AND i.removed_at IS NULL", r => (r.Bytes(0), r.Text(1)), ct);

    public static Task<Integration?> ByName(Tx tx, string name) => tx.First($"SELECT doc, id, name, title, service, team, format FROM integrations WHERE name = {name} AND removed_at IS NULL", r => Read(tx.Db, r));

    public static Task<Integration?> ById(Tx tx, string id) => tx.First($"SELECT doc, id, name, title, service, team, format FROM integrations WHERE id = {id}", r => Read(tx.Db, r));

    public static Task Put(Tx tx, Integration integration, int revision, DateTimeOffset now)
    {
        tx.Wake(Topics.Definitions);
        return tx.Execute($"""
            INSERT INTO integrations (name, id, title, service, team, format, doc, revision, made_at)
            VALUES ({integration.Name}, {integration.Id}, {integration.Title}, {integration.Service}, {integration.Team}, {integration.Format}, {JsonSerializer.Serialize(integration, Json.Compact)}, {revision}, {now})
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, service = excluded.service, team = excluded.team, format = excluded.format, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
            """);
    }

    public static Task Remove(Tx tx, string name, DateTimeOffset now)
    {
        tx.Wake(Topics.Definitions);
        return tx.Execute($"UPDATE integrations SET removed_at = {now} WHERE name = {name}");
    }

    /// <summary>Keeps a new key's digest. At most two live at once, for rotation.</summary>
    public static async Task<Ruling<string>> AddKey(Tx tx, string integrationId, string key, DateTimeOffset now)
    {
        if (await tx.Count($"SELECT count(*) FROM integration_keys WHERE integration_id = {integrationId} AND revoked_at IS NULL") >= 2)
            return new Refusal("two-keys-live", "Two keys live already. Revoke the one that is not used any more, then make a new one.");
        var id = Ids.New("key", now);
        await tx.Execute($"INSERT INTO integration_keys (id, integration_id, digest, hint, made_at) VALUES ({id}, {integrationId}, {Digest(key)}, {key[..6] + "…" + key[^4..]}, {now})");
        tx.Wake(Topics.Definitions);
        return id;
    }

    public static async Task<bool> RevokeKey(Tx tx, string integrationId, string keyId, DateTimeOffset now)
    {
        tx.Wake(Topics.Definitions);
        return await tx.Execute($"UPDATE integration_keys SET revoked_at = {now} WHERE id = {keyId} AND integration_id = {integrationId} AND revoked_at IS NULL") == 1;
    }

    public Task<IReadOnlyList<(string Id, string Hint, DateTimeOffset MadeAt, DateTimeOffset? RevokedAt)>> KeysOf(string integrationId, CancellationToken ct) => db.Query(
        $"SELECT id, hint, made_at, revoked_at FROM integration_keys WHERE integration_id = {integrationId} ORDER BY id", r => (r.Text(0), r.Text(1), r.At(2), r.AtOrNull(3)), ct);

    /// <summary>SHA-256. Keys are long and random, so a plain digest is enough.</summary>
    public static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>One whose document cannot be read goes on with what stands beside it: its key opens it, and its alerts go to its service.</summary>
    /// <remarks>What it signed by is lost with the document. Its key still says who it is: a page is not lost for it, and the finding is loud.</remarks>
    static Integration Read(Db db, Row r)
    {
        var (doc, id, name) = (r.Text(0), r.Text(1), r.Text(2));
        return db.Unreadable.Read("integration", name, () => Used(JsonSerializer.Deserialize<Integration>(doc, Json.Compact), id)) ?? new Integration(id, name, r.Text(3), r.TextOrNull(4), r.TextOrNull(5), r.Text(6));
    }

    static Integration? Used(Integration? integration, string id)
    {
        if (integration is null) return null;
        if (integration.Id != id || integration.Name is null || integration.Title is null || integration.Format is null) throw new InvalidDataException("It is not the document of this integration.");
        _ = integration.Reads();
        return integration;
    }
}

/// <summary>Integrations and live keys in memory, for intake. Never older than a second: a revoked key is refused by then, on any node.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "Lives as long as the program, and its semaphore never makes a wait handle: there is nothing to release.")]
public sealed class IntegrationDirectory(Db db, IntegrationStore store, TimeProvider clock)
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    readonly SemaphoreSlim loading = new(1, 1);
    Snapshot? current;
    int changes;
    bool watching;

    /// <summary>The integration that a key opens, or <see langword="null"/>. The key itself is never compared: its digest is looked up.</summary>
    public async ValueTask<Integration?> ByKey(string key, CancellationToken ct)
    {
        if (key.Length is 0 or > 256) return null;
        return (await Now(ct)).ByDigest.GetValueOrDefault(Convert.ToHexString(IntegrationStore.Digest(key)));
    }

    public async ValueTask<Integration?> ById(string id, CancellationToken ct) => (await Now(ct)).ById.GetValueOrDefault(id);

    async ValueTask<Snapshot> Now(CancellationToken ct)
    {
        if (current is { } read && IsFresh(read)) return read;
        // While one caller reads, the others go on with what there is, unless there is nothing yet or it was changed.
        var old = current is { } known && known.Changes == Volatile.Read(ref changes) ? known : null;
        if (!await loading.WaitAsync(old is null ? Timeout.Infinite : 0, ct)) return old!;
        try
        {
            if (current is { } latest && IsFresh(latest)) return latest;
            if (!watching)
            {
                watching = true;
                db.Changed(Topics.Definitions, () => Interlocked.Increment(ref changes));
            }

            // Both are said before reading: it is as old as its beginning, and what changes meanwhile is read again.
            var (at, seen) = (clock.GetTimestamp(), Volatile.Read(ref changes));
            var all = (await store.All(ct)).ToFrozenDictionary(i => i.Id, StringComparer.Ordinal);
            var keys = await store.Keys(ct);
            return current = new Snapshot(all, keys.Where(k => all.ContainsKey(k.Integration)).ToFrozenDictionary(k => Convert.ToHexString(k.Digest), k => all[k.Integration], StringComparer.Ordinal), at, seen);
        }
        finally
        {
            loading.Release();
        }
    }

    bool IsFresh(Snapshot read) => read.Changes == Volatile.Read(ref changes) && clock.GetElapsedTime(read.At) < Fresh;

    sealed record Snapshot(FrozenDictionary<string, Integration> ById, FrozenDictionary<string, Integration> ByDigest, long At, int Changes);
}
