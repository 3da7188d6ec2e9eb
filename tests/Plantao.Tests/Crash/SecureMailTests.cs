using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>A page by mail over TLS, as a program that trusts the mail server's certificate sends it: what one trusts is the process's, so this needs one of its own.</summary>
[Trait("Kind", "Crash")]
public class SecureMailTests
{
    [Theory, InlineData("StartTls"), InlineData("Implicit")]
    public async Task A_page_goes_over_TLS_to_a_server_whose_certificate_is_trusted(string tls)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var sink = new SmtpSink { OfferTls = true, TlsAtOnce = tls == "Implicit" };
        await using var world = await World.Make(Database.Sqlite, ("carla", TimeSpan.FromMinutes(20)));
        var trusted = Path.Combine(world.Place.Folder, "trusted.pem");
        await File.WriteAllTextAsync(trusted, sink.CertificatePem, ct);
        var node = await world.Start(("PLANTAO_SMTP_SERVER", "localhost"), ("PLANTAO_SMTP_PORT", $"{sink.Port}"), ("PLANTAO_SMTP_TLS", tls), ("PLANTAO_SMTP_FROM", "plantao@example.org"),
            ("PLANTAO_SMTP_USER", "plantao"), ("PLANTAO_SMTP_PASSWORD", "the relay's"), ("SSL_CERT_FILE", trusted));
        using var http = new HttpClient { BaseAddress = node.Url };
        using var content = new StringContent("""[{"labels":{"alertname":"Down"}}]""", System.Text.Encoding.UTF8, "application/json");
        (await http.PostAsync($"/in/{world.Key}/api/v2/alerts", content, ct)).EnsureSuccessStatusCode().Dispose();

        var limit = TimeProvider.System.GetTimestamp();
        while (sink.Mails.IsEmpty && TimeProvider.System.GetElapsedTime(limit) < TimeSpan.FromSeconds(30)) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        var mail = Assert.Single(sink.Mails);
        Assert.Equal(("carla@example.org", true, "plantao"), (Assert.Single(mail.To), mail.Tls, mail.User));
    }
}
