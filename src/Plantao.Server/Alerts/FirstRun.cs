using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>Whether first run is over: an alert paged somebody and was acknowledged. What is over stays over, so it is looked up until then alone.</summary>
sealed class FirstRun(Db db) : IKnowFirstRun
{
    volatile bool over;

    public async Task<bool> Over(CancellationToken ct) =>
        over || (over = await db.First($"SELECT 1 FROM journal WHERE kind = 'escalation.acknowledged' LIMIT 1", r => r.Long(0), ct) != 0);
}

/// <summary>Where first run stands.</summary>
/// <param name="Proven">The viewer has a proven contact method.</param>
/// <param name="Integration">There is a service and an integration.</param>
/// <param name="Over">An alert was acknowledged.</param>
public sealed record FirstRunSteps(bool Proven, bool Integration, bool Over);

/// <summary>Reads where first run stands, for who looks.</summary>
sealed class FirstRunDesk(IKnowFirstRun firstRun, ContactMethodStore methods, IntegrationStore integrations)
{
    public async Task<FirstRunSteps> Steps(Call call, CancellationToken ct) => new(
        call.Caller.UserId is { } id && (await methods.For([id], ct)).Count > 0, (await integrations.All(ct)).Any(), await firstRun.Over(ct));
}
