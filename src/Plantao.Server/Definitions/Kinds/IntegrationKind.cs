using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>The keyed endpoint through which a tool tells us. Its keys are rows, made when it is applied.</summary>
public static class IntegrationKind
{
    /// <summary>What it can speak.</summary>
    static readonly string[] Formats = ["alertmanager", "pagerduty", "generic", "grafana", "heartbeat", "report"];

    /// <summary>Which format a field is for.</summary>
    static readonly (string Format, string Field)[] BelongTogether =
        [("generic", "mapping"), ("heartbeat", "heartbeat"), ("pagerduty", "lenient_severity"), ("alertmanager", "resolve_timeout")];

    /// <summary>The room Alerts reads paths, and looks deeper.</summary>
    static readonly Shape Path = new TextShape("a path such as `labels.severity`", (text, node, reader) =>
    {
        if (text.Length is > 0 and <= 256 && !text.AsSpan().ContainsAny('\n', '\t')) return text;
        reader.Problem(node, "this is not a path into the message", "write it as labels.severity or tags[0]");
        return null;
    });

    static readonly Shape Paths = OneOrMore(Path);

    public static ShapedKind Kind { get; } = new("integration", "integrations", Record(
        check: (written, read, reader) =>
        {
            var format = (string)read["format"]!;
            foreach (var (owner, field) in BelongTogether)
                if (format != owner && written.Entries.FirstOrDefault(entry => entry.Key.Value == field) is { } stray)
                    reader.Problem(stray.Key, $"`{field}` means nothing with the format {format}", $"remove it, or write format: {owner}");
            if (format == "heartbeat" && !read.ContainsKey("heartbeat"))
                reader.Problem(written, "`heartbeat` is missing", "how often a sign of life is due: heartbeat: {period: 5m}");
        },
        Needed("title", Line(), "What people call it."),
        Optional("service", Of("service"), "Whose alerts these are when no route says otherwise."),
        Optional("team", Of("team"), "Who looks after it and hears of what it refuses; left out: the service's."),
        Needed("format", OneOf(Formats), "What the tool speaks."),
        Optional("mapping", new RecordShape(
            [
                Optional("items", Path, "The list of conditions in a message; left out: the message is one."),
                Optional("title", Paths, "Where the title stands; of several the first that is there."),
                Optional("text", Paths, "Where the text stands."),
                Optional("dedup_key", Paths, "Where the source's name of the condition stands; left out: each message is a condition of its own."),
                Optional("severity", Paths, "Where the source's own word for the severity stands."),
                Optional("status", Paths, "Where it stands whether the condition holds; left out: every message says that it does."),
                Optional("status_words", Map(Line(), OneOf("firing", "acknowledged", "resolved")), "What the words of `status` mean; left out: the usual ones."),
                Optional("source_time", Paths, "Where the time stands: RFC 3339, or seconds or milliseconds since 1970."),
                Optional("link", Paths, "Where the link to the source stands."),
                Optional("labels", Paths, "An object whose members become labels."),
                Optional("label_paths", Map(Line(), Path), "Labels picked one by one: the name, and where the value stands."),
                Optional("external_id", Paths, "Where the id of the message stands: a repeat of it has no second effect."),
            ],
            (written, read, reader) =>
            {
                if (!read.ContainsKey("title") && !read.ContainsKey("text")) reader.Problem(written, "neither `title` nor `text` is given", "an alert has to say something: title: summary");
            },
            asWritten: true),
            "How to read a generic message. Left out: the members that one would guess."),
        Optional("signature", Record(
            Needed("scheme", OneOf("standard-webhooks", "stripe", "github", "slack", "pagerduty", "grafana", "meta", "telegram"), "How the sender signs."),
            Needed("secrets", List(Of("secret"), most: 2), "The names of the shared secrets; two while one replaces the other."),
            Optional("header", Form("a header", "[A-Za-z][A-Za-z0-9-]{0,63}", "X-Grafana-Alerting-Signature"), "Another header than the scheme's own.")),
            "Messages without a right signature are refused."),
        Optional("heartbeat", Record(
            Needed("period", Span(TimeSpan.FromSeconds(10), TimeSpan.FromDays(35)), "How often the sender says that it is alive."),
            Optional("grace", Span(TimeSpan.Zero, TimeSpan.FromDays(7)), "How late it may be.", otherwise: "1m")),
            "When silence is an alert."),
        Optional("lenient_severity", Truth, "Take a severity that PagerDuty's API would refuse, as an unknown word."),
        Optional("resolve_timeout", Span(TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)), "When an alert that Alertmanager's API was given without an end ends. Left out: after 5m."),
        Optional("resolve_after", Span(TimeSpan.FromMinutes(5), TimeSpan.FromDays(30)), "An acknowledged alert of which nothing was heard for so long, neither from its source nor since it was acknowledged, resolves by itself. Not one whose source states an end. Left out: never.")));
}
