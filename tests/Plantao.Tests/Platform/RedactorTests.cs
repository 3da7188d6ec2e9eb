using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Plantao.Platform.Redaction;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class RedactorTests
{
    readonly Redactor redactor = new();

    /// <summary>A line as it might be logged, and the part that must not be left, not even in part.</summary>
    public static TheoryData<string, string> Canaries { get; } = new()
    {
        { "GET /api/v1/alerts Authorization: Bearer q7Yb3kPz0Lw9", "q7Yb3kPz0Lw9" },
        { "curl -H 'Authorization: Basic YWRhOmh1bnRlcjI=' https://db1.internal/", "YWRhOmh1bnRlcjI=" },
        { """{"Authorization":"Digest username=ada, response=6629fae49393a0"}""", "6629fae49393a0" },
        { "sent bearer abcDEF123456 to gateway", "abcDEF123456" },
        { "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U rejected", "eyJzdWIiOiIxMjM0NTY3ODkwIn0" },
        { "token plt_u_8f3kQ2mZx91LbTqv refused", "plt_u_8f3kQ2mZx91LbTqv" },
        { "posting as xoxb-123456789012-abcdefGHIJKL", "xoxb-123456789012-abcdefGHIJKL" },
        { "remote: https://ghp_16C7e42F292c6912E7710c838347Ae178B4a@github.com/o/r", "ghp_16C7e42F292c6912E7710c838347Ae178B4a" },
        { "glpat-ABCdef123456ghiJKL78 expired", "glpat-ABCdef123456ghiJKL78" },
        { "stripe sk_live_51H8xYzAbCdEfGh failed", "sk_live_51H8xYzAbCdEfGh" },
        { "webhook secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
        { "aws AKIAIOSFODNN7EXAMPLE denied", "AKIAIOSFODNN7EXAMPLE" },
        { "maps key AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY quota", "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY" },
        { "ntfy tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2 ok", "AgQdq7mVBoFD37zQVN29RhuMzNIz2" },
        { "-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,00\n\nTUlJRW93SUJB\n-----END RSA PRIVATE KEY-----", "TUlJRW93SUJB" },
        { "-----BEGIN PRIVATE KEY-----\nMIIEcut-off", "cut-off" },
        { "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----", "MIIEowIBAAKCAQEA7" },
        { "connect postgres://app:s3cr%40t@10.0.0.5:5432/app failed", "s3cr%40t" },
        { "redis://:p@ss@w0rd@cache:6379/0", "w0rd" },
        { "Host=db;Username=app;Password=hunter2;Timeout=3", "hunter2" },
        { "DB_PASSWORD=correct-horse ./migrate", "correct-horse" },
        { """{"user":"ada","password":"a \"quoted\" one","n":1}""", "quoted" },
        { """payload="{\"password\":\"inner one\"}" """, "inner one" },
        { "senha: batata123", "batata123" },
        { "mysql --password batata456 -h db", "batata456" },
        { "<wsse:Password>batata789</wsse:Password>", "batata789" },
        { "api_key = '9f8e7d6c5b4a'", "9f8e7d6c5b4a" },
        { "GET /cb?state=1&access_token=ya29.A0ARrd&x=2", "ya29.A0ARrd" },
        { "POST https://prod-00.westeurope.logic.azure.com:443/workflows/abc/triggers/manual/paths/invoke?sig=Zm9vYmFy", "Zm9vYmFy" },
        { "upload ?sv=2024&sig=Qm9vYmFyU2ln%2B&se=1", "Qm9vYmFyU2ln" },
        { "post to https://hooks.slack.com/services/T000/B000/XXXXabcdXXXX failed: 404", "XXXXabcdXXXX" },
        { "https://discord.com/api/webhooks/1100/aBcDeF-token said 429", "aBcDeF-token" },
        { "https://api.telegram.org/bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/sendMessage", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw" },
        { "Cookie: plantao=abc123; theme=dark", "abc123" },
        { "Set-Cookie: sid=\"zz9\"; Path=/; HttpOnly", "zz9" },
        { "customer ada.lovelace+ops@example.co.uk cannot pay", "lovelace" },
        { "GET /users?mail=ana%40example.com.br&x=1", "ana%40" },
        { "mensagem de 5531991234567@s.whatsapp.net", "991234567" },
        { "CPF 529.982.247-25 não encontrado", "529" },
        { "cliente 52998224725 bloqueado", "52998224725" },
        { "CNPJ 11.222.333/0001-81 e 12.ABC.345/01DE-35", "01DE" },
        { "empresa 11222333000181", "11222333000181" },
        { "ligar para +55 31 99123-4567 agora", "99123" },
        { "tel (31) 99123-4567, (11)3123-4567", "4567" },
        { "sms to 5531991234567 failed", "5531991234567" },
        { "call +14155550123", "4155550123" },
        { "card 4111 1111 1111 1111 declined", "1111" },
        { "pan=5555555555554444;", "5555555555554444" },
        { "amex 3782-822463-10005", "822463" },
    };

    [Theory, MemberData(nameof(Canaries))]
    public void No_canary_is_left(string line, string canary)
    {
        var redacted = redactor.Redact(line);

        Assert.DoesNotContain(canary, redacted.Text, StringComparison.OrdinalIgnoreCase);
        Assert.True(redacted.Count > 0);
        Assert.Contains("[redacted:", redacted.Text, StringComparison.Ordinal);
        Assert.Equal(redacted.Count, redactor.Totals.Sum(total => total.Count));
    }

    [Fact]
    public void There_are_at_least_forty_canaries() => Assert.True(Canaries.Count >= 40);

    [Theory, MemberData(nameof(Canaries))]
    public void What_is_redacted_stays_as_it_is_and_is_not_counted_again(string line, string canary)
    {
        _ = canary;
        var once = redactor.Redact(line);

        Assert.Equal(new Redacted(once.Text, 0), redactor.Redact(once.Text));
    }

    [Theory]
    [InlineData("HighErrorRate"), InlineData("checkout-7d9f8b6c5d-x2x4z"), InlineData("ip-10-0-12-34.eu-west-1.compute.internal"), InlineData("10.0.0.5:5432")]
    [InlineData("2001:db8::8a2e:370:7334"), InlineData("fe80::1ff:fe23:4567:890a%eth0"), InlineData("3f2504e0-4f89-11d3-9a0c-0305e82c3301"), InlineData("12345678-1234-1234-1234-123456789012")]
    [InlineData("2026-11-24T10:22:17.123456789Z"), InlineData("2026-11-24T10:22:17+05:30"), InlineData("20261124102217"), InlineData("1764000000"), InlineData("1764000000123"), InlineData("1764000000123456789")]
    [InlineData("commit 9fceb02d0ae598e95dc970b74767f19372d61af8"), InlineData("112ef50"), InlineData("v1.27.3-rc.1+build.20261124"), InlineData("10.0.401"), InlineData("registry.example.org/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("getty@tty1.service"), InlineData("git@github.com:org/repo.git"), InlineData("@angular/core@17.0.1"), InlineData("deploy@10.0.0.5"), InlineData("p99 = 0.52998224725 s")]
    [InlineData("trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7"), InlineData("INC-20260921-1"), InlineData("kafka lag 1234567890 on orders-3"), InlineData("disk 93.7 % of 1099511627776 bytes")]
    [InlineData("token expired"), InlineData("TokenExpired"), InlineData("Bearer authentication failed"), InlineData("password authentication failed for user app"), InlineData("secret-manager unreachable")]
    [InlineData("https://grafana.example.org/d/abc?orgId=1&from=1764000000000&to=1764000060000"), InlineData("tokens=5 max_tokens=100"), InlineData("http://localhost:9090/graph?g0.expr=up%3D%3D0"), InlineData("instance=\"node-12:9100\" job=\"node\"")]
    [InlineData("replicas 3/3, restarts 12 (5m ago)"), InlineData("CVE-2026-12345"), InlineData("00:1A:2B:3C:4D:5E"), InlineData("arn:aws:sqs:eu-west-1:123456789012:orders"), InlineData("port 443-8443, 100-200-300"), InlineData("A+ 95.123.456")]
    public void Operational_text_is_untouched(string line) => Assert.Equal(new Redacted(line, 0), redactor.Redact(line));

    [Theory]
    [InlineData("password", "x", "[redacted:password]"), InlineData("X-Api-Key", "123", "[redacted:token]"), InlineData("Set-Cookie", "a=b", "[redacted:cookie]")]
    [InlineData("user_email", "at home", "[redacted:email]"), InlineData("service", "checkout", "checkout"), InlineData("token_count", "5", "5"), InlineData("note", "mail ana@example.org", "mail [redacted:email]")]
    public void A_field_whose_name_speaks_of_a_secret_is_taken_whole(string name, string value, string expected) =>
        Assert.Equal(expected, redactor.Redact(name, value).Text);

    [Fact]
    public void What_stands_around_a_secret_is_kept()
    {
        Assert.Equal("post to [redacted:webhook] failed: 404", redactor.Redact("post to https://hooks.slack.com/services/T0/B0/xyz failed: 404").Text);
        Assert.Equal("""{"user":"ada","password":"[redacted:password]","n":1}""", redactor.Redact("""{"user":"ada","password":"hunter2","n":1}""").Text);
        Assert.Equal("connect postgres://[redacted:password]@10.0.0.5:5432/app failed", redactor.Redact("connect postgres://app:s3cret@10.0.0.5:5432/app failed").Text);
        Assert.Equal("call [redacted:phone], mail [redacted:email], CPF [redacted:cpf].", redactor.Redact("call +55 31 99123-4567, mail ana@example.com, CPF 529.982.247-25.").Text);
        Assert.Equal(2, redactor.Redact("a@example.com b@example.com").Count);
    }

    [Fact]
    public void Any_text_is_survived_and_settles_after_one_pass() =>
        Prop.ForAll<string>(text =>
        {
            var once = redactor.Redact(text ?? "");
            return redactor.Redact(once.Text).Text == once.Text;
        }).Holds();

    [Theory]
    [InlineData("="), InlineData("password="), InlineData("a@"), InlineData("@a."), InlineData("4111 "), InlineData("+1 "), InlineData("eyJ."), InlineData("://:"), InlineData("-----BEGIN PRIVATE KEY-----"), InlineData("\"token\\\""), InlineData("9")]
    public void A_megabyte_made_to_be_slow_is_not(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (256 << 10) / piece.Length));
        redactor.Redact(text[..1000]);
        var watch = Stopwatch.StartNew();

        redactor.Redact(text);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void A_clean_label_costs_no_allocation()
    {
        const string label = "checkout-api latency above 2 s at p99 in region eu-west-1 now";
        redactor.Redact(label);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) redactor.Redact(label);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
