using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Email;

/// <summary>Mail through one server. The only file that knows <see cref="SmtpClient"/>.</summary>
/// <remarks>
/// outbound-channels.md §6. The client keeps the server's last word to itself, so our own Message-ID is the provider's id.
/// Every mail has the id of its delivery, and a repeat the same: a mailbox that saw it drops the copy. All mails of a thread, the first
/// one too, refer to an id made from the thread key which no mail bears. So they gather whichever arrives first, and two first mails
/// (two people on one list, a first one resent under a new delivery) are never taken for one.
/// </remarks>
public sealed class EmailChannel(EmailOptions mail, ChannelOptions options, EgressClient egress, TimeProvider clock) : IChannel
{
    public string Name => "email";

    public Ruling<string> Address(string typed) => MailAddresses.Check(typed);

    public async Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        if (Address(message.Address) is { Allowed: false, Refusal: var refusal }) return new Answer.GiveUp(refusal.Message, AddressIsDead: true);

        using var deadline = new CancellationTokenSource(mail.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var begun = false;
        try
        {
            // Under TLS the certificate proves the name, so the client may look it up again; without, it gets the address that was judged.
            var allowed = await egress.Resolve(mail.Server, mail.Port, mail.Policy, either.Token);
            begun = true;
            // The client reads some answers without heed of the token: it is left to its own timeout then, on a thread of its own.
            await Task.Run(() => Deliver(message, allowed[0], either.Token), CancellationToken.None).WaitAsync(either.Token);
            return new Answer.Accepted(MessageId(message.Id), 250);
        }
        catch (Exception) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new Answer.TryAgain($"The mail server did not finish within {mail.Timeout.TotalSeconds:0.###} s.", InDoubt: begun);
        }
        catch (SmtpException e)
        {
            return Failure(e);
        }
        catch (EgressRefusedException e)
        {
            return new Answer.GiveUp(e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return new Answer.TryAgain($"No mail server: {Plain.Line(e.Message, 200)}", InDoubt: begun && e is IOException);
        }
    }

    async Task Deliver(Outgoing message, IPAddress judged, CancellationToken ct)
    {
        using var client = new SmtpClient(mail.Tls is MailTls.StartTls ? mail.Server : judged.ToString(), mail.Port)
        {
            EnableSsl = mail.Tls is MailTls.StartTls,
            UseDefaultCredentials = false,
            Credentials = mail is { User: { } user, Password: { } password } ? new NetworkCredential(user, password) : null,
            Timeout = (int)(2 * mail.Timeout.TotalMilliseconds),   // ours ends first: this one closes what it left behind
        };
        using var letter = Letter(message);
        await client.SendMailAsync(letter, ct);
    }

    /// <summary>4xx is not now, 5xx is never; what the recipient's line says is about the address, unless it is policy (RFC 3463: x.7.x) or a full mailbox.</summary>
    static Answer Failure(SmtpException e)
    {
        var code = (int)e.StatusCode;
        var said = Plain.Line(e.Message, 200);
        if (code is < 400 or > 599)
        {
            var inner = e.InnerException is { } cause ? " " + Plain.Line(cause.Message, 200) : "";
            return new Answer.TryAgain($"No mail server, or none that can be used: {said}{inner}", InDoubt: e.InnerException is IOException);
        }

        if (code < 500) return new Answer.TryAgain($"The mail server said {code}: {said}", code);
        return new Answer.GiveUp(
            $"The mail server said {code}: {said}", code,
            AddressIsDead: e is SmtpFailedRecipientException && (code is 550 or 551 or 553) && !said.Contains(" 5.7.", StringComparison.Ordinal));
    }

    MailMessage Letter(Outgoing message)
    {
        var texts = ChannelTexts.For(message.Language);
        var title = Plain.Line(message.Title, 200);
        var thread = ThreadId(message.ThreadKey);
        var letter = new MailMessage
        {
            From = new MailAddress(mail.From, Plain.Line(mail.FromName, 100), Encoding.UTF8),
            To = { new MailAddress(Address(message.Address).Value) },
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            // The same over a thread, or Gmail parts it: what happened stands in the text.
            Subject = (message.First ? "" : "Re: ") + (message.Kind is MessageKind.Test ? $"{texts.Test} · {title}" : title),
            Priority = message.Kind is MessageKind.Page ? MailPriority.High : MailPriority.Normal,
        };
        letter.Headers.Add("Message-ID", MessageId(message.Id));
        letter.Headers.Add("In-Reply-To", thread);
        letter.Headers.Add("References", thread);
        letter.Headers.Add("Auto-Submitted", "auto-generated");           // RFC 3834
        letter.Headers.Add("X-Auto-Response-Suppress", "All");            // Exchange
        letter.Headers.Add(Hop.Header, options.Host);
        letter.Headers.Add(Headers.CorrelationId, Plain.Token(message.CorrelationId));

        foreach (var (text, type) in ((string, string)[])[(Letters.Text(message, texts), "text/plain"), (Letters.Html(message, texts), "text/html")])
        {
            var view = AlternateView.CreateAlternateViewFromString(text, Encoding.UTF8, type);
            view.TransferEncoding = System.Net.Mime.TransferEncoding.Base64;   // as quoted-printable it would write line ends as =0D=0A, which RFC 2045, 6.7 forbids in text
            letter.AlternateViews.Add(view);
        }

        return letter;
    }

    /// <summary>The id of one mail, from its delivery.</summary>
    internal string MessageId(string deliveryId) => $"<{Token(deliveryId)}@{options.Host}>";

    /// <summary>What all mails of a thread refer to.</summary>
    internal string ThreadId(string threadKey) => $"<thread.{Token(threadKey)}@{options.Host}>";

    /// <summary>As it is where it is safe in an id, else its digest.</summary>
    static string Token(string id) =>
        id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];
}
