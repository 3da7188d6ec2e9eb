using Plantao.Platform;

namespace Plantao.Escalations;

/// <summary>What must always hold of climbs: no page may end without an answer or an exhausted ladder with its catch-all (design §5).</summary>
static class EscalationSelfTests
{
    public static IServiceCollection AddEscalationSelfTests(this IServiceCollection services) => services
        .AddSelfTest("A climb that asks has a time at which it acts next.", _ => $"""
            SELECT id FROM escalations WHERE status IN ('Climbing', 'Unanswered', 'Told') AND due_at IS NULL LIMIT 20
            """)
        .AddSelfTest("A climb that is due has acted within a minute.", now => $"""
            SELECT id FROM escalations WHERE due_at < {now.AddSeconds(-60)} LIMIT 20
            """)
        .AddSelfTest("An acknowledgement names who has it.", _ => $"""
            SELECT id FROM escalations WHERE status IN ('Acknowledged', 'Snoozed') AND by_user IS NULL LIMIT 20
            """);
}
