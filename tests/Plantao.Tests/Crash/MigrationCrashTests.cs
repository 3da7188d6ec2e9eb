using System.Globalization;
using System.Net;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>Killed while it makes its schema, a server makes the rest of it at the next start (failures.md A6).</summary>
public class MigrationCrashTests
{
    [Theory, InlineData("Sqlite", 30), InlineData("Postgres", 60), Trait("Kind", "Crash")]
    public Task After_a_kill_at_some_statement_of_the_migrations_the_next_start_ends_what_was_begun(string database, int apart) => Kills(database, 1 + Random.Shared.Next(apart), apart);

    [Theory, InlineData("Sqlite"), InlineData("Postgres"), Trait("Kind", "Long")]
    public Task After_a_kill_at_each_statement_of_the_migrations_the_next_start_ends_what_was_begun(string database) => Kills(database, 1, 1);

    static async Task Kills(string name, int first, int apart)
    {
        var database = name == "Sqlite" ? Database.Sqlite : Database.Postgres;
        var count = Migrations.Statements(database.Dialect);
        Assert.True(count > 50, $"{count} statements");
        string expected;
        await using (var whole = await database.Open()) expected = await Schema(whole.Db);
        using var http = new HttpClient();
        for (var at = first; at <= count; at += apart)
        {
            await using var place = await database.MakeEmpty();
            var died = await Assert.ThrowsAsync<InvalidOperationException>(() => Node.Start(place, ("PLANTAO_FAILPOINT", string.Create(CultureInfo.InvariantCulture, $"{FailPoint.MigrationStatement}:crash:{at}"))));
            Assert.Contains("ended before it listened", died.Message, StringComparison.Ordinal);

            await using var node = await Node.Start(place);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(node.Url, "/health/ready"), TestContext.Current.CancellationToken)).StatusCode);
            // It is a first run still: nobody was let in meanwhile.
            Assert.Contains(node.Log, line => line.StartsWith("First run. Setup code: ", StringComparison.Ordinal));
            await using var db = place.Options.OpenDatabase();
            Assert.Equal(expected, await Schema(db));
        }
    }

    /// <summary>Every table, column and index, and which migrations made them.</summary>
    static async Task<string> Schema(Db db)
    {
        var lines = await db.Query(db.Dialect is Dialect.Sqlite
            ? Sql.Own("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
            : Sql.Own("""
                SELECT 'column ' || table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = 'public'
                UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1
                """), r => r.Text(0), CancellationToken.None);
        var numbers = await db.Query($"SELECT number, digest FROM schema_migrations ORDER BY number", r => $"{r.Long(0)} {r.Text(1)}", CancellationToken.None);
        return string.Join('\n', lines.Concat(numbers));
    }
}
