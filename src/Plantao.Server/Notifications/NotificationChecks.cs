using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Platform.Doctor;
using Plantao.Platform.Egress;
using Plantao.Platform.Storage;

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
            const string Next = "Set PLANTAO_SMTP_SERVER, or have everybody add another contact method.";
            return only > 0
                ? Finding.Failure(string.Create(CultureInfo.InvariantCulture, $"not set up, and {only} people are reached by mail alone"), Next)
                : Finding.Warning("not set up: nobody is reached by mail", Next);
        }

        var where = string.Create(CultureInfo.InvariantCulture, $"{mail.Server}:{mail.Port}");
        try
        {
            var addresses = await egress.Resolve(mail.Server, mail.Port, mail.Policy, ct);
            using var socket = new Socket(addresses[0].AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(mail.Timeout);
            await socket.ConnectAsync(addresses[0], mail.Port, patience.Token);
            await using var stream = new NetworkStream(socket);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            if (await Answer(reader, patience.Token) is not ["220", ..]) return Finding.Failure($"{where} does not greet as a mail server does", "See whether PLANTAO_SMTP_SERVER and _PORT are right.");
            await stream.WriteAsync("EHLO plantao.invalid\r\n"u8.ToArray(), patience.Token);
            var offered = await Answer(reader, patience.Token);
            await stream.WriteAsync("QUIT\r\n"u8.ToArray(), patience.Token);
            if (offered is not ["250", ..]) return Finding.Failure($"{where} refuses to talk to this machine", "Allow this machine to relay there.");
            if (mail.Tls is MailTls.StartTls && !offered.Skip(1).Any(line => line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
                return Finding.Failure($"{where} offers no STARTTLS, and no mail leaves without it", "Use another port, or set PLANTAO_SMTP_TLS=None for a relay on this machine.");
            return mail.Tls is MailTls.None && mail.Server is not ("localhost" or "127.0.0.1" or "::1")
                ? Finding.Warning($"{where} answers, and mail goes there unprotected", "Set PLANTAO_SMTP_TLS=StartTls, if the server can do it.")
                : Finding.Ok($"{where} answers");
        }
        catch (Exception fault) when (fault is SocketException or IOException or EgressRefusedException || fault is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return Finding.Failure($"{where} does not answer: {fault.Message}", "See whether the server runs and this machine reaches it.");
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
        if (channels.Count == 0) return Finding.Ok("nothing was sent in the last 24 h");
        var text = string.Join("; ", channels.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Channel}: {c.Accepted} accepted, {c.Failed} given up, {c.Trying} tried again")));
        const string Next = "The trail of an alert shows each try and what the provider said: `plantao alert trail`.";
        return channels.Any(c => c.Accepted == 0 && c.Failed + c.Trying > 0) ? Finding.Failure(text, Next)
            : channels.Any(c => c.Failed > 0) ? Finding.Warning(text, Next)
            : Finding.Ok(text);
    }
}
