using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Plantao.Tests.Kit;

/// <summary>One mail as it came over the wire.</summary>
/// <param name="Raw">The message after dot-unstuffing, with CRLF line ends.</param>
public sealed record SunkMail(string From, IReadOnlyList<string> To, string Raw, bool Tls, string? User)
{
    public string Head => Raw[..Raw.IndexOf("\r\n\r\n", StringComparison.Ordinal)];

    /// <summary>The header lines, folded ones joined.</summary>
    public IReadOnlyList<string> Headers => Head.Replace("\r\n ", " ", StringComparison.Ordinal).Replace("\r\n\t", " ", StringComparison.Ordinal).Split("\r\n");

    public string? this[string name] =>
        Headers.Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).SingleOrDefault();

    /// <summary>The first or second part of a multipart/alternative, decoded.</summary>
    public string Part(int index)
    {
        var boundary = this["Content-Type"]!.Split("boundary=")[1].Trim('"', ';', ' ');
        var part = Raw.Split("--" + boundary)[index + 1];
        var cut = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var (head, body) = (part[..cut], part[(cut + 4)..]);
        if (head.Contains("base64", StringComparison.OrdinalIgnoreCase))
            return Encoding.UTF8.GetString(Convert.FromBase64String(body.Replace("\r\n", "", StringComparison.Ordinal)));
        return head.Contains("quoted-printable", StringComparison.OrdinalIgnoreCase) ? Unquote(body) : body;
    }

    static string Unquote(string body)
    {
        var bytes = new List<byte>();
        body = body.Replace("=\r\n", "", StringComparison.Ordinal);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '=' && i + 2 < body.Length) bytes.Add(Convert.FromHexString(body.AsSpan(++i, 2))[0]);
            else bytes.Add((byte)body[i]);
            if (body[i] != '=' && bytes[^1] != (byte)body[i]) i++;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}

/// <summary>A real mail server on loopback: enough of RFC 5321 to take a mail, refuse one at any command, or fall silent.</summary>
public sealed class SmtpSink : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource end = new();
    readonly Task accepting;
    X509Certificate2? certificate;
    int connections;

    public SmtpSink()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept();
    }

    public int Port { get; }

    public int Connections => Volatile.Read(ref connections);

    public ConcurrentQueue<SunkMail> Mails { get; } = new();

    /// <summary>Answers to give instead of the usual ones, by command: <c>EHLO MAIL RCPT DATA . AUTH</c>, and <c>connect</c>. <see langword="null"/>: say nothing ever.</summary>
    public Dictionary<string, string?> Instead { get; } = [];

    /// <summary>Offers STARTTLS with a certificate that nobody trusts.</summary>
    public bool OfferTls { get; set; }

    /// <summary>Begins with TLS, as port 465 does.</summary>
    public bool TlsAtOnce { get; set; }

    /// <summary>Where the certificate lies in PEM, for whoever shall trust it; its name is <c>localhost</c>.</summary>
    public string CertificatePem => Certificate().ExportCertificatePem();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        certificate?.Dispose();
        end.Dispose();
    }

    async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Interlocked.Increment(ref connections);
                _ = Serve(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                await Talk(client.GetStream());
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The other side went away in the middle, as some tests want.
            }
        }
    }

    async Task Talk(Stream stream)
    {
        string from = "", user = "";
        var to = new List<string>();
        var tls = false;

        if (TlsAtOnce)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(Certificate());
            (stream, tls) = (secure, true);
        }

        if (!await Say(stream, "connect", "220 sink ready")) return;
        while (await Line(stream) is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO" or "HELO":
                    var offers = OfferTls && !tls ? "250-STARTTLS\r\n" : "250-AUTH LOGIN PLAIN\r\n";
                    if (!await Say(stream, "EHLO", "250-sink\r\n" + offers + "250 8BITMIME")) return;
                    break;
                case "STARTTLS":
                    await Say(stream, verb, "220 go ahead");
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(Certificate());
                    (stream, tls) = (secure, true);
                    break;
                case "AUTH":
                    if (line.Split(' ') is [_, var mechanism, var secret] && mechanism.Equals("PLAIN", StringComparison.OrdinalIgnoreCase))
                    {
                        user = Encoding.UTF8.GetString(Convert.FromBase64String(secret)).Split('\0')[1];   // RFC 4616
                    }
                    else
                    {
                        if (line.Split(' ').Length < 3) { await Say(stream, "user", "334 VXNlcm5hbWU6"); line = "AUTH LOGIN " + await Line(stream); }
                        user = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2]));
                        await Say(stream, "password", "334 UGFzc3dvcmQ6");
                        await Line(stream);
                    }

                    if (!await Say(stream, verb, "235 welcome")) return;
                    break;
                case "MAIL":
                    (from, to) = (Address(line), []);
                    if (!await Say(stream, verb, "250 sender ok")) return;
                    break;
                case "RCPT":
                    if (!Instead.ContainsKey(verb)) to.Add(Address(line));
                    if (!await Say(stream, verb, "250 recipient ok")) return;
                    break;
                case "DATA":
                    if (!await Say(stream, verb, "354 end with a dot")) return;
                    if (Instead.TryGetValue("DATA", out var told) && told is not ['3', ..]) break;
                    var raw = new StringBuilder();
                    while (await Line(stream) is { } text && text != ".")
                        raw.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");   // dot-unstuffing, RFC 5321, 4.5.2
                    if (!Instead.ContainsKey(".")) Mails.Enqueue(new SunkMail(from, to, raw.ToString(), tls, user.Length > 0 ? user : null));
                    if (!await Say(stream, ".", "250 queued as 4711")) return;
                    break;
                case "QUIT":
                    await Say(stream, verb, "221 bye");
                    return;
                default:
                    await Say(stream, verb, "250 ok");
                    break;
            }
        }
    }

    async Task<bool> Say(Stream stream, string command, string usual)
    {
        var answer = Instead.TryGetValue(command, out var instead) ? instead : usual;
        if (answer is null)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);
            return false;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), end.Token);
        return !answer.StartsWith("421", StringComparison.Ordinal);
    }

    async Task<string?> Line(Stream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, end.Token) == 1)
        {
            bytes.Add(one[0]);
            if (bytes is [.., (byte)'\r', (byte)'\n']) return Encoding.UTF8.GetString([.. bytes])[..^2];
        }

        return null;
    }

    static string Address(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.LastIndexOf('>')];

    X509Certificate2 Certificate()
    {
        if (certificate is not null) return certificate;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var day = TimeProvider.System.GetUtcNow();
        return certificate = request.CreateSelfSigned(day.AddDays(-1), day.AddDays(1));
    }
}
