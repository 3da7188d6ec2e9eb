using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class StorageTests
{
    [Fact]
    public async Task One_failed_piece_of_work_fails_alone_and_its_neighbours_are_kept()
    {
        await using var premises = await Database.Sqlite.Open();
        var db = premises.Db;
        using var gate = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        // The first holds the writer, so that all others become one group.
        var first = Task.Run(() => db.Write(tx =>
        {
            inside.Set();
            gate.Wait();
            return Task.FromResult(true);
        }, default));
        inside.Wait();
        var woken = 0;
        var rest = Enumerable.Range(0, 50).Select(i => db.Write<int>(async tx =>
        {
            await Settings.Keep(tx, $"n{i}", "kept");
            await tx.Journal(Entry.Of("kept", $"n{i}", "test", FakeClock.Start, "c"));
            tx.AfterCommit(() => Interlocked.Increment(ref woken));
            return i % 7 == 0 ? throw new InvalidOperationException($"n{i}") : i;
        }, default)).ToList();
        gate.Set();
        await first;

        for (var i = 0; i < rest.Count; i++)
        {
            if (i % 7 == 0) Assert.Equal($"n{i}", (await Assert.ThrowsAsync<InvalidOperationException>(() => rest[i])).Message);
            else Assert.Equal(i, await rest[i]);
        }

        var kept = await db.Query($"SELECT name FROM settings WHERE value = 'kept'", r => r.Text(0), default);
        Assert.Equal(Enumerable.Range(0, 50).Where(i => i % 7 != 0).Select(i => $"n{i}").Order(), kept.Order());
        Assert.Equal(kept.Count, woken);
        Assert.Equal(kept.Order(), (await new Journals(db).After(0, 1000, default)).Where(e => e.Kind == "kept").Select(e => e.Subject).Order());
        Assert.True((await new Journals(db).Verify(null, default)).Whole);
    }

    [Fact]
    public async Task Nothing_of_a_group_is_kept_when_its_commit_fails_and_everybody_is_told()
    {
        await using var premises = await Database.Sqlite.Open();
        var db = premises.Db;
        using var gate = new ManualResetEventSlim();
        using var inside = new ManualResetEventSlim();
        var first = Task.Run(() => db.Write(tx =>
        {
            inside.Set();
            gate.Wait();
            return Task.FromResult(true);
        }, default));
        inside.Wait();
        var told = 0;
        var good = Enumerable.Range(0, 10).Select(i => db.Write(async tx =>
        {
            await Settings.Keep(tx, $"n{i}", "kept");
            await tx.Journal(Entry.Of("kept", $"n{i}", "test", FakeClock.Start, "c"));
            tx.AfterCommit(() => told++);
        }, default)).ToList();
        // A reference that is checked at the commit alone, and leads nowhere: the commit itself fails.
        var bad = db.Write(async tx =>
        {
            await tx.Execute(Sql.Own("PRAGMA defer_foreign_keys = ON"));
            await tx.Execute($"INSERT INTO team_members (team_id, user_id, role) VALUES ('nowhere', 'nobody', 'Manager')");
        }, default);
        gate.Set();
        await first;

        foreach (var work in good.Append(bad)) await Assert.ThrowsAsync<DatabaseUnavailableException>(() => work);
        Assert.Empty(await db.Query($"SELECT name FROM settings WHERE value = 'kept'", r => r.Text(0), default));
        Assert.Empty(await new Journals(db).After(0, 10, default));
        Assert.Equal(0, told);

        await db.Write(tx => Settings.Keep(tx, "after", "kept"), default);
        Assert.Equal("kept", await Settings.Find(db, "after", default));
    }

    [Fact]
    public async Task What_was_confirmed_to_concurrent_writers_is_there_when_the_file_is_opened_again()
    {
        await using var place = await Place.OnSqlite();
        await using (var db = place.Options.OpenDatabase())
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await db.Write(tx => Settings.Keep(tx, $"t{thread}.{i}", "kept"), default);
                    // Confirmed means readable, on another connection.
                    Assert.Equal("kept", await Settings.Find(db, $"t{thread}.{i}", default));
                }
            })));
            // As after a kill: the files as they lie now, without anything that closing does.
            foreach (var file in Directory.GetFiles(place.Folder, "plantao.db*")) File.Copy(file, file.Replace("plantao.db", "copy.db", StringComparison.Ordinal));
        }

        await using var copy = new SqliteDb(Path.Combine(place.Folder, "copy.db"));
        Assert.Equal(400, await copy.First($"SELECT count(*) FROM settings WHERE value = 'kept'", r => r.Long(0), default));
    }

    [Theory, EveryDatabase]
    public async Task Migrations_applied_twice_change_nothing(Database database)
    {
        await using var premises = await database.Open();
        var before = await Shape(premises.Db);

        Assert.Equal(0, await Migrations.Apply(premises.Db, FakeClock.Start, default));

        Assert.Equal(before, await Shape(premises.Db));
        Assert.Equal(0, await Migrations.Pending(premises.Db, default));
    }

    [Fact]
    public async Task Both_databases_get_the_same_tables_and_columns()
    {
        await using var sqlite = await Database.Sqlite.Open();
        await using var postgres = await Database.Postgres.Open();

        Assert.Equal(await Shape(sqlite.Db), await Shape(postgres.Db));
    }

    [Theory, EveryDatabase]
    public async Task The_ground_says_what_a_power_cut_could_take(Database database)
    {
        await using var premises = await database.Open();

        // The cluster of the tests runs without fsync, to be quick: exactly what has to be told.
        Assert.Equal(database.Dialect is Dialect.Sqlite ? [] : ["fsync is off, and has to be on"], premises.Ground.State.Weaknesses);
    }

    [Theory, EveryDatabase]
    public async Task One_of_many_claims_at_once_gets_the_lease(Database database)
    {
        await using var premises = await database.Open();
        var nodes = Enumerable.Range(0, 12).Select(i => new Leases(premises.Db, new NodeState($"node{i}"))).ToList();

        var claims = await Task.WhenAll(nodes.Select(n => Task.Run(() => n.Claim("night", TimeSpan.FromMinutes(5), default))));

        Assert.Single(claims, c => c is not null);
        Assert.All(await Task.WhenAll(nodes.Select(n => n.Claim("night", TimeSpan.FromMinutes(5), default))), Assert.Null);
        Assert.NotNull(await nodes[0].Claim("day", TimeSpan.FromMinutes(5), default));
    }

    [Theory, EveryDatabase]
    public async Task A_lease_that_ended_goes_to_the_next_and_the_late_holder_is_told(Database database)
    {
        await using var premises = await database.Open();
        var (ada, bob) = (new Leases(premises.Db, new NodeState("ada")), new Leases(premises.Db, new NodeState("bob")));
        var late = (await ada.Claim("night", TimeSpan.FromMinutes(5), default))!;
        Assert.True(await ada.Renew(late, TimeSpan.FromMinutes(5), default));
        Assert.True(await premises.Db.Write(tx => Leases.Holds(tx, late), default));

        await Leases.EndAll(premises.Db, default);
        var now = (await bob.Claim("night", TimeSpan.FromMinutes(5), default))!;

        Assert.True(now.Fence > late.Fence);
        Assert.False(await ada.Renew(late, TimeSpan.FromMinutes(5), default));
        Assert.False(await premises.Db.Write(tx => Leases.Holds(tx, late), default));
        await ada.Release(late, default);   // gives nothing of bob's away
        Assert.True(await premises.Db.Write(tx => Leases.Holds(tx, now), default));
        await bob.Release(now, default);
        Assert.NotNull(await ada.Claim("night", TimeSpan.FromMinutes(5), default));
    }

    [Fact]
    public async Task A_second_server_is_refused_the_folder_and_told_by_whom()
    {
        await using var place = await Place.OnSqlite();
        using (FolderLock.Take(place.Folder))
        {
            var refused = Assert.Throws<FolderInUseException>(() => FolderLock.Take(place.Folder));
            Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        }

        FolderLock.Take(place.Folder).Dispose();
    }

    static Task<string> Shape(Db db) => db.Snapshot(async tx =>
        string.Join('\n', (await Catalogue.Tables(tx)).OrderBy(t => t.Name, StringComparer.Ordinal)
            .Select(t => $"{t.Name}: {string.Join(", ", t.Columns.Select(c => $"{c.Name} {c.Type}{(c.IsKey ? " key" : "")}{(c.IsNumbered ? " numbered" : "")}"))} -> {string.Join(',', t.References.Order(StringComparer.Ordinal))}")), default);
}
