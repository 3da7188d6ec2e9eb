using System.Security.Cryptography;
using System.Text;
using Plantao.Alerts.Intake.Signatures;
using static Plantao.Alerts.Intake.Signatures.SignatureScheme;

namespace Plantao.Tests.Alerts.Intake;

public class SignatureTests
{
    /// <summary>A message that its sender signed, as published by the vendor or accepted by the vendor's library.</summary>
    /// <param name="SignatureHeader">The header with the signature.</param>
    /// <param name="TimestampHeader">The header with the time, if it has one of its own.</param>
    sealed record Signed(
        SignatureScheme Scheme, string Secret, string Body, Dictionary<string, string> Headers, string SignatureHeader,
        string? TimestampHeader = null, long? SignedAt = null, GrafanaHeaders? Grafana = null)
    {
        internal DateTimeOffset At => DateTimeOffset.FromUnixTimeSeconds(SignedAt ?? 1_800_000_000);

        internal bool Verifies(string? body = null, IReadOnlyList<string>? secrets = null, DateTimeOffset? now = null) =>
            WebhookSignature.Verify(Scheme, secrets ?? [Secret], Header, (body ?? Body).Bytes(), now ?? At, Grafana).Allowed;

        internal string? Header(string name) => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

        internal Signed With(string header, string? value)
        {
            var headers = new Dictionary<string, string>(Headers);
            if (value is null) headers.Remove(header);
            else headers[header] = value;
            return this with { Headers = headers };
        }

        public override string ToString() => Grafana?.Timestamp is null ? Scheme.ToString() : Scheme + " with time";
    }

    const string SlackBody = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    static readonly Signed[] Vectors =
    [
        new(StandardWebhooks, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", """{"test": 2432232314}""", new()
        {
            ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        }, "webhook-signature", "webhook-timestamp", 1614265330),
        new(GitHub, "It's a Secret to Everybody", "Hello, World!", new()
        {
            ["X-Hub-Signature-256"] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", ["X-GitHub-Delivery"] = "72d3162e",
        }, "X-Hub-Signature-256"),
        new(Meta, "It's a Secret to Everybody", "Hello, World!", new()
        {
            ["X-Hub-Signature-256"] = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        }, "X-Hub-Signature-256"),
        new(Stripe, "whsec_test_secret", """{"id":"evt_1","object":"event","type":"invoice.paid"}""", new()
        {
            ["Stripe-Signature"] = "t=1700000000,v1=dfb4777aaaec4ea29ff455dd4df7fe6b2ef71096ad3a93a158db7e100109ea91",
        }, "Stripe-Signature", SignedAt: 1700000000),
        new(Slack, "8f742231b10e8888abcd99yyyzzz85a5", SlackBody, new()
        {
            ["X-Slack-Request-Timestamp"] = "1531420618", ["X-Slack-Signature"] = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        }, "X-Slack-Signature", "X-Slack-Request-Timestamp", 1531420618),
        new(PagerDuty, "s3cr3t", """{"event":{}}""", new()
        {
            ["X-PagerDuty-Signature"] = "v1=5bf1cfff3b05c3c75b18d19eb4f408575fd6aead6cd41f8f8cb78849320c3d37", ["X-Webhook-Id"] = "wh-1",
        }, "X-PagerDuty-Signature"),
        new(Grafana, "grafana secret", """{"version":"1"}""", new()
        {
            ["X-Grafana-Alerting-Signature"] = Hmac("grafana secret", """{"version":"1"}"""),
        }, "X-Grafana-Alerting-Signature"),
        new(Grafana, "grafana secret", """{"version":"1"}""", new()
        {
            ["X-Sig"] = Hmac("grafana secret", "1700000000:" + """{"version":"1"}"""), ["X-Time"] = "1700000000",
        }, "X-Sig", "X-Time", 1700000000, new GrafanaHeaders("X-Sig", "X-Time")),
    ];

    static string Hmac(string secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));

    public static IEnumerable<TheoryDataRow<int>> All => Vectors.Select((vector, index) => new TheoryDataRow<int>(index) { TestDisplayName = vector.ToString() });

    public static IEnumerable<TheoryDataRow<int>> Timed => All.Where(row => Vectors[row.Data].SignedAt is not null);

    [Theory, MemberData(nameof(All))]
    public void The_senders_own_signature_is_accepted(int index) => Assert.True(Vectors[index].Verifies());

    [Theory, MemberData(nameof(All))]
    public void A_body_changed_by_one_byte_is_refused(int index)
    {
        var vector = Vectors[index];
        for (var at = 0; at < vector.Body.Length; at += 7) Assert.False(vector.Verifies(body: vector.Body[..at] + (char)(vector.Body[at] ^ 1) + vector.Body[(at + 1)..]));
        Assert.False(vector.Verifies(body: vector.Body + " "));
        Assert.False(vector.Verifies(body: ""));
    }

    [Fact]
    public void A_body_written_anew_is_refused_though_it_means_the_same() => Assert.False(Vectors[0].Verifies(body: """{"test":2432232314}"""));

    [Theory, MemberData(nameof(All))]
    public void A_header_that_is_missing_empty_cut_or_in_capitals_is_refused(int index)
    {
        var vector = Vectors[index];
        var given = vector.Headers[vector.SignatureHeader];
        foreach (var header in (string?[])[null, "", " ", ",", "=", "v1=", "v1,", "sha256=", "v0=", "t=", given[..^1], given[..(given.Length / 2)], given + "0", given + ",",
            given.ToUpperInvariant(), given.Replace("v1", "v2", StringComparison.Ordinal).Replace("sha256", "sha1", StringComparison.Ordinal).Replace("v0", "v1", StringComparison.Ordinal) + "x",
            new string('a', 64), new string('é', 64), new string('v', 100_000)])
        {
            if (vector.Scheme is Stripe or PagerDuty && header == given + ",") continue;   // an empty part more
            Assert.False(vector.With(vector.SignatureHeader, header).Verifies(), header);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Two_secrets_are_good_during_a_rotation_and_the_old_one_not_after_it(int index)
    {
        var vector = Vectors[index];
        Assert.True(vector.Verifies(secrets: ["whsec_bmV3IHNlY3JldCBvZiB0d28=", vector.Secret]));
        Assert.True(vector.Verifies(secrets: [vector.Secret, "whsec_bmV3IHNlY3JldCBvZiB0d28="]));
        Assert.False(vector.Verifies(secrets: ["whsec_bmV3IHNlY3JldCBvZiB0d28="]));
    }

    [Theory, MemberData(nameof(All))]
    public void Without_a_secret_nothing_is_accepted(int index)
    {
        var vector = Vectors[index];
        Assert.False(vector.Verifies(secrets: []));
        Assert.False(vector.Verifies(secrets: [""]));
        Assert.False(vector.Verifies(secrets: ["whsec_"]));
        Assert.False(vector.Verifies(secrets: ["whsec_not base64!"]));
    }

    [Fact]
    public void An_empty_secret_does_not_match_a_signature_made_with_it()
    {
        var headers = new Dictionary<string, string> { ["X-Hub-Signature-256"] = "sha256=" + Hmac("", "body") };

        Assert.False(WebhookSignature.Verify(GitHub, [""], name => headers.GetValueOrDefault(name), "body"u8, Corpus.Now).Allowed);
    }

    [Theory, MemberData(nameof(Timed))]
    public void The_clock_may_be_off_by_five_minutes_either_way(int index)
    {
        var vector = Vectors[index];
        foreach (var seconds in (int[])[-300, -299, 0, 299, 300]) Assert.True(vector.Verifies(now: vector.At.AddSeconds(seconds)));
        foreach (var seconds in (int[])[-100_000, -301, 301, 100_000]) Assert.False(vector.Verifies(now: vector.At.AddSeconds(seconds)));
    }

    [Theory, MemberData(nameof(Timed))]
    public void A_time_that_is_none_is_refused(int index)
    {
        var vector = Vectors[index];
        foreach (var time in (string?[])[null, "", "soon", "-1700000000", "+1700000000", "1700000000.5", " 1700000000", "1e9", "99999999999999999999", "999999999999", "١٧٠٠٠٠٠٠٠٠"])
        {
            var changed = vector.Scheme == Stripe
                ? vector.With("Stripe-Signature", vector.Headers["Stripe-Signature"].Replace("t=1700000000", time is null ? "" : "t=" + time.Trim() + "x", StringComparison.Ordinal))
                : vector.With(vector.TimestampHeader!, time);
            Assert.False(changed.Verifies(), time);
        }
    }

    [Theory]
    [InlineData(0, "v1,{0} v1,{1}")]
    [InlineData(0, "v1a,{0} v1,{1}")]
    [InlineData(3, "t=1700000000,v1={0},v1={1}")]
    [InlineData(3, "t=1700000000,v0={0},v1={1}")]
    [InlineData(5, "v1={0}, v1={1}")]
    public void The_second_of_several_signatures_will_do(int index, string format)
    {
        var vector = Vectors[index];
        var given = vector.Headers[vector.SignatureHeader];
        var signature = given[(given.LastIndexOf(index == 0 ? "," : "v1=", StringComparison.Ordinal) + (index == 0 ? 1 : 3))..];
        var other = index == 0 ? Convert.ToBase64String(new byte[32]) : new string('0', 64);

        Assert.True(vector.With(vector.SignatureHeader, string.Format(null, format, other, signature)).Verifies());
        Assert.False(vector.With(vector.SignatureHeader, string.Format(null, format, other, other)).Verifies());
    }

    [Fact]
    public void The_signatures_of_stripes_test_mode_alone_are_refused()
    {
        var vector = Vectors[3];
        Assert.False(vector.With("Stripe-Signature", vector.Headers["Stripe-Signature"].Replace("v1=", "v0=", StringComparison.Ordinal)).Verifies());
        Assert.False(vector.With("Stripe-Signature", "t=1700000000," + vector.Headers["Stripe-Signature"]).Verifies());   // which time was signed?
    }

    [Fact]
    public void Svix_is_standard_webhooks_by_other_names()
    {
        var headers = Vectors[0].Headers.ToDictionary(header => header.Key.Replace("webhook", "svix", StringComparison.Ordinal), header => header.Value);

        Assert.True((Vectors[0] with { Headers = headers }).Verifies());
        Assert.True(Vectors[0].Verifies(secrets: [Vectors[0].Secret["whsec_".Length..]]));
        Assert.False(Vectors[0].With("webhook-id", null).Verifies());
        Assert.False(Vectors[0].With("webhook-id", "msg_other").Verifies());
    }

    [Fact]
    public void An_id_with_a_dot_could_be_cut_elsewhere_and_is_refused()
    {
        var key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, "a.1614265330.1614265330.{}"u8.ToArray()));
        var signed = Vectors[0].With("webhook-id", "a.1614265330").With("webhook-signature", "v1," + signature);

        Assert.False(signed.Verifies(body: "{}"));
        Assert.True(signed.With("webhook-id", "a").Verifies(body: "1614265330.{}"));
    }

    [Fact]
    public void The_id_of_a_delivery_is_found_where_the_scheme_has_one()
    {
        string? Id(Signed vector) => WebhookSignature.Verify(vector.Scheme, [vector.Secret], vector.Header, vector.Body.Bytes(), vector.At, vector.Grafana).Value.DeliveryId;

        Assert.Equal(["msg_p5jXN8AQM9LWM0D4loKWxJek", "72d3162e", null, null, null, "wh-1", null, null], Vectors.Select(Id));
    }

    [Fact]
    public void Telegram_shows_a_token()
    {
        bool Verifies(string? token, params string[] secrets) => WebhookSignature.Verify(Telegram, secrets, _ => token, [], Corpus.Now).Allowed;

        Assert.True(Verifies("token-1", "token-1"));
        Assert.True(Verifies("token-1", "token-2", "token-1"));
        Assert.False(Verifies("token-2", "token-1"));
        Assert.False(Verifies("token-", "token-1"));
        Assert.False(Verifies(null, "token-1"));
        Assert.False(Verifies("", ""));
    }

    [Fact]
    public void A_refusal_does_not_say_what_was_wrong()
    {
        var wrongBody = WebhookSignature.Verify(GitHub, ["It's a Secret to Everybody"], Vectors[1].Header, "x"u8, Corpus.Now).Refusal;
        var noHeader = WebhookSignature.Verify(GitHub, ["It's a Secret to Everybody"], _ => null, "x"u8, Corpus.Now).Refusal;

        Assert.Equal((wrongBody, 401), (noHeader, noHeader.Status));
    }
}
