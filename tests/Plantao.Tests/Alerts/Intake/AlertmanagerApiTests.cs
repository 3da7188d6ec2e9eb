using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

public class AlertmanagerApiTests
{
    [Fact]
    public void What_prometheus_sends_becomes_readings()
    {
        var taken = AlertmanagerApi.Take(Read("alertmanager-api-prometheus.json"), Context);

        Assert.Equal((200, null, 0), (taken.Answer.Status, taken.Answer.ContentType, taken.Answer.Body.Length));
        Assert.Null(taken.Refused);
        var firing = taken.Readings[0];
        Assert.Equal(ReadingKind.Firing, firing.Kind);
        Assert.Equal("Latency of web1 is high", firing.Title);
        Assert.Equal("p99 of web1 is 2.1 s > 1 s & rising", firing.Text);
        Assert.Equal("critical", firing.SourceSeverity);
        Assert.Equal(["alertname", "instance", "job", "severity"], firing.Labels!.Keys);
        Assert.Equal(Now.AddMinutes(-5).AddMilliseconds(123), firing.SourceAt);
        Assert.Equal(Now.AddMinutes(4).AddTicks(1234567), firing.EndsAt);
        Assert.False(firing.EndIsAssumed);
        Assert.Equal("http://prometheus:9090/graph?g0.expr=rate%28x%5B5m%5D%29+%3E+1&g0.tab=1", firing.Link);

        var resolved = taken.Readings[1];
        Assert.Equal((ReadingKind.Resolved, "DiskFull (db1:9100)", Now.AddMinutes(-1)), (resolved.Kind, resolved.Title, resolved.SourceAt));
        Assert.Null(resolved.Link);
    }

    [Fact]
    public void Unset_times_mean_now_and_five_minutes_from_now()
    {
        var reading = Assert.Single(AlertmanagerApi.Take(Read("alertmanager-api-amtool.json"), Context).Readings);

        Assert.Null(reading.SourceAt);
        Assert.Equal(Now.AddMinutes(5), reading.EndsAt);
        Assert.True(reading.EndIsAssumed);
        Assert.Equal(["alertname", "node"], reading.Labels!.Keys);
        Assert.Equal("teste à mão", reading.Title);
    }

    [Fact]
    public void Escapes_order_and_unknown_members_change_nothing()
    {
        var reading = Assert.Single(AlertmanagerApi.Take(Read("alertmanager-api-unsorted-escaped.json"), Context).Readings);

        Assert.Equal(["alertname", "env", "nome do serviço", "severity"], reading.Labels!.Keys);
        Assert.Equal(Fingerprint.Of(reading.Labels), reading.DedupKey);
        Assert.Equal("linha 1 linha 2 tab", reading.Title);
        Assert.Equal("", reading.Annotations!["note"]);
    }

    [Theory]
    [InlineData("", "cbf29ce484222325")]
    [InlineData("severity=warning,alertname=A", "25c2cdb12d31dc50")]
    [InlineData("alertname=B,team=db,empty=", "37fe854917a4c4fd")]
    [InlineData("ok=b", "8e5a53b8bac61c2b")]
    [InlineData("alertname=HighLatency,instance=web1,severity=critical", "28520d952c735e30")]
    public void Fingerprints_are_those_of_alertmanager(string labels, string expected)
    {
        var pairs = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]);

        Assert.Equal(expected, Fingerprint.Of(pairs));
        if (pairs.Count == 0) return;
        var body = $"[{{\"labels\":{System.Text.Json.JsonSerializer.Serialize(pairs)}}}]";
        Assert.Equal(expected, Assert.Single(AlertmanagerApi.Take(body.Bytes(), Context).Readings).DedupKey);
    }

    /// <summary>Statuses and bodies as Alertmanager 0.25 gave them.</summary>
    public static TheoryData<string, int, string> Observed => new()
    {
        { "[]", 200, "" },
        { "null", 200, "" },
        { "", 422, """{"code":602,"message":"alerts in body is required"}""" },
        { " \n", 422, """{"code":602,"message":"alerts in body is required"}""" },
        { "{}", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal object into Go value of type models.PostableAlerts"}""" },
        { "[", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because unexpected EOF"}""" },
        { """[{"labels":{"a":"b"}""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because unexpected EOF"}""" },
        { "xyz", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because invalid character 'x' looking for beginning of value"}""" },
        { """[{"labels":{"a":"b"}},]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because invalid character ']' looking for beginning of value"}""" },
        { "[{\"labels\":{\"a\":\"\n\"}}]", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because invalid character '\\n' in string literal"}""" },
        { "[1]", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number into Go value of type struct { Annotations models.LabelSet \"json:\\\"annotations,omitempty\\\"\"; EndsAt strfmt.DateTime \"json:\\\"endsAt,omitempty\\\"\"; StartsAt strfmt.DateTime \"json:\\\"startsAt,omitempty\\\"\" }"}""" },
        { "[{}]", 422, """{"code":602,"message":"0.labels in body is required"}""" },
        { """[{"labels":null}]""", 422, """{"code":602,"message":"0.labels in body is required"}""" },
        { """[{"labels":{"a":"b"}},{}]""", 422, """{"code":602,"message":"1.labels in body is required"}""" },
        { """[{},{"labels":{"a":1}}]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number into Go struct field Alert.labels of type string"}""" },
        { """[{"labels":{"a":1},"annotations":{"b":2}}]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number into Go struct field .annotations of type string"}""" },
        { """[{"labels":5}]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number into Go struct field Alert.labels of type models.LabelSet"}""" },
        { """[{"labels":{"a":"b"},"startsAt":5}]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because json: cannot unmarshal number into Go struct field .startsAt of type string"}""" },
        { """[{"labels":{"a":"b"},"startsAt":"x"}]""", 400, """{"code":400,"message":"parsing alerts body from \"\" failed, because parsing time \"x\" as \"2006-01-02 15:04:05\": cannot parse \"x\" as \"2006\""}""" },
        { """[{"labels":{"a":"b"},"generatorURL":"not a url"}]""", 422, """{"code":601,"message":"0.generatorURL in body must be of type uri: \"not a url\""}""" },
        { """[{"generatorURL":"bad"}]""", 422, """{"code":601,"message":"0.generatorURL in body must be of type uri: \"bad\""}""" },
        { """[{"labels":{"a":"b"},"generatorURL":"http://x/\u0001"}]""", 422, """{"code":601,"message":"0.generatorURL in body must be of type uri: \"http://x/\\x01\""}""" },
        { """[{"labels":{}}]""", 400, "\"at least one label pair required\"\n" },
        { """[{"labels":{"a":"","b":null}}]""", 400, "\"at least one label pair required\"\n" },
        { """[{"labels":{"a":"b"},"annotations":{"":"x"}}]""", 400, "\"invalid annotations: invalid name \\\"\\\"\"\n" },
        { """[{"labels":{"a":"b"},"startsAt":"2126-01-02T00:00:00Z"}]""", 400, "\"start time must be before end time\"\n" },
        { """[{"labels":{"a":"b"},"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z"},{"labels":{"":"x"}},{"labels":{}}]""", 400, "\"start time must be before end time; invalid label set: invalid name \\\"\\\"; at least one label pair required\"\n" },
        { """[{"labels":{"":"","b":"c"}}]""", 200, "" },
        { """[{"labels":{"a":"b"},"annotations":null,"generatorURL":null,"startsAt":null,"endsAt":""}]""", 200, "" },
    };

    [Theory, MemberData(nameof(Observed))]
    public void Answers_are_byte_for_byte_those_of_alertmanager(string body, int status, string answer)
    {
        var taken = AlertmanagerApi.Take(body.Bytes(), Context);

        Assert.Equal((status, answer), (taken.Answer.Status, taken.Answer.Text()));
        Assert.Equal(status == 200 ? null : "application/json", taken.Answer.ContentType);
        Assert.Equal(status == 200, taken.Refused is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/foo")]
    [InlineData("http://x/a b")]
    [InlineData("http://x/é")]
    [InlineData("mailto:a@b")]
    [InlineData("HTTP://x")]
    [InlineData("http:")]
    [InlineData("*")]
    [InlineData("a:b")]
    [InlineData("http://x/#f g")]
    [InlineData("//h/x")]
    [InlineData("http://user:p@host:9090/x?y=%zz")]
    [InlineData("http://[::1]:9090/")]
    public void Addresses_that_alertmanager_takes_are_taken(string uri) => Assert.True(RequestUri.IsValid(uri.Bytes()));

    [Theory]
    [InlineData("foo")]
    [InlineData("http://x y")]
    [InlineData("http://x/%zz")]
    [InlineData("http://[::1")]
    [InlineData("1http://x")]
    [InlineData(":x")]
    [InlineData("http://x:port/")]
    public void Addresses_that_alertmanager_refuses_are_refused(string uri) => Assert.False(RequestUri.IsValid(uri.Bytes()));

    [Theory]
    [InlineData(null, "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    [InlineData("text/plain; charset=utf-8", "text/plain")]
    [InlineData("garbage", "garbage")]
    [InlineData("application/vnd.x+json", "application/vnd.x+json")]
    public void Another_media_type_is_refused(string? contentType, string named)
    {
        var answer = AlertmanagerApi.Take("[]"u8, Context with { ContentType = contentType }).Answer;

        Assert.Equal((415, $$"""{"code":415,"message":"unsupported media type \"{{named}}\", only [application/json] are allowed"}"""), (answer.Status, answer.Text()));
        Assert.Equal(422, AlertmanagerApi.Take([], Context with { ContentType = contentType }).Answer.Status);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/json;")]
    public void Json_is_json_however_it_is_written(string contentType) =>
        Assert.Equal(200, AlertmanagerApi.Take("[]"u8, Context with { ContentType = contentType }).Answer.Status);

    [Fact]
    public void Valid_alerts_are_kept_when_others_are_refused()
    {
        var body = """[{"labels":{"alertname":"kept"}},{"labels":{}},{"labels":{"alertname":"also kept"}}]"""u8;

        var taken = AlertmanagerApi.Take(body, Context);

        Assert.Equal(["kept", "also kept"], taken.Readings.Select(reading => reading.Title));
        Assert.Equal(400, taken.Answer.Status);
        Assert.Equal("at least one label pair required", taken.Refused);
    }

    [Fact]
    public void Parts_of_a_refused_alert_do_not_leak_into_the_next()
    {
        var body = """[{"annotations":{"summary":"of the first"},"generatorURL":"http://first","labels":{}},{"labels":{"alertname":"second"}}]"""u8;

        var reading = Assert.Single(AlertmanagerApi.Take(body, Context).Readings);

        Assert.Equal(("second", null), (reading.Title, reading.Link));
        Assert.Empty(reading.Annotations!);
    }

    [Fact]
    public void Of_a_member_or_label_given_twice_the_last_counts()
    {
        var body = """[{"labels":{"a":"gone"},"labels":{"b":"1","c":"x","b":"2"}}]"""u8;

        Assert.Equal("b=\"2\", c=\"x\"", Assert.Single(AlertmanagerApi.Take(body, Context).Readings).Labels!.ToString());
    }

    [Fact]
    public void An_end_that_has_just_come_resolves()
    {
        ReadingKind Kind(DateTimeOffset endsAt) => Assert.Single(AlertmanagerApi.Take($$"""[{"labels":{"a":"b"},"endsAt":"{{endsAt:O}}"}]""".Bytes(), Context).Readings).Kind;

        Assert.Equal(ReadingKind.Resolved, Kind(Now));
        Assert.Equal(ReadingKind.Firing, Kind(Now.AddTicks(1)));
    }

    [Fact]
    public void More_than_ten_thousand_alerts_are_refused_whole()
    {
        string Body(int alerts) => $"[{string.Join(',', Enumerable.Repeat("""{"labels":{"a":"b"}}""", alerts))}]";

        Assert.Equal(10_000, AlertmanagerApi.Take(Body(10_000).Bytes(), Context).Readings.Count);
        var taken = AlertmanagerApi.Take(Body(10_001).Bytes(), Context);
        Assert.Equal((413, 0), (taken.Answer.Status, taken.Readings.Count));
    }

    [Fact]
    public void Labels_are_cut_at_their_limits_and_stay_distinct_by_all_of_them()
    {
        string Body(string last) => $$"""[{"labels":{ {{string.Join(',', Enumerable.Range(0, 200).Select(i => $"\"l{i:000}\":\"{new string('x', 5000)}\""))}},"z":"{{last}}"} }]""";

        var one = Assert.Single(AlertmanagerApi.Take(Body("1").Bytes(), Context).Readings);
        var other = Assert.Single(AlertmanagerApi.Take(Body("2").Bytes(), Context).Readings);

        Assert.Equal(IntakeLimits.Labels, one.Labels!.Count);
        Assert.All(one.Labels.Values, value => Assert.Equal(IntakeLimits.LabelValue, value.Length));
        Assert.NotEqual(one.DedupKey, other.DedupKey);
    }

    [Fact]
    public void Checking_allocates_nothing_when_all_is_well()
    {
        var body = Read("alertmanager-api-prometheus.json");
        for (var warm = 0; warm < 100; warm++) AlertmanagerApi.Check(body, Context);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) AlertmanagerApi.Check(body, Context);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
