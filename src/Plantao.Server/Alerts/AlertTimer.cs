using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>Alerts that act by themselves: they resolve at their stated end, after the quiet of what flapped and by age where their integration says so, and become high when the support hours of their service begin.</summary>
public sealed class AlertTimer(WorkerContext context, AlertStore store, ServiceStore services, DecidingFactory factory, ILogger<AlertTimer> log) : Worker(context, log, TimeSpan.FromSeconds(5), Topics.Alerts, Topics.Definitions)
{
    const int Most = 200;
    readonly Db db = context.Db;

    public override async Task<bool> Work(CancellationToken ct) => await Resolve(ct) | await Raise(ct);

    async Task<bool> Resolve(CancellationToken ct) => await store.NextDue(ct) is { } due && due <= Clock.GetUtcNow() && await db.Write(async tx =>
    {
        var now = Clock.GetUtcNow();
        if ((await AlertStore.Due(tx, 1, now)).Count == 0) return false;
        await SignalStore.Hold(tx);
        var around = await factory.Surroundings(tx, now);
        var deciding = factory.In(tx, around);
        var due = (await deciding.Take(await AlertStore.Due(tx, Most, now), keys: true)).Where(a => a.DueAt <= now).ToList();
        foreach (var taken in due)
        {
            var alert = deciding.Current(taken.Id);
            if (alert.EndsAt <= now) deciding.Resolve(alert, alert.Flapping && alert.DueAt != alert.EndsAt ? ResolvedBy.Quiet : ResolvedBy.StatedEnd, alert.Correlation);
            else if (alert.Flapping && alert.DueAt == alert.LastSignalAt + AlertRules.FlappingQuiet) deciding.Resolve(alert, ResolvedBy.Quiet, alert.Correlation);
            // Its integration may say something else by now, or whoever had it has let it go: then it stays.
            else if (AlertRules.AgesAt(alert, around.Integration(alert.IntegrationId).ResolveAfter) is { } aged && aged <= now) deciding.Resolve(alert, ResolvedBy.Age, alert.Correlation);
            else deciding.PutOff(alert, AlertRules.ActsAt(alert.Flapping, alert.EndsAt, alert.LastSignalAt) is { } acts && acts > now ? acts : AlertRules.AgesAt(alert, around.Integration(alert.IntegrationId).ResolveAfter));
        }

        await deciding.Save();
        return true;
    }, ct);

    /// <summary>One service whose hours begin, or whose definition is new: what is open and low there becomes high.</summary>
    async Task<bool> Raise(CancellationToken ct) => await services.NextHours(ct) is { } due && due <= Clock.GetUtcNow() && await db.Write(async tx =>
    {
        var now = Clock.GetUtcNow();
        await SignalStore.Hold(tx);
        if (await ServiceStore.HoursDue(tx, now) is not var (service, at)) return false;
        var rules = ServiceRules.Of(service);
        // A row that is new is due at once and begins nothing; after an outage that outlasted the hours there is nobody at work to raise it for.
        if (rules.Raises && rules.NextBegin(at.AddTicks(-1)) == at && rules.AtWork(now))
        {
            var low = await AlertStore.LowOf(tx, service.Name, Most);
            var deciding = await factory.In(tx);
            var taken = await deciding.Take(low, keys: false);
            foreach (var alert in taken) deciding.RaiseByHours(deciding.Current(alert.Id));
            await deciding.Save();
            if (low.Count == Most) return true;
        }

        await ServiceStore.PutHours(tx, service.Id, rules.Raises ? rules.NextBegin(now) : null);
        return true;
    }, ct);

    protected override async Task<DateTimeOffset?> NextDue(CancellationToken ct) =>
        (await store.NextDue(ct), await services.NextHours(ct)) switch
        {
            ({ } one, { } other) => one < other ? one : other,
            var (one, other) => one ?? other,
        };
}
