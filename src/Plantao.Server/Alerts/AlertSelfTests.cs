using Plantao.Platform;

namespace Plantao.Alerts;

/// <summary>What must always hold of signals, alerts and groups.</summary>
static class AlertSelfTests
{
    public static IServiceCollection AddAlertSelfTests(this IServiceCollection services) => services
        .AddSelfTest("A stored signal is decided within a minute.", now => $"""
            SELECT 'sig_' || s.id FROM signals s WHERE s.id > (SELECT position FROM signal_cursor WHERE id = 1) AND s.received_at < {now.AddSeconds(-60)} LIMIT 20
            """)
        .AddSelfTest("No signal waits for a person to replay it.", _ => $"""
            SELECT 'sig_' || signal_id FROM dead_letters WHERE due_at IS NULL LIMIT 20
            """)
        .AddSelfTest("A condition has at most one unresolved alert.", _ => $"""
            SELECT min(id) FROM alerts WHERE status <> 'Resolved' GROUP BY key_hash HAVING count(*) > 1 LIMIT 20
            """)
        .AddSelfTest("A group counts its unresolved alerts rightly, and is over when there is none.", _ => $"""
            SELECT g.id FROM alert_groups g
             WHERE g.ended_at IS NULL AND g.unresolved <> (SELECT count(*) FROM alerts a WHERE a.group_id = g.id AND a.status <> 'Resolved') LIMIT 20
            """)
        .AddSelfTest("An unresolved group of alerts has a climb that has not ended.", _ => $"""
            SELECT g.id FROM alert_groups g WHERE g.ended_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM escalations e WHERE e.subject = g.id AND e.status <> 'Ended') LIMIT 20
            """);
}
