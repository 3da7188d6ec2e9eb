using System.Net;
using System.Net.Sockets;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Platform.Egress;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications.Channels;

public sealed class EmailChannelTests : IAsyncDisposable
{
    readonly SmtpSink sink = new();
    readonly EgressClient egress = new(new EgressOptions(), TimeProvider.System);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    EmailOptions Mail => new() { Server = "127.0.0.1", Port = sink.Port, From = "pages@plantao.example.org", Tls = MailTls.None, Policy = Sample.Loopback, Timeout = TimeSpan.FromSeconds(5) };

    EmailChannel Channel(EmailOptions? mail = null) => new(mail ?? Mail, Sample.Options, egress, TimeProvider.System);

    Task<Answer> Send(Func<Outgoing, Outgoing>? change = null) =>
        Channel().Send((change ?? (message => message))(Sample.Page("ana@example.org")), Ct);

    public async ValueTask DisposeAsync()
    {
        egress.Dispose();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task A_page_arrives_as_text_and_HTML_with_the_headers_of_a_page()
    {
        var accepted = Assert.IsType<Answer.Accepted>(await Send());

        var mail = Assert.Single(sink.Mails);
        Assert.Equal("<dlv_01jd7k2m9q@plantao.example.org>", accepted.ProviderId);
        Assert.Equal(("pages@plantao.example.org", "ana@example.org"), (mail.From, Assert.Single(mail.To)));
        Assert.Equal("<dlv_01jd7k2m9q@plantao.example.org>", mail["Message-ID"]);
        Assert.Equal("Checkout is down", mail["Subject"]);
        Assert.Equal("auto-generated", mail["Auto-Submitted"]);
        Assert.Equal("All", mail["X-Auto-Response-Suppress"]);
        Assert.Equal(("1", "high"), (mail["X-Priority"], mail["Importance"]));
        Assert.Equal("cor-1", mail["X-Correlation-ID"]);
        Assert.True(Hop.IsOurs(mail[Hop.Header], "plantao.example.org"));
        Assert.StartsWith("multipart/alternative", mail["Content-Type"], StringComparison.Ordinal);
        Assert.StartsWith("Page\r\n", mail.Part(0), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", mail.Part(1), StringComparison.Ordinal);
        Assert.All(mail.Raw.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
        Assert.All(mail.Raw, c => Assert.True(c < 128));
    }

    [Fact]
    public async Task The_rendered_mails_are_the_approved_ones()
    {
        await Send();
        await Send(message => Sample.Acionamento(message.Address));
        await Send(message => message with { Kind = MessageKind.Notice, AnswerUrl = null, ShortCode = null, Rank = 2, First = false, Text = "Answered by Grace." });

        var mails = sink.Mails.ToArray();
        Approved.Check("email.page.en.eml", Approved.Stable(Whole(mails[0])));
        Approved.Check("email.page.pt-BR.eml", Approved.Stable(Whole(mails[1])));
        Approved.Check("email.notice.en.txt", mails[2].Part(0));
    }

    /// <summary>The head as it came, the parts decoded.</summary>
    static string Whole(SunkMail mail) => $"{mail.Head}\n\n---- 1 ----\n{mail.Part(0)}---- 2 ----\n{mail.Part(1)}";

    [Fact]
    public async Task The_two_parts_say_the_same()
    {
        await Send(message => Sample.Acionamento(message.Address));
        var mail = Assert.Single(sink.Mails);
        var html = WebUtility.HtmlDecode(mail.Part(1));

        foreach (var line in mail.Part(0).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).SelectMany(line => line.Split(": ", 2)))
            Assert.Contains(line.TrimEnd(':'), html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<html lang=\"pt-BR\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thread_holds_together_whichever_mail_comes_first_and_no_two_mails_are_taken_for_one()
    {
        await Send();
        await Send(message => message with { Id = "dlv_2", First = true });
        await Send(message => message with { Id = "dlv_3", First = false });
        await Send(message => message with { Repeat = true });

        var mails = sink.Mails.ToArray();
        Assert.Equal(4, mails.Length);
        Assert.All(mails, mail => Assert.Equal("<thread.grp_01jd7k2m9q@plantao.example.org>", mail["References"]));
        Assert.All(mails, mail => Assert.Equal(mail["References"], mail["In-Reply-To"]));
        Assert.Equal(3, mails.Select(mail => mail["Message-ID"]).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(mails[0]["Message-ID"], mails[3]["Message-ID"]);   // the copy is known for one
        Assert.Equal(["Checkout is down", "Checkout is down", "Re: Checkout is down", "Checkout is down"], mails.Select(mail => mail["Subject"]!), StringComparer.Ordinal);
        Assert.Contains("may be a copy", mails[3].Part(0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_is_a_dot_ends_nothing()
    {
        await Send(message => message with { Text = ".\n.hidden\r\n.\r\nMAIL FROM:<evil@example.org>\nafter" });

        var mail = Assert.Single(sink.Mails);
        Assert.Contains(".hidden\r\n.\r\nMAIL FROM:<evil@example.org>\r\nafter", mail.Part(0), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 no such user", true, true), InlineData("RCPT", "551 not local", true, true), InlineData("RCPT", "553 bad name", true, true)]
    [InlineData("RCPT", "550 5.7.1 blocked by policy", true, false), InlineData("RCPT", "552 5.2.2 mailbox full", true, false), InlineData("RCPT", "450 4.2.1 busy", false, false), InlineData("RCPT", "452 4.3.1 no room", false, false)]
    [InlineData("MAIL", "550 sender refused", true, false), InlineData("MAIL", "451 later", false, false), InlineData("DATA", "554 no", true, false), InlineData("DATA", "451 later", false, false)]
    [InlineData(".", "550 spam", true, false), InlineData(".", "451 scanner down", false, false), InlineData("connect", "421 too busy", false, false), InlineData("connect", "554 go away", true, false), InlineData("EHLO", "421 closing", false, false)]
    public async Task What_the_server_says_decides_what_is_next(string command, string says, bool never, bool dead)
    {
        sink.Instead[command] = says;

        var answer = await Send();

        Assert.Equal((never, dead), answer switch { Answer.GiveUp giveUp => (true, giveUp.AddressIsDead), Answer.TryAgain => (false, false), _ => throw new InvalidOperationException($"{answer}") });
        Assert.Empty(sink.Mails);
    }

    [Theory]
    [InlineData("connect", false), InlineData("EHLO", false), InlineData("MAIL", true), InlineData("RCPT", true), InlineData("DATA", true), InlineData(".", true)]
    public async Task A_server_that_falls_silent_is_left_at_the_timeout(string command, bool inDoubt)
    {
        sink.Instead[command] = null;

        var answer = Assert.IsType<Answer.TryAgain>(await Channel(Mail with { Timeout = TimeSpan.FromMilliseconds(300) }).Send(Sample.Page("ana@example.org"), Ct));

        Assert.Equal(inDoubt, answer.InDoubt);
    }

    [Fact]
    public async Task No_server_is_not_now_and_not_in_doubt()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        Assert.False(Assert.IsType<Answer.TryAgain>(await Channel(Mail with { Port = port }).Send(Sample.Page("ana@example.org"), Ct)).InDoubt);
    }

    [Fact]
    public async Task A_server_where_none_may_be_is_not_called()
    {
        Assert.IsType<Answer.GiveUp>(await Channel(Mail with { Policy = EgressPolicy.Public }).Send(Sample.Page("ana@example.org"), Ct));
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task With_STARTTLS_asked_for_nothing_goes_in_the_clear_or_to_a_stranger()
    {
        var mail = Mail with { Server = "localhost", Tls = MailTls.StartTls, User = "u", Password = "p" };

        Assert.IsType<Answer.TryAgain>(await Channel(mail).Send(Sample.Page("ana@example.org"), Ct));   // not offered
        sink.OfferTls = true;
        Assert.IsType<Answer.TryAgain>(await Channel(mail).Send(Sample.Page("ana@example.org"), Ct));   // offered with a certificate that nobody trusts
        sink.TlsAtOnce = true;
        Assert.IsType<Answer.TryAgain>(await Channel(mail with { Tls = MailTls.Implicit }).Send(Sample.Page("ana@example.org"), Ct));
        Assert.Empty(sink.Mails);
    }

    [Theory]
    [InlineData("ana@example.org", "ana@example.org"), InlineData(" Ana.Lovelace+ops@EXAMPLE.org ", "Ana.Lovelace+ops@example.org"), InlineData("ana@cobrança.com.br", "ana@xn--cobrana-zxa.com.br")]
    public void An_address_is_kept_in_one_form(string typed, string kept) => Assert.Equal(kept, Channel().Address(typed).Value);

    [Theory]
    [InlineData(""), InlineData("ana"), InlineData("@example.org"), InlineData("ana@"), InlineData("ana@localhost"), InlineData("ana@example.org,eve@example.org"), InlineData("ana@example.org; eve@example.org")]
    [InlineData("Ana <ana@example.org>"), InlineData("<ana@example.org>"), InlineData("ana@example.org\r\nBcc: eve@example.org"), InlineData("ana\n@example.org"), InlineData("\"a b\"@example.org")]
    [InlineData("a b@example.org"), InlineData(".ana@example.org"), InlineData("ana..b@example.org"), InlineData("ana@-example.org"), InlineData("ana@example..org"), InlineData("ana@[127.0.0.1]")]
    [InlineData("ana@127.0.0.1"), InlineData("ana@example.org>"), InlineData("ana@exa mple.org"), InlineData("ana(comment)@example.org"), InlineData("aña@example.org"), InlineData("ana@example.org\0")]
    public async Task What_is_not_one_mailbox_is_refused_when_typed_and_when_sent(string typed)
    {
        Assert.False(Channel().Address(typed).Allowed);
        Assert.True(Assert.IsType<Answer.GiveUp>(await Channel().Send(Sample.Page(typed), Ct)).AddressIsDead);
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public void Settings_that_would_leak_or_never_work_are_refused()
    {
        Assert.True(Mail.Check().Allowed);
        Assert.True((Mail with { Port = 465, Tls = MailTls.Implicit, User = "u", Password = "p" }).Check().Allowed);
        foreach (var wrong in (EmailOptions[])[
            Mail with { User = "u", Password = "p" }, Mail with { Port = 465 }, Mail with { Port = 465, Tls = MailTls.StartTls }, Mail with { Port = 0 }, Mail with { From = "a@b.c, d@e.f" }, Mail with { Server = "a b" },
            Mail with { Timeout = TimeSpan.FromMilliseconds(999) }, Mail with { Timeout = TimeSpan.FromMinutes(3) }, Mail with { Password = "p", Tls = MailTls.StartTls }])
            Assert.False(wrong.Check().Allowed);
    }
}
