using System.Text.RegularExpressions;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Verbs;
using Plantao.Tests.House;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Home;

/// <summary>docs/install.md is followed to the letter.</summary>
[Trait("Kind", "Sqlite")]
public class InstallTests
{
    const string Program = "/opt/plantao/plantao ";

    static readonly string Page = File.ReadAllText(Path.Combine(Sources.Root, "docs", "install.md"));

    /// <summary>Every call of the program that the page writes down, without the program.</summary>
    static IReadOnlyList<string[]> Calls => [.. Page.Split('\n').Where(line => line.StartsWith(Program, StringComparison.Ordinal) || line.StartsWith("ExecStart=" + Program, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(Program, StringComparison.Ordinal) + Program.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public async Task Every_option_of_the_service_is_one_that_serve_takes()
    {
        var serve = Calls.Single(call => call[0] == "serve");
        using var usage = new StringWriter();
        Assert.Equal(0, await ServeVerb.Run(new ServeOptions(), ["--help"], usage, usage, CancellationToken.None));

        var options = serve.Where(word => word.StartsWith("--", StringComparison.Ordinal)).ToList();
        Assert.Contains("--proxy", options);
        Assert.All(options, option => Assert.Contains("  " + option + " ", usage.ToString(), StringComparison.Ordinal));
        Assert.False(Plantao.Platform.Access.Proxies.Read(serve[Array.IndexOf(serve, "--proxy") + 1]).None);
    }

    [Fact]
    public void Every_variable_that_the_page_names_is_read_by_the_program()
    {
        var named = Regex.Matches(Page, "PLANTAO_[A-Z_]+", RegexOptions.NonBacktracking).Select(m => m.Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 6);
        Assert.DoesNotContain("nothing reads", ConfigurationCheck.Judge(new ServeOptions(), named).Message, StringComparison.Ordinal);
        Assert.Contains("nothing reads PLANTAO_PROXY", ConfigurationCheck.Judge(new ServeOptions(), ["PLANTAO_PROXY"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_restore_proof_and_resume_work_as_written()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var work = Directory.CreateTempSubdirectory("plantao-install-").FullName;
        try
        {
            var verbs = Calls.Where(call => call[0] is "backup" or "restore" or "journal" or "resume").ToList();
            Assert.Equal(["backup", "restore", "journal", "resume"], verbs.Select(call => call[0]));
            foreach (var call in verbs)
            {
                string[] here = [.. call.Select(word => word.Replace("/var/lib/plantao/backups", work, StringComparison.Ordinal).Replace("/var/lib/plantao-new", work + "/new", StringComparison.Ordinal).Replace("/var/lib/plantao", site.Place.Folder, StringComparison.Ordinal))];
                var (options, rest) = MachineLine.Read(here[1..], out var fault);
                Assert.Null(fault);
                using var said = new StringWriter();
                var code = await (here[0] switch
                {
                    "backup" => BackupVerb.Run(options, rest, said, said, CancellationToken.None),
                    "restore" => RestoreVerb.Run(options, rest, said, said, CancellationToken.None),
                    "journal" => JournalVerb.Run(options, rest, said, said, CancellationToken.None),
                    _ => ResumeVerb.Run(options, rest, said, said, CancellationToken.None),
                });
                Assert.True(code == 0, $"{string.Join(' ', call)}: {said}");
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
