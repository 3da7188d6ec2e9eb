using System.Globalization;
using System.Text;
using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Ntfy;
using Plantao.Notifications.Channels.Slack;
using Plantao.Notifications.Channels.Teams;
using Plantao.Notifications.Channels.Webhook;
using Plantao.Platform.Egress;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Notifications.Channels;

public sealed class WebChannelTests : IAsyncDisposable
{
    static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 22, 20, TimeSpan.Zero);

    readonly HttpSink sink = new();
    readonly EgressClient egress = new(new EgressOptions { Deadline = TimeSpan.FromMilliseconds(600) }, new Still(Now));
    readonly EgressClient real = new(new EgressOptions { Deadline = TimeSpan.FromMilliseconds(600) }, TimeProvider.System);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        egress.Dispose();
        real.Dispose();
        await sink.DisposeAsync();
    }

    public static TheoryData<string> Channels { get; } = ["slack", "teams", "webhook", "ntfy"];

    IChannel Channel(string name) => name switch
    {
        "slack" => new SlackChannel(real, Sample.Options, new Still(Now)),
        "teams" => new TeamsChannel(real, Sample.Options, new Still(Now)),
        "webhook" => new WebhookChannel(real, Sample.Options, new Still(Now)),
        "ntfy" => new NtfyChannel(real, Sample.Options, new Still(Now)),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    string Address(string channel) => sink.Url + (channel == "ntfy" ? "/our-topic" : "/services/T000/B000/secretpath");

    static Func<Stream, CancellationToken, Task> Success(string channel) => channel switch
    {
        "slack" => HttpSink.With(200, "text/html", "ok"),
        "teams" => HttpSink.With(202, null, "", "x-ms-workflow-run-id: 0858"),
        "webhook" => HttpSink.With(204, null, ""),
        _ => HttpSink.With(200, "application/json", """{"id":"sPs71M8A2T","time":1764000000,"event":"message","topic":"our-topic"}"""),
    };

    Task<Answer> Send(string channel, Func<Outgoing, Outgoing>? change = null)
    {
        var message = Sample.Page(Address(channel)) with { Secret = channel == "webhook" ? Sample.Secret : null };
        return Channel(channel).Send(change is null ? message : change(message), Ct);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task An_explicit_success_is_success(string channel)
    {
        sink.Answer = Success(channel);

        var accepted = Assert.IsType<Answer.Accepted>(await Send(channel));

        Assert.Equal(channel switch { "teams" => "0858", "ntfy" => "sPs71M8A2T", _ => null }, accepted.ProviderId);
        Assert.Equal("cor-1", sink.Last["X-Correlation-ID"]);
        Assert.True(Hop.IsOurs(sink.Last[Hop.Header], "plantao.example.org"));
        Assert.Equal("application/json; charset=utf-8", sink.Last["Content-Type"]);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task The_rendered_message_is_the_approved_one(string channel)
    {
        sink.Answer = Success(channel);

        await Send(channel);
        Approved.Check($"{channel}.page.en.json", Pretty(sink.Last.Body));
        await Send(channel, message => Sample.Acionamento(message.Address) with { Secret = message.Secret });
        Approved.Check($"{channel}.page.pt-BR.json", Pretty(sink.Last.Body));
    }

    public static TheoryData<string, string> Lies { get; } = MakeLies();

    static readonly Dictionary<string, Func<Stream, CancellationToken, Task>> Liars = new(StringComparer.Ordinal)
    {
        ["200 with ok:false"] = HttpSink.With(200, "application/json", """{"ok":false,"error":"channel_not_found"}"""),
        ["200 with an error in JSON"] = HttpSink.With(200, "application/json", """{"error":"no such flow","id":"","event":"message"}"""),
        ["a captive portal"] = HttpSink.With(200, "text/html", "<!DOCTYPE html><html><body>Please accept ok</body></html>"),
        ["a captive portal that calls itself JSON"] = HttpSink.With(200, "application/json", "<html>ok</html>"),
        ["302 to a login"] = HttpSink.With(302, null, "", "Location: http://127.0.0.1:1/login"),
        ["307 to itself"] = HttpSink.With(307, null, "", "Location: /"),
        ["a gigabyte"] = async (stream, ct) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), ct);
            for (var i = 0; i < 16384; i++) await stream.WriteAsync(Encoding.ASCII.GetBytes("ok" + new string(' ', 65534)), ct);
        },
        ["ok, then a byte every 50 ms"] = async (stream, ct) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nok"u8.ToArray(), ct);
            while (true)
            {
                await stream.WriteAsync(" "u8.ToArray(), ct);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
            }
        },
        ["truncated JSON"] = HttpSink.With(200, "application/json", """{"id":"sPs71M8A2T","event":"mess"""),
        ["a body shorter than promised"] = HttpSink.Raw("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nok"),
        ["200 in the head, then a reset"] = HttpSink.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
        ["no HTTP"] = HttpSink.Raw("ok\r\n"),
        ["silence"] = HttpSink.Silence,
        ["a success wrapped in a 500"] = HttpSink.With(500, "application/json", """{"id":"sPs71M8A2T","event":"message","ok":true}"""),
        // An empty body is the success of Workflows and webhooks; where the body is the proof it is a lie.
        ["an empty 200"] = HttpSink.With(200, "text/plain", ""),
        ["200 with the wrong type of JSON"] = HttpSink.With(200, "application/json", """["ok"]"""),
    };

    static TheoryData<string, string> MakeLies()
    {
        var lies = new TheoryData<string, string>();
        foreach (var channel in (string[])["slack", "teams", "webhook", "ntfy"])
            foreach (var lie in (string[])["200 with ok:false", "200 with an error in JSON", "a captive portal", "a captive portal that calls itself JSON", "302 to a login", "307 to itself",
                "a gigabyte", "ok, then a byte every 50 ms", "truncated JSON", "a body shorter than promised", "200 in the head, then a reset", "no HTTP", "silence", "a success wrapped in a 500",
                .. channel is "slack" or "ntfy" ? (string[])["an empty 200", "200 with the wrong type of JSON"] : []])
                lies.Add(channel, lie);
        return lies;
    }

    [Theory, MemberData(nameof(Lies))]
    public async Task A_lying_answer_is_never_a_success(string channel, string lie)
    {
        sink.Answer = Liars[lie];

        Assert.IsType<Answer.TryAgain>(await Send(channel));
        Assert.Single(sink.Requests);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task What_breaks_off_is_in_doubt_and_what_was_refused_is_not(string channel)
    {
        sink.Answer = HttpSink.Raw("");
        Assert.True(Assert.IsType<Answer.TryAgain>(await Send(channel)).InDoubt);
        sink.Answer = HttpSink.With(503, null, "");
        Assert.False(Assert.IsType<Answer.TryAgain>(await Send(channel)).InDoubt);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task An_address_that_is_gone_is_dead(string channel)
    {
        foreach (var status in (int[])[401, 403, 404, 410])
        {
            sink.Answer = HttpSink.With(status, "text/plain", "no_service");
            var answer = Assert.IsType<Answer.GiveUp>(await Send(channel));
            Assert.Equal((true, status), (answer.AddressIsDead, answer.Status));
        }

        sink.Answer = HttpSink.With(400, "text/plain", "invalid_payload");
        Assert.False(Assert.IsType<Answer.GiveUp>(await Send(channel)).AddressIsDead);
    }

    [Theory]
    [InlineData(null, null), InlineData("7", 7), InlineData("0", 0), InlineData("99999999999999999999999", 3600), InlineData("86400", 3600), InlineData("-5", null), InlineData("soon", null), InlineData("1e3", null)]
    [InlineData("Tue, 24 Nov 2026 10:23:20 GMT", 60), InlineData("Tue, 24 Nov 2020 10:23:20 GMT", 0), InlineData("Tue, 24 Nov 2099 10:23:20 GMT", 3600), InlineData("", null)]
    public async Task A_wait_that_is_asked_for_is_kept_up_to_an_hour(string? header, int? seconds)
    {
        sink.Answer = HttpSink.With(429, "text/plain", "rate_limited", header is null ? [] : ["Retry-After: " + header]);

        var answer = Assert.IsType<Answer.TryAgain>(await Send("slack"));

        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, answer.After);
        Assert.Equal(429, answer.Status);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task The_reason_of_a_failure_holds_no_part_of_the_address_or_of_a_secret(string channel)
    {
        sink.Answer = HttpSink.With(404, "text/plain", "no such hook https://hooks.slack.com/services/T1/B1/zzz for ana@example.org\r\nX: y");

        var why = Assert.IsType<Answer.GiveUp>(await Send(channel)).Why;

        Assert.DoesNotContain("secretpath", why, StringComparison.Ordinal);
        Assert.DoesNotContain("zzz", why, StringComparison.Ordinal);
        Assert.DoesNotContain("ana@", why, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', why);
    }

    [Theory, MemberData(nameof(Channels))]
    public async Task Where_loopback_is_not_configured_nothing_is_sent(string channel)
    {
        var outside = Sample.Options with { Policy = new EgressPolicy { AllowPrivate = true } };
        IChannel closed = channel switch
        {
            "slack" => new SlackChannel(real, outside, TimeProvider.System),
            "teams" => new TeamsChannel(real, outside, TimeProvider.System),
            "webhook" => new WebhookChannel(real, outside, TimeProvider.System),
            _ => new NtfyChannel(real, outside, TimeProvider.System),
        };

        Assert.IsType<Answer.GiveUp>(await closed.Send(Sample.Page(Address(channel)), Ct));
        Assert.Equal(0, sink.Connections);
    }

    [Theory]
    [InlineData("slack", "https://hooks.slack.com/services/T0/B0/x", true), InlineData("slack", "https://hooks.slack.com.evil.test/services/T0/B0/x", false), InlineData("slack", "http://hooks.slack.com@evil.test/", false)]
    [InlineData("teams", "https://prod-00.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?api-version=2016-06-01&sig=a%2Bb", true), InlineData("teams", "https://evillogic.azure.com.test/", false)]
    [InlineData("teams", "https://outlook.office.com/webhook/x", false), InlineData("webhook", "https://example.org/hook?a=1", true), InlineData("webhook", "https://plantao.example.org/hook", false)]
    [InlineData("webhook", "https://u:p@example.org/", false), InlineData("webhook", "ftp://example.org/", false), InlineData("webhook", "https://example.org/#x", false), InlineData("webhook", "https://example.org/a b", false)]
    [InlineData("webhook", "https://example.org/\r\nX: 1", false), InlineData("ntfy", "https://ntfy.sh/our-topic", true), InlineData("ntfy", "https://ntfy.sh/", false), InlineData("ntfy", "https://ntfy.sh/a/json", true)]
    [InlineData("ntfy", "https://ntfy.sh/t%0a", false), InlineData("ntfy", "https://ntfy.sh/t?x=1", false), InlineData("slack", "nonsense", false), InlineData("slack", "", false)]
    public void An_address_is_checked_when_it_is_typed(string channel, string typed, bool valid)
    {
        var ruling = Channel(channel).Address(typed);

        Assert.Equal(valid, ruling.Allowed);
        if (valid) Assert.Equal(new Uri(typed), new Uri(ruling.Value));
        if (valid) Assert.Equal(ruling.Value, Channel(channel).Address(ruling.Value).Value);
    }

    [Fact]
    public void Plain_http_is_for_inside_the_house_only()
    {
        var outside = new WebhookChannel(egress, Sample.Options with { Policy = EgressPolicy.Public }, TimeProvider.System);

        Assert.False(outside.Address("http://example.org/hook").Allowed);
        Assert.True(outside.Address("https://example.org/hook").Allowed);
    }

    [Fact]
    public void The_vector_of_Standard_Webhooks_is_signed_as_published() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSignature.Of("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""u8.ToArray(), WebhookSignature.Keys(Sample.Secret)!));

    [Fact]
    public async Task A_webhook_is_signed_over_the_bytes_that_arrive_with_each_secret_of_a_rotation()
    {
        sink.Answer = Success("webhook");
        var second = WebhookSignature.NewSecret();

        await Send("webhook", message => message with { Secret = $"{Sample.Secret} {second}" });

        var request = sink.Last;
        Assert.Equal("dlv_01jd7k2m9q", request["webhook-id"]);
        Assert.Equal(Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), request["webhook-timestamp"]);
        var signatures = request["webhook-signature"]!.Split(' ');
        Assert.Equal(
            [WebhookSignature.Of("dlv_01jd7k2m9q", Now.ToUnixTimeSeconds(), request.Body, WebhookSignature.Keys(Sample.Secret)!),
             WebhookSignature.Of("dlv_01jd7k2m9q", Now.ToUnixTimeSeconds(), request.Body, WebhookSignature.Keys(second)!)],
            signatures);
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("hunter2"), InlineData("whsec_c2hvcnQ="), InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw broken")]
    public async Task A_webhook_without_a_readable_secret_is_not_sent(string? secret)
    {
        Assert.True(Assert.IsType<Answer.GiveUp>(await Send("webhook", message => message with { Secret = secret })).AddressIsDead);
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task The_token_of_ntfy_goes_into_its_header_and_the_topic_into_the_body()
    {
        sink.Answer = Success("ntfy");

        await Send("ntfy", message => message with { Secret = "tk_abc" });

        Assert.Equal("Bearer tk_abc", sink.Last["Authorization"]);
        Assert.Equal("POST / HTTP/1.1", sink.Last.Line);
        Assert.Equal("our-topic", JsonDocument.Parse(sink.Last.Body).RootElement.GetProperty("topic").GetString());
    }

    [Theory]
    [InlineData(MessageKind.Page, 0, 5), InlineData(MessageKind.Page, 1, 5), InlineData(MessageKind.Page, 2, 4), InlineData(MessageKind.Page, 3, 4)]
    [InlineData(MessageKind.Test, 0, 5), InlineData(MessageKind.Notice, 0, 3), InlineData(MessageKind.Notice, 3, 2), InlineData(MessageKind.Verification, 3, 3)]
    public void Ntfy_is_as_loud_as_the_message_is_grave(MessageKind kind, int rank, int priority) =>
        Assert.Equal(priority, JsonDocument.Parse(NtfyChannel.Body(Sample.Page("x") with { Kind = kind, Rank = rank }, "t")).RootElement.GetProperty("priority").GetInt32());

    [Theory]
    [InlineData("x"), InlineData("é"), InlineData("🔥"), InlineData("<&>"), InlineData("a\n"), InlineData("\"\\")]
    public void However_long_the_text_the_limits_of_the_providers_hold(string piece)
    {
        var long1 = string.Concat(Enumerable.Repeat(piece, 30_000));
        var message = Sample.Page("https://example.org/") with { Title = long1, Text = long1, Facts = [.. Enumerable.Repeat((long1, long1), 200)], ShortCode = long1, CorrelationId = long1 };

        var teams = TeamsChannel.Body(message);
        Assert.InRange(teams.Length, 1, 28 * 1024);
        Assert.InRange(WebhookChannel.Body(message).Length, 1, 20 * 1024);

        var ntfy = JsonDocument.Parse(NtfyChannel.Body(message, "t")).RootElement;
        Assert.InRange(Encoding.UTF8.GetByteCount(ntfy.GetProperty("message").GetString()!), 1, 4096);

        var slack = JsonDocument.Parse(SlackChannel.Body(message)).RootElement;
        Assert.InRange(slack.GetProperty("text").GetString()!.Length, 1, 4000);
        Assert.InRange(slack.GetProperty("blocks").GetArrayLength(), 1, 50);
        foreach (var block in slack.GetProperty("blocks").EnumerateArray())
        {
            var most = block.GetProperty("type").GetString() switch { "header" => 150, "section" => 3000, _ => 500 };
            if (block.TryGetProperty("text", out var text)) Assert.InRange(text.GetProperty("text").GetString()!.Length, 1, most);
            if (!block.TryGetProperty("fields", out var fields)) continue;
            Assert.InRange(fields.GetArrayLength(), 1, 10);
            Assert.All(fields.EnumerateArray(), field => Assert.InRange(field.GetProperty("text").GetString()!.Length, 1, 2000));
        }
    }

    static string Pretty(byte[] json) => JsonSerializer.Serialize(JsonDocument.Parse(json), PrettyOptions) + "\n";

    static readonly JsonSerializerOptions PrettyOptions = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
