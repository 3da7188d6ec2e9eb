using System.Text.Json.Nodes;

namespace Plantao.Definitions;

/// <summary>Writes definitions as the files of a pack, which are read as the same definitions.</summary>
public static class Export
{
    /// <summary>The files. Pure.</summary>
    /// <exception cref="FormatException">See <see cref="IDefinitionKind.Render"/>.</exception>
    /// <exception cref="KeyNotFoundException">A definition is of a kind that this program does not know.</exception>
    public static IReadOnlyList<PackFile> Files(PackHead head, IEnumerable<(DefinitionKey Key, string Document)> definitions, DefinitionKinds kinds)
    {
        var about = new JsonObject { ["name"] = head.Name, ["title"] = head.Title, ["version"] = head.Version };
        if (head.Description is { } description) about["description"] = description;
        return
        [
            new(PackHead.File, Yaml.Write(PackHead.Shape.Write(about))),
            .. definitions.OrderBy(each => Pack.Place(kinds, each.Key)).ThenBy(each => each.Key.Name, StringComparer.Ordinal)
                .Select(each => new PackFile($"{kinds[each.Key.Kind].Folder}/{each.Key.Name}.yaml", kinds[each.Key.Kind].Render(each.Document))),
        ];
    }

    /// <summary>Brings a folder up to date with these definitions.</summary>
    /// <remarks>
    /// A file that already says the same is left as it is, with its comments and its order. No file is deleted. Follows no link: each file is
    /// written beside its place and then moved there, which replaces a link and not what it points to.
    /// </remarks>
    /// <returns>The paths of the files that were written.</returns>
    /// <exception cref="IOException">A folder of the pack is a link, or the disk refuses. Files written before it are whole.</exception>
    public static IReadOnlyList<string> Write(string folder, PackHead head, IReadOnlyCollection<(DefinitionKey Key, string Document)> definitions, DefinitionKinds kinds)
    {
        var there = Directory.Exists(folder) ? PackFolder.Gather(folder).Files.ToDictionary(file => file.Path, StringComparer.Ordinal) : [];
        List<string> written = [];
        foreach (var file in Files(head, definitions, kinds).Where(file => !SaysTheSame(there.GetValueOrDefault(file.Path), file, kinds)))
        {
            if (file.Path.Split('/') is not ([PackHead.File] or [_, _]) || file.Path.Split('/').Any(part => part is "" or "." or ".."))
                throw new IOException($"'{file.Path}' is no place in a pack. It was not written.");
            var place = Path.Combine(Path.GetFullPath(folder), file.Path);
            var directory = Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (file.Path != PackHead.File && directory.LinkTarget is not null)
                throw new IOException($"The folder {directory.FullName} is a link. Nothing was written there; replace it by a folder, then export again.");

            var beside = place + ".new";
            File.Delete(beside);
            File.WriteAllText(beside, file.Text);
            File.Move(beside, place, overwrite: true);
            written.Add(file.Path);
        }
        return written;
    }

    static bool SaysTheSame(PackFile? there, PackFile wanted, DefinitionKinds kinds)
    {
        if (there is null) return false;
        if (there.Text == wanted.Text) return true;
        var head = new PackFile(PackHead.File, "name: x\ntitle: x\nversion: '1'\n");
        var (mine, other) = wanted.Path == PackHead.File
            ? (Pack.Read([wanted], kinds), Pack.Read([there], kinds))
            : (Pack.Read([head, wanted], kinds), Pack.Read([head, there], kinds));
        return other.Problems.Count == 0 && mine.Head == other.Head && mine.Definitions.Select(each => each.Digest).SequenceEqual(other.Definitions.Select(each => each.Digest), StringComparer.Ordinal);
    }
}
