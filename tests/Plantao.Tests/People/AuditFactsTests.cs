using System.Globalization;
using Plantao.People;

namespace Plantao.Tests.People;

public sealed class AuditFactsTests
{
    static string Read(string facts) => string.Join(" | ", AuditFacts.Read(
        facts, at => at.ToString("HH:mm", CultureInfo.InvariantCulture), id => id == "usr_1" ? "Ada" : id).Select(f => f.Name + " " + f.Value));

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{"userId":"usr_1","until":"2026-09-21T09:30:00.0000000Z","waitSeconds":30}""", "userId Ada | until 09:30 | waitSeconds 30")]
    [InlineData("""{"until":"2026-09-21T09:30:00+00:00","users":["usr_1","usr_2"],"replaces":null,"quiet":false}""", "until 09:30 | users Ada, usr_2 | quiet false")]
    [InlineData("""{"before":{"signals":30},"after":{"signals":90,"mail":{"days":7}}}""", "before.signals 30 | after.signals 90 | after.mail.days 7")]
    [InlineData("""{"steps":[{"channels":["email","ntfy"],"after":0},{"channels":["sms"],"after":60}]}""", "steps channels email, ntfy after 0; channels sms after 60")]
    [InlineData("""{"name":"2026-09-21 is no instant","on":"2026-09-21"}""", "name 2026-09-21 is no instant | on 2026-09-21")]
    [InlineData("""[1]""", " [1]")]
    [InlineData("""{"torn""", """ {"torn""")]
    public void A_persons_eye_reads_names_values_and_times(string facts, string read) => Assert.Equal(read, Read(facts));

    [Fact]
    public void People_are_found_wherever_they_stand() =>
        Assert.Equal(["usr_1", "usr_2", "usr_3"], AuditFacts.People("""{"user":"usr_1","more":{"users":["usr_2","usr_3"]},"text":"usr_4 within a text"}"""));
}
