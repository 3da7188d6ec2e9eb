using Plantao.Platform.Storage;

namespace Plantao.Platform;

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

    public Task Forget(Tx tx, string name) => tx.Execute($"DELETE FROM secrets WHERE name = {name}");
}
