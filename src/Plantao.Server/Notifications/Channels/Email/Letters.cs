using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Plantao.Notifications.Channels.Email;

/// <summary>The two parts of a mail, equal in content.</summary>
static class Letters
{
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Text(Outgoing message, ChannelTexts texts)
    {
        var text = new StringBuilder();
        text.Append(texts.Name(message.Kind)).Append("\n\n").Append(Title(message)).Append("\n\n");
        if (message.Repeat) text.Append(texts.Copy).Append("\n\n");
        if (WebAddress.Link(message.AnswerUrl) is { } answer) text.Append(texts.AnswerButton).Append(":\n").Append(answer).Append('\n').Append(texts.Personal).Append("\n\n");
        if (message.ShortCode is { } code) text.Append(texts.Code).Append(": ").Append(Plain.Line(code, 20)).Append("\n\n");
        if (Body(message) is { Length: > 0 } body) text.Append(body).Append("\n\n");
        foreach (var (name, value) in Facts(message)) text.Append(name).Append(": ").Append(value).Append('\n');
        if (message.Facts.Count > 0) text.Append('\n');
        if (WebAddress.Link(message.DetailsUrl) is { } details) text.Append(texts.DetailsLink).Append(":\n").Append(details).Append("\n\n");
        return WithCrLf(text.Append(texts.FooterOf(message)).Append('\n'));
    }

    /// <summary>No scripts, images or fonts; readable with every style taken away, by a screen reader, in the dark.</summary>
    public static string Html(Outgoing message, ChannelTexts texts)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"").Append(texts.Language).Append("\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<meta name=\"color-scheme\" content=\"light dark\"><title>").Append(Safe(Title(message))).Append("</title></head>\n")
            .Append("<body style=\"font:16px/1.5 sans-serif;margin:0 auto;padding:16px;max-width:640px\">\n")
            .Append("<p><strong>").Append(Safe(texts.Name(message.Kind))).Append("</strong></p>\n")
            .Append("<h1 style=\"font-size:22px;margin:0 0 16px\">").Append(Safe(Title(message))).Append("</h1>\n");
        if (message.Repeat) html.Append("<p>").Append(Safe(texts.Copy)).Append("</p>\n");
        if (WebAddress.Link(message.AnswerUrl) is { } answer)
        {
            html.Append("<p><a href=\"").Append(Safe(answer)).Append("\" style=\"display:inline-block;padding:16px 24px;border-radius:8px;background:#a4161a;color:#ffffff;font-size:20px;font-weight:bold;text-decoration:none\">")
                .Append(Safe(texts.AnswerButton)).Append("</a></p>\n<p>").Append(Safe(texts.Personal)).Append("</p>\n");
        }

        if (message.ShortCode is { } code) html.Append("<p>").Append(Safe(texts.Code)).Append(": <strong>").Append(Safe(Plain.Line(code, 20))).Append("</strong></p>\n");
        if (Body(message) is { Length: > 0 } body) html.Append("<p>").Append(Safe(body).Replace("\n", "<br>\n", StringComparison.Ordinal)).Append("</p>\n");
        if (message.Facts.Count > 0)
        {
            html.Append("<table style=\"border-collapse:collapse\"><caption style=\"text-align:left;font-weight:bold\">").Append(Safe(texts.Facts)).Append("</caption>\n");
            foreach (var (name, value) in Facts(message))
                html.Append("<tr><th scope=\"row\" style=\"text-align:left;vertical-align:top;padding:4px 16px 4px 0\">").Append(Safe(name)).Append("</th><td style=\"padding:4px 0\">").Append(Safe(value)).Append("</td></tr>\n");
            html.Append("</table>\n");
        }

        if (WebAddress.Link(message.DetailsUrl) is { } details) html.Append("<p><a href=\"").Append(Safe(details)).Append("\">").Append(Safe(texts.DetailsLink)).Append("</a></p>\n");
        return WithCrLf(html.Append("<p><small>").Append(Safe(texts.FooterOf(message))).Append("</small></p>\n</body>\n</html>\n"));
    }

    static string Title(Outgoing message) => Plain.Line(message.Title, 500);

    static string Body(Outgoing message) => Plain.Lines(message.Text, 8000);

    static IEnumerable<(string Name, string Value)> Facts(Outgoing message) => message.Facts.Take(60).Select(fact => (Plain.Line(TrailTexts.FactName(message.Language, fact.Name), 100), Plain.Line(fact.Value, 1000)));

    static string WithCrLf(StringBuilder lines) => lines.Replace("\n", "\r\n").ToString();

    /// <summary>Line feeds stay: they become breaks afterwards.</summary>
    static string Safe(string text) => string.Join('\n', text.Split('\n').Select(Encoder.Encode));
}
