using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Platform.Doctor;
using Plantao.Platform.Egress;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Notifications;

/// <summary>Whether there is a mail server that answers and protects what it is given. Nothing is sent.</summary>
sealed class MailCheck(Db db, EgressClient egress, IEnumerable<EmailOptions> mails) : IDoctorCheck
{
    public string Name => "mail";

    public async Task<Finding> Check(CancellationToken ct)
    {
        if (mails.LastOrDefault() is not { } mail)
        {
            var only = (await db.Query($"""
                SELECT count(*) FROM users u WHERE u.status = 'Active'
                   AND EXISTS (SELECT 1 FROM contact_methods m WHERE m.user_id = u.id AND m.channel = 'email' AND m.verified_at IS NOT NULL AND m.disabled_at IS NULL)
                   AND NOT EXISTS (SELECT 1 FROM contact_methods m WHERE m.user_id = u.id AND m.channel <> 'email' AND m.verified_at IS NOT NULL AND m.disabled_at IS NULL)
                """, r => r.Long(0), ct))[0];
            Sentence next = ("Set PLANTAO_SMTP_SERVER, or have everybody add another contact method.", "Defina PLANTAO_SMTP_SERVER ou faça com que todos acrescentem outro meio de contato.");
            return only > 0
                ? Finding.Failure((string.Create(CultureInfo.InvariantCulture, $"not set up, and {only} people are reached by mail alone"), string.Create(CultureInfo.InvariantCulture, $"não configurado, e {only} pessoas só são alcançadas por e-mail")), next)
                : Finding.Warning(("not set up: nobody is reached by mail", "não configurado: ninguém é alcançado por e-mail"), next);
        }

        var where = string.Create(CultureInfo.InvariantCulture, $"{mail.Server}:{mail.Port}");
        try
        {
            var addresses = await egress.Resolve(mail.Server, mail.Port, mail.Policy, ct);
            using var socket = new Socket(addresses[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(mail.Timeout);
            await socket.ConnectAsync(addresses[0], mail.Port, patience.Token);
            await using var plain = new NetworkStream(socket);
            await using var secured = mail.Tls is MailTls.Implicit ? new SslStream(plain) : null;
            if (secured is not null) await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = mail.Server }, patience.Token);
            Stream stream = secured is null ? plain : secured;
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (await Answer(reader, patience.Token) is not ["220", ..]) return Finding.Failure(($"{where} does not greet as a mail server does", $"{where} não responde como um servidor de e-mail"), ("See whether PLANTAO_SMTP_SERVER and _PORT are right.", "Veja se PLANTAO_SMTP_SERVER e _PORT estão certos."));
            await stream.WriteAsync("EHLO plantao.invalid\r\n"u8.ToArray(), patience.Token);
            var offered = await Answer(reader, patience.Token);
            await stream.WriteAsync("QUIT\r\n"u8.ToArray(), patience.Token);
            if (offered is not ["250", ..]) return Finding.Failure(($"{where} refuses to talk to this machine", $"{where} se recusa a falar com esta máquina"), ("Allow this machine to relay there.", "Permita lá o envio a partir desta máquina."));
            if (mail.Tls is MailTls.StartTls && !offered.Skip(1).Any(line => line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
                return Finding.Failure(($"{where} offers no STARTTLS, and no mail leaves without it", $"{where} não oferece STARTTLS, e nenhum e-mail sai sem ele"), ("Use another port, or set PLANTAO_SMTP_TLS=None for a relay on this machine.", "Use outra porta ou defina PLANTAO_SMTP_TLS=None para um relay nesta máquina."));
            return mail.Tls is MailTls.None && mail.Server is not ("localhost" or "127.0.0.1" or "::1")
                ? Finding.Warning(($"{where} answers, and mail goes there unprotected", $"{where} responde, e os e-mails vão sem proteção"), ("Set PLANTAO_SMTP_TLS=StartTls, if the server can do it.", "Defina PLANTAO_SMTP_TLS=StartTls, se o servidor aceitar."))
                : Finding.Ok(($"{where} answers", $"{where} responde"));
        }
        catch (System.Security.Authentication.AuthenticationException fault)
        {
            return Finding.Failure(($"{where} has no certificate that this machine trusts: {fault.Message}", $"{where} não tem um certificado em que esta máquina confie: {fault.Message}"), ("See whether the name is the certificate's, and who issued it.", "Veja se o nome é o do certificado e quem o emitiu."));
        }
        catch (Exception fault) when (fault is SocketException or IOException or EgressRefusedException || fault is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return Finding.Failure(($"{where} does not answer: {fault.Message}", $"{where} não responde: {fault.Message}"), ("See whether the server runs and this machine reaches it.", "Veja se o servidor está no ar e se esta máquina chega até ele."));
        }
    }

    /// <summary>The code, then each line's text.</summary>
    static async Task<IReadOnlyList<string>> Answer(StreamReader reader, CancellationToken ct)
    {
        var lines = new List<string>();
        while (lines.Count < 100 && await reader.ReadLineAsync(ct) is { Length: >= 3 and <= 1000 } line)
        {
            if (lines.Count == 0) lines.Add(line[..3]);
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return lines;
        }

        return [];
    }
}

/// <summary>Whether providers took what was sent to them in the last day.</summary>
sealed class ChannelsCheck(NotificationStore store, TimeProvider clock) : IDoctorCheck
{
    static readonly TimeSpan Span = TimeSpan.FromHours(24);

    public string Name => "channels";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var channels = await store.Tally(clock.GetUtcNow() - Span, ct);
        if (channels.Count == 0) return Finding.Ok(("nothing was sent in the last 24 h", "nada foi enviado nas últimas 24 h"));
        Sentence text = (
            string.Join("; ", channels.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Channel}: {c.Accepted} accepted, {c.Failed} given up, {c.Trying} tried again"))),
            string.Join("; ", channels.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Channel}: {c.Accepted} aceitas, {c.Failed} abandonadas, {c.Trying} tentadas de novo"))));
        Sentence next = ("The trail of an alert shows each try and what the provider said: `plantao alert trail`.", "O rastro de um alerta mostra cada tentativa e o que o provedor disse: `plantao alert trail`.");
        return channels.Any(c => c.Accepted == 0 && c.Failed + c.Trying > 0) ? Finding.Failure(text, next)
            : channels.Any(c => c.Failed > 0) ? Finding.Warning(text, next)
            : Finding.Ok(text);
    }
}
