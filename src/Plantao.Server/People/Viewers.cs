using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>Tells the shell who looks at a screen.</summary>
sealed class Viewers(UserStore users) : IKnowViewers
{
    public async Task<ViewerDetails?> Find(string userId, CancellationToken ct) =>
        await users.Find(userId, ct) is { } user ? new(user.Id, user.DisplayName, user.Language, user.Zone) : null;
}
