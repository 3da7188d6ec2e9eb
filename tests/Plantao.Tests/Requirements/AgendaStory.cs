using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Client;
using Plantao.Platform.Access;
using Plantao.Tests.Cli;
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

    /// <summary>Label and text as the document has them, gravest first.</summary>
    static readonly (string Label, int Rank, string Text)[] Scale =
    [
        ("SEV-1", 0, "Indisponibilidade ampla ou perda de operação crítica."),
        ("SEV-2", 1, "Degradação relevante com contorno."),
        ("SEV-3", 2, "Impacto pontual ou localizado."),
    ];

    [Theory, EveryDatabase]
    [Covers("S0-30")]
    public async Task The_team_has_three_severities_with_their_texts_and_no_other_word_is_one_of_its_own(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        foreach (var team in new[] { "agenda", "obras" }) await night.Site.Team(team);
        static string Words(string title, string? team, params (string Label, int Rank, string Text)[] labels) =>
            $"title: {title}\n{(team is null ? "" : $"team: {team}\n")}labels:\n{string.Concat(labels.Select(l => $"  - label: {l.Label}\n    rank: {l.Rank}\n    text: {l.Text}\n"))}";
        var (holes, keys) = await night.Apply("st-008-agenda",
        [
            ("severities/agenda.yaml", Words("Agenda", "agenda", Scale)),
            ("severities/obras.yaml", Words("Obras", "obras", ("Sev1", 0, "Parado."), ("Sev4", 3, "Detalhe."))),
            ("severities/casa.yaml", Words("Casa", null, ("P0", 0, "Parado."), ("P1", 1, "Grave."))),
            Team.Ladder("todos", ("person:ada", "5m")),
            ("services/agenda.yaml", "title: Agenda\nteam: agenda\nescalation_policy: todos\nurgency:\n  words:\n    SEV-3: low\n"),
            ("services/obras.yaml", "title: Obras\nteam: obras\nescalation_policy: todos\n"),
            ("routes/obras.yaml", "title: Palavra alheia\nrules:\n  - match: ['foreign=\"yes\"']\n    severity: Sev1\n    service: agenda\n  - match: ['foreign=\"everybodys\"']\n    severity: P0\n    service: agenda\n"),
            Team.Door("alertas", "alertmanager", "agenda"),
            Team.Door("json", "generic", "agenda"),
        ]);
        Assert.Empty(holes);
        var document = (await night.Site.Owner.GetFromJsonAsync<DefinitionView>("/api/v1/definitions/severities/agenda"))!.Document;
        Assert.Equal(Scale, document.GetProperty("labels").EnumerateArray().Select(l => (l.GetProperty("label").GetString()!, l.GetProperty("rank").GetInt32(), l.GetProperty("text").GetString()!)));

        async Task<(HttpStatusCode Status, string Body)> Raise(string service, string severity)
        {
            using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest($"{service} {severity}", Service: service, Severity: severity));
            await night.Site.Work();
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }

        // What it has can be said of it.
        foreach (var (label, rank, _) in Scale)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await Raise("agenda", label)).Status);
            Assert.Contains(await night.Alerts("unresolved"), a => a.Title == "agenda " + label && a.Severity == label && a.Rank == rank);
        }

        // Any other word is refused with those that there are: one too many, another team's, everybody's, a rank, a part of one.
        var before = (await night.Alerts("unresolved")).Count;
        foreach (var word in new[] { "SEV-0", "SEV-4", "Sev1", "Sev4", "P0", "1", "SEV" })
        {
            var (status, body) = await Raise("agenda", word);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.Contains("SEV-1, SEV-2, SEV-3", body, StringComparison.Ordinal);
        }

        using (var terminal = Terminal.At(night.Site, (await night.Site.Person("chefe", OrganisationRole.Admin)).Token))
        {
            var said = await terminal.Run("alert", "raise", "--service", "agenda", "--severity", "Sev4", "Detalhe");
            Assert.Equal(1, said.Exit);
            Assert.Contains("SEV-1, SEV-2, SEV-3", said.Seen, StringComparison.Ordinal);
        }

        Assert.Equal(before, (await night.Alerts("unresolved")).Count);
        // Each team has its own, and is refused the other's.
        Assert.Equal(HttpStatusCode.Accepted, (await Raise("obras", "Sev4")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Raise("obras", "SEV-1")).Status);

        // A tool's word, and a route's, is heard: somebody is paged. It does not become a severity of the team.
        await night.Paged();
        await night.Fire("Ferramenta", "SEV-4", keys["alertas"]);
        await night.Fire("Rota", "P1", keys["alertas"], labels: ("foreign", "yes"));
        Assert.Contains("ada", await night.Paged());
        var heard = (await night.Alerts("unresolved")).Where(a => a.Title.StartsWith("Ferramenta", StringComparison.Ordinal) || a.Title.StartsWith("Rota", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, heard.Count);
        Assert.All(heard, a => Assert.Null(a.Severity));

        async Task<AlertView> Named(string title) => Assert.Single(await night.Alerts("unresolved"), a => a.Title.StartsWith(title, StringComparison.Ordinal));

        // A route is heard before the source, also where only the source's word is the team's own.
        await night.Fire("Geral", "SEV-3", keys["alertas"], labels: ("foreign", "everybodys"));
        Assert.Equal((null, 0), ((await Named("Geral")).Severity, (await Named("Geral")).Rank));

        // A program that raises by the API is a tool: it cannot read an answer at night, and is heard too.
        using (var robot = night.Site.Http(await night.Site.ServiceToken(null, Scope.All)))
        using (var answer = await robot.PostAsJsonAsync("/api/v1/alerts", new RaiseRequest("Robô", Service: "agenda", Severity: "critical")))
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal((null, 1), ((await Named("Robô")).Severity, (await Named("Robô")).Rank));

        // Graver by a foreign word: nobody is woken with the label of what it was before.
        async Task Tell(string severity) => (await night.Post($"/in/{keys["json"]}/json", JsonSerializer.Serialize(new { title = "Subiu", severity, dedup_key = "subiu" }))).EnsureSuccessStatusCode();
        await Tell("SEV-3");
        Assert.Equal(("SEV-3", 2, "Low"), ((await Named("Subiu")).Severity, (await Named("Subiu")).Rank, (await Named("Subiu")).Urgency));
        await Tell("critical");
        Assert.Equal((null, 1, "High"), ((await Named("Subiu")).Severity, (await Named("Subiu")).Rank, (await Named("Subiu")).Urgency));
    }
}
