using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>What is known of a calendar's address after it was shown once.</summary>
/// <param name="ReadAt">When a calendar last read it, to the hour; <see langword="null"/>: none did yet.</param>
public sealed record CalendarFeed(DateTimeOffset MadeAt, DateTimeOffset? ReadAt);

/// <summary>Every statement about the addresses at which calendars read a person's shifts. A person has one or none, and it is good for nothing else.</summary>
public sealed class CalendarFeeds(Db db, UserStore users)
{
    /// <summary>Calendars read every few minutes: that one did is written this often at most.</summary>
    static readonly TimeSpan Noticed = TimeSpan.FromHours(1);

    public Task<CalendarFeed?> Of(string userId, CancellationToken ct) =>
        db.First<CalendarFeed>($"SELECT made_at, read_at FROM calendar_feeds WHERE user_id = {userId}", r => new(r.At(0), r.AtOrNull(1)), ct);

    /// <summary>Makes one in place of the one before, which is good no more.</summary>
    /// <returns>The secret; kept nowhere in clear.</returns>
    public static async Task<string> Make(Tx tx, string userId, string by, DateTimeOffset at, string correlation)
    {
        var clear = Tokens.New(Tokens.Feed);
        await tx.Execute($"""
            INSERT INTO calendar_feeds (user_id, digest, made_at) VALUES ({userId}, {Tokens.Digest(clear)}, {at})
            ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, made_at = excluded.made_at, read_at = NULL
            """);
        await tx.Journal(Entry.Of("calendar.made", userId, by, at, correlation));
        return clear;
    }

    /// <returns>Whether there was one.</returns>
    public static async Task<bool> End(Tx tx, string userId, string by, DateTimeOffset at, string correlation)
    {
        if (await tx.Execute($"DELETE FROM calendar_feeds WHERE user_id = {userId}") == 0) return false;
        await tx.Journal(Entry.Of("calendar.ended", userId, by, at, correlation));
        return true;
    }

    /// <summary>Whose shifts are read with this secret; <see langword="null"/>: it is not good, or the person is not active any more.</summary>
    public async Task<User?> Reader(string clear, DateTimeOffset now, CancellationToken ct)
    {
        // A look-alike is told by its checksum: no look-up is made for it.
        if (!Tokens.Formed(clear, out var kind) || kind is not Tokens.Feed) return null;
        var found = await db.First($"SELECT user_id, read_at FROM calendar_feeds WHERE digest = {Tokens.Digest(clear)}", r => (UserId: r.Text(0), ReadAt: r.AtOrNull(1)), ct);
        if (found.UserId is null || await users.Find(found.UserId, ct) is not { Status: UserStatus.Active } user) return null;
        if (found.ReadAt is not { } last || now - last >= Noticed)
            await db.Write(tx => tx.Execute($"UPDATE calendar_feeds SET read_at = {now} WHERE user_id = {user.Id}"), ct);
        return user;
    }
}
