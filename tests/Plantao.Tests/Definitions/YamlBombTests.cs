using System.Text;
using Plantao.Definitions;
using Plantao.Tests.Platform;

namespace Plantao.Tests.Definitions;

/// <summary>failures.md I4.</summary>
public class YamlBombTests
{
    /// <summary>Of the processor, not of the clock. A bomb would take minutes or all memory; 50 ms on a quiet machine (failures.md I4) is ten times that on a busy and cold one.</summary>
    static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(500);

    public static TheoryData<string, string> Bombs()
    {
        var laughs = new StringBuilder("a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var level = 'b'; level <= 'i'; level++) laughs.Append(level).Append(": &").Append(level).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*{(char)(level - 1)}", 9)).Append("]\n");
        string Many(string piece, int bytes = Document.LargestFile - 10) => new StringBuilder().Insert(0, piece, bytes / piece.Length).ToString();
        return new()
        {
            { "nine levels of laughs", laughs.ToString() },
            { "laughs by merge keys", "a: {x: 1}\n<<: [{b: 1}, {c: 2}]\n" },
            { "an anchor that holds itself", "a: &a [*a]\n" },
            { "an anchor as a key", "&a a: *a\n" },
            { "brackets", Many("[") },
            { "braces", Many("{") },
            { "braces and keys", Many("{a: ") },
            { "dashes in a line", Many("- ") },
            { "question marks", Many("? ") },
            { "deep by indentation", string.Concat(Enumerable.Range(0, 700).Select(i => new string(' ', i) + "a:\n")) },
            { "33 levels", new string('[', 33) + new string(']', 33) },
            { "20,001 values", "a: [" + string.Concat(Enumerable.Repeat("x,", 20_000)) + "]\n" },
            { "many keys", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i}: 1\n")) },
            { "tags", Many("!a ") },
            { "anchors", Many("&a ") },
            { "long tag", "a: !" + Many("x") },
            { "quotes that never close", "a: \"" + Many("x") },
            { "a block that never ends in text", "a: " + Many("b: ") },
            { "tabs", "a:\n" + Many("\t") + "b" },
            { "commas", "[" + Many(",") },
            { "colons", "a" + Many(": ") },
            { "documents", Many("---\n") },
            { "directives", Many("%TAG ! !\n") },
            { "a file too large", new string('x', Document.LargestFile + 1) },
            { "a file too large in bytes", new string('é', (Document.LargestFile / 2) + 1) },
        };
    }

    [Theory, MemberData(nameof(Bombs))]
    public void A_bomb_is_refused_before_it_goes_off(string name, string text)
    {
        var took = ThreadTime.Best(Allowed, () =>
        {
            var document = Document.Read("a.yaml", text);
            Assert.Null(document.Root);
            Assert.NotEmpty(document.Problems);
        });
        Assert.True(took <= Allowed, $"{name} took {took.TotalMilliseconds:F0} ms.");
    }

    [Fact]
    public void What_is_just_within_the_limits_is_read()
    {
        Assert.Empty(Document.Read("a.yaml", new string('[', 32) + new string(']', 32)).Problems);
        Assert.Empty(Document.Read("a.yaml", "a: [" + string.Concat(Enumerable.Repeat("x,", 19_997)) + "]\n").Problems);
        Assert.Empty(Document.Read("a.yaml", "a: " + new string('x', Document.LargestFile - 4) + "\n").Problems);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("08:00")]
    [InlineData("1e3")]
    [InlineData("0x1F")]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("2026-01-05")]
    [InlineData("1_000")]
    public void Text_stays_text_whatever_it_looks_like(string text) =>
        Assert.Equal(text, Assert.IsType<Scalar>(Assert.IsType<Mapping>(Document.Read("a.yaml", $"a: {text}\n").Root).Entries[0].Value).Value);

    [Fact]
    public void A_mark_at_the_beginning_of_the_file_and_other_line_ends_change_nothing() =>
        Assert.Equal(Written.One("services/a.yaml", "title: A\nteam: b\n").Digest, Written.One("services/a.yaml", "\uFEFFtitle: A\r\nteam: b\r\n").Digest);
}
