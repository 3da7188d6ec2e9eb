using System.Buffers;
using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace Plantao.Definitions;

/// <summary>A YAML file as a tree with positions.</summary>
/// <param name="Root"><see langword="null"/> when there are problems.</param>
/// <remarks>
/// A small and predictable part of YAML: one document of mappings, sequences and scalars. Anchors, aliases, tags, directives and merge keys
/// are refused, so a file is as large as it looks (failures.md I4).
/// </remarks>
public sealed record Document(Node? Root, IReadOnlyList<Problem> Problems)
{
    /// <summary>In bytes of UTF-8.</summary>
    public const int LargestFile = 256 * 1024;

    public const int Deepest = 32;

    /// <summary>Keys count.</summary>
    public const int MostNodes = 20_000;

    /// <summary>Reads a file. Never throws for what it holds; a refusal takes no longer than reading as far as its reason.</summary>
    /// <param name="file">Its path inside the pack, for the positions.</param>
    public static Document Read(string file, string text)
    {
        if (text.StartsWith('\uFEFF')) text = text[1..];
        if (text.Length > LargestFile || Encoding.UTF8.GetByteCount(text) > LargestFile)
            return Refused(new(file, 1, 1, $"the file is larger than {LargestFile / 1024} KiB", "split it: one definition, one file"));
        if (ForbiddenIn(text, inFile: true) is { } forbidden)
            return Refused(new(file, forbidden.Line, forbidden.Column, $"the file holds the invisible character {Name(forbidden.Rune)}", "remove it"));

        var reader = new TreeReader(file, text);
        try
        {
            var root = reader.Read();
            return new(reader.Problems.Count == 0 ? root : null, reader.Problems);
        }
        catch (Stop stop)
        {
            return new(null, [.. reader.Problems, stop.Problem]);
        }
        catch (YamlException e)
        {
            return new(null, [.. reader.Problems, Explain(file, text, e)]);
        }
    }

    static Document Refused(Problem problem) => new(null, [problem]);

    /// <summary>Our words for what YAML's own grammar refuses.</summary>
    static Problem Explain(string file, string text, YamlException e)
    {
        var (line, column) = ((int)e.Start.Line, (int)e.Start.Column);
        if (e.Message.Contains(" tab ", StringComparison.Ordinal) || e.Message.Contains("cannot start any token", StringComparison.Ordinal))
        {
            var lines = text.Split('\n');
            for (var i = line - 1; i < lines.Length; i++)
                if (lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart(" \t").Length).IndexOf('\t') is >= 0 and var tab)
                    return new(file, i + 1, tab + 1, "a tab in the indentation", "indent with spaces");
        }
        return e.Message switch
        {
            var message when message.Contains("invalid mapping", StringComparison.Ordinal) =>
                new(file, line, column, "a second `: ` in one line", "put the text in quotes"),
            var message when message.Contains("cannot start any token", StringComparison.Ordinal) =>
                new(file, line, column, "a value cannot begin with this character", "put the text in quotes"),
            var message when message.Contains("unexpected end of stream", StringComparison.Ordinal) =>
                new(file, line, column, "the quotes opened here are never closed", "close them"),
            var message when message.Contains("did not find expected key", StringComparison.Ordinal) =>
                new(file, line, column, "a line `key: value` should begin here", "check the indentation and the quotes around here"),
            var message => new(file, line, column, $"this is not YAML: {message.TrimEnd('.')}", "check the indentation and the quotes around here"),
        };
    }

    /// <summary>The first character that nobody sees but that changes what is read: control characters, the bidirectional ones of "Trojan Source" (CVE-2021-42574), and unpaired surrogates.</summary>
    static (Rune Rune, int Line, int Column)? ForbiddenIn(string text, bool inFile)
    {
        // Nearly every file holds none, and is searched at the speed of memory.
        if (!text.AsSpan().ContainsAny(inFile ? InvisibleInFile : Invisible) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return null;

        var (line, column) = (1, 1);
        for (var i = 0; i < text.Length;)
        {
            var whole = Rune.TryGetRuneAt(text, i, out var rune);
            if (!whole || (inFile ? InvisibleInFile : Invisible).Contains(text[i])) return (whole ? rune : Rune.ReplacementChar, line, column);
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
            i += rune.Utf16SequenceLength;
        }
        return null;
    }

    static readonly SearchValues<char> Invisible = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => c is < ' ' and not '\t' and not '\n'
        or (>= '\u007F' and <= '\u009F') or '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF' or '\uFFFE' or '\uFFFF')]);

    static readonly SearchValues<char> InvisibleInFile = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => c != '\r' && Invisible.Contains(c))]);

    static string Name(Rune rune) => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");

    /// <summary>Ends the reading at the first thing that YAML allows and we do not.</summary>
    sealed class Stop(Problem problem) : Exception(problem.Message)
    {
        public Problem Problem => problem;
    }

    sealed class TreeReader(string file, string text)
    {
        readonly Parser parser = new(new StringReader(text));
        int nodes;

        public List<Problem> Problems { get; } = [];

        public Node? Read()
        {
            Next();   // the start of the stream
            if (Next() is not DocumentStart start)
                throw new Stop(new(file, 1, 1, "the file is empty"));
            if (start.Version is not null || start.Tags?.Any(tag => tag.Handle is not "!" and not "!!") == true)
                throw new Stop(new(At(start), "directives (%YAML, %TAG) are not read", "remove the line"));
            var root = Tree(Next(), depth: 1);
            Next();   // the end of the document
            if (Next() is DocumentStart second)
                throw new Stop(new(At(second), "a second document begins here", "one definition, one file"));
            return root;
        }

        Node Tree(ParsingEvent found, int depth)
        {
            var at = At(found);
            if (found is AnchorAlias) throw new Stop(new(at, "aliases (*name) are not read", "write the value out"));
            if (found is NodeEvent { Anchor.IsEmpty: false }) throw new Stop(new(at, "anchors (&name) are not read", "write the value out where it is used"));
            if (found is NodeEvent { Tag.IsEmpty: false }) throw new Stop(new(at, "tags (!name) are not read", "remove the tag"));
            if (++nodes > MostNodes) throw new Stop(new(at, $"the file has more than {MostNodes} values", "split it: one definition, one file"));
            if (depth > Deepest && found is not YamlScalar) throw new Stop(new(at, $"the file is nested deeper than {Deepest} levels"));

            switch (found)
            {
                case YamlScalar scalar:
                    if (ForbiddenIn(scalar.Value, inFile: false) is { } forbidden)
                        throw new Stop(new(at, $"the text holds the invisible character {Name(forbidden.Rune)}", "remove it"));
                    return new Scalar(at, scalar.Value, scalar.Style != ScalarStyle.Plain);

                case SequenceStart:
                    List<Node> items = [];
                    while (Next() is var item and not SequenceEnd) items.Add(Tree(item, depth + 1));
                    return new Sequence(at, items);

                case MappingStart:
                    return Pairs(at, depth);

                default:
                    throw new InvalidOperationException($"The YAML parser gave {found.GetType().Name} where a value begins.");
            }
        }

        Mapping Pairs(Position at, int depth)
        {
            List<Entry> entries = [];
            Dictionary<string, int> lines = new(StringComparer.Ordinal);
            while (Next() is var first and not MappingEnd)
            {
                if (Tree(first, depth + 1) is not Scalar key)
                    throw new Stop(new(At(first), "a key is a list or a mapping", "a key is one word"));
                if (key is { Value: "<<", Quoted: false })
                    throw new Stop(new(key.At, "merge keys (<<) are not read", "write the fields out"));
                var value = Tree(Next(), depth + 1);
                if (lines.TryAdd(key.Value, key.At.Line)) entries.Add(new(key, value));
                else Problems.Add(new(key.At, string.Create(CultureInfo.InvariantCulture, $"`{key.Value}` stands twice, first in line {lines[key.Value]}"), "remove one of them"));
            }
            return new(at, entries);
        }

        ParsingEvent Next() => parser.MoveNext() ? parser.Current! : throw new InvalidOperationException("The YAML parser ended before its stream did.");

        Position At(ParsingEvent found) => new(file, (int)found.Start.Line, (int)found.Start.Column);
    }
}
