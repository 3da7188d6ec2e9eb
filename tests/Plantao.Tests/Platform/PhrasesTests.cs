using System.Net.Http.Json;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Definitions;
using Plantao.Home;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform.Text;
using Plantao.Platform.Web;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

/// <summary>What is kept as a key is read in the reader's language.</summary>
public class PhrasesTests
{
    public static TheoryData<string, string, string> Texts() =>
        [.. TrailTexts.All.All.Concat(AlertTexts.All.All).Select(t => new TheoryDataRow<string, string, string>(t.Key, t.Value.English, t.Value.Portuguese))];

    [Theory, MemberData(nameof(Texts))]
    public void Both_languages_have_the_same_places_and_other_words(string key, string english, string portuguese)
    {
        static IEnumerable<string> Places(string text) => System.Text.RegularExpressions.Regex.Matches(text, "\\{[0-9]\\}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Select(m => m.Value).Order(StringComparer.Ordinal);
        Assert.Equal(Places(english), Places(portuguese));
        Assert.NotEqual(english, portuguese);
        Assert.NotEmpty(key);
    }

    public static TheoryData<string> Screens() =>
        [.. ((Phrases[])[WebTexts.All, AccessTexts.All, AccessTexts.Refusals, AlertScreenTexts.All, AlertScreenTexts.Refusals, HomeTexts.All, AuditTexts.All, SettingTexts.All, SettingTexts.Refusals, DefinitionTexts.All, DefinitionTexts.Refusals, ServiceTexts.All])
            .SelectMany(phrases => phrases.All).Select(t => t.Value.English + "\t" + t.Value.Portuguese).Distinct(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Screens))]
    public void A_screen_says_the_same_in_both_languages(string both)
    {
        static IEnumerable<string> Places(string text) => System.Text.RegularExpressions.Regex.Matches(text, "\\{[0-9]\\}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Select(m => m.Value).Order(StringComparer.Ordinal);
        var texts = both.Split('\t');
        Assert.Equal(2, texts.Length);
        Assert.All(texts, text => Assert.NotEmpty(text.Trim()));
        Assert.Equal(Places(texts[0]), Places(texts[1]));
    }

    [Fact]
    public void What_an_older_program_kept_as_a_sentence_is_read_as_it_stands()
    {
        Assert.Equal("checkout: step 1 of 2", TrailTexts.All.Read("pt-BR", "checkout: step 1 of 2"));
        Assert.Equal("rota a regra 2, serviço da integração am", AlertTexts.Routed("pt-BR", AlertTexts.All.Keep("routed.rule", "a", "2") + "\n" + AlertTexts.All.Keep("routed.integration", "am")));
        Assert.Equal("usr_1", AlertTexts.ResolvedBy("pt-BR", "usr_1"));
        Assert.Throws<KeyNotFoundException>(() => TrailTexts.All.Keep("why.not"));
        Assert.Equal("a b: degrau 1 de 2, rodada 1 (x)", TrailTexts.All.Read("pt-BR", TrailTexts.All.Keep("why.step", "a\tb", "1", "2", "1", "x")));
    }

    [Theory, EveryDatabase]
    public async Task Each_reads_why_in_their_own_language(Database database)
    {
        await using var night = await Night.Start(database);
        var (_, token) = await night.Site.Person("bia", Plantao.Platform.Access.OrganisationRole.Admin, language: "pt-BR");
        await night.Policy("checkout", 1, null, ("person:bia", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("Down", endsAt: night.Site.Clock.GetUtcNow().AddMinutes(6));
        await night.Site.Work();
        Assert.Contains(Assert.Single(night.Mail.Pages).Facts, f => f.Value == "checkout: degrau 1 de 1, rodada 1 (person:bia)");
        await night.Pass(TimeSpan.FromMinutes(6) + TimeSpan.FromSeconds(5));

        var alert = Assert.Single(await night.Alerts());
        Assert.Equal(("service of integration checkout-alerts", "plantao: its stated end passed"), (alert.Routed, alert.ResolvedBy));
        Assert.Contains((await night.Trail(alert.Id)).Pages, p => p.Why == "checkout: step 1 of 1, round 1 (person:bia)");

        using var own = night.Site.Http(token);
        var trail = (await own.GetFromJsonAsync<AlertTrailView>($"/api/v1/alerts/{alert.Id}/trail"))!;
        Assert.Equal(("serviço da integração checkout-alerts", "plantao: o fim que a origem informou passou"), (trail.Alert.Routed, trail.Alert.ResolvedBy));
        var page = trail.Pages.First(p => p.Why.StartsWith("checkout", StringComparison.Ordinal));
        Assert.Equal("checkout: degrau 1 de 1, rodada 1 (person:bia)", page.Why);
        Assert.Contains(page.Hops, h => h.Detail == page.Why);
    }
}
