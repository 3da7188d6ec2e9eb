namespace Plantao.Platform.Storage;

/// <summary>A claim that ends by itself. Held by one node at a time; <paramref name="Fence"/> rises with each claim, so a late holder is told from the present one.</summary>
public sealed record Lease(string Name, string Node, long Fence);

/// <summary>Named leases, for what one node at a time does. Judged by the database's clock alone: a node whose clock is wrong holds nothing longer.</summary>
public sealed class Leases(Db db, NodeState node)
{
    /// <summary>Claims <paramref name="name"/> for <paramref name="length"/>.</summary>
    /// <returns>The lease; <see langword="null"/> while somebody holds it, this node's other workers among them.</returns>
    public async Task<Lease?> Claim(string name, TimeSpan length, CancellationToken ct)
    {
        var fence = await db.Write(tx => tx.Query($"""
            INSERT INTO leases (name, node, fence, lease_end) VALUES ({name}, {node.Node}, 1, {db.LeaseClock} + {length})
            ON CONFLICT (name) DO UPDATE SET node = excluded.node, fence = leases.fence + 1, lease_end = excluded.lease_end
             WHERE leases.lease_end <= {db.LeaseClock}
            RETURNING fence
            """, r => r.Long(0)), ct);
        return fence is [var number] ? new Lease(name, node.Node, number) : null;
    }

    /// <summary>Holds it for <paramref name="length"/> from now.</summary>
    /// <returns>Whether it was still this holder's; when not, the work it guarded belongs to another.</returns>
    public async Task<bool> Renew(Lease lease, TimeSpan length, CancellationToken ct) =>
        await db.Write(tx => tx.Execute($"UPDATE leases SET lease_end = {db.LeaseClock} + {length} WHERE name = {lease.Name} AND fence = {lease.Fence} AND lease_end > {db.LeaseClock}"), ct) == 1;

    /// <summary>Gives it back before its end. Harmless when it has ended.</summary>
    public Task Release(Lease lease, CancellationToken ct) =>
        db.Write(tx => tx.Execute($"UPDATE leases SET lease_end = 0 WHERE name = {lease.Name} AND fence = {lease.Fence}"), ct);

    /// <summary>Whether it still holds, asked inside the transaction that it guards.</summary>
    public static async Task<bool> Holds(Tx tx, Lease lease) =>
        await tx.First($"SELECT fence FROM leases WHERE name = {lease.Name} AND lease_end > {tx.Db.LeaseClock} {tx.Db.ForUpdate}", r => r.Long(0)) == lease.Fence;

    /// <summary>Ends them all: on SQLite, where the folder's lock proves that no other server lives, so that a restart need not wait for its own.</summary>
    public static Task EndAll(Db db, CancellationToken ct) => db.Write(tx => tx.Execute($"UPDATE leases SET lease_end = 0"), ct);
}
