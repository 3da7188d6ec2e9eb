using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Plantao.Cli;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Cli;

/// <summary>What an alert says cannot move a cursor (failures.md I9).</summary>
public class TerminalTextTests
{
    const string Hostile = "\u001b]0;owned\u0007\u001b[2J\u009b31m[red]down[/]\u202eexe\r\nack done\u0085\u2028x\u200b\ud800";

    static bool Moves(char c) => char.IsControl(c) && c is not ('\n' or '\t') || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator && c is not ('\u200c' or '\u200d');

    [Fact]
    public void Whatever_comes_nothing_that_moves_is_left() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        var (line, lines) = (TerminalText.OneLine(text ?? ""), TerminalText.Inert(text ?? "", lines: true));
        return !line.Any(c => Moves(c) || c is '\n' or '\t') && !lines.Any(c => Moves(c) || c == '\t');
    }).Holds();

    [Theory]
    [InlineData("Olá, Zoë: 100 % 🚒 👩‍🚒 日本", "Olá, Zoë: 100 % 🚒 👩‍🚒 日本")]
    [InlineData("\u001b[31mred", "\\u001b[31mred")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("a\u202eb", "a\\u202eb")]
    [InlineData("\U000e0041", "\\udb40\\udc41")]
    public void It_stays_readable(string text, string shown) => Assert.Equal(shown, TerminalText.Inert(text));

    [Fact]
    public void Half_a_character_is_shown_by_its_number() => Assert.Equal("a\\ud800b", TerminalText.Inert("a\ud800b"));

    [Theory, InlineData(null), InlineData(100)]
    public async Task A_hostile_alert_is_inert_in_every_verb_that_shows_it(int? width)
    {
        var alert = JsonSerializer.Serialize(new
        {
            id = "alr_1",
            title = Hostile,
            text = Hostile,
            status = "Open",
            urgency = "High",
            rank = 0,
            severity = Hostile,
            service = Hostile,
            integration = Hostile,
            group = "grp_1",
            flapping = false,
            unrouted = false,
            openedAt = FakeClock.Start,
            lastSignalAt = FakeClock.Start,
            signals = 1,
            labels = new Dictionary<string, string>(StringComparer.Ordinal) { [Hostile] = Hostile },
            annotations = new { },
            link = Hostile,
            routed = "",
            correlationId = Hostile,
            moves = new[] { Hostile },
        });
        var hop = JsonSerializer.Serialize(new { kind = "Accepted", at = FakeClock.Start, channel = Hostile, detail = Hostile, providerId = Hostile, status = 200 });
        var entry = JsonSerializer.Serialize(new { position = 1, kind = Hostile, actor = Hostile, at = FakeClock.Start, facts = new { x = Hostile }, text = Hostile });
        var network = new Answering(call => Answering.Json(call.RequestUri!.AbsolutePath switch
        {
            "/api/v1/me" => """{"kind":"ServiceToken","id":"t","name":"t","teams":[],"scopes":[]}""",
            "/api/v1/alerts" => $$"""{"items":[{{alert}}]}""",
            "/api/v1/audit" => $$"""{"items":[{{entry[..^1]}},"id":"e","subject":"s","correlation":"c"}]}""",
            var path when path.EndsWith("/trail", StringComparison.Ordinal) => $$"""{"alert":{{alert}},"signals":[],"journal":[{{entry}}],"pages":[{"id":"p","user":"u","why":"w","urgency":"High","status":"Open","epoch":0,"createdAt":"2026-01-01T00:00:00Z","hops":[{{hop}}]}]}""",
            _ => alert,
        }));
        using var terminal = new Terminal(network) { Width = width };

        foreach (var line in (string[][])[["alert", "list"], ["alert", "show", "alr_1"], ["resolve", "alr_1"], ["audit", "list"], ["alert", "list", "-o", "json"], ["alert", "show", "alr_1", "-o", "json"]])
        {
            var said = await terminal.Run(line);
            Assert.Equal((Exit.Done, ""), (said.Exit, said.Error));
            // At a terminal the table's own heads may be bold; what came from outside is not there raw.
            var shown = width is null ? said.Out : said.Out.Replace("\u001b[1m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal);
            Assert.DoesNotContain(shown, Moves);
            Assert.Contains("u001b", shown, StringComparison.OrdinalIgnoreCase);
            if (!line.Contains("json")) continue;
            var json = JsonDocument.Parse(shown).RootElement;
            Assert.StartsWith(Hostile[..16], (json.ValueKind is JsonValueKind.Array ? json[0] : json.GetProperty("alert")).GetProperty("title").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refusal_is_inert_too()
    {
        using var terminal = new Terminal(new Answering(_ => Answering.Json(
            JsonSerializer.Serialize(new { type = "/problems/" + Hostile, detail = Hostile, correlationId = Hostile, names = new[] { new { key = Hostile, what = Hostile } } }), System.Net.HttpStatusCode.Conflict, "application/problem+json")));

        var said = await terminal.Run("ack", "alr_1");

        Assert.DoesNotContain(said.Out + said.Error, Moves);
        Assert.Equal(Exit.Refused, said.Exit);
    }

    [Fact]
    public async Task A_piped_table_has_a_line_for_each_row_and_cuts_nothing()
    {
        await using var night = await Night.Start(Database.Sqlite);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        var title = new string('x', 300) + "\nsecond line\tand more";
        using var admin = Terminal.At(night.Site, (await night.Site.Person("grace", OrganisationRole.Admin)).Token);
        await admin.Run("alert", "raise", title, "--service", "checkout");
        await night.Site.Work();

        var rows = (await admin.Run("alert", "list")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal(6, row.Split('\t').Length));
        Assert.Contains(new string('x', 250), rows[1], StringComparison.Ordinal);
    }
}
