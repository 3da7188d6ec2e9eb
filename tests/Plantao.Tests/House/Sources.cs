using System.Diagnostics;
using System.Text;

namespace Plantao.Tests.House;

/// <summary>A file of the repository.</summary>
/// <param name="Path">From the root, with slashes.</param>
sealed record Source(string Path, string Text)
{
    /// <summary>C# with the inside of comments, strings and characters blanked, every other character in its place.</summary>
    public string Code => code ??= Sources.WithoutWords(Text);
    string? code;

    /// <summary>Where a place in the text is, as an editor shows it.</summary>
    public string At(int index) => $"{Path}:{Text.AsSpan(0, index).Count('\n') + 1}";
}

/// <summary>The repository's own files, as they lie in the working folder.</summary>
static class Sources
{
    static readonly string[] NotOurs = ["bin", "obj", ".git", ".vs", ".idea", "node_modules", "TestResults", "artifacts", "plantao-data"];

    /// <summary>The folder that holds Plantao.slnx.</summary>
    public static readonly string Root = FindRoot();

    static readonly Lazy<IReadOnlyList<Source>> Every = new(() =>
        [.. Committed().Where(path => File.Exists(Path.Combine(Root, path))).Select(path => new Source(path, File.ReadAllText(Path.Combine(Root, path))))]);

    /// <summary>All files that git knows or would take; without git, all that are not built.</summary>
    public static IReadOnlyList<Source> All => Every.Value;

    /// <summary>C# under a folder, such as <c>src</c>.</summary>
    public static IEnumerable<Source> CSharp(string folder) =>
        All.Where(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal) && file.Path.EndsWith(".cs", StringComparison.Ordinal));

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Plantao.slnx")))
            folder = folder.Parent ?? throw new InvalidOperationException($"No Plantao.slnx above {AppContext.BaseDirectory}: the tests read the repository they were built in.");
        return folder.FullName;
    }

    static IEnumerable<string> Committed()
    {
        if (Path.Exists(Path.Combine(Root, ".git")) && Git() is { } listed) return listed;

        return new DirectoryInfo(Root).EnumerateDirectories().Where(folder => !NotOurs.Contains(folder.Name)).SelectMany(Below)
            .Concat(new DirectoryInfo(Root).EnumerateFiles())
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'));

        static IEnumerable<FileInfo> Below(DirectoryInfo folder) => folder.EnumerateFiles()
            .Concat(folder.EnumerateDirectories().Where(inner => !NotOurs.Contains(inner.Name)).SelectMany(Below));
    }

    /// <summary>What git lists; <see langword="null"/> when there is no git here, or it refuses the folder.</summary>
    static string[]? Git()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "git")))) return null;

        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]) start.ArgumentList.Add(argument);
        using var git = Process.Start(start)!;
        var names = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return git.ExitCode == 0 ? names.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
    }

    /// <summary>Blanks what is inside comments, strings and characters: a rule about code must not see words.</summary>
    /// <remarks>Holes of interpolated strings are blanked too: no rule here needs what stands in them.</remarks>
    public static string WithoutWords(string text)
    {
        var code = new StringBuilder(text);
        for (var i = 0; i < text.Length;)
        {
            var end = text[i] switch
            {
                '/' when At("//") => Until("\n", i + 2),
                '/' when At("/*") => Until("*/", i + 2),
                '\'' => Quoted('\''),
                '"' when Before('@') => Verbatim(),
                '"' when At("\"\"\"") => Until(new string('"', Run('"')), i + Run('"')),
                '"' => Quoted('"'),
                _ => 0,
            };
            if (end == 0) { i++; continue; }

            // A string keeps the mark it ends with, a comment keeps nothing but its first.
            var last = text[i] != '/' && text[end - 1] == text[i] ? end - 1 : end;
            for (var inside = i + 1; inside < last; inside++)
                if (text[inside] != '\n') code[inside] = ' ';
            i = end;

            bool At(string what) => string.CompareOrdinal(text, i, what, 0, what.Length) == 0;
            bool Before(char what) => (i > 0 && text[i - 1] == what) || (i > 1 && text[i - 1] == '$' && text[i - 2] == what);
            int Run(char what) => text.AsSpan(i).IndexOfAnyExcept(what) is var length and >= 0 ? length : text.Length - i;
            int Until(string what, int from) => text.IndexOf(what, from, StringComparison.Ordinal) is var at and >= 0 ? at + what.Length : text.Length;

            int Quoted(char quote)
            {
                for (var at = i + 1; at < text.Length && text[at] != '\n'; at++)
                    if (text[at] == '\\') at++;
                    else if (text[at] == quote) return at + 1;
                return i + 1;
            }

            int Verbatim()
            {
                for (var at = i + 1; at < text.Length; at++)
                    if (text[at] == '"' && at + 1 < text.Length && text[at + 1] == '"') at++;
                    else if (text[at] == '"') return at + 1;
                return text.Length;
            }
        }

        return code.ToString();
    }
}
