using System.Diagnostics;
using System.Text.RegularExpressions;
using Plantao.Tests.House;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Clients;

/// <summary>A package that is not what was locked, or is known to be bad, stops the build (failures.md M1). NuGet itself, on a copy of a project of ours.</summary>
[Trait("Kind", "Client")]
public sealed partial class PackageTests : IDisposable
{
    const string Project = "src/Plantao.Client/Plantao.Client.csproj";

    readonly string folder = Directory.CreateTempSubdirectory("plantao-packages-").FullName;

    public PackageTests()
    {
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", "global.json", Project, "src/Plantao.Client/packages.lock.json"])
        {
            var copy = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(Sources.Root, file), copy);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_package_with_other_contents_than_the_lock_file_says_is_refused()
    {
        Assert.Equal((0, ""), await Restore());

        var file = Path.Combine(folder, "src/Plantao.Client/packages.lock.json");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var hash = Hash().Match(text).Groups["hash"];
        Assert.True(hash.Success);
        await File.WriteAllTextAsync(file, text.Remove(hash.Index, 1).Insert(hash.Index, hash.Value[0] == 'A' ? "B" : "A"), TestContext.Current.CancellationToken);

        var (code, said) = await Restore();
        Assert.Equal(1, code);
        Assert.Contains("NU1403", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_package_that_is_known_to_be_bad_is_refused()
    {
        await using var list = new HttpSink();
        var known = "{}";
        list.Answer = (stream, ct) => HttpSink.With(200, "application/json", list.Last.Line.Split(' ')[1] switch
        {
            "/index.json" => $$"""{"version":"3.0.0","resources":[{"@id":"{{list.Url}}/lists.json","@type":"VulnerabilityInfo/6.7.0"}]}""",
            "/lists.json" => $$"""[{"@name":"all","@id":"{{list.Url}}/all.json","@updated":"2026-01-01T00:00:00Z"}]""",
            _ => known,
        })(stream, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""
            <configuration><auditSources><clear /><add key="list" value="{list.Url}/index.json" allowInsecureConnections="true" /></auditSources></configuration>
            """, TestContext.Current.CancellationToken);
        Assert.Equal((0, ""), await Restore());
        Assert.True(list.Connections >= 3, "The list was not asked.");

        known = """{"meziantou.analyzer":[{"severity":2,"url":"https://example.org/advisory","versions":"(, 999.0.0)"}]}""";
        var (code, said) = await Restore();
        Assert.Equal(1, code);
        Assert.Contains("NU1903", said, StringComparison.Ordinal);
    }

    [GeneratedRegex("\"contentHash\": \"(?<hash>[^\"]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Hash();

    /// <returns>The exit code, and which errors NuGet told.</returns>
    async Task<(int Code, string Errors)> Restore()
    {
        if (Directory.Exists(Path.Combine(folder, "src/Plantao.Client/obj"))) Directory.Delete(Path.Combine(folder, "src/Plantao.Client/obj"), recursive: true);
        var start = new ProcessStartInfo("dotnet", ["restore", Path.Combine(folder, Project), "-p:RestoreLockedMode=true", "-v", "q", "--nologo"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        start.Environment["PLANTAO_STRICT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // The list of one run is not the list of the next.
        start.Environment["NUGET_HTTP_CACHE_PATH"] = Path.Combine(folder, "cache" + Guid.NewGuid().ToString("N"));
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var complained = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, string.Join('\n', (await said + complained).Split('\n').Where(line => line.Contains("error NU", StringComparison.Ordinal))));
    }
}
