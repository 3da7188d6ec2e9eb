using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Heartbeats;
using Plantao.Alerts.Intake.Reports;
using static Plantao.Tests.Alerts.Intake.Corpus;

namespace Plantao.Tests.Alerts.Intake;

public class PingAndReportTests
{
    [Fact]
    public void An_empty_ping_says_alive_and_well()
    {
        var taken = HeartbeatPing.Take("nightly-backup", [], new IntakeContext(Now));

        Assert.Equal((200, "OK\n"), (taken.Answer.Status, taken.Answer.Text()));
        Assert.Equal([(ReadingKind.Heartbeat, "nightly-backup"), (ReadingKind.Resolved, "nightly-backup/outcome")], taken.Readings.Select(reading => (reading.Kind, reading.DedupKey!)));
    }

    [Theory]
    [InlineData("""{"exit":1}""", "nightly-backup: failed with exit code 1")]
    [InlineData("""{"exit":"137","status":"ok"}""", "nightly-backup: failed with exit code 137")]
    [InlineData("""{"status":"Failed"}""", "nightly-backup: failed")]
    public void A_job_that_fails_is_alive_and_fires(string body, string title)
    {
        var taken = HeartbeatPing.Take("nightly-backup", body.Bytes(), new IntakeContext(Now));

        Assert.Equal([ReadingKind.Heartbeat, ReadingKind.Firing], taken.Readings.Select(reading => reading.Kind));
        Assert.Equal((title, "error"), (taken.Readings[1].Title, taken.Readings[1].SourceSeverity));
    }

    [Fact]
    public void The_output_of_a_job_is_its_body_and_the_exit_code_a_query()
    {
        var context = new IntakeContext(Now) { Query = name => name == "exit" ? "2" : null };

        var taken = HeartbeatPing.Take("rsync", "building file list\nconnection \0refused\n"u8, context);

        Assert.Equal("building file list\nconnection refused", taken.Readings[1].Text);
        Assert.Equal("rsync: connection refused", HeartbeatPing.Take("rsync", Read("heartbeat-failed.json"), new IntakeContext(Now)).Readings[1].Text);
    }

    [Fact]
    public void Of_a_long_output_the_end_is_kept()
    {
        var text = HeartbeatPing.Take("job", (new string('x', 100_000) + "the error").Bytes(), new IntakeContext(Now)).Readings[1].Text!;

        Assert.StartsWith("…", text, StringComparison.Ordinal);
        Assert.EndsWith("the error", text, StringComparison.Ordinal);
        Assert.Equal(8_193, text.Length);
    }

    [Theory]
    [InlineData("""{"exit":"soon"}""", "exit must be a whole number.")]
    [InlineData("""{"exit":[]}""", "exit must be a string or a number.")]
    [InlineData("""{"exit":1.5}""", "exit must be a whole number.")]
    [InlineData("""{"status":"unfailed"}""", "status must be one of")]
    public void An_outcome_nobody_understands_is_refused(string body, string sentence)
    {
        var taken = HeartbeatPing.Take("job", body.Bytes(), new IntakeContext(Now));

        Assert.Equal((400, 0), (taken.Answer.Status, taken.Readings.Count));
        Assert.StartsWith(sentence, taken.Refused, StringComparison.Ordinal);
    }

    [Fact]
    public void A_customers_report_stands_alone_and_hides_the_contact_from_labels()
    {
        var taken = Report.Take(Read("report-customer.json"), Context);

        Assert.Equal(202, taken.Answer.Status);
        var reading = Assert.Single(taken.Readings);
        Assert.Equal((ReadingKind.Firing, null, "Não consigo pagar", "error"), (reading.Kind, reading.DedupKey, reading.Title, reading.SourceSeverity));
        Assert.Equal("reported_by=\"customer\", urgency=\"high\"", reading.Labels!.ToString());
        Assert.Equal("maria@cliente.example", reading.Annotations!["contact"]);
    }

    [Theory]
    [InlineData("{}", "title is missing")]
    [InlineData("""{"title":" ","who":"team"}""", "title is missing")]
    [InlineData("""{"title":"x"}""", "who must be team or customer.")]
    [InlineData("""{"title":"x","who":"customers"}""", "who must be team or customer.")]
    [InlineData("""{"title":"x","who":"team","urgency":"urgent"}""", "urgency must be high or low.")]
    [InlineData("""{"title":5,"who":"team"}""", "title must be a string.")]
    [InlineData("""{"title":"x","who":"team","phone":"1"}""", "phone is not a member of a report")]
    public void A_report_that_cannot_be_read_says_why(string body, string sentence)
    {
        var taken = Report.Take(body.Bytes(), Context);

        Assert.Equal((400, 0), (taken.Answer.Status, taken.Readings.Count));
        Assert.StartsWith(sentence, taken.Refused, StringComparison.Ordinal);
    }
}
