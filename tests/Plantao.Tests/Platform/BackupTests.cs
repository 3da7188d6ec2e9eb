using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;
using Plantao.Platform.Verbs;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class BackupTests
{
    public static TheoryData<Database, Database> EveryMove => new()
    {
        { Database.Sqlite, Database.Sqlite },
        { Database.Sqlite, Database.Postgres },
        { Database.Postgres, Database.Sqlite },
        { Database.Postgres, Database.Postgres },
    };

    [Theory, MemberData(nameof(EveryMove))]
    public async Task A_backup_is_restored_whole_into_either_database_and_waits_there_paused(Database from, Database to)
    {
        await using var site = await Lived(from);
        await site.Db.Write(tx => tx.Journal(Entry.Of("thing.happened", "x", "ada", site.Clock.GetUtcNow(), "c", new { n = 1 }, "não esqueça\n\u2028\"\\")), default);
        var file = Path.Combine(site.Place.Folder, "night.zip");
        var key = File.ReadAllText(Path.Combine(site.Place.Folder, "plantao.key"));

        var (code, said) = await Verb(BackupVerb.Run, site.Place.Options, file);

        Assert.Equal(0, code);
        Assert.Contains(site.Vault.Fingerprint, said, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Trim(), said, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(site.Place.Folder, "night*"));

        await using var target = await to.Make();
        await Empty(target);
        File.WriteAllText(Path.Combine(target.Folder, "plantao.key"), key);
        (code, said) = await Verb(RestoreVerb.Run, target.Options, file);
        Assert.True(code == 0, said);

        await using var restored = await TestSite.Start(target);
        await restored.Get<Sealer>().Work(default);
        Assert.True((await restored.Get<Journals>().Verify(null, default)).Whole);
        Assert.Equal("não esqueça\n\u2028\"\\", (await restored.Get<Journals>().Of("x", 1, default))[0].Text);
        Assert.Equal(await Count(site.Db, "users"), await Count(restored.Db, "users"));
        Assert.Equal("s3cret", await restored.Get<Secrets>().Find("smtp", default));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await restored.Http(site.Owner.DefaultRequestHeaders.Authorization!.Parameter).GetAsync(new Uri("/api/v1/me", UriKind.Relative))).StatusCode);

        // Paused, until somebody says otherwise; the servers find out by themselves.
        Assert.True(restored.Get<NodeState>().Paused);
        Assert.Equal(0, (await Verb(ResumeVerb.Run, target.Options)).Code);
        await restored.Get<NodeWorker>().Work(default);
        Assert.False(restored.Get<NodeState>().Paused);

        // And the journal goes on where it ended.
        await restored.Work();
        var verdict = await restored.Get<Journals>().Verify(Manifest(file).Head, default);
        Assert.True(verdict.Whole, verdict.Why);
        Assert.Equal(["database.resumed", "database.restored"], (await restored.Get<Journals>().Newest(null, 2, null, null, default)).Select(e => e.Kind));
    }

    [Fact]
    public async Task The_same_contents_have_the_same_digests_on_both_databases()
    {
        await using var site = await Lived(Database.Sqlite);
        var file = Path.Combine(site.Place.Folder, "one.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        await using var target = await Database.Postgres.Make();
        await Empty(target);
        await using (var db = target.Options.OpenDatabase())
        {
            await Restore.From(file, db, FakeClock.Start, false, note: false, default);
            await Archive.Write(db, Path.Combine(target.Folder, "two.zip"), FakeClock.Start, default);
        }

        var (one, two) = (Manifest(file), Manifest(Path.Combine(target.Folder, "two.zip")));
        // All but the state, which a restore sets.
        Assert.Equal(one.Tables.Where(t => t.Name != "settings").Select(t => (t.Name, t.Sha256)).Order(), two.Tables.Where(t => t.Name != "settings").Select(t => (t.Name, t.Sha256)).Order());
        Assert.Equal(one.Head, two.Head);
    }

    [Theory, EveryDatabase]
    public async Task Entries_that_had_no_place_yet_get_one(Database to)
    {
        await using var site = await TestSite.Start(Database.Postgres);
        await site.Db.Write(tx => tx.Journal(Entry.Of("late", "x", "ada", site.Clock.GetUtcNow(), "c")), default);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        Assert.Equal(0, await site.Db.First($"SELECT count(*) FROM journal WHERE kind = 'late' AND position IS NOT NULL", r => r.Long(0), default));
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        await using var target = await to.Make();
        await Empty(target);
        await using (var db = target.Options.OpenDatabase()) await Restore.From(file, db, FakeClock.Start, false, note: true, default);
        File.Copy(Path.Combine(site.Place.Folder, "plantao.key"), Path.Combine(target.Folder, "plantao.key"));

        await using var restored = await TestSite.Start(target);
        await restored.Work();

        Assert.Single(await restored.Get<Journals>().Newest(null, 10, null, "late", default));
        Assert.True((await restored.Get<Journals>().Verify(null, default)).Whole);
    }

    [Theory, EveryDatabase]
    public async Task A_database_that_is_not_empty_is_refused_and_left_alone(Database database)
    {
        await using var site = await Lived(database);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        await site.Person("late");
        var before = await Count(site.Db, "users");

        var (code, said) = await Verb(RestoreVerb.Run, site.Place.Options, file);

        Assert.Equal(1, code);
        Assert.Contains("not empty", said, StringComparison.Ordinal);
        Assert.Equal(before, await Count(site.Db, "users"));
        Assert.Equal("running", await Settings.Find(site.Db, Settings.State, default));
    }

    [Theory, EveryDatabase]
    public async Task A_damaged_archive_is_refused_and_leaves_the_database_empty(Database to)
    {
        await using var site = await Lived(Database.Sqlite);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        using (var zip = ZipFile.Open(file, ZipArchiveMode.Update))
        {
            var entry = zip.GetEntry("tables/users.ndjson")!;
            string text;
            using (var reader = new StreamReader(entry.Open())) text = reader.ReadToEnd();
            entry.Delete();
            using var writer = new StreamWriter(zip.CreateEntry("tables/users.ndjson").Open(), new UTF8Encoding(false));
            writer.Write(text.Replace("owner@example.org", "thief@example.org", StringComparison.Ordinal));
        }

        await using var target = await to.Make();
        await Empty(target);
        var (code, said) = await Verb(RestoreVerb.Run, target.Options, file);

        Assert.Equal(1, code);
        Assert.Contains("users.ndjson is damaged", said, StringComparison.Ordinal);
        await using var db = target.Options.OpenDatabase();
        Assert.Empty(await db.Snapshot(Catalogue.TableNames, default));
    }

    [Fact]
    public async Task A_journal_that_was_tampered_with_is_not_restored_in_silence()
    {
        await using var site = await Lived(Database.Sqlite);
        await site.Db.Write(tx => tx.Execute($"UPDATE journal SET actor = 'nobody' WHERE position = 3"), default);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        await using var target = await Database.Sqlite.Make();
        await Empty(target);

        var (refused, why) = await Verb(RestoreVerb.Run, target.Options, file);
        var (taken, said) = await Verb(RestoreVerb.Run, target.Options, file, "--accept-broken-journal");

        Assert.Equal(1, refused);
        Assert.Contains("position 3", why, StringComparison.Ordinal);
        Assert.Equal(0, taken);
        Assert.Contains("JOURNAL BROKEN at position 3", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_than_the_archive_was_sealed_with_is_refused_before_anything_is_done()
    {
        await using var site = await Lived(Database.Sqlite);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        await using var target = await Database.Sqlite.Make();
        await Empty(target);
        File.WriteAllText(Path.Combine(target.Folder, "plantao.key"), Convert.ToBase64String(new byte[32]));

        var (code, said) = await Verb(RestoreVerb.Run, target.Options, file);

        Assert.Equal(1, code);
        Assert.Contains(site.Vault.Fingerprint, said, StringComparison.Ordinal);
        Assert.False(File.Exists(target.Options.SqliteFile));
    }

    [Fact]
    public async Task A_backup_is_never_written_over_another_and_leaves_nothing_half_done()
    {
        await using var site = await Lived(Database.Sqlite);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        var before = File.ReadAllBytes(file);

        await Assert.ThrowsAsync<IOException>(() => Archive.Write(site.Db, file, FakeClock.Start, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Archive.Write(site.Db, file + "2", FakeClock.Start, new CancellationToken(canceled: true)));

        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Equal([file], Directory.GetFiles(site.Place.Folder, "b.zip*"));
    }

    [Fact]
    public async Task A_backup_shows_one_instant_while_writers_go_on()
    {
        await using var premises = await Database.Sqlite.Open();
        var db = premises.Db;
        using var ending = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !ending.IsCancellationRequested; i++)
                await db.Write(tx => tx.Journal(Entry.Of("tick", "t", "test", FakeClock.Start, "c", new { i }, "text")), default);
        });
        for (var i = 0; i < 5; i++)
        {
            var file = Path.Combine(Path.GetTempPath(), $"plantao-{Guid.NewGuid():N}.zip");
            var manifest = await Archive.Write(db, file, FakeClock.Start, default);
            File.Delete(file);
            long Rows(string table) => manifest.Tables.Single(t => t.Name == table).Rows;
            Assert.Equal(Rows("journal"), Rows("journal_texts"));
            Assert.Equal(Rows("journal"), Journals.ParseAnchor(manifest.Head).Position);
        }

        await ending.CancelAsync();
        await writing;
    }

    [Theory, EveryDatabase]
    public async Task A_number_is_not_given_twice_also_where_retention_removed_its_row(Database database)
    {
        await using var premises = await database.Open();
        var number = database.Dialect is Dialect.Sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
        await premises.Db.Write(async tx =>
        {
            await tx.Execute(Sql.Own($"CREATE TABLE things (id {number}, name TEXT NOT NULL)"));
            var things = (await Catalogue.Tables(tx)).Where(t => t.Name == "things").ToList();
            Assert.Equal(0, (await Catalogue.Numbers(tx, things))["things"]);
            await tx.Execute($"INSERT INTO things (name) VALUES ('a'), ('b'), ('c')");
            await tx.Execute($"DELETE FROM things");
            var numbers = await Catalogue.Numbers(tx, things);
            Assert.Equal(3, numbers["things"]);

            await Catalogue.SetNumber(tx, things[0], 0);
            Assert.Equal(0, (await Catalogue.Numbers(tx, things))["things"]);
            await Catalogue.SetNumber(tx, things[0], 3);
            Assert.Equal([4], await tx.Query($"INSERT INTO things (name) VALUES ('d') RETURNING id", r => r.Long(0)));
        }, default);
    }

    [Theory, EveryDatabase]
    public async Task Rows_may_point_to_rows_of_their_own_table_that_come_later(Database database)
    {
        await using var premises = await database.Open();
        await premises.Db.Write(tx => tx.Execute($"CREATE TABLE folders (id TEXT PRIMARY KEY, parent TEXT REFERENCES folders (id))"), default);

        await premises.Db.Write(async tx =>
        {
            await Catalogue.CheckLater(tx);
            await tx.Execute($"INSERT INTO folders (id, parent) VALUES ('a', 'z')");
            await tx.Execute($"INSERT INTO folders (id, parent) VALUES ('z', NULL)");
            await Catalogue.CheckNow(tx);
        }, default);

        await Assert.ThrowsAnyAsync<Exception>(() => premises.Db.Write(tx => tx.Execute($"INSERT INTO folders (id, parent) VALUES ('b', 'nowhere')"), default));
    }

    [Theory, EveryDatabase]
    public async Task A_backup_is_made_daily_and_proved_weekly(Database database)
    {
        await using var site = await Lived(database);
        var folder = Path.Combine(site.Place.Folder, "backups");
        var worker = site.Get<BackupWorker>();

        await worker.Work(default);
        Assert.False(Directory.Exists(folder));   // nothing to lose yet

        // The site's journal is sealed as it goes on.
        for (var day = 0; day < 16; day++)
        {
            site.Clock.Advance(TimeSpan.FromHours(24.5));
            await site.Work();
        }

        var made = Directory.GetFiles(folder).Select(f => BackupCalendar.MadeAt(Path.GetFileName(f))!.Value).ToList();
        Assert.Equal(site.Clock.GetUtcNow(), made.Max());
        Assert.Equal(8, made.Count);   // the last 7 days, and of the 2 weeks before the one that is not among them
        Assert.Empty(Directory.GetDirectories(folder));
        var proved = await Settings.FindAt(site.Db, BackupWorker.ProvedAt, default);
        Assert.InRange(site.Clock.GetUtcNow() - proved!.Value, TimeSpan.Zero, TimeSpan.FromDays(7));
        Assert.Null(await Settings.Find(site.Db, BackupWorker.Problem, default));
        Assert.Contains(site.Log.Lines, line => line.Contains("was proved by a restore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_backup_that_cannot_be_made_is_told_and_tried_again_after_an_hour()
    {
        await using var site = await Lived(Database.Sqlite);
        var folder = Path.Combine(site.Place.Folder, "backups");
        File.WriteAllText(folder, "in the way");
        site.Clock.Advance(TimeSpan.FromHours(2));

        await site.Get<BackupWorker>().Work(default);
        Assert.NotNull(await Settings.Find(site.Db, BackupWorker.Problem, default));
        Assert.Contains(site.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("backup", StringComparison.Ordinal));

        File.Delete(folder);
        site.Clock.Advance(TimeSpan.FromMinutes(61));
        await site.Get<BackupWorker>().Work(default);
        Assert.Single(Directory.GetFiles(folder));
        Assert.Null(await Settings.Find(site.Db, BackupWorker.Problem, default));
    }

    [Fact]
    public async Task A_proof_finds_that_the_live_journal_was_rewritten_since()
    {
        await using var site = await Lived(Database.Sqlite);
        var file = Path.Combine(site.Place.Folder, "b.zip");
        await Archive.Write(site.Db, file, FakeClock.Start, default);
        var last = Journals.ParseAnchor(Manifest(file).Head).Position;
        await site.Db.Write(tx => tx.Execute($"UPDATE journal SET hash = {new byte[32]} WHERE position = {last}"), default);

        await Assert.ThrowsAsync<InvalidDataException>(() => Proof.Of(file, site.Place.Folder, site.Db, FakeClock.Start, default));
        Assert.Empty(Directory.GetDirectories(site.Place.Folder, ".proof-*"));
    }

    [Fact]
    public void The_newest_backup_is_always_kept_and_never_more_than_eleven() =>
        Prop.ForAll<uint[]>(minutes =>
        {
            var made = minutes.Select(m => FakeClock.Start.AddMinutes(m % 200_000)).Distinct().ToList();
            var gone = BackupCalendar.Superfluous(made);
            var kept = made.Except(gone).ToList();
            return kept.Count <= 11 && (made.Count == 0 || kept.Contains(made.Max())) && gone.All(made.Contains)
                // What is kept stays kept when it is asked again.
                && BackupCalendar.Superfluous(kept).Count == 0;
        }).Holds();

    [Fact]
    public void A_file_that_is_none_of_ours_is_never_removed()
    {
        Assert.Equal(FakeClock.Start, BackupCalendar.MadeAt(BackupCalendar.Name(FakeClock.Start)));
        Assert.Null(BackupCalendar.MadeAt("plantao-before-the-move.zip"));
        Assert.Null(BackupCalendar.MadeAt("before-upgrade-from-20-plantao-20260921T090000Z.zip"));
    }

    static async Task<TestSite> Lived(Database database)
    {
        var site = await TestSite.Start(database);
        var (ada, _) = await site.Person("ada");
        var (bob, _) = await site.Person("bob", language: "pt-BR");
        await site.Team("core", members: [(ada, TeamRole.Manager), (bob, TeamRole.Responder)]);
        await site.Db.Write(tx => site.Get<Secrets>().Keep(tx, "smtp", "s3cret"), default);
        await site.Get<Sealer>().Work(default);
        return site;
    }

    static Manifest Manifest(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return Plantao.Platform.Storage.Backup.Manifest.Of(zip);
    }

    static async Task<long> Count(Db db, string table) => await db.First(Sql.Own($"SELECT count(*) FROM {table}"), r => r.Long(0), default);

    /// <summary>A place comes with a schema: here without.</summary>
    static async Task Empty(Place place)
    {
        if (place.Options.Database is not { } database)
        {
            File.Delete(place.Options.SqliteFile);
            return;
        }

        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("DROP SCHEMA public CASCADE; CREATE SCHEMA public", connection);
        await command.ExecuteNonQueryAsync();
    }

    static async Task<(int Code, string Said)> Verb(Func<ServeOptions, string[], TextWriter, TextWriter, CancellationToken, Task<int>> verb, ServeOptions options, params string[] args)
    {
        using var said = new StringWriter();
        return (await verb(options, args, said, said, default), said.ToString());
    }
}
