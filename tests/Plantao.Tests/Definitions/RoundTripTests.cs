using FsCheck;
using FsCheck.Fluent;
using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Definitions;

public class RoundTripTests
{
    [Fact]
    public void Any_tree_is_written_as_YAML_that_is_read_as_the_same_tree() =>
        Prop.ForAll<int>(seed =>
        {
            var tree = new AnyDefinition(seed).Tree();
            var text = Yaml.Write(tree);
            var document = Document.Read("a.yaml", text);
            Assert.True(document.Root is not null, $"{string.Join('\n', document.Problems)}\n{text}");
            Assert.Equal(Plain(tree), Plain(document.Root!));
        }).Holds(300);

    [Fact]
    public void Any_definition_is_exported_as_a_file_that_is_read_as_the_same_definition() =>
        Prop.ForAll<int>(seed =>
        {
            foreach (var kind in StandardKinds.All)
            {
                var written = Sensible(kind, new AnyDefinition(seed).Of(kind.Shape));
                var first = Read(kind, Yaml.Write(written));
                var second = Read(kind, kind.Render(first));
                Assert.Equal(first, second);
            }
        }).Holds(300);

    [Fact]
    public void A_pack_that_is_exported_and_read_is_the_same_pack()
    {
        var starter = PackFolder.Read(Path.Combine(Written.Repository, "packs", "starter"), Written.Kinds);

        var again = Pack.Read(Export.Files(starter.Head!, starter.Definitions.Select(each => (each.Key, each.Document)), Written.Kinds), Written.Kinds);

        Assert.Empty(again.Problems);
        Assert.Equal(starter.Head, again.Head);
        Assert.Equal(starter.Definitions.Select(each => (each.Key, each.Digest)), again.Definitions.Select(each => (each.Key, each.Digest)));
    }

    [Fact]
    public void What_is_exported_reads_well()
    {
        var policy = Written.One("escalation-policies/a.yaml", "{title: 'no', steps: [{wait: 300s, targets: [schedule:primary, 'person:ana']}], rounds: 2, team: ops}");
        Assert.Equal(
            """
            title: 'no'
            team: ops
            steps:
              - targets:
                  - schedule:primary
                  - person:ana
                wait: 5m
            rounds: 2

            """, EscalationPolicyKind.Kind.Render(policy.Document));
    }

    [Fact]
    public void Lines_are_exported_as_lines()
    {
        var service = Written.One("services/a.yaml", "title: A\ntext: |\n  One.\n\n  Two: 'three'.\n");
        Assert.Equal("title: A\ntext: |\n  One.\n\n  Two: 'three'.\n", ServiceKind.Kind.Render(service.Document));
    }

    [Fact]
    public void A_document_of_a_newer_program_is_refused_rather_than_cut() =>
        Assert.Throws<FormatException>(() => ServiceKind.Kind.Render("""{"title":"A","colour":"red"}"""));

    [Fact]
    public void What_an_absent_field_means_is_written_into_the_document() =>
        Assert.Equal("""{"title":"A","steps":[{"targets":["person:ana"],"wait":"1m30s"}],"rounds":3}""",
            Written.One("escalation-policies/a.yaml", "title: A\nsteps: [{targets: [person:ana], wait: 90s}]\n").Document);

    [Fact]
    public void Order_blanks_and_quotes_do_not_change_the_digest() =>
        Assert.Equal(
            Written.One("routes/a.yaml", "title: A\nrules: [{match: ['b = c', 'd=~\"e\"'], urgency: high}]\n").Digest,
            Written.One("routes/a.yaml", "rules:\n  - urgency: 'high'\n    match:\n      - b=\"c\"\n      - d =~ e\n# why\ntitle: \"A\"\nposition: 100\n").Digest);

    static string Read(ShapedKind kind, string text)
    {
        var pack = Written.Pack(($"{kind.Folder}/a.yaml", text));
        Assert.True(pack.Problems.Count == 0, $"{string.Join('\n', pack.Problems)}\n{text}");
        return pack.Definitions[0].Document;
    }

    /// <summary>Makes what is right in each field right between them.</summary>
    static Node Sensible(ShapedKind kind, Node root)
    {
        static Scalar Text(string text) => new(Position.Nowhere, text, true);
        static Mapping Without(Mapping mapping, params string[] names) => mapping with { Entries = [.. mapping.Entries.Where(entry => !names.Contains(entry.Key.Value, StringComparer.Ordinal))] };
        static Mapping With(Mapping mapping, string name, Node value) => mapping with { Entries = [.. Without(mapping, name).Entries, new(Text(name), value)] };

        var written = (Mapping)root;
        if (kind == SeveritiesKind.Kind)
            return With(written, "labels", new Sequence(Position.Nowhere, [.. ((Sequence)written.Find("labels")).Items.Cast<Mapping>()
                .Select((label, i) => Without(With(label, "label", Text($"S{i}")), "aliases"))]));
        if (kind == IntegrationKind.Kind)
        {
            var generic = written.Entries.FirstOrDefault(entry => entry.Key.Value == "mapping")?.Value is Mapping mapping ? With(written, "mapping", With(mapping, "title", Text("summary"))) : written;
            return generic.Find("format") is Scalar { Value: var format } ? format switch
            {
                "generic" => Without(generic, "heartbeat", "lenient_severity", "resolve_timeout"),
                "heartbeat" => With(Without(generic, "mapping", "lenient_severity", "resolve_timeout"), "heartbeat", new Mapping(Position.Nowhere, [new(Text("period"), Text("5m"))])),
                "pagerduty" => Without(generic, "mapping", "heartbeat", "resolve_timeout"),
                "alertmanager" => Without(generic, "mapping", "heartbeat", "lenient_severity"),
                _ => Without(generic, "mapping", "heartbeat", "lenient_severity", "resolve_timeout"),
            } : generic;
        }
        return written;
    }

    /// <summary>A tree without positions and quotes.</summary>
    static string Plain(Node node) => node switch
    {
        Scalar scalar => System.Text.Json.JsonSerializer.Serialize(scalar.Value),
        Sequence sequence => $"[{string.Join(',', sequence.Items.Select(Plain))}]",
        Mapping mapping => $"{{{string.Join(',', mapping.Entries.Select(entry => $"{Plain(entry.Key)}:{Plain(entry.Value)}"))}}}",
        _ => throw new InvalidOperationException(),
    };
}
