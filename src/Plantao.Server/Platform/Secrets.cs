using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>That a secret is there; its value is never told.</summary>
/// <param name="Version">1 at first; each new value is one more.</param>
public sealed record KeptSecret(string Name, int Version, DateTimeOffset ChangedAt);

/// <summary>Named secrets, sealed with the key that lies outside the database. Never in definitions, never exported, never shown again.</summary>
public sealed class Secrets(Db db, Vault vault, TimeProvider clock)
{
    /// <summary>Keeps a value under a name; a new value is a new version.</summary>
    public Task Keep(Tx tx, string name, string value) => tx.Execute($"""
        INSERT INTO secrets (name, version, sealed, changed_at) VALUES ({name}, 1, {vault.Seal(value, "secret:" + name)}, {clock.GetUtcNow()})
        ON CONFLICT (name) DO UPDATE SET version = secrets.version + 1, sealed = excluded.sealed, changed_at = excluded.changed_at
        """);

    /// <summary>The value, or <see langword="null"/> when there is none of that name.</summary>
    public async Task<string?> Find(string name, CancellationToken ct) =>
        await db.First($"SELECT sealed FROM secrets WHERE name = {name}", r => r.Bytes(0), ct) is { } box ? vault.OpenText(box, "secret:" + name) : null;

    public static async Task<bool> Forget(Tx tx, string name) => await tx.Execute($"DELETE FROM secrets WHERE name = {name}") == 1;

    /// <summary>Those that people named, without their values. What the program keeps under names of its own, which hold a colon, is not among them.</summary>
    public Task<IReadOnlyList<KeptSecret>> All(CancellationToken ct) =>
        db.Query($"SELECT name, version, changed_at FROM secrets WHERE name NOT LIKE '%:%' ORDER BY name", r => new KeptSecret(r.Text(0), r.Int(1), r.At(2)), ct);
}
