using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

// Sixty random kills, shared by the two databases: a round on PostgreSQL takes twice as long.

[Trait("Kind", "Crash")]
public class SqliteKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Forty_five_kills_on_the_embedded_database_lose_nothing_and_double_nothing_unmarked()
    {
        output.WriteLine(await KillLoop.Run(Database.Sqlite, 45, Random.Shared.Next()));
    }
}

[Trait("Kind", "Crash")]
public class PostgresKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Fifteen_kills_on_PostgreSQL_lose_nothing_and_double_nothing_unmarked()
    {
        output.WriteLine(await KillLoop.Run(Database.Postgres, 15, Random.Shared.Next()));
    }
}
