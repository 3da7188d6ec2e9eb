using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Alerts.Intake.Generic;
using Plantao.Alerts.Intake.Grafana;
using Plantao.Alerts.Intake.Heartbeats;
using Plantao.Alerts.Intake.PagerDuty;
using Plantao.Alerts.Intake.Reports;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

/// <summary>Whatever is sent: an answer in the sender's dialect, text that can be stored, no exception, no long wait (failures.md I2).</summary>
public class HostileBodyTests
{
    static readonly Mapping Nested = Mapping.Read("""{"items":"alerts","title":["name","$.event.id"],"dedup_key":"data.host.name","labels":"labels","source_time":"when"}"""u8).Value;

    static readonly (string Name, Func<byte[], Taken> Take)[] Formats =
    [
        ("alertmanager api", body => AlertmanagerApi.Take(body, Context)),
        ("alertmanager webhook", body => AlertmanagerWebhook.Take(body, Context)),
        ("grafana", body => GrafanaWebhook.Take(body, Context)),
        ("pagerduty v2", body => EventsV2.Take(body, Context)),
        ("pagerduty v2 lenient", body => EventsV2.Take(body, Context with { LenientSeverity = true })),
        ("pagerduty change", body => ChangeEvents.Take(body, Context)),
        ("pagerduty v1", body => EventsV1.Take(body, Context)),
        ("generic", body => GenericJson.Take(body, Context, Mapping.Default)),
        ("generic items", body => GenericJson.Take(body, Context, Nested)),
        ("heartbeat", body => HeartbeatPing.Take("job", body, Context)),
        ("report", body => Report.Take(body, Context)),
    ];

    [Fact]
    public void A_mutated_message_is_taken_or_refused_in_the_senders_dialect()
    {
        var random = new Random(20261124);
        var corpus = Corpus.Names.Select(Read).ToArray();
        var (count, clock) = (0, Stopwatch.StartNew());

        while (count < 10_000 && clock.Elapsed < TimeSpan.FromSeconds(3))
        {
            var body = Mutations.Apply(corpus[random.Next(corpus.Length)], corpus, random);
            foreach (var (name, take) in Formats) AssertSound(name, body, take(body));
            AssertAgree(body);
            EventsV2.KeyIn(body);
            EventsV1.KeyIn(body);
            count++;
        }
        Assert.True(count > 300, $"only {count} bodies");
    }

    public static TheoryData<string> Inputs =>
    [
        "", " ", "\uFEFF", "null", "true", "0", "1e999", "\"x\"", "[]", "{}", "[null]", "[[]]", "[{}]", "{\"\":\"\"}", "{", "[", "\"", "{\"a\"", "{\"a\":}", "{'a':1}", "{a:1}", "[1,]", "{} {}", "NaN", "\0", "{\"a\":\u0001}",
        "{\"title\":\"\\u0000\"}", "{\"title\":\"\\ud800\"}", "{\"title\":\"\\udc00\\ud800\"}", "{\"title\":1e999}", "{\"title\":\"x\",\"title\":null}", "{\"title\":\"\\x\"}", "{\"title\":\"\\u12\"}",
        "[{\"labels\":{\"\\u0000\":\"\\u0000\"}}]", "[{\"labels\":{\"a\":\"\\ud800\"},\"annotations\":{\"summary\":\"\\u202e\\u0000\"}}]", "[{\"labels\":{\"a\":\"b\"},\"startsAt\":\"0001-01-01T00:00:00+14:00\",\"endsAt\":\"9999-12-31T23:59:59-14:00\"}]",
        "<?xml version=\"1.0\"?><a/>", "title=x&text=y", "--boundary\r\n",
    ];

    [Theory, MemberData(nameof(Inputs))]
    public void Bad_input_is_answered(string body)
    {
        foreach (var (name, take) in Formats) AssertSound(name, body.Bytes(), take(body.Bytes()));
        AssertAgree(body.Bytes());
    }

    [Fact]
    public void Bad_bytes_in_good_structure_are_taken()
    {
        byte[] Body(string before, string after) => [.. before.Bytes(), 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80, .. after.Bytes()];

        Assert.Equal(200, AlertmanagerApi.Take(Body("[{\"labels\":{\"alertname\":\"a", "\"}}]"), Context).Answer.Status);
        Assert.Equal(202, EventsV2.Take(Body("{\"routing_key\":\"k\",\"event_action\":\"trigger\",\"payload\":{\"source\":\"s\",\"severity\":\"info\",\"summary\":\"a", "\"}}"), Context).Answer.Status);
        Assert.Equal(202, GenericJson.Take(Body("{\"title\":\"a", "\"}"), Context, Mapping.Default).Answer.Status);
        Assert.Equal(202, Report.Take(Body("{\"who\":\"team\",\"title\":\"a", "\"}"), Context).Answer.Status);
        Assert.Equal(200, HeartbeatPing.Take("job", Body("", ""), Context).Answer.Status);
    }

    /// <summary>Bodies of the largest size that are made to take long.</summary>
    public static TheoryData<string> Monsters =>
    [
        "deep", "many labels", "many equal labels", "many alerts", "many bad alerts", "long marks", "many escapes", "wide object", "many details", "long digits", "long string of quotes",
    ];

    [Theory, MemberData(nameof(Monsters))]
    public void The_largest_body_is_answered_in_no_time(string monster)
    {
        var body = Monster(monster);
        Assert.InRange(body.Length, 0, IntakeLimits.Body);
        foreach (var (name, take) in Formats)
        {
            take("{}".Bytes());
            var clock = Stopwatch.StartNew();
            var taken = take(body);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"{name} took {clock.Elapsed.TotalMilliseconds:0} ms for {monster}");
            AssertSound(name, body, taken);
        }
        AssertAgree(body);
    }

    static byte[] Monster(string name)
    {
        string Many(string separator, int size, Func<int, string> part)
        {
            var text = new StringBuilder();
            for (var index = 0; text.Length < size; index++) text.Append(index == 0 ? "" : separator).Append(part(index));
            return text.ToString();
        }
        const int Size = 1_000_000;

        return Encoding.UTF8.GetBytes(name switch
        {
            "deep" => new string('[', 100_000),
            "many labels" => "[{\"labels\":{" + Many(",", Size, index => $"\"{(index * 7919) % 1_000_003:x}\":\"x\"") + "}}]",
            "many equal labels" => "[{\"labels\":{" + Many(",", Size, _ => "\"a\":\"x\"") + "}}]",
            "many alerts" => "[" + Many(",", Size, _ => "{\"labels\":{\"a\":\"b\"}}") + "]",
            "many bad alerts" => "[" + Many(",", Size, _ => "{\"labels\":{}}") + "]",
            "long marks" => "[{\"labels\":{\"a\":\"" + Many("", Size / 4, _ => "\u0301\u0316") + "\"}}]",
            "many escapes" => "{\"title\":\"" + Many("", Size, _ => "\\ud800") + "\"}",
            "wide object" => "{\"who\":\"team\",\"title\":\"x\",\"labels\":{" + Many(",", Size * 9 / 10, index => $"\"é{index:x}\":1") + "}}",
            "many details" => "{\"routing_key\":\"k\",\"event_action\":\"trigger\",\"payload\":{\"summary\":\"s\",\"source\":\"s\",\"severity\":\"info\",\"custom_details\":{" + Many(",", Size, index => $"\"{index:x}\":{index}") + "}}}",
            "long digits" => "{\"title\":" + new string('9', Size) + "}",
            _ => "{\"title\":\"" + Many("", Size, _ => "\\\"") + "\"}",
        });
    }

    static void AssertSound(string format, byte[] body, Taken taken)
    {
        try
        {
            var answer = taken.Answer;
            Assert.Contains(answer.Status, (int[])[200, 202, 400, 413, 422]);
            Assert.Equal(answer.Success, taken.Refused is null);
            if (answer.ContentType?.Contains("json", StringComparison.Ordinal) == true) JsonDocument.Parse(answer.Body).Dispose();
            if (answer.Success && format != "alertmanager api") Assert.NotEqual(0, answer.Body.Length);
            foreach (var reading in taken.Readings) AssertStorable(reading);
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"{format}, for the body {Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, 4_000)))}", failed);
        }
    }

    static void AssertStorable(Reading reading)
    {
        Assert.NotEmpty(reading.Title);
        Assert.InRange(reading.Title.Length, 1, IntakeLimits.Title);
        Assert.InRange(reading.Labels?.Count ?? 0, 0, IntakeLimits.Labels);
        Assert.InRange(reading.Annotations?.Count ?? 0, 0, IntakeLimits.Labels);
        AssertText(reading.Title, IntakeLimits.Title);
        AssertText(reading.Text, IntakeLimits.Text);
        AssertText(reading.SourceSeverity, IntakeLimits.Severity);
        AssertText(reading.DedupKey, int.MaxValue);
        AssertText(reading.GroupKey, int.MaxValue);
        foreach (var (name, value) in reading.Labels ?? LabelSet.Empty)
        {
            AssertText(name, IntakeLimits.LabelName);
            AssertText(value, IntakeLimits.LabelValue);
        }
        foreach (var (name, value) in reading.Annotations ?? LabelSet.Empty)
        {
            AssertText(name, IntakeLimits.LabelName);
            AssertText(value, IntakeLimits.Text);
        }
        if (reading.Link is not null) Assert.StartsWith("http", reading.Link, StringComparison.Ordinal);
    }

    static void AssertText(string? text, int limit)
    {
        if (text is null) return;
        Assert.InRange(text.Length, 0, limit);
        Assert.DoesNotContain('\0', text);
        new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);   // throws on half a surrogate pair
    }

    /// <summary>The check that answers before anything is built, and the reading that is built later, are one opinion.</summary>
    static void AssertAgree(byte[] body)
    {
        var check = AlertmanagerApi.Check(body, Context);
        var taken = AlertmanagerApi.Take(body, Context);

        Assert.Equal((check.Alerts, check.Answer.Status, check.Refused), (taken.Readings.Count, taken.Answer.Status, taken.Refused));
        Assert.Equal(check.Answer.Text(), taken.Answer.Text());
    }
}
