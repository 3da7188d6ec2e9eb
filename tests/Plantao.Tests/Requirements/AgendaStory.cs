using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Requirements;

/// <summary>ST-008, the schedule module: its catalogue of known incidents names the teams that own each.</summary>
public class AgendaStory
{
    /// <summary>Code, symptom and owners as the catalogue has them.</summary>
    static readonly (string Code, string Symptom, string[] Owners)[] Catalogue =
    [
        ("AGD-INC-001", "Falha em lote ao criar agendamentos", ["backend"]),
        ("AGD-INC-002", "Lembretes não enviados", ["backend", "operacao"]),
        ("AGD-INC-003", "Confirmação não refletida no portal", ["backend", "web"]),
        ("AGD-INC-004", "KPI inconsistente no admin", ["backend", "admin"]),
        ("AGD-INC-005", "Erro de autorização indevido", ["backend", "secops"]),
    ];

    [Theory, EveryDatabase]
    [Covers("S0-29")]
    public async Task Each_code_of_the_catalogue_pages_who_is_on_call_in_the_teams_that_own_it(Database database)
    {
        await using var night = await Night.Start(database);
        var teams = Catalogue.SelectMany(c => c.Owners).Distinct().ToList();
        // Two people in each team: the second has the next week, and must sleep.
        foreach (var team in teams)
            foreach (var person in new[] { "plantao-", "folga-" }) await night.Person(person + team);
        var ladders = Catalogue.Select(c => string.Join('-', c.Owners)).Distinct().ToList();
        var rules = string.Concat(Catalogue.Select(c => $"  - title: {c.Symptom}\n    match: ['code=\"{c.Code}\"']\n    escalation_policy: {string.Join('-', c.Owners)}\n"));
        var (holes, keys) = await night.Apply("st-008-agenda",
        [
            .. teams.Select(t => Team.Rota(t, "plantao-" + t, "folga-" + t)),
            .. ladders.Select(l => Team.Ladder(l, (string.Join(", ", l.Split('-').Select(t => "schedule:" + t)), "15m"))),
            Team.Service("agenda", "backend"),
            ("routes/catalogo.yaml", "title: Catálogo de incidentes\nrules:\n" + rules),
            Team.Door("alertas", "alertmanager", "agenda"),
        ]);
        Assert.Empty(holes);

        foreach (var (code, symptom, owners) in Catalogue)
        {
            await night.Fire(symptom, key: keys["alertas"], labels: ("code", code));
            Assert.Equal(owners.Select(o => "plantao-" + o).Order(StringComparer.Ordinal), (await night.Paged()).Order(StringComparer.Ordinal));
            await night.Answer(night.Mail.Pages[^1].AnswerUrl!);
        }

        Assert.Equal(Catalogue.Length, (await night.Alerts("acknowledged")).Count);
    }
}
