using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Teams;

/// <summary>A Workflow of Microsoft Teams ("when a webhook request is received"). The whole URL is a secret.</summary>
/// <remarks>
/// outbound-channels.md §2. Accepted means that the flow began: whether it posts is not told.
/// Text from outside stands in text runs, which read no Markdown, where Alertmanager uses text blocks and facts, which do.
/// </remarks>
public sealed class TeamsChannel(EgressClient egress, ChannelOptions options, TimeProvider clock) : IChannel
{
    /// <summary>Bytes that the service takes.</summary>
    const int Most = 28 * 1024;

    public string Name => "teams";

    public Ruling<string> Address(string typed)
    {
        var url = WebAddress.Check(typed, options);
        if (!url.Allowed) return url.Refusal;
        var host = url.Value.IdnHost;
        return options.TeamsDomains.Any(domain => host.Equals(domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase))
            ? url.Value.AbsoluteUri
            : new Refusal("address-not-valid", "This is no webhook of a Teams Workflow. The connectors at outlook.office.com were retired: make a Workflow in the channel and copy its URL. Nothing was saved.", 400);
    }

    public async Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        if (Address(message.Address) is { Allowed: false, Refusal: var refusal }) return new Answer.GiveUp(refusal.Message, AddressIsDead: true);

        var outcome = await egress.Post(
            new Uri(message.Address), Body(message), ChannelJson.Type,
            [(Headers.CorrelationId, Plain.Token(message.CorrelationId)), (Hop.Header, options.Host)], options.Policy, ct);

        return outcome is EgressAnswer { Status: 200 or 202 } answer && Explicit.Lie(answer) is null
            ? new Answer.Accepted(answer.Headers.GetValueOrDefault("x-ms-workflow-run-id"), answer.Status)
            : Explicit.Failure(outcome, clock.GetUtcNow());
    }

    /// <summary>The card, at most 28 KB: the text gives way first, then the facts.</summary>
    internal static byte[] Body(Outgoing message)
    {
        int text = 8000, facts = 40;
        while (true)
        {
            var bytes = Card(message, text, facts);
            if (bytes.Length <= Most || facts == 0) return bytes;
            if (text > 100) text /= 2;
            else facts /= 2;
        }
    }

    static byte[] Card(Outgoing message, int textMost, int factsMost)
    {
        var texts = ChannelTexts.For(message.Language);
        var title = Plain.Line(message.Title, 300);
        var body = new List<object>
        {
            // Our own word, which also is what the activity feed shows.
            new { type = "TextBlock", text = texts.Name(message.Kind), weight = "Bolder", size = "Medium", wrap = true, style = "heading", color = message.Kind is MessageKind.Page ? "Attention" : "Default" },
            Run(title, bold: true, size: "Large"),
        };
        if (message.Repeat) body.Add(Run(texts.Copy));
        foreach (var line in Plain.Lines(message.Text, textMost).Split('\n', StringSplitOptions.RemoveEmptyEntries)) body.Add(Run(line));
        foreach (var (name, value) in message.Facts.Take(factsMost))
            body.Add(new { type = "RichTextBlock", inlines = new object[] { Text(Plain.Line(TrailTexts.FactName(message.Language, name), 100) + ": ", bold: true), Text(Plain.Line(value, 400)) } });
        if (message.ShortCode is { } code) body.Add(Run($"{texts.Code} {Plain.Line(code, 20)}"));
        body.Add(Run(texts.FooterOf(message), size: "Small"));

        var actions = new List<object>();
        if (WebAddress.Link(message.AnswerUrl) is { } answer) actions.Add(new { type = "Action.OpenUrl", title = texts.AnswerButton, url = answer });
        if (WebAddress.Link(message.DetailsUrl) is { } details) actions.Add(new { type = "Action.OpenUrl", title = texts.DetailsLink, url = details });

        return ChannelJson.Bytes(new
        {
            type = "message",
            attachments = new[]
            {
                new
                {
                    contentType = "application/vnd.microsoft.card.adaptive",
                    content = new Dictionary<string, object>(StringComparer.Ordinal)
                    {
                        ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
                        ["type"] = "AdaptiveCard",
                        ["version"] = "1.2",
                        ["lang"] = texts.Language,
                        ["fallbackText"] = $"{texts.Name(message.Kind)}: {title}",
                        ["body"] = body,
                        ["actions"] = actions,
                        ["msteams"] = new { width = "full" },   // and no entities: without them an <at> mentions nobody
                    },
                },
            },
        });
    }

    static object Run(string text, bool bold = false, string size = "Default") => new { type = "RichTextBlock", inlines = new[] { Text(text, bold, size) } };

    static object Text(string text, bool bold = false, string size = "Default") => new { type = "TextRun", text, weight = bold ? "Bolder" : "Default", size };
}
