using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.PagerDuty;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

public class PagerDutyTests
{
    const string Key = "\"routing_key\":\"R0123456789ABCDEF0123456789ABCDE\"";

    [Fact]
    public void What_alertmanager_sends_to_pagerduty_pages_here()
    {
        var taken = EventsV2.Take(Read("pagerduty-v2-alertmanager.json"), Context);

        Assert.Equal((202, "application/json"), (taken.Answer.Status, taken.Answer.ContentType));
        Assert.Equal("""{"status":"success","message":"Event processed","dedup_key":"d4061866bc333de2350285b0452a21f78349e3d63b4f06b6c956f64f95d7be36"}""", taken.Answer.Text());
        var reading = Assert.Single(taken.Readings);
        Assert.Equal((ReadingKind.Firing, "[FIRING:3] HighLatency (critical)", "critical"), (reading.Kind, reading.Title, reading.SourceSeverity));
        Assert.Equal(Now.AddMinutes(-5), reading.SourceAt);
        Assert.Equal("class=\"cls\", source=\"Alertmanager\"", reading.Labels!.ToString());
        Assert.Equal("3", reading.Annotations!["num firing"]);
        Assert.Equal("""{"a":[1,true,null]}""", reading.Annotations["nested"]);
        Assert.Equal("http://x/l", reading.Annotations["runbook"]);
        Assert.Equal("http://am:9093/#/alerts?receiver=all", reading.Link);
    }

    [Fact]
    public void A_resolve_is_taken_whatever_its_payload_holds()
    {
        var reading = Assert.Single(EventsV2.Take(Read("pagerduty-v2-resolve.json"), Context).Readings);

        Assert.Equal((ReadingKind.Resolved, "srv01/HTTP"), (reading.Kind, reading.DedupKey));
    }

    [Fact]
    public void An_acknowledgement_needs_no_payload()
    {
        var taken = EventsV2.Take($$"""{ {{Key}},"event_action":"acknowledge","dedup_key":"k","payload":null}""".Bytes(), Context);

        Assert.Equal((202, ReadingKind.Acknowledged, "k"), (taken.Answer.Status, taken.Readings[0].Kind, taken.Readings[0].Title));
    }

    [Fact]
    public void A_trigger_without_a_key_is_given_one_and_told_it()
    {
        var taken = EventsV2.Take(Read("pagerduty-v2-trigger-without-key.json"), Context);

        Assert.Equal("made-key", taken.Readings[0].DedupKey);
        Assert.Equal("""{"status":"success","message":"Event processed","dedup_key":"made-key"}""", taken.Answer.Text());
    }

    [Theory]
    [InlineData("{", "Unrecognized object", "JSON parse error")]
    [InlineData("[]", "Unrecognized object", "JSON parse error")]
    [InlineData("{}", "invalid event", "'routing_key' is missing or blank|'event_action' is missing or blank")]
    [InlineData($$"""{ {{Key}},"event_action":"explode"}""", "invalid event", "'event_action' is invalid (must be one of: trigger acknowledge resolve)")]
    [InlineData($$"""{ {{Key}},"event_action":"resolve"}""", "invalid event", "'dedup_key' is missing or blank")]
    [InlineData($$"""{ {{Key}},"event_action":"resolve","dedup_key":7}""", "invalid event", "'dedup_key' is invalid (must be a string)")]
    [InlineData($$$"""{ {{{Key}}},"event_action":"trigger","payload":{"summary":" ","source":5,"severity":"page"}}""", "invalid event",
        "'payload.summary' is missing or blank|'payload.source' is invalid (must be a string)|'payload.severity' is invalid (must be one of: critical warning error info)")]
    public void A_refusal_names_everything_that_is_wrong(string body, string status, string errors)
    {
        var taken = EventsV2.Take(body.Bytes(), Context);

        Assert.Equal(400, taken.Answer.Status);
        Assert.Empty(taken.Readings);
        Assert.NotNull(taken.Refused);
        var answer = System.Text.Json.JsonDocument.Parse(taken.Answer.Body).RootElement;
        Assert.Equal(status, answer.GetProperty("status").GetString());
        Assert.Equal(errors.Split('|'), answer.GetProperty("errors").EnumerateArray().Select(error => error.GetString()));
    }

    [Fact]
    public void The_error_body_is_the_documented_one() => Assert.Equal(
        """{"status":"invalid event","message":"Event object is invalid","errors":["'payload.severity' is invalid (must be one of: critical warning error info)"]}""",
        EventsV2.Take($$$"""{ {{{Key}}},"event_action":"trigger","payload":{"summary":"a","source":"b","severity":"P1"}}""".Bytes(), Context).Answer.Text());

    [Theory]
    [InlineData("\"PAGE\"", "critical")]
    [InlineData("\"warn\"", "warning")]
    [InlineData("\"info\"", "info")]
    [InlineData("\"P3\"", "error")]
    [InlineData("null", "error")]
    public void Lenient_integrations_take_any_severity(string given, string severity)
    {
        var body = $$$"""{ {{{Key}}},"event_action":"trigger","payload":{"summary":"a","source":"b","severity":{{{given}}} } }""";

        Assert.Equal(severity, Assert.Single(EventsV2.Take(body.Bytes(), Context with { LenientSeverity = true }).Readings).SourceSeverity);
    }

    [Fact]
    public void A_summary_that_is_too_long_still_pages_and_is_kept_whole_in_the_text()
    {
        var summary = new string('x', 2_000);
        var reading = Assert.Single(EventsV2.Take($$$"""{ {{{Key}}},"event_action":"trigger","payload":{"summary":"{{{summary}}}","source":"b","severity":"info"}}""".Bytes(), Context).Readings);

        Assert.Equal((1_024, summary), (reading.Title.Length, reading.Text));
    }

    [Fact]
    public void A_key_that_is_too_long_is_refused_since_two_conditions_must_not_become_one()
    {
        Taken With(int length) => EventsV2.Take($$"""{ {{Key}},"event_action":"resolve","dedup_key":"{{new string('k', length)}}"}""".Bytes(), Context);

        Assert.Equal(202, With(255).Answer.Status);
        Assert.Equal((400, "'dedup_key' is too long (maximum is 255 characters)"), (With(256).Answer.Status, With(256).Refused));
    }

    [Fact]
    public void A_change_is_kept_and_has_no_key()
    {
        var taken = ChangeEvents.Take(Read("pagerduty-change.json"), Context);

        Assert.Equal((202, """{"status":"success","message":"Event processed"}"""), (taken.Answer.Status, taken.Answer.Text()));
        var reading = Assert.Single(taken.Readings);
        Assert.Equal((ReadingKind.Change, null, "Deploy v2.3.1 to production", "https://ci.example/42"), (reading.Kind, reading.DedupKey, reading.Title, reading.Link));
        Assert.Equal(400, ChangeEvents.Take("{}"u8, Context).Answer.Status);
    }

    [Fact]
    public void Version_one_ignores_the_members_of_version_two_and_answers_200()
    {
        var taken = EventsV1.Take(Read("pagerduty-v1-alertmanager.json"), Context);

        Assert.Equal((200, """{"status":"success","message":"Event processed","incident_key":"d4061866"}"""), (taken.Answer.Status, taken.Answer.Text()));
        Assert.Equal((ReadingKind.Firing, "[FIRING:1] HighLatency", "1"), (taken.Readings[0].Kind, taken.Readings[0].Title, taken.Readings[0].Annotations!["num_firing"]));
        Assert.Contains("event_type is invalid (must be one of: trigger acknowledge resolve)", EventsV1.Take("""{"service_key":"x","event_type":"y"}"""u8, Context).Answer.Text(), StringComparison.Ordinal);
        Assert.Equal(403, EventsV1.Throttled().Status);
    }

    [Theory]
    [InlineData($$"""{ {{Key}} }""", "R0123456789ABCDEF0123456789ABCDE")]
    [InlineData("""{"a":{"routing_key":"nested"},"routing_key":"first","routing_\u006bey":"last"}""", "last")]
    [InlineData("""{"routing_key":" "}""", null)]
    [InlineData("""{"routing_key":5}""", null)]
    [InlineData("""{"routing_key":"x"} y""", null)]
    [InlineData("""["routing_key"]""", null)]
    [InlineData("", null)]
    public void The_key_is_found_before_anything_else_is_read(string body, string? key) => Assert.Equal(key, EventsV2.KeyIn(body.Bytes()));

    [Fact]
    public void Every_refusal_has_a_status_and_a_message_since_clients_parse_it()
    {
        foreach (var (answer, status) in (ReadOnlySpan<(IntakeAnswer, int)>)[(EventsV2.TooLarge(), 413), (EventsV2.UnknownKey(), 400), (EventsV2.Throttled(), 429)])
        {
            Assert.Equal(status, answer.Status);
            var body = System.Text.Json.JsonDocument.Parse(answer.Body).RootElement;
            Assert.NotEmpty(body.GetProperty("status").GetString()!);
            Assert.NotEmpty(body.GetProperty("message").GetString()!);
        }
        Assert.Contains("Invalid routing key", EventsV2.UnknownKey().Text(), StringComparison.Ordinal);
    }
}
