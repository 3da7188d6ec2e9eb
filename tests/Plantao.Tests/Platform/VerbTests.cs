using System.Diagnostics;
using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Platform.Verbs;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class VerbTests
{
    [Fact]
    public async Task Serve_refuses_a_second_server_ends_when_told_and_starts_again_after_a_kill()
    {
        await using var place = await Place.OnSqlite();
        using var first = Start(place, "serve", "--urls", "http://127.0.0.1:0");
        await Says(first, "Now listening on: http://127.0.0.1:");

        using var second = Start(place, "serve", "--urls", "http://127.0.0.1:0");
        var refused = await second.StandardError.ReadToEndAsync();
        await second.WaitForExitAsync();
        Assert.Equal(2, second.ExitCode);
        Assert.Contains("is in use by another plantao", refused, StringComparison.Ordinal);

        using (var kill = Process.Start("kill", ["-TERM", $"{first.Id}"])) await kill.WaitForExitAsync();
        await first.WaitForExitAsync();
        Assert.Equal(0, first.ExitCode);

        using var third = Start(place, "serve", "--urls", "http://127.0.0.1:0", "--log", "json");
        var line = await Says(third, "Now listening on: http://127.0.0.1:");
        using (var entry = JsonDocument.Parse(line)) Assert.Equal("Information", entry.RootElement.GetProperty("LogLevel").GetString());
        third.Kill();
        await third.WaitForExitAsync();

        using var fourth = Start(place, "serve", "--urls", "http://127.0.0.1:0");
        await Says(fourth, "Now listening on: http://127.0.0.1:");
        fourth.Kill();
        await fourth.WaitForExitAsync();
    }

    [Fact]
    public async Task An_older_database_is_backed_up_before_it_is_upgraded()
    {
        await using var place = await Place.OnSqlite();
        // As an older program left it: with a schema, and without the newest migration.
        File.Delete(place.Options.SqliteFile);
        await using (var old = place.Options.OpenDatabase()) await old.Write(tx => Migrations.Apply(tx, [1], FakeClock.Start), default);

        using var serve = Start(place, "serve", "--urls", "http://127.0.0.1:0");
        await Says(serve, "Now listening on: ");
        serve.Kill();
        await serve.WaitForExitAsync();

        Assert.Single(Directory.GetFiles(Path.Combine(place.Folder, "backups"), "before-upgrade-from-1-plantao-*.zip"));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("backup", "a", "b")]
    [InlineData("restore", "--accept-broken-journal")]
    [InlineData("resume", "now")]
    [InlineData("journal")]
    [InlineData("doctor", "--output", "xml")]
    [InlineData("serve", "--port", "80")]
    [InlineData("serve", "--data")]
    public async Task A_line_that_is_not_understood_does_nothing_and_says_how_it_goes(params string[] line)
    {
        await using var place = await Place.OnSqlite();
        using var process = Start(place, line);
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(64, process.ExitCode);
        Assert.NotEmpty(said);
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("journal", "verify")]
    [InlineData("resume")]
    [InlineData("doctor")]
    public async Task Where_there_is_no_database_none_is_made(params string[] line)
    {
        var folder = Directory.CreateTempSubdirectory("plantao-test-").FullName;
        using var said = new StringWriter();
        var options = new ServeOptions { DataFolder = folder, Database = null };
        var code = line[0] switch
        {
            "backup" => await BackupVerb.Run(options, [Path.Combine(folder, "b.zip")], said, said, default),
            "journal" => await JournalVerb.Run(options, line[1..], said, said, default),
            "resume" => await ResumeVerb.Run(options, [], said, said, default),
            _ => await DoctorVerb.Run(options, [], said, said, default),
        };

        Assert.Equal(line[0] == "doctor" ? 2 : 1, code);
        Assert.Contains("There is no database", said.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    [Theory, EveryDatabase]
    public async Task The_doctor_says_what_is_wrong_and_what_to_do(Database database)
    {
        await using var site = await TestSite.Start(database);
        await site.Db.Write(tx => Settings.Keep(tx, Settings.State, "paused"), default);
        using var json = new StringWriter();
        using var table = new StringWriter();

        var code = await DoctorVerb.Run(site.Place.Options, ["--output", "json"], json, json, default);
        Assert.Equal(2, await DoctorVerb.Run(site.Place.Options, [], table, table, default));

        Assert.Equal(2, code);
        using var found = JsonDocument.Parse(json.ToString());
        var health = found.RootElement.EnumerateArray().ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("health").GetString());
        Assert.Equal("Failure", health["state"]);
        Assert.Equal("Ok", health["key"]);
        Assert.Equal("Ok", health["public address"]);
        Assert.Equal("Warning", health["backup"]);
        // The cluster of the tests runs without fsync.
        Assert.Equal(database.Dialect is Dialect.Sqlite ? "Ok" : "Failure", health["durability"]);
        Assert.Contains("plantao resume", table.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_sees_a_key_that_others_can_read_and_a_key_that_is_gone()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var place = await Place.OnSqlite();
        await using (await Premises.At(place, new FakeClock(), owned: false)) { }
        var key = Path.Combine(place.Folder, "plantao.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var open = (await DoctorVerb.Look(place.Options, TimeProvider.System, default)).Single(f => f.Name == "key").Finding;
        File.Delete(key);
        var gone = (await DoctorVerb.Look(place.Options, TimeProvider.System, default)).Single(f => f.Name == "key").Finding;

        Assert.Equal(Plantao.Platform.Doctor.Health.Failure, open.Health);
        Assert.Contains("can be read by others", open.Message, StringComparison.Ordinal);
        Assert.Equal(Plantao.Platform.Doctor.Health.Failure, gone.Health);
        Assert.False(File.Exists(key));
    }

    static Process Start(Place place, params string[] line)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "plantao"), [line[0], "--data", place.Folder, .. line[1..]]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PLANTAO_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    static async Task<string> Says(Process process, string text)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        throw new InvalidOperationException($"It ended without saying '{text}': {await process.StandardError.ReadToEndAsync()}");
    }
}
