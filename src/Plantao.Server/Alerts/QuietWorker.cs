using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Judges open alerts again when a silence or maintenance begins or ends.</summary>
public sealed class QuietWorker(WorkerContext context, QuietStore store, DecidingFactory factory, ILogger<QuietWorker> log) : Worker(context, log, TimeSpan.FromSeconds(5), QuietStore.Wake)
{
    readonly Db db = context.Db;
    DateTimeOffset judgedAt;
    string? judged;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        // Nothing began or ended since: what is open was judged against the same silences already.
        var active = string.Join(' ', await store.ActiveIds(now, ct));
        judgedAt = now;
        if (active == judged) return false;
        var after = "";
        while (true)
        {
            var last = await db.Write(async tx =>
            {
                await SignalStore.Hold(tx);
                if (after.Length == 0) await QuietStore.Close(tx, now);
                var some = await AlertStore.Unresolved(tx, after, 500);
                if (some.Count == 0) return null;
                var deciding = await factory.In(tx);
                var touched = some.Where(s => s.Alert.Quiet is not null || deciding.IsQuiet(s.Alert, s.Text.Labels)).ToList();
                if (touched.Count > 0)
                {
                    var labels = touched.ToDictionary(t => t.Alert.Id, t => t.Text.Labels, StringComparer.Ordinal);
                    var taken = (await deciding.Take([.. touched.Select(t => t.Alert)], keys: false)).Where(a => a.Unresolved).ToList();
                    foreach (var alert in taken) deciding.Judge(alert, labels[alert.Id], alert.Correlation);
                    foreach (var group in taken.Select(a => a.GroupId).Distinct(StringComparer.Ordinal))
                    {
                        var members = await AlertStore.UnresolvedOf(tx, group);
                        deciding.JudgeGroup(group, members.All(m => deciding.CurrentOr(m).Quiet is not null), some[0].Alert.Correlation);
                    }

                    await deciding.Save();
                }

                return some[^1].Alert.Id;
            }, ct);
            if (last is null) break;
            after = last;
        }

        judged = active;
        return true;
    }

    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => store.NextChange(judgedAt, ct);
}
