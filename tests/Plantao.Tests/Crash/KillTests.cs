using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

[Trait("Kind", "Crash")]
public class SqliteKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Thirty_kills_on_the_embedded_database_lose_nothing_and_double_nothing_unmarked()
    {
        output.WriteLine(await KillLoop.Run(Database.Sqlite, 30, Random.Shared.Next()));
    }
}

[Trait("Kind", "Crash")]
public class PostgresKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Thirty_kills_on_PostgreSQL_lose_nothing_and_double_nothing_unmarked()
    {
        output.WriteLine(await KillLoop.Run(Database.Postgres, 30, Random.Shared.Next()));
    }
}
