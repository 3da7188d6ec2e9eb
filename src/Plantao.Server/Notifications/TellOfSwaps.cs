using Plantao.OnCall;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Tells who is asked to swap, by their quietest method.</summary>
sealed class TellOfSwaps(Notices notices, RecipientStore recipients) : ITellOfSwaps
{
    public async Task Asked(Tx tx, Swap swap, string byName, string schedule, string correlation, DateTimeOffset now)
    {
        if ((await recipients.Of(tx, [swap.Of])).TryGetValue(swap.Of, out var person))
            await notices.Tell(tx, person, new("notice.swap", [byName, schedule, LocalTimes.Clock(swap.Gives.Start, person.Zone), LocalTimes.Clock(swap.Takes.Start, person.Zone)]), null, 3, correlation, now);
    }
}
