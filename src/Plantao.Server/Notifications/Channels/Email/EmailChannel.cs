using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Email;

/// <summary>Mail through one server. The only file that knows <see cref="SmtpClient"/>.</summary>
/// <remarks>
/// outbound-channels.md §6. The id of the hop is our own Message-ID, by which a mail is found at both ends.
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
            // The connection is ours, to an address that was judged: under TLS the certificate is held against the name all the same.
            await using var connection = await egress.Connect(mail.Server, mail.Port, mail.Policy, either.Token);
            using var client = new SmtpClient
            {
                LocalDomain = options.Host,
                Timeout = (int)mail.Timeout.TotalMilliseconds,
                // Else each mail would wait for a list of some authority, at an address that nobody judged.
                CheckCertificateRevocation = false,
            };
            await client.ConnectAsync(connection, mail.Server, mail.Port, Protection(mail.Tls), either.Token);
            if (mail is { User: { } user, Password: { } password }) await client.AuthenticateAsync(user, password, either.Token);
            using var letter = Letter(message);
            begun = true;
            await client.SendAsync(letter, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);   // takes any answer, also none: the mail is the server's since it said 250
            return new Answer.Accepted(MessageId(message.Id), 250);
        }
        catch (Exception) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return new Answer.TryAgain($"The mail server did not finish within {mail.Timeout.TotalSeconds:0.###} s.", InDoubt: begun);
        }
        catch (SmtpCommandException e)
        {
            return Failure((int)e.StatusCode, e.Message, e.ErrorCode is SmtpErrorCode.RecipientNotAccepted);
        }
        catch (MailKit.Security.AuthenticationException e)
        {
            // It says "535: ..." where the server did.
            return Failure(e.Message.Split(':')[0] is { Length: 3 } code && int.TryParse(code, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 535, e.Message, ofRecipient: false);
        }
        catch (EgressRefusedException e)
        {
            return new Answer.GiveUp(e.Message);
        }
        catch (Exception e) when (e is SslHandshakeException or NotSupportedException or System.Security.Authentication.AuthenticationException)
        {
            return new Answer.TryAgain($"No mail server that can be used: {Plain.Line(e.Message, 200)}");
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or ServiceNotConnectedException)
        {
            return new Answer.TryAgain($"No mail server: {Plain.Line(e.Message, 200)}", InDoubt: begun);
        }
    }

    static SecureSocketOptions Protection(MailTls tls) => tls switch
    {
        MailTls.None => SecureSocketOptions.None,
        MailTls.StartTls => SecureSocketOptions.StartTls,
        MailTls.Implicit => SecureSocketOptions.SslOnConnect,
    };

    /// <summary>4xx is not now, 5xx is never; what the recipient's line says is about the address, unless it is policy (RFC 3463: x.7.x) or a full mailbox.</summary>
    static Answer Failure(int code, string text, bool ofRecipient)
    {
        var said = Plain.Line(text, 200);
        if (code is < 400 or > 599) return new Answer.TryAgain($"The mail server said something else than SMTP: {said}");
        if (code < 500) return new Answer.TryAgain($"The mail server said {code}: {said}", code);
        return new Answer.GiveUp(
            $"The mail server said {code}: {said}", code,
            AddressIsDead: ofRecipient && (code is 550 or 551 or 553) && !said.Contains("5.7.", StringComparison.Ordinal));
    }

    MimeMessage Letter(Outgoing message)
    {
        var texts = ChannelTexts.For(message.Language);
        var title = Plain.Line(message.Title, 200);
        var thread = ThreadId(message.ThreadKey);
        var letter = new MimeMessage
        {
            MessageId = MessageId(message.Id),
            Date = clock.GetUtcNow(),
            // The same over a thread, or Gmail parts it: what happened stands in the text.
            Subject = (message.First ? "" : "Re: ") + (message.Kind is MessageKind.Test ? $"{texts.Test} · {title}" : title),
            InReplyTo = thread,
        };
        letter.From.Add(new MailboxAddress(Encoding.UTF8, Plain.Line(mail.FromName, 100), mail.From));
        letter.To.Add(new MailboxAddress("", Address(message.Address).Value));
        if (message.Kind is MessageKind.Page)
        {
            letter.Headers.Add("X-Priority", "1");
            letter.Priority = MessagePriority.Urgent;
            letter.Importance = MessageImportance.High;
        }

        letter.References.Add(thread);
        letter.Headers.Add("Auto-Submitted", "auto-generated");           // RFC 3834
        letter.Headers.Add("X-Auto-Response-Suppress", "All");            // Exchange
        letter.Headers.Add(Hop.Header, options.Host);
        letter.Headers.Add(Headers.CorrelationId, Plain.Token(message.CorrelationId));
        letter.Body = new MultipartAlternative { Part("plain", Letters.Text(message, texts)), Part("html", Letters.Html(message, texts)) };
        return letter;
    }

    /// <summary>As base64: no line is too long, and no server's filter changes what it says.</summary>
    static TextPart Part(string type, string text)
    {
        var part = new TextPart(type) { ContentTransferEncoding = ContentEncoding.Base64 };
        part.SetText(Encoding.UTF8, text);
        return part;
    }

    /// <summary>The id of one mail, from its delivery.</summary>
    internal string MessageId(string deliveryId) => $"<{Token(deliveryId)}@{options.Host}>";

    /// <summary>What all mails of a thread refer to.</summary>
    internal string ThreadId(string threadKey) => $"<thread.{Token(threadKey)}@{options.Host}>";

    /// <summary>As it is where it is safe in an id, else its digest.</summary>
    static string Token(string id) =>
        id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? id : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];
}
