using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Plantao.Tests.House;

/// <summary>What lies beside the code must stay true to it.</summary>
public class PaperTests
{
    static string Read(string path) => File.ReadAllText(Path.Combine(Sources.Root, path));

    /// <summary>What the group <c>it</c> holds at each place where the pattern fits.</summary>
    static IEnumerable<string> Found(string text, string pattern) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking).Select(match => match.Groups["it"].Value);

    static readonly string[] Short = ["Context", "Options", "Choice", "Cost"];

    /// <summary>What is wrong with the form of a decision; empty when nothing is.</summary>
    static IEnumerable<string> Form(Source decision)
    {
        var number = Path.GetFileName(decision.Path)[..4];
        if (!number.All(char.IsAsciiDigit)) yield return $"{decision.Path}: the name begins with a number of four digits";
        if (!decision.Text.StartsWith($"# {number} ", StringComparison.Ordinal)) yield return $"{decision.Path}: the title begins with the number";
        if (!Found(decision.Text, @"^(?<it>Accepted|Replaced by \d{4}), \d{4}-\d{2}-\d{2}\.").Any())
            yield return $"{decision.Path}: the state and its date come below the title";
        if (!Found(decision.Text, "^## (?<it>.+)$").SequenceEqual(Short, StringComparer.Ordinal)) yield return $"{decision.Path}: its parts are {string.Join(", ", Short)}, in that order";
        if (decision.Text.Split('\n').Length > 60) yield return $"{decision.Path}: a decision is one page";
    }

    [Fact]
    public void Every_decision_has_the_short_form()
    {
        var decisions = Sources.All.Where(file => file.Path.StartsWith("docs/decisions/", StringComparison.Ordinal) && file.Path.EndsWith(".md", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(decisions);
        Assert.Empty(decisions.SelectMany(Form));
        Assert.Equal(decisions.Count, decisions.Select(file => Path.GetFileName(file.Path)[..4]).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_decision_in_another_form_is_found() =>
        Assert.Equal(3, Form(new Source("docs/decisions/0009-x.md", "# Nine\n\nAccepted, soon.\n\n## Context\n\n## Choice\n")).Count());

    /// <summary>The commands of a Markdown text: the lines of its <c>sh</c> fences that begin with <c>./</c>.</summary>
    static IEnumerable<string[]> Commands(string markdown) =>
        from fence in Found(markdown, "^```sh\n(?<it>([^`].*\n|\n)*)```")
        from line in fence.Split('\n')
        where line.StartsWith("./", StringComparison.Ordinal)
        select line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [Theory, InlineData("README.md"), InlineData("CONTRIBUTING.md")]
    public void Every_command_that_is_written_down_exists(string document)
    {
        var commands = Commands(Read(document)).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, command =>
        {
            var file = Path.Combine(Sources.Root, command[0]);
            Assert.True(File.Exists(file), $"{document} names {command[0]}, which does not exist.");
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute), $"{command[0]} cannot be executed.");
        });
    }

    [Fact]
    public void Every_mode_of_the_test_command_that_is_written_down_exists()
    {
        var known = Found(Read("test"), @"^  (?<it>[a-z]+)\)").ToList();
        var written = Commands(Read("README.md")).Concat(Commands(Read("CONTRIBUTING.md"))).Where(command => command[0] == "./test" && command.Length > 1).Select(command => command[1]).ToList();

        Assert.NotEmpty(written);
        Assert.All(written, mode => Assert.Contains(mode, known));
    }

    [Fact]
    public void Every_link_between_our_documents_leads_somewhere() => Assert.Empty(
        from file in Sources.All
        where file.Path.EndsWith(".md", StringComparison.Ordinal) && !file.Path.StartsWith("packs/", StringComparison.Ordinal)
        from link in Found(file.Text, @"\]\((?<it>[^)#:]+)(#[^)]*)?\)")
        where !Path.Exists(Path.Combine(Sources.Root, Path.GetDirectoryName(file.Path)!, link))
        select $"{file.Path} links to {link}");

    [Fact]
    public void Every_package_has_its_reason_and_nothing_else_has()
    {
        var pinned = XDocument.Parse(Read("Directory.Packages.props")).Descendants("PackageVersion").Select(package => (string)package.Attribute("Include")!);
        var explained = Found(Read("docs/dependencies.md"), @"^\| `(?<it>[^`]+)` \|");

        Assert.Equal(pinned.Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_is_locked() => Assert.Empty(
        Sources.All.Where(file => file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .Where(project => !File.Exists(Path.Combine(Sources.Root, Path.GetDirectoryName(project.Path)!, "packages.lock.json")))
            .Select(project => project.Path));
}
