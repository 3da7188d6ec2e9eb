using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Alerts.Intake.Grafana;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

public class GroupMessageTests
{
    [Fact]
    public void Each_alert_of_a_group_is_a_reading_of_its_own()
    {
        var taken = AlertmanagerWebhook.Take(Read("alertmanager-webhook-firing.json"), Context);

        Assert.Equal((202, """{"status":"accepted"}"""), (taken.Answer.Status, taken.Answer.Text()));
        Assert.Null(taken.ResolvesGroup);
        Assert.Equal([ReadingKind.Firing, ReadingKind.Resolved], taken.Readings.Select(reading => reading.Kind));
        Assert.Equal(["28520d952c735e30", "0123456789abcdef"], taken.Readings.Select(reading => reading.DedupKey));
        Assert.All(taken.Readings, reading => Assert.Equal("""{}:{alertname="HighLatency"}""", reading.GroupKey));
        Assert.All(taken.Readings, reading => Assert.Null(reading.EndsAt));
        Assert.Equal([Now.AddMinutes(-5).AddTicks(1234567), Now.AddMinutes(-2)], taken.Readings.Select(reading => reading.SourceAt));
        Assert.Equal(("Latency of web1 is high", "Since 09:55", "critical"), (taken.Readings[0].Title, taken.Readings[0].Text, taken.Readings[0].SourceSeverity));
        Assert.Equal("HighLatency (web2)", taken.Readings[1].Title);
    }

    [Fact]
    public void A_group_that_is_over_resolves_members_that_the_message_leaves_out() =>
        Assert.Equal("""{}:{alertname="HighLatency"}""", AlertmanagerWebhook.Take(Read("alertmanager-webhook-resolved-truncated.json"), Context).ResolvesGroup);

    [Fact]
    public void A_group_in_which_something_fires_is_not_over_whatever_its_status_says()
    {
        var body = """{"version":"4","status":"resolved","groupKey":"g","alerts":[{"status":"firing","labels":{"a":"b"}}]}"""u8;

        Assert.Null(AlertmanagerWebhook.Take(body, Context).ResolvesGroup);
    }

    [Fact]
    public void An_alert_without_a_fingerprint_gets_the_one_of_its_labels()
    {
        var body = """{"version":"4","status":"firing","alerts":[{"status":"firing","labels":{"severity":"warning","alertname":"A"}}]}"""u8;

        Assert.Equal("25c2cdb12d31dc50", Assert.Single(AlertmanagerWebhook.Take(body, Context).Readings).DedupKey);
    }

    [Fact]
    public void Grafana_shows_its_panel_and_its_values()
    {
        var taken = GrafanaWebhook.Take(Read("grafana-firing.json"), Context);

        Assert.Equal(202, taken.Answer.Status);
        var reading = Assert.Single(taken.Readings);
        Assert.Equal(("Checkout fails for 12 %", "c6eadffa33fcdf37"), (reading.Title, reading.DedupKey));
        Assert.Equal("https://grafana.example/d/x?viewPanel=2", reading.Link);
        Assert.Equal("""{"B":12.5,"C":1}""", reading.Annotations!["values"]);
        Assert.Equal(Now.AddMinutes(-5).AddTicks(1234560), reading.SourceAt);
    }

    [Fact]
    public void Rules_without_data_are_called_by_their_own_names() =>
        Assert.Equal(["No data: Checkout errors", "Query failed: Fila parada"], GrafanaWebhook.Take(Read("grafana-no-data.json"), Context).Readings.Select(reading => reading.Title));

    [Fact]
    public void Grafana_and_alertmanager_are_told_apart()
    {
        Assert.Equal(400, GrafanaWebhook.Take(Read("alertmanager-webhook-firing.json"), Context).Answer.Status);
        var taken = AlertmanagerWebhook.Take(Read("grafana-firing.json"), Context);
        Assert.Equal((400, "application/problem+json"), (taken.Answer.Status, taken.Answer.ContentType));
        Assert.Contains("integration of kind Grafana", taken.Refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "The body must be an object.")]
    [InlineData("""{"version":"4"}""", "alerts must be an array.")]
    [InlineData("""{"version":"4","alerts":[{"status":"firing","labels":{}},5]}""", "alerts[1] must be an object.")]
    [InlineData("""{"version":"4","alerts":[{"labels":{}}]}""", "alerts[0].status must be firing or resolved.")]
    [InlineData("""{"version":"4","alerts":[{"status":"firing","labels":{"a":1}}]}""", "alerts[0].labels must be an object of strings.")]
    [InlineData("""{"version":"4","alerts":[{"status":"firing","annotations":[]}]}""", "alerts[0].annotations must be an object of strings.")]
    [InlineData("""{"version":"4","alerts":[{"status":"firing","startsAt":"soon"}]}""", "alerts[0].startsAt must be an RFC 3339 time.")]
    public void A_refusal_names_the_member(string body, string sentence)
    {
        var taken = AlertmanagerWebhook.Take(body.Bytes(), Context);

        Assert.Equal((400, sentence, 0), (taken.Answer.Status, taken.Refused, taken.Readings.Count));
        Assert.Contains(sentence, taken.Answer.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_a_browser_should_not_follow_are_left_out()
    {
        var body = """{"version":"4","alerts":[{"status":"firing","labels":{"a":"b"},"generatorURL":"javascript:alert(1)"}]}"""u8;

        Assert.Null(Assert.Single(AlertmanagerWebhook.Take(body, Context).Readings).Link);
    }
}
