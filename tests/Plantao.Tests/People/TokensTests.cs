using FsCheck;
using FsCheck.Fluent;
using Plantao.People;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

public class TokensTests
{
    [Fact]
    public void A_token_tells_its_kind_and_proves_its_own_form()
    {
        var token = Tokens.New(Tokens.Service);

        Assert.Matches("^plt_s[0-9A-Za-z]{38}$", token);
        Assert.True(Tokens.Formed(token, out var kind));
        Assert.Equal(Tokens.Service, kind);
    }

    [Fact]
    public void An_integration_key_has_the_32_characters_that_senders_expect()
    {
        var key = Tokens.NewIntegrationKey();

        Assert.Matches("^pli[0-9A-Za-z]{29}$", key);
        Assert.True(Tokens.FormedIntegrationKey(key));
        Assert.False(Tokens.Formed(key, out _));
    }

    [Fact]
    public void One_changed_character_is_seen_without_a_look_up()
    {
        var token = Tokens.New(Tokens.Personal);
        Prop.ForAll(Gen.Choose(0, token.Length - 1).ToArbitrary(), Gen.Elements("0aZ_-é\n ".ToCharArray()).ToArbitrary(), (at, with) =>
            token[at] == with || !Tokens.Formed(token[..at] + with + token[(at + 1)..], out _)).Holds();
    }

    [Fact]
    public void Any_text_can_be_asked_about() =>
        Prop.ForAll<string?>(text => !Tokens.Formed(text, out _) && !Tokens.FormedIntegrationKey(text)).Holds();

    [Theory]
    [InlineData("Ana Luísa", "ana-luisa")]
    [InlineData("  -- ", "person")]
    [InlineData("日本", "person")]
    [InlineData("O'Neill, Pat", "o-neill-pat")]
    public void A_handle_is_made_from_any_name(string text, string expected)
    {
        Assert.Equal(expected, Slug.From(text, "person"));
        Assert.Null(Slug.Fault(Slug.From(text, "person"), "name"));
    }

    [Theory]
    [InlineData("Ada@Example.org ", "ada@example.org")]
    [InlineData("a.b+c@mail.example", "a.b+c@mail.example")]
    [InlineData("no-at.example.org", null)]
    [InlineData("a@b@c", null)]
    [InlineData("two\r\nBcc: x@example.org", null)]
    [InlineData(".a@example.org", null)]
    [InlineData("a@-example.org", null)]
    [InlineData("", null)]
    public void An_address_is_normal_or_none(string typed, string? normal) => Assert.Equal(normal, EmailAddress.Normal(typed));
}
