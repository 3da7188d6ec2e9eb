using System.Collections.Immutable;

namespace Plantao.Definitions;

/// <summary>Gathers what reading one file brings to light. Shapes write into it and go on: all problems are found in one pass.</summary>
/// <param name="names">What stands for a name used in the file: a starter pack says <c>person owner</c>, setup knows that this is <c>ana</c>.</param>
public sealed class Reader(IReadOnlyDictionary<DefinitionKey, string>? names = null)
{
    readonly List<Problem> problems = [];
    readonly List<Reference> references = [];
    readonly List<DefinitionKey> offers = [];

    public IReadOnlyList<Problem> Problems => problems;

    public IReadOnlyList<Reference> References => references;

    /// <summary>Names that others may use because this definition exists, such as the label of a severity.</summary>
    public IReadOnlyList<DefinitionKey> Offers => offers;

    public void Problem(Node at, string message, string? suggestion = null) => problems.Add(new(at.At, message, suggestion));

    public void Offer(string kind, string name) => offers.Add(new(kind, name));

    /// <summary>Records a use.</summary>
    /// <returns>The name that is meant.</returns>
    public string Refer(string kind, string name, Node at)
    {
        var meant = names?.GetValueOrDefault(new(kind, name)) ?? name;
        references.Add(new(kind, meant, at.At));
        return meant;
    }

    /// <summary>Reads a whole definition.</summary>
    internal Draft Read(Node root, RecordShape shape, Func<string, IEnumerable<(string Path, string Message)>>? deeper)
    {
        var read = shape.Read(root, this);
        if (problems.Count > 0) return Draft.Wrong(problems);

        var document = Canonical.Write(read!);
        foreach (var (path, message) in deeper?.Invoke(document) ?? [])
            Problem(root.Find(path), message);
        return problems.Count > 0 ? Draft.Wrong(problems) : new(document, [.. references], [.. offers], []);
    }
}

/// <summary>A definition as read from one file.</summary>
/// <param name="Document">Canonical JSON; <see langword="null"/> when there are problems.</param>
/// <param name="Offers">See <see cref="Reader.Offers"/>.</param>
public sealed record Draft(string? Document, ImmutableArray<Reference> References, ImmutableArray<DefinitionKey> Offers, IReadOnlyList<Problem> Problems)
{
    public static Draft Wrong(IReadOnlyList<Problem> problems) => new(null, [], [], problems);
}
