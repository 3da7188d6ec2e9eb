using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>What must always hold of pages and deliveries.</summary>
static class NotificationSelfTests
{
    public static IServiceCollection AddNotificationSelfTests(this IServiceCollection services) => services
        .AddSelfTest("A page of an earlier epoch does not ask any more.", _ => $"""
            SELECT p.id FROM pages p JOIN page_subjects s ON s.id = p.subject WHERE p.status = 'Open' AND p.epoch < s.epoch LIMIT 20
            """)
        .AddSelfTest("What is due is sent, or tried, within a minute.", now => Piece($"""
            SELECT id FROM deliveries WHERE {Sql.Own(NotificationStore.InWork)} AND status = 'Pending' AND due_at < {now.AddSeconds(-60)} LIMIT 20
            """))
        .AddSelfTest("An open page went out, is on its way, or says that its person cannot be reached.", now => $"""
            SELECT p.id FROM pages p WHERE p.status = 'Open' AND p.created_at < {now.AddSeconds(-120)}
               AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.page_id = p.id)
               AND NOT EXISTS (SELECT 1 FROM hops h WHERE h.page_id = p.id AND h.kind IN ('Unreachable', 'Merged', 'Reevaluated')) LIMIT 20
            """);

    static Sql Piece(Sql sql) => sql;
}
