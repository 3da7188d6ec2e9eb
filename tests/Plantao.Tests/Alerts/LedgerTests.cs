using Plantao.Alerts;
using Plantao.Notifications;
using Plantao.People;

namespace Plantao.Tests.Alerts;

/// <summary>The ledger says what is known of a page, and no more.</summary>
public class LedgerTests
{
    static readonly DateTimeOffset At = new(2026, 9, 21, 3, 12, 0, TimeSpan.Zero);

    static Alert Alert => new("alr_1", "int_1", [], "grp_1", "checkout", null, AlertStatus.Open, null, Urgency.High, 1, null, false, false, At, At, null, null, null, null, null, null, null, 1, At, 1, At, 1, null, "c", 0);

    static LedgerLine Line(PageStatus status, params Hop[] hops) =>
        Assert.Single(Ledger.Of(Alert, [new PageTrail("pag_1", "usr_1", "why", "High", status, 0, At, null, null, hops)]));

    static Hop Mail(HopKind kind, int after, string? detail = null) => new(kind, At.AddSeconds(after), detail, "dlv_1", "email", null, null);

    [Fact]
    public void An_answer_does_not_prove_that_a_message_arrived_or_was_seen()
    {
        var line = Line(PageStatus.Answered, Mail(HopKind.Attempted, 1), Mail(HopKind.Accepted, 2), new Hop(HopKind.Answered, At.AddSeconds(9), "by usr_1", null, null, null, null));

        Assert.Equal([Stage.Happened, Stage.Happened, Stage.Happened, Stage.Happened, Stage.Happened, Stage.InDoubt, Stage.NotYet, Stage.Happened], line.Cells.Select(c => c.Stage));
    }

    [Theory, InlineData(HopKind.Failed, Stage.Retried), InlineData(HopKind.GaveUp, Stage.Failed), InlineData(HopKind.InDoubt, Stage.InDoubt)]
    public void What_was_not_accepted_says_why_and_nothing_follows(HopKind kind, Stage stage)
    {
        var line = Line(PageStatus.Open, Mail(HopKind.Attempted, 1), Mail(kind, 2, "451"));

        Assert.Equal([stage, Stage.NotYet, Stage.NotYet, Stage.NotYet], line.Cells.Skip(4).Select(c => c.Stage));
        Assert.Equal("451", Assert.Single(line.Details).Detail);
    }
}
