using Plantao.Escalations;
using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Alerts;

/// <summary>What the screen of one alert is told live: entries about it and its group, and each hop of its pages.</summary>
static class AlertLive
{
    public static async Task<LiveFeed?> Open(IServiceProvider services, Caller caller, string about, CancellationToken ct)
    {
        if (await services.GetRequiredService<AlertDesk>().Find(about, new Call(caller, default, ""), ct) is not var (alert, _)) return null;
        var (escalations, notifications) = (services.GetRequiredService<EscalationStore>(), services.GetRequiredService<NotificationStore>());
        return new(Entries(alert), async stopped => await escalations.Look(alert.GroupId, stopped) is { } climb ? await notifications.NewestHop(climb.Id, stopped) : 0);
    }

    static Sql Entries(Alert alert) => Piece($"AND (j.subject = {alert.Id} OR j.subject = {alert.GroupId})");

    static Sql Piece(Sql sql) => sql;
}
