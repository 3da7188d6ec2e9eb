using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Resolves by time: what stated an end, and what flapped and has been quiet.</summary>
public sealed class AlertTimer(WorkerContext context, AlertStore store, DecidingFactory factory, ILogger<AlertTimer> log) : Worker(context, log, TimeSpan.FromSeconds(5), Topics.Alerts)
{
    const int Most = 200;
    readonly Db db = context.Db;

    public override async Task<bool> Work(CancellationToken ct) => await db.Write(async tx =>
    {
        var now = Clock.GetUtcNow();
        if ((await AlertStore.Due(tx, 1, now)).Count == 0) return false;
        await SignalStore.Hold(tx);
        var deciding = await factory.In(tx);
        var due = (await deciding.Take(await AlertStore.Due(tx, Most, now), keys: true)).Where(a => a.DueAt <= now).ToList();
        foreach (var alert in due) deciding.Resolve(deciding.Current(alert.Id), alert.Flapping && alert.EndsAt != alert.DueAt ? "plantao: quiet for 10 min" : "plantao: its stated end passed", alert.Correlation);
        await deciding.Save();
        return true;
    }, ct);

    protected override Task<DateTimeOffset?> NextDue(CancellationToken ct) => store.NextDue(ct);
}
