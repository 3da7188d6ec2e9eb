using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Tests.Alerts.Intake;

public class JsonTextTests
{
    [Theory]
    [InlineData(@"{""a"":""\ud800""}", "\uFFFD")]
    [InlineData(@"{""a"":""\uDC00x""}", "\uFFFDx")]
    [InlineData(@"{""a"":""\ud83d\ude42""}", "🙂")]
    [InlineData(@"{""a"":""\ud83d\ud83d\ude42""}", "\uFFFD🙂")]
    [InlineData(@"{""a"":""\\ud800""}", @"\ud800")]
    [InlineData(@"{""a"":""\\\ud800""}", "\\\uFFFD")]
    [InlineData(@"{""a"":1,""a"":""last""}", "last")]
    public void Bad_text_in_good_structure_is_read(string json, string expected)
    {
        Assert.True(JsonText.TryParse(json.Bytes(), out var document, out _));
        using (document) Assert.Equal(expected, document.RootElement.GetProperty("a").GetString());
    }

    [Fact]
    public void Bad_utf8_becomes_the_replacement_character()
    {
        foreach (var bad in (byte[][])[[0xFF], [0xC3], [0xE2, 0x82], [0xC0, 0x80]])
        {
            byte[] body = [.. "{\"a\":\"x"u8, .. bad, .. "\"}"u8];
            Assert.True(JsonText.TryParse(body, out var document, out _));
            using (document) Assert.StartsWith("x\uFFFD", document.RootElement.GetProperty("a").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Clean_bodies_are_not_copied_and_a_byte_order_mark_is_skipped()
    {
        var body = "{}"u8.ToArray();
        Assert.True(JsonText.Repair(body) == body);
        Assert.True(JsonText.TryParse("\uFEFF{}".Bytes(), out var document, out _));
        document.Dispose();
    }

    [Fact]
    public void Numbers_keep_their_spelling()
    {
        Assert.True(JsonText.TryParse("{\"a\":1e999}"u8, out var document, out _));
        using (document) Assert.Equal("1e999", document.RootElement.GetProperty("a").GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("{")]
    [InlineData("{} x")]
    [InlineData("{}{}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// c\n{}")]
    [InlineData("NaN")]
    [InlineData("\"\n\"")]
    public void What_is_no_json_is_refused_with_its_place(string body)
    {
        Assert.False(JsonText.TryParse(body.Bytes(), out _, out var problem));
        Assert.Contains("line", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Thirty_two_levels_are_read_and_more_are_refused()
    {
        Assert.True(JsonText.TryParse((new string('[', 32) + new string(']', 32)).Bytes(), out var document, out _));
        document.Dispose();
        Assert.False(JsonText.TryParse((new string('[', 33) + new string(']', 33)).Bytes(), out _, out _));
        Assert.False(JsonText.TryParse(new string('[', 100_000).Bytes(), out _, out _));
    }
}
