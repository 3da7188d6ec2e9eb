using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Requirements;

/// <summary>ObraFlow, Manifesto 9: who is woken by what, and when the second is.</summary>
public class ObraFlowStory
{
    static readonly (string, string)[] Pack =
    [
        ("severities/obraflow.yaml", """
            title: Matriz de severidade
            labels:
              - label: Sev1
                rank: 0
                aliases: [P0]
                text: Indisponibilidade total, vazamento confirmado, perda de dados. API 5xx > 20 % contínuo.
              - label: Sev2
                rank: 1
                aliases: [P1]
                text: Degradação severa (SLO violado), risco alto. p95 > 1 s por 30 min, DLQ > 1 %.
              - label: Sev3
                rank: 2
                aliases: [P2]
                text: Funcionalidade parcial afetada. Sync atrasado > 2 h.
              - label: Sev4
                rank: 3
                aliases: [P3]
                text: Baixo impacto / workaround. Bug UX sem impacto em SLO.
            """),
        Team.Rota("primary", "paula", "pedro"),
        Team.Rota("secondary", "saulo", "sonia"),
        Team.Ladder("paging-playbook", ("schedule:primary", "5m"), ("schedule:secondary", "5m")),
        Team.Service("work-mgmt", "paging-playbook"),
        ("routes/paging.yaml", """
            title: Paging playbook
            rules:
              - title: Alerta de page
                match: ['severity="page"']
                severity: Sev2
                urgency: high
              - title: Sem impacto em SLO
                match: ['severity=~"Sev4|P3"']
                severity: Sev4
                urgency: low
              - title: O resto espera o dia
                match: []
                urgency: low
            """),
        Team.Door("prometheus", "alertmanager", "work-mgmt"),
        Team.Door("loki", "alertmanager", "work-mgmt"),
        Team.Door("tempo", "alertmanager", "work-mgmt"),
        Team.Door("relatos", "report", "work-mgmt"),
    ];

    /// <summary>Sunday, 20 September 2026, 03:00 UTC: in the week before the rota's first turn, when its last person has it.</summary>
    static readonly DateTimeOffset Sunday = new(2026, 9, 20, 3, 0, 0, TimeSpan.Zero);

    static async Task<IReadOnlyDictionary<string, string>> SetUp(Night night)
    {
        foreach (var person in new[] { "paula", "pedro", "saulo", "sonia" }) await night.Person(person);
        var (holes, keys) = await night.Apply("obraflow-m9", Pack);
        Assert.Empty(holes);
        return keys;
    }

    /// <summary>As Alertmanager sends it.</summary>
    static async Task Alert(Night night, string key, string alertname, string? severity)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = alertname };
        if (severity is not null) labels["severity"] = severity;
        var now = night.Site.Clock.GetUtcNow();
        using var answer = await night.Post("/api/v2/alerts", JsonSerializer.Serialize(new[] { new { labels, annotations = new { summary = alertname }, startsAt = now, endsAt = now.AddHours(12) } }), key);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory, EveryDatabase]
    [Covers("S2-44")]
    public async Task An_alert_of_severity_page_wakes_the_primary_at_three_on_sunday_and_one_without_the_label_nobody(Database database)
    {
        await using var night = await Night.Start(database, new FakeClock(Sunday));
        var keys = await SetUp(night);

        await Alert(night, keys["prometheus"], "DiskFilling", severity: null);
        Assert.Empty(await night.Paged());
        await Alert(night, keys["prometheus"], "ErrorRateHigh", "page");
        Assert.Equal(["pedro"], await night.Paged());

        // Around the clock: whatever the hour and day, somebody is Primary.
        var schedule = await night.Site.Owner.GetFromJsonAsync<ScheduleView>($"/api/v1/schedules/primary?from={Uri.EscapeDataString(Sunday.ToString("O"))}&until={Uri.EscapeDataString(Sunday.AddDays(300).ToString("O"))}");
        Assert.Empty(schedule!.Gaps);
    }

    [Theory, EveryDatabase]
    [Covers("S2-45")]
    public async Task Five_minutes_without_an_answer_page_the_secondary_also_when_the_server_was_restarted_meanwhile(Database database)
    {
        await using var place = await database.Make();
        var clock = new FakeClock();
        await using (var before = await Night.At(place, clock, again: false))
        {
            var keys = await SetUp(before);
            await Alert(before, keys["prometheus"], "ErrorRateHigh", "page");
            Assert.Equal(["paula"], await before.Paged());
            await before.Pass(TimeSpan.FromMinutes(2));
        }

        await using var after = await Night.At(place, clock, again: true);
        await after.Pass(TimeSpan.FromMinutes(3) - TimeSpan.FromSeconds(1));
        Assert.Empty(await after.Paged());
        await after.Pass(TimeSpan.FromSeconds(1));
        Assert.Contains("saulo", await after.Paged());
    }

    [Theory, EveryDatabase]
    [Covers("S2-45")]
    public async Task An_answer_at_four_fifty_nine_lets_the_secondary_sleep(Database database)
    {
        await using var night = await Night.Start(database);
        var keys = await SetUp(night);
        await Alert(night, keys["prometheus"], "ErrorRateHigh", "page");
        Assert.Equal(["paula"], await night.Paged());

        await night.Pass(TimeSpan.FromMinutes(4) + TimeSpan.FromSeconds(59));
        await night.Answer(night.Mail.Pages[0].AnswerUrl!);
        await night.Pass(TimeSpan.FromMinutes(10));
        Assert.DoesNotContain("saulo", await night.Paged());
    }

    [Theory, EveryDatabase]
    [Covers("S2-36")]
    public async Task What_was_noticed_says_by_whom_and_when(Database database)
    {
        await using var night = await Night.Start(database);
        var keys = await SetUp(night);
        var expected = new Dictionary<string, (string Source, string Integration, DateTimeOffset At)>(StringComparer.Ordinal);
        async Task Notice(string title, string source, string integration, Func<Task> say)
        {
            await night.Pass(TimeSpan.FromSeconds(10));
            expected[title] = (source, integration, night.Site.Clock.GetUtcNow());
            await say();
            await night.Site.Work();
        }

        foreach (var tool in new[] { "prometheus", "loki", "tempo" }) await Notice("Alerta de " + tool, "alert", tool, () => Alert(night, keys[tool], "Alerta de " + tool, "page"));
        foreach (var who in new[] { "customer", "team" })
            await Notice("Relato de " + who, who, "relatos", () => night.Post($"/in/{keys["relatos"]}/report", $$"""{"title":"Relato de {{who}}","who":"{{who}}"}"""));
        await Notice("Aberto à mão", "team", "by-hand", () => night.Site.Owner.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Aberto à mão", Service: "work-mgmt")));
        // A tool that says it is a customer is a tool.
        await Notice("Disfarce", "alert", "loki", () => night.Post("/api/v2/alerts", """[{"labels":{"alertname":"Disfarce","reported_by":"customer","raised_by":"owner"},"annotations":{"summary":"Disfarce"}}]""", keys["loki"]));

        var noticed = (await night.Alerts()).ToDictionary(a => a.Title, a => (a.Source, a.Integration, a.OpenedAt), StringComparer.Ordinal);
        Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), noticed.OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Theory, EveryDatabase]
    [Covers("S2-34")]
    public async Task Sev4_can_be_chosen_means_P3_and_wakes_nobody(Database database)
    {
        await using var night = await Night.Start(database);
        var keys = await SetUp(night);
        var scale = (await night.Site.Owner.GetFromJsonAsync<DefinitionView>("/api/v1/definitions/severities/obraflow"))!.Document.GetProperty("labels").EnumerateArray().Last();
        Assert.Equal(("Sev4", 3, "P3"), (scale.GetProperty("label").GetString(), scale.GetProperty("rank").GetInt32(), Assert.Single(scale.GetProperty("aliases").EnumerateArray()).GetString()));
        Assert.Equal("Baixo impacto / workaround. Bug UX sem impacto em SLO.", scale.GetProperty("text").GetString());

        await night.Site.Owner.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Botão desalinhado", Service: "work-mgmt", Severity: "Sev4"));
        await night.Site.Owner.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Texto cortado", Service: "work-mgmt", Severity: "P3"));
        await Alert(night, keys["prometheus"], "UxBug", "P3");
        await night.Pass(TimeSpan.FromMinutes(30));

        Assert.Empty(await night.Paged());
        var alerts = await night.Alerts("open");
        Assert.Equal(3, alerts.Count);
        Assert.All(alerts, a => Assert.Equal(("Sev4", 3, "Low"), (a.Severity, a.Rank, a.Urgency)));

        // The gravest of the same scale, chosen the same way, is not held back by it.
        await Alert(night, keys["prometheus"], "ErrorRateHigh", "page");
        Assert.Equal(["paula"], await night.Paged());
    }
}
