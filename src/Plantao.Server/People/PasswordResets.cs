using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Mails a link to somebody who may have no proven contact method yet, and to nobody else. A room above answers: it knows the channels.</summary>
public interface IMailLinks
{
    /// <summary>Whether mail is set up here.</summary>
    bool Possible { get; }

    /// <summary>Puts the message into the outbox, in the transaction that keeps the link.</summary>
    /// <param name="to">The account's e-mail, proven or not.</param>
    /// <param name="link">Lets in. A secret.</param>
    Task Send(Tx tx, ContactMethod to, MailedLink kind, string link, DateTimeOffset until, User user, DateTimeOffset now, string correlation);
}

/// <summary>What a mailed link is for.</summary>
public enum MailedLink { Invitation, PasswordReset }

/// <summary>Every statement about links that set a new password: one use, and a new one ends the one before.</summary>
static class PasswordResets
{
    /// <summary>By mail, which somebody else may come to read later.</summary>
    public static TimeSpan ByMail { get; } = TimeSpan.FromHours(1);

    /// <summary>By an Owner, who gives it by hand.</summary>
    public static TimeSpan ByHand { get; } = TimeSpan.FromHours(24);

    /// <summary>Between two mails to one account: a mailbox is not for others to fill.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    public static Refusal Ended { get; } = new("reset-ended", "This link is not good (any more). Ask for another.", 410);

    /// <returns>What the person needs; kept nowhere in clear.</returns>
    public static async Task<(string Clear, DateTimeOffset Until)> Issue(Tx tx, string userId, TimeSpan life, string by, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"UPDATE password_resets SET ended_at = {at} WHERE user_id = {userId} AND ended_at IS NULL");
        var clear = Tokens.New(Tokens.Reset);
        var (id, until) = (Ids.New("rst", at), (at + life).Stored());
        await tx.Execute($"INSERT INTO password_resets (id, user_id, digest, created_at, expires_at) VALUES ({id}, {userId}, {Tokens.Digest(clear)}, {at}, {until})");
        await tx.Journal(Entry.Of("password.reset-issued", userId, by, at, correlation, new { until }));
        return (clear, until);
    }

    /// <summary>Mails one, unless one went out a moment ago or the address is nobody's. Whoever asked is told the same.</summary>
    public static Task Mail(Db db, IMailLinks mail, ContactMethodStore methods, string address, string publicAddress, Call call, CancellationToken ct) => db.Write(async tx =>
    {
        if (await UserStore.WithEmail(tx, address) is not { Status: UserStatus.Active } user) return false;
        if (await tx.First($"SELECT 1 FROM password_resets WHERE user_id = {user.Id} AND created_at > {call.At - Pause} LIMIT 1", r => r.Long(0)) != 0) return false;
        if ((await methods.Of(tx, user.Id)).FirstOrDefault(m => m.Channel == ContactMethod.Email && m.Address == user.Email) is not { } to) return false;
        var (clear, until) = await Issue(tx, user.Id, ByMail, user.Id, call.At, call.Correlation);
        await mail.Send(tx, to, MailedLink.PasswordReset, $"{publicAddress}/reset/{clear}", until, user, call.At, call.Correlation);
        return true;
    }, ct);

    /// <summary>Whose link this is; <see langword="null"/>: it is not good.</summary>
    public static async Task<User?> Guest(Tx tx, string clear, DateTimeOffset now) =>
        Tokens.Formed(clear, out var kind) && kind is Tokens.Reset
        && await tx.First($"SELECT user_id FROM password_resets WHERE digest = {Tokens.Digest(clear)} AND ended_at IS NULL AND expires_at > {now} {tx.Db.ForUpdate}", r => r.Text(0)) is { } id
        && await UserStore.Find(tx, id) is { Status: UserStatus.Active } user ? user : null;

    /// <summary>Uses the link: the new password holds and every session has ended.</summary>
    public static async Task<Ruling<User>> Use(Tx tx, string clear, KeptPassword password, DateTimeOffset now, string correlation)
    {
        if (await Guest(tx, clear, now) is not { } user) return Ended;
        await tx.Execute($"UPDATE password_resets SET ended_at = {now} WHERE user_id = {user.Id} AND ended_at IS NULL");
        await Passwords.Keep(tx, user.Id, password, user.Id, now, correlation);
        await SessionStore.EndAllOf(tx, user.Id, now);
        return user;
    }
}
