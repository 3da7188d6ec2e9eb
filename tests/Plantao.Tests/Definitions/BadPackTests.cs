using Plantao.Definitions;

namespace Plantao.Tests.Definitions;

/// <summary>Each mistake is named by file, line and column, with what would be right. The messages are the contract.</summary>
public class BadPackTests
{
    public static TheoryData<string, string, string> Mistakes() => new()
    {
        // the field
        { "schedules/primary.yaml", "zone: Etc/UTC\nlayers:\n  - name: a\n    people: [ana]\n    handof: 09:00\n    start: 2026-01-05\n",
          "schedules/primary.yaml:5:5: unknown field `handof` (did you mean `handoff`?)" },
        { "services/checkout.yaml", "title: Checkout\ncolour: red\n",
          "services/checkout.yaml:2:1: unknown field `colour` (known here: team, escalation_policy, text, urgency, support_hours)" },
        { "services/checkout.yaml", "title: Checkout\nescalationPolicy: a\n",
          "services/checkout.yaml:2:1: unknown field `escalationPolicy` (did you mean `escalation_policy`?)" },
        { "services/checkout.yaml", "team: payments\n",
          "services/checkout.yaml:1:1: `title` is missing (one line of text)" },
        { "services/checkout.yaml", "title:\n",
          "services/checkout.yaml:1:7: `title` has no value (one line of text)" },
        { "services/checkout.yaml", "title: Checkout\nteam:\n",
          "services/checkout.yaml:2:6: `team` has no value (write one, or remove the line)" },
        { "services/checkout.yaml", "title: Checkout\ntitle: Again\n",
          "services/checkout.yaml:2:1: `title` stands twice, first in line 1 (remove one of them)" },

        // the kind of value
        { "services/checkout.yaml", "- title\n",
          "services/checkout.yaml:1:1: this is a list, and should be a mapping with the fields `title`, `team`, `escalation_policy`, `text`, `urgency`, `support_hours`" },
        { "services/checkout.yaml", "title: [a]\n",
          "services/checkout.yaml:1:8: this is a list, and should be one line of text" },
        { "services/checkout.yaml", "title: Checkout\nteam: Payments Team\n",
          "services/checkout.yaml:2:7: `Payments Team` is not the name of a team (write `payments-team`)" },
        { "services/checkout.yaml", "title: Checkout\nurgency:\n  words: {page: hgih}\n",
          "services/checkout.yaml:3:17: `hgih` is not known here (did you mean `high`?)" },
        { "services/checkout.yaml", "title: Checkout\nsupport_hours:\n  zone: Etc/UTC\n  times: [09:00-18:00]\n  raise: yes\n",
          "services/checkout.yaml:5:10: `yes` is not `true` or `false` (write `true`)" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: schedule:primary\n    wait: 5m\n",
          "escalation-policies/a.yaml:3:14: this is text, and should be a list (write [schedule:primary])" },
        { "escalation-policies/a.yaml", "title: A\nsteps: []\n",
          "escalation-policies/a.yaml:2:8: the list is empty" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: [schedule:primary, schedule:primary]\n    wait: 5m\n",
          "escalation-policies/a.yaml:3:33: `schedule:primary` stands twice in the list (remove one of them)" },

        // spans, numbers, words
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: [schedule:primary]\n    wait: 5 minutes\n",
          "escalation-policies/a.yaml:4:11: `5 minutes` is not a span of time (write it as 90s, 5m, 1h30m or 7d)" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: [schedule:primary]\n    wait: 2d\n",
          "escalation-policies/a.yaml:4:11: 2d is out of range (from 1s to 1d)" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: [schedule:primary]\n    wait: 5m\nrounds: 1e1\n",
          "escalation-policies/a.yaml:5:9: `1e1` is not a whole number from 1 to 10" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets: [shedule:primary]\n    wait: 5m\n",
          "escalation-policies/a.yaml:3:15: `shedule` cannot be paged (did you mean `schedule`?)" },
        { "escalation-policies/a.yaml", "title: A\nsteps:\n  - targets:\n      - schedule: primary\n    wait: 5m\n",
          "escalation-policies/a.yaml:4:9: this is a mapping, and should be a target such as `schedule:primary`, `person:ana`, `team:payments` or `team-managers:payments` (if `schedule:primary` is meant, write it without the blank)" },
        { "schedules/a.yaml", "zone: Etc/UTC\nlayers:\n  - name: a\n    people: [ana]\n    rotation: fortnightly\n    start: 2026-01-05\n",
          "schedules/a.yaml:5:15: `fortnightly` is not a rotation (write it as daily, weekly, 12h, 3d or 2w)" },
        { "schedules/a.yaml", "zone: Etc/UTC\nlayers:\n  - name: a\n    people: [ana]\n    start: 05.01.2026\n",
          "schedules/a.yaml:5:12: `05.01.2026` is not a date (write it as 2026-01-05, or with a time 2026-01-05T09:00)" },

        // between fields
        { "severities/a.yaml", "title: A\nlabels:\n  - {label: SEV1, rank: 0, aliases: [P1]}\n  - {label: p1, rank: 1}\n",
          "severities/a.yaml:4:13: `p1` already stands for a severity of this scale (a label or alias stands for one severity)" },
        { "integrations/a.yaml", "title: A\nservice: checkout\nformat: heartbeat\n",
          "integrations/a.yaml:1:1: `heartbeat` is missing (how often a sign of life is due: heartbeat: {period: 5m})" },
        { "integrations/a.yaml", "title: A\nformat: grafana\nmapping:\n  title: summary\n",
          "integrations/a.yaml:3:1: `mapping` means nothing with the format grafana (remove it, or write format: generic)" },

        // matchers
        { "routes/a.yaml", "title: A\nrules:\n  - match: [severity]\n",
          "routes/a.yaml:3:13: bad matcher format: severity (write it as severity=\"page\" or team=~\"db|api\")" },
        { "routes/a.yaml", "title: A\nrules:\n  - match:\n      - a=~\"(?=x)y\"\n",
          "routes/a.yaml:4:9: invalid regular expression: lookaround, back references and very large repeats are not supported (write it as severity=\"page\" or team=~\"db|api\")" },

        // YAML itself
        { "services/a.yaml", "title: A: B\n", "services/a.yaml:1:9: a second `: ` in one line (put the text in quotes)" },
        { "services/a.yaml", "title: @home\n", "services/a.yaml:1:8: a value cannot begin with this character (put the text in quotes)" },
        { "services/a.yaml", "title: 'A\n", "services/a.yaml:1:8: the quotes opened here are never closed (close them)" },
        { "services/a.yaml", "title: A\nurgency:\n\totherwise: low\n", "services/a.yaml:3:1: a tab in the indentation (indent with spaces)" },
        { "services/a.yaml", "title: A\nteam\n", "services/a.yaml:2:1: a line `key: value` should begin here (check the indentation and the quotes around here)" },
        { "services/a.yaml", "", "services/a.yaml:1:1: the file is empty" },
        { "services/a.yaml", "# nothing\n", "services/a.yaml:1:1: the file is empty" },
        { "services/a.yaml", "title: A\n---\ntitle: B\n", "services/a.yaml:2:1: a second document begins here (one definition, one file)" },
        { "services/a.yaml", "%YAML 1.1\n---\ntitle: A\n", "services/a.yaml:1:1: directives (%YAML, %TAG) are not read (remove the line)" },
        { "services/a.yaml", "title: &a A\n", "services/a.yaml:1:8: anchors (&name) are not read (write the value out where it is used)" },
        { "services/a.yaml", "title: !!str A\n", "services/a.yaml:1:8: tags (!name) are not read (remove the tag)" },
        { "services/a.yaml", "title: *a\n", "services/a.yaml:1:8: aliases (*name) are not read (write the value out)" },
        { "services/a.yaml", "<<: {title: A}\n", "services/a.yaml:1:1: merge keys (<<) are not read (write the fields out)" },
        { "services/a.yaml", "? [title]\n: A\n", "services/a.yaml:1:3: a key is a list or a mapping (a key is one word)" },
        { "services/a.yaml", "title: A\u202EB\n", "services/a.yaml:1:9: the file holds the invisible character U+202E (remove it)" },
        { "services/a.yaml", "title: A\n\0team: b\n", "services/a.yaml:2:1: the file holds the invisible character U+0000 (remove it)" },
        { "services/a.yaml", "title: \"A\\0\"\n", "services/a.yaml:1:8: the text holds the invisible character U+0000 (remove it)" },

        // the folder
        { "service/checkout.yaml", "title: A\n", "service/checkout.yaml:1:1: `service` is not the folder of a kind of definition (did you mean `services`?)" },
        { "services/checkout.yml", "title: A\n", "services/checkout.yml:1:1: `checkout.yml` is not the name of a definition's file (call it checkout.yaml)" },
        { "services/Check Out.yaml", "title: A\n", "services/Check Out.yaml:1:1: `Check Out.yaml` is not the name of a definition's file (lower-case letters, digits and hyphens, then .yaml)" },
        { "services/eu/checkout.yaml", "title: A\n", "services/eu/checkout.yaml:1:1: the file lies too deep (put it into the folder of its kind, such as services/checkout.yaml)" },
        { "checkout.yaml", "title: A\n", "checkout.yaml:1:1: the file lies beside pack.yaml (put it into the folder of its kind, such as services/checkout.yaml)" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_its_place_and_what_would_be_right(string path, string text, string expected) =>
        Assert.Equal([expected], Written.ProblemsOf(path, text));

    [Fact]
    public void All_mistakes_of_a_pack_are_found_at_once()
    {
        var pack = Written.Pack(
            ("services/a.yaml", "titel: A\nteam: B C\nurgency: {otherwise: loud}\n"),
            ("routes/a.yaml", "title: A\nrules:\n  - match: [x]\n    urgency: hi\n  - urgency: low\n"));

        Assert.Equal(
            [
                "routes/a.yaml:3:13: bad matcher format: x (write it as severity=\"page\" or team=~\"db|api\")",
                "routes/a.yaml:4:14: `hi` is not known here (known here: high, low)",
                "routes/a.yaml:5:5: `match` is missing (a list of: a matcher such as `severity=~\"page|critical\"`)",
                "services/a.yaml:1:1: unknown field `titel` (did you mean `title`?)",
                "services/a.yaml:1:1: `title` is missing (one line of text)",
                "services/a.yaml:2:7: `B C` is not the name of a team (write `b-c`)",
                "services/a.yaml:3:22: `loud` is not known here (known here: high, low)",
            ],
            pack.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void A_pack_without_its_head_says_so() => Assert.Equal(
        ["pack.yaml:1:1: the pack has no pack.yaml (write one with name, title and version)"],
        Pack.Read([new("services/a.yaml", "title: A\n")], Written.Kinds).Problems.Select(problem => problem.ToString()));

    [Fact]
    public void What_a_room_finds_in_the_document_is_named_with_its_place_in_the_file()
    {
        var kinds = new DefinitionKinds([Plantao.Definitions.Kinds.ScheduleKind.Kind.With(document =>
            Plantao.OnCall.ScheduleJson.Read(document).Problems.Select(problem => (problem.Path, problem.Message)))]);

        var pack = Pack.Read([Written.Head, new("schedules/a.yaml", "zone: Etc/UTC\nlayers:\n  - name: a\n    people: [ana]\n    start: 2026-01-05\n    only:\n      - saturday\n      - mondayish\n")], kinds);

        var problem = Assert.Single(pack.Problems);
        Assert.Equal(("schedules/a.yaml", 8, 9), (problem.File, problem.Line, problem.Column));
        Assert.StartsWith("'mondayish' is not a window.", problem.Message, StringComparison.Ordinal);
    }
}
