using Plantao.Definitions;
using Plantao.Definitions.Kinds;

namespace Plantao.Tests.Definitions;

public class DifferenceTests
{
    static string Between(string? before, string? after) => Difference.Between(EscalationPolicyKind.Kind,
        before is null ? null : Written.One("escalation-policies/a.yaml", before).Document, after is null ? null : Written.One("escalation-policies/a.yaml", after).Document, "here (revision 3)", "file");

    const string Ladder = "title: A\nteam: ops\nsteps:\n  - {targets: [person:ana], wait: 5m}\n  - {targets: [person:bruno], wait: 10m}\nrounds: 3\n";

    [Fact]
    public void A_change_is_shown_with_three_lines_around_it() => Assert.Equal(
        """
        --- here (revision 3)
        +++ file
        @@ -6,5 +6,5 @@
             wait: 5m
           - targets:
               - person:bruno
        -    wait: 10m
        +    wait: 15m
         rounds: 3

        """, Between(Ladder, Ladder.Replace("10m", "15m", StringComparison.Ordinal)));

    [Fact]
    public void Changes_far_apart_are_shown_apart() => Assert.Equal(
        """
        --- here (revision 3)
        +++ file
        @@ -1,4 +1,4 @@
        -title: A
        +title: B
         team: ops
         steps:
           - targets:
        @@ -7,4 +7,6 @@
           - targets:
               - person:bruno
             wait: 10m
        -rounds: 3
        +rounds: 2
        +catch_all:
        +  - person:ana

        """, Between(Ladder, Ladder.Replace("title: A", "title: B", StringComparison.Ordinal).Replace("rounds: 3", "rounds: 2\ncatch_all: [person:ana]", StringComparison.Ordinal)));

    [Fact]
    public void What_is_new_is_all_added()
    {
        var text = Between(null, "title: A\nsteps: [{targets: [person:ana], wait: 5m}]\n");
        Assert.StartsWith("--- here (revision 3)\n+++ file\n@@ -0,0 +1,6 @@\n+title: A\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_is_no_difference() => Assert.Equal("", Between(Ladder, "# again\n" + Ladder));
}
