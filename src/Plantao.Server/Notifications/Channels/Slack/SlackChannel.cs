using System.Text;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Slack;

/// <summary>Slack's incoming webhook. The whole URL is a secret.</summary>
/// <remarks>outbound-channels.md §1. It gives no id and cannot be edited, so a repeat is a second message that says so.</remarks>
public sealed class SlackChannel(EgressClient egress, ChannelOptions options, TimeProvider clock) : IChannel
{
    public string Name => "slack";

    public Ruling<string> Address(string typed)
    {
        var url = WebAddress.Check(typed, options);
        if (!url.Allowed) return url.Refusal;
        return options.SlackHosts.Contains(url.Value.Host, StringComparer.OrdinalIgnoreCase)
            ? url.Value.AbsoluteUri
            : new Refusal("address-not-valid", $"This is no incoming webhook of Slack: those live at {options.SlackHosts[0]}. Nothing was saved.", 400);
    }

    public async Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        if (Address(message.Address) is { Allowed: false, Refusal: var refusal }) return new Answer.GiveUp(refusal.Message, AddressIsDead: true);

        var outcome = await egress.Post(
            new Uri(message.Address), Body(message), ChannelJson.Type,
            [(Headers.CorrelationId, Plain.Token(message.CorrelationId)), (Hop.Header, options.Host)], options.Policy, ct);

        // A captive portal answers 200 as well: the body is the proof.
        return outcome is EgressAnswer { Status: 200, Truncated: false } answer && Encoding.UTF8.GetString(answer.Body).Trim() == "ok"
            ? new Answer.Accepted(null, 200)
            : Explicit.Failure(outcome, clock.GetUtcNow());
    }

    /// <summary>The message in blocks, with the text that notifications show.</summary>
    internal static byte[] Body(Outgoing message)
    {
        var texts = ChannelTexts.For(message.Language);
        var title = Plain.Line(message.Title, 500);
        var blocks = new List<object>
        {
            new { type = "header", text = PlainText($"{texts.Name(message.Kind)}: {title}", 150) },
        };
        if (message.Repeat) blocks.Add(new { type = "context", elements = new[] { PlainText(texts.Copy, 300) } });
        if (Plain.Lines(message.Text, 4000) is { Length: > 0 } text) blocks.Add(new { type = "section", text = PlainText(text, 3000) });
        foreach (var ten in message.Facts.Take(40).Chunk(10))
            blocks.Add(new { type = "section", fields = ten.Select(fact => PlainText($"{Plain.Line(TrailTexts.FactName(message.Language, fact.Name), 100)}\n{Plain.Line(fact.Value, 1900)}", 2000)).ToArray() });

        var buttons = new List<object>();
        if (WebAddress.Link(message.AnswerUrl) is { } answer)
            buttons.Add(new { type = "button", action_id = "answer", text = PlainText(texts.AnswerButton, 75), url = answer, style = "primary" });
        if (WebAddress.Link(message.DetailsUrl) is { } details)
            buttons.Add(new { type = "button", action_id = "details", text = PlainText(texts.DetailsLink, 75), url = details });
        if (buttons.Count > 0) blocks.Add(new { type = "actions", elements = buttons });

        var code = message.ShortCode is null ? "" : $"{texts.Code} {Plain.Line(message.ShortCode, 20)} · ";
        blocks.Add(new { type = "context", elements = new[] { PlainText(code + texts.FooterOf(message), 500) } });

        return ChannelJson.Bytes(new
        {
            text = Escape($"{texts.Name(message.Kind)}: {title}", 1000),
            blocks,
            link_names = false,
            parse = "none",
            unfurl_links = false,
            unfurl_media = false,
        });
    }

    /// <summary>Everything is plain text: a title cannot format, link or mention.</summary>
    static object PlainText(string text, int most) => new { type = "plain_text", text = Escape(text, most), emoji = false };

    /// <summary>Escapes the three characters that Slack reads, and takes the meaning from the words that call a whole channel.</summary>
    internal static string Escape(string text, int most)
    {
        foreach (var everybody in (string[])["@here", "@channel", "@everyone", "@group"])
            text = text.Replace(everybody, "@\u2060" + everybody[1..], StringComparison.OrdinalIgnoreCase);
        return Plain.Encode(text, most, static rune => rune.Value switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => rune.ToString() }, static piece => piece.Length);
    }
}
