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

    /// <summary>Keeps that somebody asked for one, whoever's the address is.</summary>
    public static async Task Ask(Tx tx, string address, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"INSERT INTO reset_requests (id, address, asked_at, correlation) VALUES ({Ids.New("rrq", at)}, {address}, {at}, {correlation})");
        tx.Wake(Topics.PasswordResets);
    }

    /// <summary>Takes the oldest of what was asked for, and mails a link, unless one went out a moment ago or the address is nobody's.</summary>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> Answer(Tx tx, IMailLinks mail, ContactMethodStore methods, string publicAddress, DateTimeOffset now)
    {
        var asked = await tx.First($"SELECT id, address, correlation FROM reset_requests ORDER BY id LIMIT 1 {tx.Db.SkipLocked}", r => (Id: r.Text(0), Address: r.Text(1), Correlation: r.Text(2)));
        if (asked.Id is null) return false;
        await tx.Execute($"DELETE FROM reset_requests WHERE id = {asked.Id}");
        if (await UserStore.WithEmail(tx, asked.Address) is not { Status: UserStatus.Active } user) return true;
        if (await tx.First($"SELECT 1 FROM password_resets WHERE user_id = {user.Id} AND created_at > {now - Pause} LIMIT 1", r => r.Long(0)) != 0) return true;
        if ((await methods.Of(tx, user.Id)).FirstOrDefault(m => m.Channel == ContactMethod.Email && m.Address == user.Email) is not { } to) return true;
        var (clear, until) = await Issue(tx, user.Id, ByMail, user.Id, now, asked.Correlation);
        await mail.Send(tx, to, MailedLink.PasswordReset, $"{publicAddress}/reset/{clear}", until, user, now, asked.Correlation);
        return true;
    }

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

/// <summary>Mails a link to those who forgot their password. Any number of nodes may run it at once.</summary>
sealed class ResetWorker(WorkerContext context, IMailLinks mail, ContactMethodStore methods, PublicAddress address, ILogger<ResetWorker> log) : Worker(context, log, TimeSpan.FromSeconds(10), Topics.PasswordResets)
{
    readonly Db db = context.Db;

    public override async Task<bool> Work(CancellationToken ct)
    {
        var here = await address.Get(ct);
        return await db.Write(tx => PasswordResets.Answer(tx, mail, methods, here, Clock.GetUtcNow()), ct);
    }
}
