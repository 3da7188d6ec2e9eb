using Plantao.Platform.Access;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>Tells the shell who looks at a screen.</summary>
sealed class Viewers(UserStore users) : IKnowViewers
{
    public async Task<ViewerDetails?> Find(string userId, CancellationToken ct) =>
        await users.Find(userId, ct) is { } user ? new(user.Id, user.DisplayName, user.Language, user.Zone) : null;

    /// <summary>Admins first: Owners are few, and have other things to do.</summary>
    public async Task<IReadOnlyList<string>> WhoMay(CancellationToken ct) =>
        [.. (await users.Active(ct)).Where(u => u.Role is OrganisationRole.Admin or OrganisationRole.Owner).OrderBy(u => u.Role).ThenBy(u => u.DisplayName, StringComparer.CurrentCulture).Take(3).Select(u => u.DisplayName)];
}
