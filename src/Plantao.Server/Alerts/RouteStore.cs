using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Every SQL statement about routes.</summary>
public sealed class RouteStore(Db db)
{
    public static Task<IReadOnlyList<Route>> All(Tx tx) => tx.Query($"SELECT doc FROM routes WHERE removed_at IS NULL ORDER BY position, name", Read);

    public Task<IReadOnlyList<Route>> All(CancellationToken ct) => db.Query($"SELECT doc FROM routes WHERE removed_at IS NULL ORDER BY position, name", Read, ct);

    public static Task Put(Tx tx, Route route, int revision) => tx.Execute($"""
        INSERT INTO routes (name, team, position, doc, revision) VALUES ({route.Name}, {route.Team}, {route.Position}, {JsonSerializer.Serialize(route, Json.Compact)}, {revision})
        ON CONFLICT (name) DO UPDATE SET team = excluded.team, position = excluded.position, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
        """);

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE routes SET removed_at = {now} WHERE name = {name}");

    static Route Read(Row r) => JsonSerializer.Deserialize<Route>(r.Text(0), Json.Compact)!;
}
