using FsCheck;
using FsCheck.Fluent;
using Plantao.Platform.Text;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Alerts.Intake;

public class TextNormaliserTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("  trimmed \n", "trimmed")]
    [InlineData("one\r\ntwo\nthree\tfour", "one two three four")]
    [InlineData("nul\0 and bell\a gone", "nul and bell gone")]
    [InlineData("c1 \u009B31m", "c1 31m")]
    [InlineData("noncharacter \uFFFE", "noncharacter \uFFFD")]
    [InlineData("evil \u202Etxt.exe", "evil txt.exe")]
    [InlineData("iso\u2066late\u2069 mark\u200F", "isolate mark")]
    [InlineData("ad\u200Dmin ad\u200Bmin ad\uFEFFmin", "admin admin admin")]
    [InlineData("cafe\u0301", "caf\u00E9")]
    [InlineData("e\u200B\u0301", "\u00E9")]
    [InlineData("👩\u200D💻 works", "👩\u200D💻 works")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("tag\U000E0041\U000E0042", "tag")]
    [InlineData("indisponível às 10h ção", "indisponível às 10h ção")]
    [InlineData("\u200B\u0000", "")]
    [InlineData(null, "")]
    public void A_line_is_what_a_person_can_read(string? given, string kept) => Assert.Equal(kept, TextNormaliser.Line(given, 100));

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character() =>
        Assert.Equal("lone \uFFFD surrogate \uFFFD", TextNormaliser.Line("lone \uD800 surrogate \uDC00", 100));

    [Theory]
    [InlineData("one\r\ntwo\rthree\u2028four\u0085five\tsix", "one\ntwo\nthree\nfour\nfive\tsix")]
    [InlineData("a\n\nb\0", "a\n\nb")]
    public void Lines_keep_their_ends_and_tabs(string given, string kept) => Assert.Equal(kept, TextNormaliser.Lines(given, 100));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdefg", 6, "abcde…")]
    [InlineData("ab 👩‍👩‍👧 cd", 6, "ab…")]
    [InlineData("abcd🙂x", 6, "abcd…")]
    [InlineData("👩‍👩‍👧👩‍👩‍👧", 4, "👩\u200D…")]
    [InlineData("xyz", 1, "…")]
    public void A_cut_never_splits_what_is_seen_as_one_character(string given, int limit, string kept) => Assert.Equal(kept, TextNormaliser.Cut(given, limit));

    [Fact]
    public void Nothing_to_change_costs_nothing()
    {
        const string Plain = "HighLatency on web1";
        Assert.Same(Plain, TextNormaliser.Line(Plain, 100));
    }

    [Fact]
    public void A_key_stays_what_its_source_made_it_unless_no_database_takes_it()
    {
        Assert.Equal("cafe\u0301 \u202E ", TextNormaliser.Key("cafe\u0301 \u202E "));
        Assert.Equal("a\uFFFDb\uFFFD", TextNormaliser.Key("a\0b\uD800"));
    }

    [Fact]
    public void Whatever_comes_in_the_result_is_stable_short_and_storable() => Prop.ForAll(Hostile, given =>
    {
        foreach (var limit in (int[])[1, 7, 64])
        {
            var line = TextNormaliser.Line(given, limit);
            var lines = TextNormaliser.Lines(given, limit);
            Assert.True(line.Length <= limit && lines.Length <= limit);
            Assert.True(line.IsNormalized() && lines.IsNormalized());   // throws on a lone surrogate
            Assert.DoesNotContain(line, char.IsControl);
            Assert.DoesNotContain(lines, character => char.IsControl(character) && character is not ('\n' or '\t'));
        }
        var once = TextNormaliser.Line(given, 1_000);
        Assert.Equal(once, TextNormaliser.Line(once, 1_000));
        var many = TextNormaliser.Lines(given, 1_000);
        Assert.Equal(many, TextNormaliser.Lines(many, 1_000));
    }).Holds();

    [Theory]
    [InlineData('\u0316', '\u0301')]   // marks that NFC must put into order
    [InlineData('\u200B', '\u200D')]
    [InlineData('é', '\uD800')]
    public void A_megabyte_of_hostile_text_takes_no_time(char one, char other)
    {
        var text = "a" + string.Concat(Enumerable.Repeat($"{other}{one}", 500_000));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        TextNormaliser.Lines(text, 32_768);
        TextNormaliser.Line(text, 1_024);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"took {clock.Elapsed}");
    }

    static Arbitrary<string> Hostile => Gen.ListOf(Gen.Elements(
            'a', ' ', 'Z', 'é', '\0', '\n', '\r', '\t', '\u0085', '\u0301', '\u0316', '\u200B', '\u200C', '\u200D', '\u202E', '\u2028', '\uD83D', '\uDE42',
            '\uDC00', '\uFEFF', '\uFFFE', '\u212A', '\u1100', '\u1161', 'م', '\u0B47', '\u0B3E'))
        .Select(characters => new string([.. characters])).ToArbitrary();
}
