using System.Text;

namespace Plantao.Definitions;

/// <summary>What was found in a folder.</summary>
public sealed record PackFiles(IReadOnlyList<PackFile> Files, IReadOnlyList<Problem> Problems);

/// <summary>Gathers the files of a pack from a folder on this machine.</summary>
/// <remarks>
/// Follows no link, so nothing outside the folder is opened, whatever was put into it (failures.md K6). Hidden files and folders, and files
/// that hold prose (<c>.md</c>, <c>.txt</c>, <c>LICENSE</c>) are left alone.
/// </remarks>
public static class PackFolder
{
    /// <summary>Files in one pack.</summary>
    public const int MostFiles = 2_000;

    /// <summary>Bytes in one pack.</summary>
    public const int LargestPack = 8 * 1024 * 1024;

    /// <summary>Gathers and reads.</summary>
    /// <param name="names">See <see cref="Reader"/>.</param>
    public static Pack Read(string folder, DefinitionKinds kinds, IReadOnlyDictionary<DefinitionKey, string>? names = null)
    {
        var found = Gather(folder);
        if (found.Files.Count == 0 && found.Problems.Count > 0) return new(null, [], found.Problems);
        var pack = Pack.Read(found.Files, kinds, names);
        return pack with { Problems = [.. found.Problems, .. pack.Problems] };
    }

    /// <summary>The texts of a pack. The folder given may itself be a link; nothing in it may.</summary>
    public static PackFiles Gather(string folder)
    {
        var root = new DirectoryInfo(folder);
        if (!root.Exists) return new([], [new(folder, 1, 1, "there is no such folder")]);

        List<PackFile> files = [];
        List<Problem> problems = [];
        var bytes = 0L;
        Visit(root, "", depth: 0);
        return new(files, problems);

        void Visit(DirectoryInfo directory, string prefix, int depth)
        {
            foreach (var entry in directory.EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                if (entry.Name.StartsWith('.')) continue;
                var path = prefix + entry.Name;
                if (entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
                    problems.Add(new(path, 1, 1, "this is a link, and links are not followed", "put the file itself here"));
                else if (entry is DirectoryInfo inner)
                {
                    if (depth < 8) Visit(inner, path + "/", depth + 1);
                    else problems.Add(new(path, 1, 1, "the folder lies too deep"));
                }
                else if (entry is FileInfo { Attributes: var kind } file && !IsProse(file))
                {
                    if (kind.HasFlag(FileAttributes.Device)) problems.Add(new(path, 1, 1, "this is not a file"));
                    else if (files.Count == MostFiles || (bytes += file.Length) > LargestPack)
                    {
                        problems.Add(new(path, 1, 1, $"the pack has more than {MostFiles} files or {LargestPack / 1024 / 1024} MiB", "split it"));
                        return;
                    }
                    else if (TextOf(file, path, problems) is { } text) files.Add(new(path, text));
                }
            }
        }
    }

    static bool IsProse(FileInfo file) => file.Extension is ".md" or ".txt" || file.Name is "LICENSE" or "NOTICE" or "CODEOWNERS";

    static string? TextOf(FileInfo file, string path, List<Problem> problems)
    {
        try
        {
            // One byte more than allowed is enough to say so; a file that is no file (a pipe, a device) has no length and is not waited for.
            using var stream = file.Length == 0 ? Stream.Null : file.OpenRead();
            var buffer = new byte[Document.LargestFile + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > Document.LargestFile)
                problems.Add(new(path, 1, 1, $"the file is larger than {Document.LargestFile / 1024} KiB", "split it: one definition, one file"));
            else return Strict.GetString(buffer, 0, length);
        }
        catch (DecoderFallbackException fault)
        {
            problems.Add(new(path, 1, 1, $"the file is not UTF-8 (byte {fault.Index + 1})", "save it as UTF-8"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, 1, 1, $"the file cannot be read: {fault.Message}"));
        }
        return null;
    }

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
