using System.Text;
using System.Text.Json;
using Plantao.Alerts;
using Plantao.Definitions;
using Plantao.Escalations;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Text;
using Plantao.Services;

namespace Plantao.Tests.Definitions;

/// <summary>The pack a first team starts from, read by the rooms that will live by it.</summary>
public class StarterPackTests
{
    static readonly Pack Starter = PackFolder.Read(Path.Combine(Written.Repository, "packs", "starter"), Written.Kinds);

    static JsonElement Document(string kind, string name) => JsonDocument.Parse(Starter.Definitions.Single(each => each.Key == new DefinitionKey(kind, name)).Document).RootElement;

    [Fact]
    public void It_has_no_problems() => Assert.Empty(Starter.Problems);

    [Fact]
    public void Its_only_holes_are_a_person_and_a_team()
    {
        var plan = Plan.Make([], Starter, prune: false, take: null, new HashSet<DefinitionKey>());
        Assert.Equal(["person owner", "team operations"], plan.Holes.Select(hole => $"{hole.Reference.Kind} {hole.Reference.Name}").Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Setup_puts_its_own_names_in()
    {
        var names = new Dictionary<DefinitionKey, string> { [new("person", "owner")] = "ana", [new("team", "operations")] = "payments" };
        var pack = PackFolder.Read(Path.Combine(Written.Repository, "packs", "starter"), Written.Kinds, names);

        var plan = Plan.Make([], pack, prune: false, take: null, new HashSet<DefinitionKey> { new("person", "ana"), new("team", "payments") });

        Assert.Empty(plan.Holes);
        Assert.All(pack.Definitions, each => Assert.DoesNotContain("operations", each.Document, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("primary")]
    [InlineData("secondary")]
    public void Its_schedules_are_sound(string name) => Assert.Empty(ScheduleJson.Read(Document("schedule", name)).Problems);

    [Fact]
    public void Its_policy_asks_primary_then_secondary_then_the_Managers_three_times()
    {
        var policy = Document("escalation-policy", "standard");
        var steps = policy.GetProperty("steps").EnumerateArray().ToList();

        Assert.Equal([TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)], steps.Select(step => SpanText.Parse(step.GetProperty("wait").GetString()!)!.Value));
        Assert.Equal(
            [new(TargetKind.Schedule, "primary"), new(TargetKind.Schedule, "secondary")],
            steps.Select(step => EscalationTarget.Parse(step.GetProperty("targets")[0].GetString()!)!));
        Assert.Equal(new EscalationTarget(TargetKind.TeamManagers, "operations"), EscalationTarget.Parse(steps[1].GetProperty("otherwise")[0].GetString()!));
        Assert.Equal(3, policy.GetProperty("rounds").GetInt32());
    }

    [Fact]
    public void Its_severities_have_the_four_global_ranks()
    {
        var labels = Document("severities", "standard").GetProperty("labels").Deserialize<List<SeverityLabel>>(Json.Compact)!;
        Assert.Equal([("SEV1", 0), ("SEV2", 1), ("SEV3", 2), ("SEV4", 3)], labels.Select(label => (label.Label, label.Rank)));
    }

    [Theory]
    [InlineData("page", Urgency.High, "SEV2")]
    [InlineData("critical", Urgency.High, "SEV2")]
    [InlineData("emergency", Urgency.High, "SEV1")]
    [InlineData("warning", Urgency.Low, "SEV4")]
    [InlineData(null, Urgency.Low, "SEV4")]
    [InlineData("error", Urgency.High, "SEV3")]
    [InlineData("calamity", Urgency.High, "SEV3")]
    public void An_alert_pages_when_its_severity_says_so_and_nobody_without_the_label(string? severity, Urgency urgency, string label)
    {
        var rules = Document("route", "standard").GetProperty("rules").Deserialize<List<RouteRule>>(Json.Compact)!;
        Dictionary<string, string> labels = severity is null ? [] : new() { ["severity"] = severity };

        var routed = Routing.Take([new Route("standard", null, 100, rules)], "alertmanager", "checkout", labels);

        Assert.Equal((urgency, label, "checkout"), (routed.Urgency, routed.Severity, routed.Service));
    }

    [Fact]
    public void A_mapping_is_spelled_as_the_generic_intake_reads_it()
    {
        var integration = Written.One("integrations/zabbix.yaml",
            "title: Zabbix\nservice: checkout\nformat: generic\nmapping:\n  title: [event.name, subject]\n  dedup_key: event.id\n  status: event.status\n  status_words: {PROBLEM: firing, OK: resolved}\n  label_paths: {host: 'host[\"name\"]'}\n");

        var mapping = Plantao.Alerts.Intake.Generic.Mapping.Read(Encoding.UTF8.GetBytes(JsonDocument.Parse(integration.Document).RootElement.GetProperty("mapping").GetRawText()));

        Assert.True(mapping.Allowed);
        Assert.Equal(["event.name", "subject"], mapping.Value.Title.Select(path => path.Text));
        Assert.Equal(Plantao.Alerts.Intake.ReadingKind.Resolved, mapping.Value.StatusWords["ok"]);
        Assert.Equal("host[\"name\"]", mapping.Value.LabelPaths["host"].Text);
    }
}
