using System.Text.Json.Nodes;
using static Plantao.Definitions.Shapes;

namespace Plantao.Definitions.Kinds;

/// <summary>The keyed endpoint through which a tool tells us. Its keys are rows, made when it is applied.</summary>
public static class IntegrationKind
{
    /// <summary>What it can speak.</summary>
    static readonly string[] Formats = ["alertmanager", "pagerduty", "generic", "grafana", "heartbeat", "report"];

    static readonly Shape JsonPath = Form("a path into the message", @"(?:[\p{L}\p{Nd}_$@-]+|\[[0-9]{1,4}\])(?:\.[\p{L}\p{Nd}_$@-]+|\[[0-9]{1,4}\]){0,15}", "labels.severity");

    static readonly Shape Words = List(Word, most: 50);

    public static ShapedKind Kind { get; } = new("integration", "integrations", Record(
        check: (written, read, reader) =>
        {
            var format = (string)read["format"]!;
            OnlyFor("generic", "mapping");
            OnlyFor("heartbeat", "heartbeat");

            void OnlyFor(string owner, string field)
            {
                if (format == owner && !read.ContainsKey(field)) reader.Problem(written, $"`{field}` is missing", $"the format {owner} needs it");
                if (format != owner && read.ContainsKey(field))
                    reader.Problem(written.Entries.First(entry => entry.Key.Value == field).Key, $"`{field}` means nothing with the format {format}", "remove it, or change the format");
            }
        },
        Needed("title", Line(), "What people call it."),
        Needed("service", Of("service"), "Whose alerts these are when no route says otherwise."),
        Needed("format", OneOf(Formats), "What the tool speaks."),
        Optional("mapping", Record(
            check: (written, read, reader) =>
            {
                if (!read.ContainsKey("state") && (read.ContainsKey("firing") || read.ContainsKey("resolved")))
                    reader.Problem(written, "`firing` and `resolved` say what `state` means, and there is no `state`", "name the field: state: status");
                if (read.ContainsKey("state") && !read.ContainsKey("firing") && !read.ContainsKey("resolved"))
                    reader.Problem(written, "`state` is read, and no word for it is given", "add resolved: [ok]");
                var firing = (read["firing"] as JsonArray ?? []).Select(word => (string)word!).ToHashSet(StringComparer.OrdinalIgnoreCase);
                foreach (var both in (written.Entries.FirstOrDefault(entry => entry.Key.Value == "resolved")?.Value as Sequence)?.Items.OfType<Scalar>() ?? [])
                    if (firing.Contains(both.Value)) reader.Problem(both, $"`{both.Value}` is both firing and resolved", "remove it from one of them");
            },
            Optional("items", JsonPath, "The list of conditions in a message; left out: the message is one."),
            Needed("title", JsonPath, "Where the title stands."),
            Optional("text", JsonPath, "Where the text stands."),
            Optional("dedup_key", JsonPath, "Where the source's name of the condition stands; left out: each message is a condition of its own."),
            Optional("external_id", JsonPath, "Where the id of the message stands: a repeat of it has no second effect."),
            Optional("state", JsonPath, "Where it stands whether it holds; left out: every message says that it does."),
            Optional("firing", Words, "The words of `state` that mean: it holds. Left out: all that `resolved` does not list."),
            Optional("resolved", Words, "The words of `state` that mean: it is over."),
            Optional("severity", JsonPath, "Where the source's own word for the severity stands."),
            Optional("group_key", JsonPath, "Where the source's own group stands."),
            Optional("started_at", JsonPath, "Where the time of the beginning stands (RFC 3339, or seconds since 1970)."),
            Optional("link", JsonPath, "Where the link to the source stands."),
            Optional("labels", Map(Form("a label", "[a-zA-Z_][a-zA-Z0-9_]{0,99}", "severity"), JsonPath), "Labels by name, each with its path."),
            Optional("labels_from", JsonPath, "An object, all of whose members become labels.")),
            "How to read a generic message."),
        Optional("signature", Record(
            Needed("scheme", OneOf("standard-webhooks", "stripe", "github", "slack", "pagerduty", "grafana"), "How the sender signs."),
            Needed("secrets", List(Of("secret"), most: 2), "The names of the shared secrets; two while one replaces the other."),
            Optional("header", Form("a header", "[A-Za-z][A-Za-z0-9-]{0,63}", "X-Grafana-Alerting-Signature"), "Another header than the scheme's own.")),
            "Messages without a right signature are refused."),
        Optional("heartbeat", Record(
            Needed("period", Span(TimeSpan.FromSeconds(10), TimeSpan.FromDays(35)), "How often the sender says that it is alive."),
            Optional("grace", Span(TimeSpan.Zero, TimeSpan.FromDays(7)), "How late it may be.", otherwise: "1m")),
            "When silence is an alert."),
        Optional("resolve_after", Span(TimeSpan.FromMinutes(5), TimeSpan.FromDays(30)), "An alert of which nothing is heard for so long resolves by itself, if somebody acknowledged it. Left out: never.")));
}
