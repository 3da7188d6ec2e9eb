using System.CommandLine;
using System.Text;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao lint|diff|apply|export DIR</c>: definitions as files of a folder.</summary>
static class PackCommands
{
    /// <summary>A larger file is no definition. 256 KiB, as the server says.</summary>
    const long LargestFile = 256 * 1024;

    /// <summary>Files in one pack.</summary>
    const int MostFiles = 2000;

    public static void Lint(Verbs lint)
    {
        var folder = Folder();
        lint.Itself([folder], async it =>
        {
            var found = await it.Server.LintPack(new PackRequest(Gather(it.Of(folder))), it.Stop);
            if (it.InJson) return it.Json(found) is Exit.Done && found.Problems.Count == 0 ? Exit.Done : Exit.Refused;
            foreach (var problem in found.Problems) it.Screen.Line(problem.Text);
            it.Screen.Note(found.Problems.Count == 0 ? $"{found.Pack}: {found.Definitions} definitions, nothing wrong." : $"{found.Problems.Count} problems. Nothing was changed.");
            return found.Problems.Count == 0 ? Exit.Done : Exit.Refused;
        });
    }

    public static void Diff(Verbs diff)
    {
        var (folder, prune, take) = (Folder(), Prune(), Take());
        diff.Itself([folder, prune, take], async it => Tell(it, await it.Server.PlanPack(new PackRequest(Gather(it.Of(folder)), it.Of(prune), it.Of(take)), it.Stop)));
    }

    public static void Apply(Verbs apply)
    {
        var (folder, prune, take) = (Folder(), Prune(), Take());
        apply.Itself([folder, prune, take], async it => Tell(it, await it.Server.ApplyPack(new PackRequest(Gather(it.Of(folder)), it.Of(prune), it.Of(take)), it.Stop)));
    }

    public static void Export(Verbs export)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder to bring up to date. It is made when it is missing; no file is deleted." };
        var pack = new Option<string?>("--pack") { Description = "The pack's name; else the one in DIR/pack.yaml." };
        export.Itself([folder, pack], async it =>
        {
            var root = Path.GetFullPath(it.Of(folder));
            var name = it.Of(pack) ?? NameIn(root) ?? throw new UsageException($"{root} holds no pack.yaml: say which pack with --pack.");
            var files = await it.Server.ExportPack(name, it.Stop);
            var written = 0;
            foreach (var file in files)
            {
                if (file.Path.Split('/') is not ([_] or [_, _]) || file.Path.Split('/').Any(part => part is "" or "." or "..")) throw new UsageException($"The server named the file {file.Path}, which is no place in a pack. Nothing more was written.");
                var place = Path.Combine(root, file.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(place)!);
                if (File.Exists(place) && await File.ReadAllTextAsync(place, it.Stop) == file.Text) continue;
                await File.WriteAllTextAsync(place, file.Text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), it.Stop);
                it.Screen.Line(file.Path);
                written++;
            }

            it.Screen.Note($"{name}: {files.Count} files, {written} written.");
            return Exit.Done;
        });
    }

    static Argument<string> Folder() => new("DIR") { Description = "The pack's folder." };

    static Option<bool> Prune() => new("--prune") { Description = "Also removes what the pack owns and holds no more." };

    static Option<string?> Take()
    {
        var take = new Option<string?>("--take") { Description = "Where something was edited on the web too: which side is kept.", HelpName = "file|web" };
        take.AcceptOnlyFromAmong("file", "web");
        return take;
    }

    /// <summary>Shows a plan, or what became of it.</summary>
    static int Tell(Errand it, PlanView plan)
    {
        var exit = plan.Stopped ? Exit.Drift : Exit.Done;
        if (it.InJson) return it.Json(plan) is Exit.Done ? exit : Exit.Refused;
        foreach (var change in plan.Changes.Where(c => c.Change is not "Unchanged"))
        {
            it.Screen.Line($"{change.Change.ToLowerInvariant()} {change.Kind} {change.Name}");
            if (change.WebDifference is { Length: > 0 } web) Lines(it, web);
            Lines(it, change.Difference);
        }

        foreach (var hole in plan.Holes) it.Screen.Line("hole: " + hole);
        it.Screen.Note(plan.Stopped
            ? $"{plan.Pack}: edited on the web and in the folder. Nothing was applied: take one side with --take file or --take web, or bring the web's edit into the folder with plantao export."
            : plan.Changes.All(c => c.Change is "Unchanged" or "Foreign" or "Left" or "KeepWeb") ? $"{plan.Pack}: nothing to do." : plan.Applied ? $"{plan.Pack}: applied." : $"{plan.Pack}: not applied yet; plantao apply does it.");
        return exit;
    }

    static void Lines(Errand it, string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
            if (line.Length > 0) it.Screen.Line("  " + line);
    }

    static string? NameIn(string folder)
    {
        var head = Path.Combine(folder, "pack.yaml");
        return File.Exists(head) ? File.ReadLines(head).Select(l => l.Split(':', 2)).Where(l => l is ["name", _]).Select(l => l[1].Trim()).FirstOrDefault() : null;
    }

    /// <summary>The texts of a folder. Follows no link; hidden files and prose are left alone.</summary>
    static List<PackFileBody> Gather(string folder)
    {
        var root = new DirectoryInfo(folder);
        if (!root.Exists) throw new UsageException($"There is no folder {folder}.");
        var files = new List<PackFileBody>();
        foreach (var file in root.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint }).OrderBy(f => f.FullName, StringComparer.Ordinal))
        {
            if (file.LinkTarget is not null || file.Extension is ".md" or ".txt" || file.Name is "LICENSE" or "NOTICE" or "CODEOWNERS") continue;
            if (file.Length > LargestFile) throw new UsageException($"{file.FullName} is larger than 256 KiB: it is no definition.");
            if (files.Count == MostFiles) throw new UsageException($"The folder has more than {MostFiles} files.");
            files.Add(new PackFileBody(Path.GetRelativePath(root.FullName, file.FullName).Replace('\\', '/'), File.ReadAllText(file.FullName)));
        }

        return files;
    }
}
