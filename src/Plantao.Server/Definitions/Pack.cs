namespace Plantao.Definitions;

/// <summary>One file of a pack, as text.</summary>
/// <param name="Path">Inside the pack, with forward slashes: <c>services/checkout.yaml</c>. A name to show and to sort by, never a path to open.</param>
public sealed record PackFile(string Path, string Text);

/// <summary>What <c>pack.yaml</c> says.</summary>
/// <param name="Name">Unique here; owns what is applied. See <see cref="Shapes.Name"/>.</param>
/// <param name="Version">The author's, such as <c>1.2.0</c>; shown, not compared.</param>
public sealed record PackHead(string Name, string Title, string Version, string? Description)
{
    /// <summary>In the pack's root.</summary>
    public const string File = "pack.yaml";

    internal static RecordShape Shape { get; } = Shapes.Record(
        Shapes.Needed("name", Shapes.Name, "Unique here. What is applied belongs to it."),
        Shapes.Needed("title", Shapes.Line(), "What people call it."),
        Shapes.Needed("version", Shapes.Line(40), "Yours; shown, not compared."),
        Shapes.Optional("description", Shapes.Prose, "What it is for."));
}

/// <summary>A definition as a pack has it.</summary>
/// <param name="Document">Canonical JSON.</param>
/// <param name="Offers">See <see cref="Reader.Offers"/>.</param>
/// <param name="File">Where it was read.</param>
public sealed record Definition(DefinitionKey Key, string Document, string Digest, IReadOnlyList<Reference> References, IReadOnlyList<DefinitionKey> Offers, string File);

/// <summary>A folder of definitions: <c>pack.yaml</c>, and for each kind a folder with one definition a file, named as the file.</summary>
/// <remarks>One definition a file, so that a diff, a problem, a review and an owner have one name; the file's name is the definition's, so that it stands once.</remarks>
/// <param name="Head"><see langword="null"/> when it could not be read.</param>
/// <param name="Definitions">In the order of kinds, then by name. Not all of them when there are problems.</param>
public sealed record Pack(PackHead? Head, IReadOnlyList<Definition> Definitions, IReadOnlyList<Problem> Problems)
{
    /// <summary>Reads all files and finds all problems. Throws for nothing that a file holds.</summary>
    /// <param name="names">See <see cref="Reader"/>.</param>
    public static Pack Read(IReadOnlyList<PackFile> files, DefinitionKinds kinds, IReadOnlyDictionary<DefinitionKey, string>? names = null)
    {
        List<Problem> problems = [];
        List<Definition> definitions = [];
        PackHead? head = null;

        if (files.All(file => file.Path != PackHead.File))
            problems.Add(new(PackHead.File, 1, 1, "the pack has no pack.yaml", "write one with name, title and version"));

        foreach (var file in files.OrderBy(file => file.Path, StringComparer.Ordinal).DistinctBy(file => file.Path, StringComparer.Ordinal))
            if (file.Path == PackHead.File) head = ReadHead(file, problems);
            else if (ReadOne(file, kinds, names, problems) is { } definition) definitions.Add(definition);

        return new(head, [.. definitions.OrderBy(definition => Place(kinds, definition.Key)).ThenBy(definition => definition.Key.Name, StringComparer.Ordinal)], problems);
    }

    static PackHead? ReadHead(PackFile file, List<Problem> problems)
    {
        var document = Document.Read(file.Path, file.Text);
        problems.AddRange(document.Problems);
        if (document.Root is null) return null;

        var reader = new Reader();
        var read = PackHead.Shape.Read(document.Root, reader);
        problems.AddRange(reader.Problems);
        return reader.Problems.Count > 0 ? null : new((string)read!["name"]!, (string)read["title"]!, (string)read["version"]!, (string?)read["description"]);
    }

    static Definition? ReadOne(PackFile file, DefinitionKinds kinds, IReadOnlyDictionary<DefinitionKey, string>? names, List<Problem> problems)
    {
        void Wrong(string message, string? suggestion) => problems.Add(new(file.Path, 1, 1, message, suggestion));

        if (file.Path.Split('/') is not [var folder, var fileName])
        {
            Wrong(file.Path.Contains('/', StringComparison.Ordinal) ? "the file lies too deep" : "the file lies beside pack.yaml", "put it into the folder of its kind, such as services/checkout.yaml");
            return null;
        }
        if (kinds.InFolder(folder) is not { } kind)
        {
            Wrong($"`{folder}` is not the folder of a kind of definition", Nearest.Suggestion(folder, [.. kinds.All.Select(each => each.Folder)]));
            return null;
        }
        if (!fileName.EndsWith(".yaml", StringComparison.Ordinal) || !Shapes.IsName(fileName[..^5]))
        {
            var stem = Path.GetFileNameWithoutExtension(fileName);
            Wrong($"`{fileName}` is not the name of a definition's file", Shapes.IsName(stem) ? $"call it {stem}.yaml" : "lower-case letters, digits and hyphens, then .yaml");
            return null;
        }

        var document = Document.Read(file.Path, file.Text);
        problems.AddRange(document.Problems);
        if (document.Root is null) return null;

        var draft = kind.Read(document.Root, names);
        problems.AddRange(draft.Problems);
        return draft.Document is { } written
            ? new(new(kind.Name, fileName[..^5]), written, Canonical.Digest(written), draft.References, draft.Offers, file.Path)
            : null;
    }

    internal static int Place(DefinitionKinds kinds, DefinitionKey key) =>
        kinds.All.Select((kind, place) => (kind.Name, place)).FirstOrDefault(each => each.Name == key.Kind, (Name: "", place: int.MaxValue)).place;
}
