using Plantao.Platform.Text;

namespace Plantao.Tests.Platform;

/// <summary>Matchers as Alertmanager reads and applies them (specs: Alertmanager API v2, section 6).</summary>
public class MatcherTests
{
    [Theory]
    [InlineData("foo=bar", "foo=\"bar\"")]
    [InlineData("  foo = bar  ", "foo=\"bar\"")]
    [InlineData("foo!=bar", "foo!=\"bar\"")]
    [InlineData("foo=~bar", "foo=~\"bar\"")]
    [InlineData("foo!~bar", "foo!~\"bar\"")]
    [InlineData("foo=", "foo=\"\"")]
    [InlineData("foo=\"\"", "foo=\"\"")]
    [InlineData("foo==bar", "foo=\"=bar\"")]
    [InlineData("_a:b=\"x y\"", "_a:b=\"x y\"")]
    [InlineData("foo=a b", "foo=\"a b\"")]
    [InlineData("foo=\"a\\nb\"", "foo=\"a\\nb\"")]
    [InlineData("foo=\"a\\\"b\"", "foo=\"a\\\"b\"")]
    [InlineData("foo=a\\\"b", "foo=\"a\\\"b\"")]
    [InlineData("foo=\"a\\\\b\"", "foo=\"a\\\\b\"")]
    [InlineData("foo=~\"\\d+\"", "foo=~\"\\\\d+\"")]
    [InlineData("foo=b\\", "foo=\"b\\\\\"")]
    [InlineData("foo=\"{a,b}\"", "foo=\"{a,b}\"")]
    [InlineData("\"foo 🙂\"=\"bar\"", "\"foo 🙂\"=\"bar\"")]
    [InlineData("\"foo\"=bar", "foo=\"bar\"")]
    public void A_matcher_is_read_and_has_one_way_to_be_written(string text, string canonical)
    {
        Assert.Equal(canonical, Matcher.Parse(text).ToString());
        Assert.Equal(Matcher.Parse(text), Matcher.Parse(canonical));
    }

    [Theory]
    [InlineData("a", "bad matcher format: a")]
    [InlineData("", "bad matcher format: ")]
    [InlineData("=x", "bad matcher format: =x")]
    [InlineData("1a=x", "bad matcher format: 1a=x")]
    [InlineData("a-b=x", "bad matcher format: a-b=x")]
    [InlineData("a b=x", "bad matcher format: a b=x")]
    [InlineData("a<x", "bad matcher format: a<x")]
    [InlineData("a=\"x", "matcher value contains unescaped double quote: \"x")]
    [InlineData("a=x\"", "matcher value contains unescaped double quote: x\"")]
    [InlineData("a=\"x\"y\"", "matcher value contains unescaped double quote: \"x\"y\"")]
    [InlineData("\"\"=x", "bad matcher format: the label has no name")]
    [InlineData("a=~\"(?=b)\"", "invalid regular expression: lookaround, back references and very large repeats are not supported")]
    [InlineData("a=~\"(.)\\\\1\"", "invalid regular expression: lookaround, back references and very large repeats are not supported")]
    public void What_is_no_matcher_is_refused_in_Alertmanagers_words(string text, string wrong) =>
        Assert.Equal(wrong, Assert.Throws<FormatException>(() => Matcher.Parse(text)).Message);

    [Theory]
    [InlineData("a=~\"(\"")]
    [InlineData("a=~\"x)|(y\"")]
    [InlineData("a=~\"[\"")]
    [InlineData("a=~\"*\"")]
    [InlineData("a=~\"(a{1000}){1000}\"")]
    public void What_is_no_pattern_is_refused_when_it_is_written(string text) =>
        Assert.StartsWith("invalid regular expression: ", Assert.Throws<FormatException>(() => Matcher.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pattern_has_at_most_512_characters()
    {
        _ = Matcher.Parse("a=~" + new string('x', 512));
        Assert.Throws<FormatException>(() => Matcher.Parse("a=~" + new string('x', 513)));
        _ = Matcher.Parse("a=" + new string('x', 5_000));
    }

    [Theory]
    [InlineData("a=b", new[] { "a=\"b\"" })]
    [InlineData("{a=b, c!=\"d,e\",}", new[] { "a=\"b\"", "c!=\"d,e\"" })]
    [InlineData(" { a=~\"x{1,2}\" } ", new[] { "a=~\"x{1,2}\"" })]
    [InlineData("a=\"\\\",\",b=c", new[] { "a=\"\\\",\"", "b=\"c\"" })]
    public void A_list_is_cut_at_the_commas_outside_quotes(string text, string[] each) => Assert.Equal(each, Matcher.ParseList(text).Select(one => one.ToString()));

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("a=b,,c=d")]
    [InlineData(",a=b")]
    public void A_list_without_a_matcher_in_each_place_is_refused(string text) => Assert.Throws<FormatException>(() => Matcher.ParseList(text));

    [Theory]
    [InlineData("sev=page", "page", true)]
    [InlineData("sev=page", "pager", false)]
    [InlineData("sev=page", null, false)]
    [InlineData("sev!=page", "page", false)]
    [InlineData("sev!=page", "info", true)]
    [InlineData("sev!=page", null, true)]
    [InlineData("sev=~\"page|crit.*\"", "critical", true)]
    [InlineData("sev=~\"page|crit.*\"", "xpage", false)]
    [InlineData("sev=~\"page|crit.*\"", "page\n", false)]
    [InlineData("sev=~\".*\"", null, true)]
    [InlineData("sev=~\".+\"", null, false)]
    [InlineData("sev=~\"|info\"", null, true)]
    [InlineData("sev!~\"page|info\"", "error", true)]
    [InlineData("sev!~\".+\"", null, true)]
    [InlineData("sev=\"\"", null, true)]
    [InlineData("sev=\"\"", "", true)]
    [InlineData("sev=\"\"", "page", false)]
    [InlineData("sev!=\"\"", null, false)]
    [InlineData("sev!=\"\"", "", true)]
    [InlineData("sev!=\"\"", "page", true)]
    [InlineData("sev!~\"\"", "", true)]
    [InlineData("sev!~\"\"", null, false)]
    [InlineData("sev=~\"(?i)PAGE\"", "page", true)]
    [InlineData("sev=~\"(?P<word>page)\"", "page", true)]
    public void An_absent_label_is_the_empty_string(string text, string? value, bool matches)
    {
        Dictionary<string, string> labels = value is null ? [] : new() { ["sev"] = value };
        Assert.Equal(matches, Matcher.Parse(text).Matches(labels));
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|aa)+b")]
    [InlineData("(.*a){12}b")]
    [InlineData("([a-z]+)*b")]
    [InlineData("(a*)*(a*)*b")]
    public void A_pattern_made_to_hang_answers(string pattern)
    {
        var matcher = Matcher.Of("x", MatchOperator.Matches, pattern);
        var value = new string('a', 64 * 1024);

        var took = ThreadTime.Best(TimeSpan.FromMilliseconds(50), () => Assert.False(matcher.Matches(value)));   // failures.md I3

        Assert.True(took <= TimeSpan.FromMilliseconds(50), $"{pattern} took {took.TotalMilliseconds:F0} ms.");
    }
}
