using System.Globalization;
using System.Text;
using Plantao.Definitions;
using Plantao.Definitions.Kinds;

namespace Plantao.Tests.Definitions;

/// <summary>docs/packs.md lists every field as the program reads it.</summary>
public class PacksPageTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(Written.Repository, "docs", "packs.md")).ReplaceLineEndings("\n");

    public static TheoryData<string> Kinds() => new(StandardKinds.All.Select(kind => kind.Name).Prepend("pack.yaml"));

    [Theory, MemberData(nameof(Kinds))]
    public void Every_field_stands_on_the_page_as_it_is_read(string kind)
    {
        var table = Table(kind == "pack.yaml" ? PackHead.Shape : StandardKinds.All.Single(each => each.Name == kind).Shape);
        Assert.True(Page.Contains(table, StringComparison.Ordinal), $"docs/packs.md has another table for {kind} than this:\n<table {kind}>\n{table}</table>");
    }

    static string Table(RecordShape shape)
    {
        var text = new StringBuilder("| field | is | means |\n|---|---|---|\n");
        Rows(text, shape, "");
        return text.ToString();
    }

    static void Rows(StringBuilder text, RecordShape shape, string prefix)
    {
        foreach (var field in shape.Fields)
        {
            var (inner, list) = field.Shape switch
            {
                RecordShape record => (record, false),
                ListShape { Item: RecordShape record } => (record, true),
                _ => (null, false),
            };
            var says = (inner is null ? field.Shape.Says : list ? "a list of mappings" : "a mapping").Replace("|", "\\|", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"| `{prefix}{field.Name}`{(field.Needed ? "" : ", optional")} | {says}{(field.Otherwise is { } otherwise ? $"; left out: `{otherwise}`" : "")} | {field.Means} |\n");
            if (inner is not null) Rows(text, inner, $"{prefix}{field.Name}{(list ? "[]" : "")}.");
        }
    }
}
