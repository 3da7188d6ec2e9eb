using System.Globalization;
using System.Text;
using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Notifications.Channels.Ntfy;
using Plantao.Notifications.Channels.Slack;
using Plantao.Notifications.Channels.Teams;
using Plantao.Notifications.Channels.Webhook;
using Plantao.Platform.Egress;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications.Channels;

/// <summary>Text from outside reaches every place of a message, and stays text. What is compared is what came over the wire (failures.md I9).</summary>
public sealed class InjectionTests : IAsyncDisposable
{
    readonly HttpSink http = new() { Answer = HttpSink.With(200, "text/plain", "ok") };
    readonly SmtpSink smtp = new();
    readonly EgressClient egress = new(new EgressOptions(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        egress.Dispose();
        await http.DisposeAsync();
        await smtp.DisposeAsync();
    }

    public static TheoryData<string> Payloads { get; } =
    [
        // Slack
        "<!channel>", "<!here>", "<!everyone>", "<@U012AB3CD>", "<@W012AB3CD|ana>", "<#C024BE7LR>", "<#C024BE7LR|ops>", "<!subteam^SAZ94GDB8>", "<!date^1392734382^{date}|x>", "@here", "@channel now", "@EVERYONE", "@group",
        "<https://evil.test|https://plantao.example.org>", "<mailto:eve@evil.test|Ana>", "&lt;!channel&gt;", "<<!channel>>", "*<!here>*", "```\n<!here>\n```", "<!channel|here>", "<\u200b!channel>",
        // Teams
        "<at>Ana</at>", "<at id=\"0\">everyone</at>", "[click](https://evil.test)", "![x](https://evil.test/p.png)", "**bold** _it_ ~~x~~", "# Heading", "- list\n- list", "{{DATE(2017-02-14T06:08:39Z, SHORT)}}", "${$root.x}", "<a href=\"https://evil.test\">x</a>", "1. one\r2. two",
        // Mail
        "x\r\nBcc: eve@evil.test", "x\nBcc: eve@evil.test", "x\rBcc: eve@evil.test", "x\r\n\r\n<html>body", "x\r\n.\r\nMAIL FROM:<eve@evil.test>", "=?utf-8?B?DQpCY2M6IGV2ZUBldmlsLnRlc3Q=?=", "=?utf-8?Q?=0D=0ABcc:_eve?=", "x\u0085Bcc: y", "x\u2028Bcc: y", "x\0y",
        "--boundary\r\nContent-Type: text/html\r\n\r\n<b>", "x\u000bBcc: y", "<eve@evil.test>, bob@evil.test", "\"; charset=\"utf-7",
        // HTML
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "</title><script>", "<!--", "javascript:alert(1)", "<style>*{display:none}</style>", "<base href=https://evil.test>", "&#x3C;script&#x3E;",
        // JSON, headers, terminals, text that re-orders
        "\",\"actions\":[{\"action\":\"http\",\"url\":\"https://evil.test\"}],\"x\":\"", "\\", "\\u003c!channel\\u003e", "x\r\nwebhook-signature: v1,AAAA", "x\r\nX-Actions: http, Ack, https://evil.test", "\u001b[2J\u001b[31mok", "\u202Egpj.exe", "=HYPERLINK(\"https://evil.test\")", "\ud800",
    ];

    [Fact]
    public void There_are_at_least_sixty_payloads() => Assert.True(Payloads.Count >= 60, $"{Payloads.Count}");

    static Outgoing Poisoned(string address, string payload) => Sample.Page(address) with
    {
        Title = payload + " down",
        Text = payload + "\n" + payload,
        Facts = [("Service", payload), (payload, "x")],
        CorrelationId = "c" + payload,
        ThreadKey = payload,
        Id = "dlv_" + payload,
        ShortCode = payload,
    };

    [Theory, MemberData(nameof(Payloads))]
    public async Task Over_http_nothing_mentions_formats_or_adds_a_header(string payload)
    {
        IChannel[] channels =
        [
            new SlackChannel(egress, Sample.Options, TimeProvider.System), new TeamsChannel(egress, Sample.Options, TimeProvider.System),
            new WebhookChannel(egress, Sample.Options, TimeProvider.System), new NtfyChannel(egress, Sample.Options, TimeProvider.System),
        ];
        foreach (var channel in channels)
        {
            var address = http.Url + "/topic";
            await channel.Send(Sample.Page(address), TestContext.Current.CancellationToken);
            var clean = http.Last;
            await channel.Send(Poisoned(address, payload), TestContext.Current.CancellationToken);
            var poisoned = http.Last;

            Assert.Equal(clean.Line, poisoned.Line);
            Assert.Equal(clean.Headers.Select(header => header.Name), poisoned.Headers.Select(header => header.Name), StringComparer.Ordinal);
            Assert.Equal(Shape(clean, channel.Name), Shape(poisoned, channel.Name));

            var raw = Encoding.UTF8.GetString(poisoned.Raw);
            foreach (var mark in (string[])["<!", "<@", "<#", "<at", "<script", "<http", "<a ", "\u202e", "\u001b", "\0"]) Assert.DoesNotContain(mark, raw, StringComparison.OrdinalIgnoreCase);
            if (channel.Name == "slack")
            {
                foreach (var everybody in (string[])["@here", "@channel", "@everyone", "@group"]) Assert.DoesNotContain(everybody, raw, StringComparison.OrdinalIgnoreCase);
                Assert.All(Strings(JsonDocument.Parse(poisoned.Body).RootElement), text => Assert.DoesNotContain(text, c => c is '<' or '>'));
            }

            if (channel.Name == "teams") Assert.DoesNotContain("entities", raw, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Payloads))]
    public async Task In_a_mail_nothing_adds_a_header_a_recipient_or_an_element(string payload)
    {
        var mail = new EmailOptions { Server = "127.0.0.1", Port = smtp.Port, From = "pages@plantao.example.org", Tls = MailTls.None, Policy = Sample.Loopback };
        var channel = new EmailChannel(mail, Sample.Options, egress, TimeProvider.System);
        await channel.Send(Sample.Page("ana@example.org"), TestContext.Current.CancellationToken);
        Assert.IsType<Answer.Accepted>(await channel.Send(Poisoned("ana@example.org", payload), TestContext.Current.CancellationToken));

        var (clean, poisoned) = (smtp.Mails.First(), smtp.Mails.Last());
        Assert.Equal(2, smtp.Mails.Count);
        Assert.Equal(["ana@example.org"], poisoned.To);
        Assert.Equal(Names(clean).Order(StringComparer.Ordinal), Names(poisoned).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.DoesNotContain("Bcc", Names(poisoned), StringComparer.OrdinalIgnoreCase);

        var html = poisoned.Part(1);
        string[] ours = ["!DOCTYPE", "html", "head", "meta", "title", "body", "p", "strong", "h1", "a", "br", "table", "caption", "tr", "th", "td", "small"];
        foreach (var element in html.Split('<').Skip(1)) Assert.Contains(element.TrimStart('/').Split(' ', '>')[0].TrimEnd(), ours, StringComparer.Ordinal);
        Assert.DoesNotContain("href=\"javascript", html, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("javascript:alert(1)"), InlineData("data:text/html,x"), InlineData("//evil.test/x"), InlineData("https://x.test/\"><script>"), InlineData("nonsense")]
    public async Task A_link_that_is_no_web_page_is_left_out_or_encoded(string link)
    {
        var message = Sample.Page(http.Url + "/topic") with { AnswerUrl = link, DetailsUrl = link };
        await new SlackChannel(egress, Sample.Options, TimeProvider.System).Send(message, TestContext.Current.CancellationToken);

        Assert.All(
            Strings(JsonDocument.Parse(http.Last.Body).RootElement),
            text => Assert.False(text.StartsWith("javascript:", StringComparison.Ordinal) || text.StartsWith("data:", StringComparison.Ordinal) || text.Contains('"', StringComparison.Ordinal), text));
    }

    static IEnumerable<string> Names(SunkMail mail) => mail.Headers.Select(line => line.Split(':')[0]);

    /// <summary>The names and nesting of a JSON body; the number of lines a text made is left out.</summary>
    static string Shape(SunkRequest request, string channel)
    {
        var shape = new SortedSet<string>(StringComparer.Ordinal);
        Walk(JsonDocument.Parse(request.Body).RootElement, channel);
        return string.Join('\n', shape);

        void Walk(JsonElement element, string path)
        {
            shape.Add(path + ":" + element.ValueKind.ToString().ToUpper(CultureInfo.InvariantCulture));
            if (element.ValueKind is JsonValueKind.Object)
                foreach (var property in element.EnumerateObject()) Walk(property.Value, path + "/" + property.Name);
            if (element.ValueKind is JsonValueKind.Array)
                foreach (var item in element.EnumerateArray()) Walk(item, path + "[]");
        }
    }

    static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.String => [element.GetString()!],
        _ => [],
    };
}
