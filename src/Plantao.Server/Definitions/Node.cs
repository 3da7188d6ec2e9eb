using System.Globalization;

namespace Plantao.Definitions;

/// <summary>A piece of a YAML file, and where it stands.</summary>
public abstract record Node(Position At)
{
    /// <summary>The node at a path in the spelling of canonical documents, such as <c>layers[0].groupBy</c>.</summary>
    /// <returns>The nearest node on the way when the path leads nowhere, so that a problem found in a document still has a place.</returns>
    public Node Find(string path)
    {
        var node = this;
        foreach (var part in path.Split(['.', '['], StringSplitOptions.RemoveEmptyEntries))
        {
            var next = node switch
            {
                Mapping mapping => mapping.Entries.FirstOrDefault(entry => entry.Key.Value == part || Field.JsonName(entry.Key.Value) == part)?.Value,
                Sequence sequence when int.TryParse(part.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < sequence.Items.Count => sequence.Items[i],
                _ => null,
            };
            if (next is null) return node;
            node = next;
        }
        return node;
    }
}

/// <summary>Text, whatever it looks like: <c>no</c>, <c>08:00</c> and <c>1e3</c> are guessed to be nothing else. What it means is for the field to say.</summary>
/// <param name="Quoted">It was written in quotes or as a block.</param>
public sealed record Scalar(Position At, string Value, bool Quoted = false) : Node(At)
{
    /// <summary>Nothing was written: <c>title:</c> and the end of the line.</summary>
    public bool Missing => Value.Length == 0 && !Quoted;
}

public sealed record Sequence(Position At, IReadOnlyList<Node> Items) : Node(At);

/// <summary>Names and their values, in the order written; each name stands once.</summary>
public sealed record Mapping(Position At, IReadOnlyList<Entry> Entries) : Node(At);

public sealed record Entry(Scalar Key, Node Value);
