using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Every SQL statement about routes.</summary>
public sealed class RouteStore(Db db)
{
    /// <summary>In their order. One that cannot be read is set aside: its alerts go the next way.</summary>
    public static async Task<IReadOnlyList<Route>> All(Tx tx) => Read(tx.Db, await tx.Query($"SELECT name, doc FROM routes WHERE removed_at IS NULL ORDER BY position, name", r => (r.Text(0), r.Text(1))));

    /// <inheritdoc cref="All(Tx)"/>
    public async Task<IReadOnlyList<Route>> All(CancellationToken ct) => Read(db, await db.Query($"SELECT name, doc FROM routes WHERE removed_at IS NULL ORDER BY position, name", r => (r.Text(0), r.Text(1)), ct));

    public static Task Put(Tx tx, Route route, int revision) => tx.Execute($"""
        INSERT INTO routes (name, team, position, doc, revision) VALUES ({route.Name}, {route.Team}, {route.Position}, {JsonSerializer.Serialize(route, Json.Compact)}, {revision})
        ON CONFLICT (name) DO UPDATE SET team = excluded.team, position = excluded.position, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
        """);

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE routes SET removed_at = {now} WHERE name = {name}");

    static IReadOnlyList<Route> Read(Db db, IReadOnlyList<(string Name, string Doc)> rows) =>
        [.. rows.Select(row => db.Unreadable.Read("route", row.Name, () => Used(JsonSerializer.Deserialize<Route>(row.Doc, Json.Compact)))).OfType<Route>()];

    /// <summary>Matchers are parsed where they are first used: here, and not while an alert waits.</summary>
    static Route? Used(Route? route)
    {
        foreach (var rule in route?.Rules ?? throw new InvalidDataException("It has no rules.")) _ = rule.Matchers.Count;
        return route;
    }
}
