using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Every statement about invitations: one use, 7 days, and a new one ends the one before.</summary>
static class Invitations
{
    static readonly TimeSpan Life = TimeSpan.FromDays(7);

    /// <returns>What the invited person needs; kept nowhere in clear.</returns>
    public static async Task<(string Clear, DateTimeOffset Until)> Issue(Tx tx, string userId, string by, DateTimeOffset at, string correlation)
    {
        await EndAllOf(tx, userId, at);
        var clear = Tokens.New(Tokens.Invitation);
        var (id, until) = (Ids.New("inv", at), (at + Life).Stored());
        await tx.Execute($"INSERT INTO invitations (id, user_id, digest, created_at, expires_at) VALUES ({id}, {userId}, {Tokens.Digest(clear)}, {at}, {until})");
        await tx.Journal(Entry.Of("invitation.issued", userId, by, at, correlation, new { invitationId = id, until }));
        return (clear, until);
    }

    public static async Task<(string Id, string UserId)?> Find(Tx tx, string clear, DateTimeOffset now) =>
        Tokens.Formed(clear, out var kind) && kind is Tokens.Invitation
        && await tx.First($"SELECT id, user_id FROM invitations WHERE digest = {Tokens.Digest(clear)} AND ended_at IS NULL AND expires_at > {now} {tx.Db.ForUpdate}", r => (Id: r.Text(0), UserId: r.Text(1))) is { Id: not null } found
            ? found
            : null;

    public static Refusal Ended { get; } = new("invitation-ended", "This invitation is not good (any more). Ask for another.", 410);

    /// <summary>Who is invited by a code that is good; <see langword="null"/>: it is not.</summary>
    public static async Task<User?> Guest(Tx tx, string clear, DateTimeOffset now) =>
        await Find(tx, clear, now) is { } invitation && await UserStore.Find(tx, invitation.UserId) is { Status: UserStatus.Invited } invited ? invited : null;

    /// <summary>They come: the invitation ends, and their e-mail address is proven, for the code was sent there or given by hand.</summary>
    public static async Task<Ruling<User>> Accept(Tx tx, ContactMethodStore methods, string code, string? displayName, string? zone, string? language, Call call)
    {
        if (await Find(tx, code, call.At) is not { } invitation || await UserStore.Find(tx, invitation.UserId) is not { Status: UserStatus.Invited } invited) return Ended;
        var user = invited with { DisplayName = displayName?.Trim() ?? invited.DisplayName, Zone = zone ?? invited.Zone, Language = language ?? invited.Language, Status = UserStatus.Active };
        if (user.Fault() is { } fault) return fault;
        await End(tx, invitation.Id, call.At);
        await UserStore.Change(tx, invited, user, user.Id, call.At, call.Correlation);
        await methods.AddVerified(tx, user.Id, ContactMethod.Email, user.Email, user.Id, call.At, call.Correlation);
        return user;
    }

    public static Task End(Tx tx, string id, DateTimeOffset at) => tx.Execute($"UPDATE invitations SET ended_at = {at} WHERE id = {id}");

    public static Task EndAllOf(Tx tx, string userId, DateTimeOffset at) => tx.Execute($"UPDATE invitations SET ended_at = {at} WHERE user_id = {userId} AND ended_at IS NULL");
}
