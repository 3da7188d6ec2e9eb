using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

/// <summary>The schema names the oldest program that may use it, and only an older one is refused (design §4).</summary>
public class ProgramVersionTests
{
    static Task<int> Start(Premises premises, string version) => Migrations.Apply(premises.Db, premises.Clock.GetUtcNow(), Version.Parse(version), CancellationToken.None);

    static Task Need(Premises premises, string version) => premises.Db.Write(tx => tx.Execute($"UPDATE settings SET value = {version} WHERE name = 'oldest_program'"), CancellationToken.None);

    [Theory, EveryDatabase]
    public async Task A_program_that_is_older_than_the_schema_allows_is_refused_and_touches_nothing(Database database)
    {
        await using var premises = await database.Open();
        await Need(premises, "0.10.0");
        // As if one of its migrations were still missing: it must not be applied by who is refused.
        await premises.Db.Write(tx => tx.Execute($"DELETE FROM schema_migrations WHERE number = 2"), CancellationToken.None);

        var refused = await Assert.ThrowsAsync<SchemaTooNewException>(() => Start(premises, "0.9.9"));

        Assert.Contains("0.10.0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0.9.9", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(2, await Migrations.Applied(premises.Db, CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task The_oldest_that_may_and_every_newer_one_start_beside_each_other(Database database)
    {
        await using var premises = await database.Open();
        await Need(premises, "0.10.0");
        Assert.Equal(0, await Start(premises, "0.10.0"));
        Assert.Equal(0, await Start(premises, "1.0.0"));
    }

    [Theory, EveryDatabase]
    public async Task A_schema_with_more_migrations_than_this_program_knows_is_no_reason_to_refuse_it(Database database)
    {
        await using var premises = await database.Open();
        await premises.Db.Write(tx => tx.Execute($"INSERT INTO schema_migrations (number, name, digest, applied_at) VALUES (9999, 'of-a-newer-program.sql', 'x', 0)"), CancellationToken.None);
        Assert.Equal(0, await Start(premises, Migrations.Program.ToString()));
    }

    [Theory, EveryDatabase]
    public async Task This_program_may_use_the_schema_that_it_makes(Database database)
    {
        await using var premises = await database.Open();
        var oldest = await premises.Db.First($"SELECT value FROM settings WHERE name = 'oldest_program'", r => r.Text(0), CancellationToken.None);
        Assert.True(Migrations.Program >= Version.Parse(oldest!));
    }
}
