using Plantao.Notifications.Channels;

namespace Plantao.Tests.Notifications.Channels;

public class ChannelTextsTests
{
    [Fact]
    public void Both_languages_have_every_text_and_the_same_holes()
    {
        Assert.Equal(["en", "pt-BR"], ChannelTexts.All.Select(texts => texts.Language), StringComparer.Ordinal);
        foreach (var property in typeof(ChannelTexts).GetProperties().Where(property => property.PropertyType == typeof(string)))
        {
            var texts = ChannelTexts.All.Select(each => (string)property.GetValue(each)!).ToArray();
            Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text), property.Name));
            Assert.Single(texts.Select(text => (text.Contains("{at}", StringComparison.Ordinal), text.Contains("{id}", StringComparison.Ordinal))).Distinct());
        }
    }

    [Theory]
    [InlineData("pt-BR", "Acionamento"), InlineData("pt", "Acionamento"), InlineData("en", "Page"), InlineData("en-GB", "Page"), InlineData("xx", "Page")]
    public void A_language_that_we_lack_is_answered_in_English(string language, string page) => Assert.Equal(page, ChannelTexts.For(language).Page);

    [Theory]
    [InlineData("a\r\nb\tc", "a  b c"), InlineData("x\u202Egpj.exe", "xgpj.exe"), InlineData("a\0b\u001b[31mc", "ab[31mc"), InlineData("é🔥", "é🔥"), InlineData("a\u2028b", "a b"), InlineData(null, "")]
    public void A_line_is_one_line(string? text, string line) => Assert.Equal(line, Plain.Line(text, 100));

    [Theory]
    [InlineData("abcdef", 4, "abc…"), InlineData("ab🔥f", 4, "ab…"), InlineData("abcd", 4, "abcd"), InlineData("🔥🔥", 4, "🔥🔥"), InlineData("🔥🔥🔥", 4, "🔥…")]
    public void A_long_line_is_cut_between_characters(string text, int most, string line) => Assert.Equal(line, Plain.Line(text, most));
}
