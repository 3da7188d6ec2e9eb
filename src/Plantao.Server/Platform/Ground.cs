using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>What is opened before anything else: the database with its schema, the key that fits it, the clock and this node's name.</summary>
public sealed record Ground(Db Db, Vault Vault, TimeProvider Clock, NodeState State) : IAsyncDisposable
{
    /// <summary>Opens it all, in the order in which each refuses to start.</summary>
    /// <param name="machine">This machine's clock; a test passes its own.</param>
    /// <exception cref="SchemaTooNewException">The database needs a newer program.</exception>
    /// <exception cref="KeyRefusedException">The key is absent or another than the database was sealed with.</exception>
    public static async Task<Ground> Open(ServeOptions options, TimeProvider machine, CancellationToken ct)
    {
        var db = options.OpenDatabase();
        try
        {
            await Migrations.Apply(db, machine.GetUtcNow(), ct);
            var isSealed = await db.First($"SELECT value FROM settings WHERE name = 'key_fingerprint'", r => r.Text(0), ct) is not null;
            var vault = Vault.Open(options.DataFolder, options.Key, mayMake: !isSealed);
            await vault.Prove(db, ct);
            // On SQLite it goes on where the last server's stood, which may not be where the wall clock stands: `serve` alone sets it (SetTimers).
            var clock = new SteadyClock(machine, db.Dialect is Dialect.Postgres
                ? machine.GetUtcNow() + await db.ClockOffset(machine, ct)
                : KeptTime.Expected(await KeptTime.Find(db, ct), machine.GetUtcNow(), machine.GetElapsedTime(0), MachineTime.Boot));
            var state = new NodeState($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}"[..^24])
            {
                Paused = await db.First($"SELECT value FROM settings WHERE name = 'state'", r => r.Text(0), ct) == "paused",
                ClockOffset = clock.Offset,
                Weaknesses = await Durability.Weaknesses(db, ct),
                PublicAddress = await db.First($"SELECT value FROM settings WHERE name = 'public_address'", r => r.Text(0), ct),
            };
            return new Ground(db, vault, clock, state);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        Vault.Dispose();
    }
}
