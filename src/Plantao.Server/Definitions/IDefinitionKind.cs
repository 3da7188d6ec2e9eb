namespace Plantao.Definitions;

/// <summary>One kind of definition. Declared here and answered by the room that it belongs to, since this room knows no higher one.</summary>
public interface IDefinitionKind
{
    /// <summary>Singular, lower-case, hyphenated: <c>escalation-policy</c>. Never reused for something else.</summary>
    string Name { get; }

    /// <summary>The folder of a pack in which its files lie: <c>escalation-policies</c>.</summary>
    string Folder { get; }

    /// <summary>Reads a file. Finds all problems, throws for none.</summary>
    /// <param name="names">See <see cref="Reader"/>.</param>
    Draft Read(Node root, IReadOnlyDictionary<DefinitionKey, string>? names = null);

    /// <summary>Writes a canonical document as the YAML that <see cref="Read"/> reads as the same document.</summary>
    /// <exception cref="FormatException">The document holds what this program does not know, such as a field of a newer one: it is refused, not left out.</exception>
    string Render(string document);
}

/// <summary>All kinds that this program knows.</summary>
public sealed class DefinitionKinds(IEnumerable<IDefinitionKind> kinds)
{
    readonly IReadOnlyList<IDefinitionKind> kinds = [.. kinds];

    public IReadOnlyList<IDefinitionKind> All => kinds;

    public IDefinitionKind? Find(string name) => kinds.FirstOrDefault(kind => kind.Name == name);

    public IDefinitionKind? InFolder(string folder) => kinds.FirstOrDefault(kind => kind.Folder == folder);

    /// <exception cref="KeyNotFoundException">No such kind: a definition of a newer program.</exception>
    public IDefinitionKind this[string name] => Find(name) ?? throw new KeyNotFoundException($"This program knows no definitions of the kind '{name}'.");
}

/// <summary>A kind whose files are a mapping with declared fields.</summary>
/// <param name="deeper">What a room finds wrong in a canonical document beyond its shape, by path, such as <c>layers[0].handoff</c>.</param>
public sealed class ShapedKind(string name, string folder, RecordShape shape, Func<string, IEnumerable<(string Path, string Message)>>? deeper = null) : IDefinitionKind
{
    public string Name => name;

    public string Folder => folder;

    public RecordShape Shape => shape;

    /// <summary>The same kind, with a deeper look by the room that knows what the document means.</summary>
    public ShapedKind With(Func<string, IEnumerable<(string Path, string Message)>> check) => new(name, folder, shape, check);

    public Draft Read(Node root, IReadOnlyDictionary<DefinitionKey, string>? names = null) => new Reader(names).Read(root, shape, deeper);

    public string Render(string document) => Yaml.Write(shape.Write(System.Text.Json.Nodes.JsonNode.Parse(document) ?? throw new FormatException("The document is null.")));
}
