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

    public static Task End(Tx tx, string id, DateTimeOffset at) => tx.Execute($"UPDATE invitations SET ended_at = {at} WHERE id = {id}");

    public static Task EndAllOf(Tx tx, string userId, DateTimeOffset at) => tx.Execute($"UPDATE invitations SET ended_at = {at} WHERE user_id = {userId} AND ended_at IS NULL");
}
