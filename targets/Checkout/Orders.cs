using Microsoft.Data.Sqlite;

namespace Plantao.Target.Checkout;

/// <param name="Cents">1 to 10,000,000.</param>
sealed record OrderWanted(string Item, long Cents);

/// <param name="Status"><c>paid</c> or <c>refused</c>.</param>
sealed record Order(long Id, string Item, long Cents, string Status, DateTimeOffset PlacedAt);

/// <summary>The table of orders, in a database of its own.</summary>
sealed class Orders(Settings settings)
{
    readonly string connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.Data, "checkout.db") }.ToString();

    public async Task Prepare()
    {
        Directory.CreateDirectory(settings.Data);
        await using var db = await Open();
        await using var command = db.CreateCommand();
        command.CommandText = """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL, cents INTEGER NOT NULL, status TEXT NOT NULL, placed_at INTEGER NOT NULL) STRICT;
            """;
        await command.ExecuteNonQueryAsync();
    }

    public async Task<Order> Add(OrderWanted wanted, string status, DateTimeOffset at)
    {
        await using var db = await Open();
        await using var command = db.CreateCommand();
        command.CommandText = "INSERT INTO orders (item, cents, status, placed_at) VALUES ($item, $cents, $status, $at) RETURNING id";
        command.Parameters.AddWithValue("$item", wanted.Item);
        command.Parameters.AddWithValue("$cents", wanted.Cents);
        command.Parameters.AddWithValue("$status", status);
        command.Parameters.AddWithValue("$at", at.ToUnixTimeMilliseconds());
        return new Order((long)(await command.ExecuteScalarAsync())!, wanted.Item, wanted.Cents, status, at);
    }

    public async Task<Order?> Find(long id)
    {
        await using var db = await Open();
        await using var command = db.CreateCommand();
        command.CommandText = "SELECT item, cents, status, placed_at FROM orders WHERE id = $id";
        command.Parameters.AddWithValue("$id", id);
        await using var row = await command.ExecuteReaderAsync();
        return await row.ReadAsync() ? new Order(id, row.GetString(0), row.GetInt64(1), row.GetString(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))) : null;
    }

    async Task<SqliteConnection> Open()
    {
        var db = new SqliteConnection(connection);
        await db.OpenAsync();
        return db;
    }
}
