using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Access;

/// <summary>One of those who call.</summary>
/// <param name="Token"><see langword="null"/>: nobody.</param>
/// <param name="UserId">The person behind it, when there is one.</param>
public sealed record Identity(string Name, string? Token, string? UserId);

/// <summary>What the sweep calls: team alpha (A, open to see), team hidden (A's people too, private), team beta (B), and a fresh thing for each call.</summary>
public sealed class SweepWorld(TestSite site)
{
    int made;

    public TestSite Site => site;

    public IReadOnlyList<Identity> Identities { get; private set; } = [];

    public string Owner => site.OwnerId;

    public async Task Prepare()
    {
        var observer = await site.Person("observer", OrganisationRole.Observer);
        var member = await site.Person("member");
        var responderA = await site.Person("responder-a");
        var managerA = await site.Person("manager-a");
        var responderB = await site.Person("responder-b");
        var managerB = await site.Person("manager-b");
        var admin = await site.Person("admin", OrganisationRole.Admin);
        var owner = await site.Person("second-owner", OrganisationRole.Owner);
        var alpha = await site.Team("alpha", false, (responderA.Id, TeamRole.Responder), (managerA.Id, TeamRole.Manager));
        var hidden = await site.Team("hidden", true, (responderA.Id, TeamRole.Responder), (managerA.Id, TeamRole.Manager));
        await site.Team("beta", false, (responderB.Id, TeamRole.Responder), (managerB.Id, TeamRole.Manager));
        await site.Db.Write(async tx =>
        {
            await ServiceStore.Put(tx, new("shop", "Shop", alpha, null, "{}"), "test", site.Clock.GetUtcNow(), "test");
            await ServiceStore.Put(tx, new("hidden-shop", "Hidden shop", hidden, null, "{}"), "test", site.Clock.GetUtcNow(), "test");
        }, CancellationToken.None);

        Identities =
        [
            new("none", null, null),
            new("observer", observer.Token, observer.Id),
            new("member", member.Token, member.Id),
            new("responder-a", responderA.Token, responderA.Id),
            new("manager-a", managerA.Token, managerA.Id),
            new("responder-b", responderB.Token, responderB.Id),
            new("manager-b", managerB.Token, managerB.Id),
            new("admin", admin.Token, admin.Id),
            new("owner", owner.Token, owner.Id),
            new("token-read", await site.ServiceToken(null, Scope.Read), null),
            new("token-a", await site.ServiceToken(alpha, Scope.All), null),
        ];
    }

    /// <summary>Somebody new.</summary>
    public async Task<string> Person(OrganisationRole role = OrganisationRole.Member) => (await site.Person($"p{++made}", role)).Id;

    /// <summary>Somebody new, in a team.</summary>
    public async Task<string> MemberOf(string team)
    {
        var person = await Person();
        await site.Db.Write(async tx => await TeamStore.SetMember(tx, (await TeamStore.Find(tx, team))!.Id, person, TeamRole.Responder, "test", site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        return person;
    }

    public async Task<string> Invited()
    {
        var now = site.Clock.GetUtcNow();
        var user = new User(Plantao.Platform.Ids.New("usr", now), $"p{++made}", "Invited", $"p{made}@example.org", "Etc/UTC", "en", OrganisationRole.Member, UserStatus.Invited, now);
        await site.Db.Write(tx => UserStore.Add(tx, user, "test", "test"), CancellationToken.None);
        return user.Id;
    }

    public Task<string> TokenOf(string userId) => Token(TokenKind.Personal, userId, null);

    public async Task<string> TokenOfTeam(string? team) => await Token(TokenKind.Service, null, team is null ? null : (await site.Get<TeamStore>().Find(team, CancellationToken.None))!.Id);

    public Task<string> SessionOf(string userId) =>
        site.Db.Write(async tx => (await SessionStore.Begin(tx, userId, "test", site.Clock.GetUtcNow(), "test")).Session.Id, CancellationToken.None);

    public Task<string> MethodOf(string userId) => site.Db.Write(async tx =>
    {
        // Somebody called often may not run into the limit of their methods.
        foreach (var old in (await site.Get<ContactMethodStore>().Of(tx, userId)).Skip(1)) await ContactMethodStore.Remove(tx, old, "test", site.Clock.GetUtcNow(), "test");
        return (await site.Get<ContactMethodStore>().Add(tx, userId, "ntfy", $"https://ntfy.example/{++made}", null, "test", site.Clock.GetUtcNow(), "test")).Value.Id;
    }, CancellationToken.None);

    Task<string> Token(TokenKind kind, string? userId, string? teamId)
    {
        var now = site.Clock.GetUtcNow();
        return site.Db.Write(async tx => (await TokenStore.Issue(tx, kind, userId, teamId, "swept", Scope.Read, now, now.AddDays(1), "test", "test")).Token.Id, CancellationToken.None);
    }
}
