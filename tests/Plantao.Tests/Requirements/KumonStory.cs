using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Client;
using Plantao.Notifications.Channels;
using Plantao.Platform.Access;
using Plantao.Tests.Cli;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Requirements;

/// <summary>Kumon Assistant V2, emergency procedures: two alert levels with a time to answer each, two ordered chains of contacts, and who must be reachable before the go-live.</summary>
public class KumonStory
{
    const string Lead = "desenvolvedor-principal";
    const string Architect = "arquiteto-de-sistema";
    const string DevOps = "devops-infra";
    const string Product = "gerente-de-produto";
    const string Kumon = "responsavel-kumon";

    static readonly string[] Contacts = [Lead, Architect, DevOps, Product, Kumon];

    static (string, string) Technical(string name, string wait) => Team.Ladder(name, ("person:" + Lead, wait), ("person:" + Architect, wait), ("person:" + DevOps, wait));

    static readonly (string, string)[] Pack =
    [
        ("severities/alertas.yaml", """
            title: Níveis de alerta
            labels:
              - label: N1
                rank: 0
                text: AÇÃO IMEDIATA REQUERIDA
              - label: N2
                rank: 1
                text: MONITORAR INTENSIVAMENTE
            """),
        Technical("tecnica-nivel-1", "2m"),
        Technical("tecnica-nivel-2", "5m"),
        // The document gives no time between the two of the business chain.
        Team.Ladder("negocio", ("person:" + Product, "3m"), ("person:" + Kumon, "3m")),
        Team.Service("kumon-assistant", "tecnica-nivel-2"),
        Team.Service("kumon-negocio", "negocio"),
        ("routes/niveis.yaml", """
            title: Níveis de alerta
            rules:
              - title: Nível 1
                match: ['nivel="1"']
                severity: N1
                urgency: high
                escalation_policy: tecnica-nivel-1
              - title: Nível 2
                match: ['nivel="2"']
                severity: N2
                urgency: high
                escalation_policy: tecnica-nivel-2
            """),
        Team.Door("log", "alertmanager", "kumon-assistant"),
        Team.Door("verificacao", "heartbeat", "kumon-assistant", "heartbeat:\n  period: 5m\n"),
        Team.Door("impacto", "report", "kumon-negocio"),
    ];

    static async Task<(Night Night, IReadOnlyDictionary<string, string> Keys)> GoLive(Database database)
    {
        var night = await Night.Start(database);
        foreach (var contact in Contacts) await night.Person(contact);
        var (holes, keys) = await night.Apply("kumon-v2-emergency", Pack);
        Assert.Empty(holes);
        return (night, keys);
    }

    static async Task<IReadOnlyList<EntryView>> Breaches(Night night) =>
        [.. (await night.Trail(Assert.Single(await night.Alerts(), a => a.Labels.ContainsKey("nivel")).Id)).Journal.Where(e => e.Kind == "escalation.not-answered")];

    [Theory, EveryDatabase]
    [Covers("S1-08", "S1-48")]
    public async Task Level_1_is_answered_within_two_minutes_or_the_breach_is_kept_and_the_next_of_the_chain_is_paged(Database database)
    {
        var (night, keys) = await GoLive(database);
        await using var _ = night;
        // The check of every five minutes says that all is well, and is not due again before 09:05: it cannot be what notices.
        Assert.Equal(HttpStatusCode.OK, (await night.Post($"/in/{keys["verificacao"]}/heartbeat/health", "")).StatusCode);

        var at = night.Site.Clock.GetUtcNow();
        await night.Fire("OUTBOX_GUARD handoff_violation", key: keys["log"], labels: ("nivel", "1"));
        Assert.Equal([Lead], await night.Paged());
        var alert = Assert.Single(await night.Alerts());
        Assert.Equal(("N1", 0, at), (alert.Severity, alert.Rank, alert.OpenedAt));

        await night.Pass(TimeSpan.FromMinutes(2) - TimeSpan.FromSeconds(1));
        Assert.Empty(await night.Paged());
        Assert.Empty(await Breaches(night));

        await night.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([Architect], await night.Paged());
        var breach = Assert.Single(await Breaches(night));
        Assert.Equal((at.AddMinutes(2), 1, 120), (breach.At, breach.Facts.GetProperty("step").GetInt32(), breach.Facts.GetProperty("waitSeconds").GetInt32()));

        await night.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([DevOps], await night.Paged());
        Assert.Equal(2, (await Breaches(night)).Count);
    }

    [Theory, EveryDatabase]
    [Covers("S1-15")]
    public async Task Level_2_has_five_minutes(Database database)
    {
        var (night, keys) = await GoLive(database);
        await using var _ = night;
        await night.Fire("DELIVERY_TRACE failed", key: keys["log"], labels: ("nivel", "2"));
        Assert.Equal([Lead], await night.Paged());
        Assert.Equal("N2", Assert.Single(await night.Alerts()).Severity);

        await night.Pass(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Empty(await night.Paged());
        Assert.Empty(await Breaches(night));

        await night.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains(Architect, await night.Paged());
        Assert.Equal(300, Assert.Single(await Breaches(night)).Facts.GetProperty("waitSeconds").GetInt32());
    }

    [Theory, EveryDatabase]
    public async Task Answered_in_time_there_is_no_breach(Database database)
    {
        var (night, keys) = await GoLive(database);
        await using var _ = night;
        await night.Fire("INSTANCE_GUARD invalid_pattern", key: keys["log"], labels: ("nivel", "1"));
        await night.Pass(TimeSpan.FromSeconds(119));
        Assert.Equal(HttpStatusCode.OK, (await night.Answer(night.Mail.Pages[0].AnswerUrl!)).Status);

        await night.Pass(TimeSpan.FromMinutes(10));
        Assert.Empty(await Breaches(night));
        Assert.Equal([Lead], (await night.Paged()).Distinct());
    }

    [Theory, EveryDatabase]
    [Covers("S1-49")]
    public async Task The_business_chain_is_its_own_and_is_set_off_by_a_message_of_impact_or_by_hand(Database database)
    {
        var (night, keys) = await GoLive(database);
        await using var _ = night;

        await night.Post($"/in/{keys["impacto"]}/report", """{"title":"Unidade sem respostas aos pais","who":"team","text":"desde 10:00"}""");
        Assert.Equal([Product], await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(3));
        Assert.Equal([Kumon], await night.Paged());
        await night.Answer(night.Mail.Pages[^1].AnswerUrl!);

        // By hand, while the technical chain climbs for its own alert: neither touches the other.
        await night.Fire("OUTBOX_GUARD handoff_violation", key: keys["log"], labels: ("nivel", "1"));
        Assert.Equal([Lead], await night.Paged());
        Assert.Equal(HttpStatusCode.Accepted, (await night.Site.Owner.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Mensagens não saem: avisar o negócio", Service: "kumon-negocio"))).StatusCode);
        Assert.Equal([Product], await night.Paged());
        await night.Answer(night.Mail.Pages[^1].AnswerUrl!);
        await night.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([Architect], await night.Paged());
    }

    [Theory, EveryDatabase]
    [Covers("S1-50", "S1-68")]
    public async Task There_is_no_go_live_before_every_contact_has_an_address_and_has_answered_a_test_page(Database database)
    {
        await using var night = await Night.Start(database);
        foreach (var contact in Contacts.Except([Kumon])) await night.Person(contact);
        using var terminal = Terminal.At(night.Site, (await night.Site.Person("coordenacao", OrganisationRole.Admin)).Token);
        async Task<(int Exit, IReadOnlyDictionary<string, string> States)> Ready()
        {
            var said = await terminal.Run("oncall", "contacts", "--days", "30", "--output", "json");
            return (said.Exit, JsonSerializer.Deserialize<List<ContactView>>(said.Out, JsonSerializerOptions.Web)!.ToDictionary(c => c.Name, c => c.State, StringComparer.Ordinal));
        }

        // A placeholder that nobody filled in: applied all the same, and not ready.
        var (holes, _) = await night.Apply("kumon-v2-emergency", Pack);
        Assert.Contains(holes, h => h.Contains(Kumon, StringComparison.Ordinal));
        var (exit, states) = await Ready();
        Assert.Equal((2, "Missing"), (exit, states[Kumon]));
        Assert.Equal(Contacts.Order(StringComparer.Ordinal), states.Keys.Order(StringComparer.Ordinal));

        // Filled in, and the address is a dead one: the provider says so to the test page, and it counts no more.
        await night.Person(Kumon);
        night.Mail.Answers = message => message.Address.StartsWith(Kumon, StringComparison.Ordinal) ? new Answer.GiveUp("550 no such mailbox", 550, AddressIsDead: true) : new Answer.Accepted("provider-" + message.Id, 250);
        foreach (var contact in Contacts) Assert.Equal(0, (await terminal.Run("user", "test", contact)).Exit);
        await night.Site.Work();
        Assert.Equal((2, "Unreachable"), ((await Ready()).Exit, (await Ready()).States[Kumon]));

        // Each of the others is red until its test page is answered, by the button in the message.
        foreach (var contact in Contacts.Except([Kumon]))
        {
            Assert.Equal("Untested", (await Ready()).States[contact]);
            var test = Assert.Single(night.Mail.Tried, m => m.Kind is MessageKind.Test && m.Address.StartsWith(contact, StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.OK, (await night.Answer(test.AnswerUrl!)).Status);
            Assert.Equal("Ready", (await Ready()).States[contact]);
        }

        Assert.Equal(2, (await Ready()).Exit);

        // The right address, proven by its code, then the test page: now, and only now, all is green.
        night.Mail.Answers = message => new Answer.Accepted("provider-" + message.Id, 250);
        await Prove(night, Kumon);
        Assert.Equal((2, "Untested"), ((await Ready()).Exit, (await Ready()).States[Kumon]));
        night.Site.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, (await terminal.Run("user", "test", Kumon)).Exit);
        await night.Site.Work();
        await night.Answer(night.Mail.Tried.Last(m => m.Kind is MessageKind.Test).AnswerUrl!);
        Assert.Equal(0, (await Ready()).Exit);

        // No test climbed, paged somebody in earnest, or became an alert.
        await night.Pass(TimeSpan.FromMinutes(20));
        Assert.Empty(night.Mail.Pages);
        Assert.Empty(await night.Alerts());

        // A confirmation ends after the thirty days.
        night.Site.Clock.Advance(TimeSpan.FromDays(31));
        (exit, states) = await Ready();
        Assert.Equal(2, exit);
        Assert.All(states.Values, state => Assert.Equal("Untested", state));
    }

    /// <summary>Proves the account's own address again, as its person would.</summary>
    static async Task Prove(Night night, string name)
    {
        using var person = night.Site.Http(await night.Site.TokenOf(night.Id(name)));
        var method = Assert.Single((await person.GetFromJsonAsync<List<ContactMethodView>>("/api/v1/me/contact-methods"))!);
        Assert.Equal(HttpStatusCode.Accepted, (await person.PostAsync($"/api/v1/me/contact-methods/{method.Id}/code", null)).StatusCode);
        await night.Site.Work();
        var title = night.Mail.Tried.Last(m => m.Kind is MessageKind.Verification).Title;
        Assert.Equal(HttpStatusCode.OK, (await person.PostAsJsonAsync($"/api/v1/me/contact-methods/{method.Id}/proof", new ProveContactMethodRequest(title[^6..]))).StatusCode);
    }
}
