using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>One browser that is signed in.</summary>
public sealed record Session(string Id, string UserId, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, string? UserAgent)
{
    /// <summary>The cookie: HttpOnly, SameSite=Lax, Secure where the browser comes by https.</summary>
    public const string Cookie = "plantao_session";

    /// <summary>From sign-in, whatever is done meanwhile.</summary>
    public static TimeSpan Life { get; } = TimeSpan.FromDays(30);

    /// <summary>How the cookie is set, and with no time at all taken away again. Its end is a length, not an instant: the browser's clock may be off.</summary>
    public static CookieOptions CookieOf(HttpRequest request, TimeSpan life) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.HttpContext.IsSecure(), Path = "/", MaxAge = life, IsEssential = true };
}

/// <summary>Every statement about sessions.</summary>
public sealed class SessionStore(Db db)
{
    /// <summary>A person's that are still good, newest first.</summary>
    public Task<IReadOnlyList<Session>> Of(string userId, DateTimeOffset now, CancellationToken ct) =>
        db.Query($"{Select} WHERE user_id = {userId} AND ended_at IS NULL AND expires_at > {now} ORDER BY created_at DESC, id DESC", Read, ct);

    /// <summary>Begins one, always with a new secret: what a browser brought along before signing in is good for nothing (failures.md K3).</summary>
    /// <returns>The session, and what goes into the cookie.</returns>
    public static async Task<(Session Session, string Clear)> Begin(Tx tx, string userId, string? userAgent, DateTimeOffset at, string correlation)
    {
        var clear = Tokens.New(Tokens.Session);
        var session = new Session(Ids.New("ses", at), userId, at, at, (at + Session.Life).Stored(), null, userAgent is { Length: > 200 } ? userAgent[..200] : userAgent);
        await tx.Execute($"""
            INSERT INTO sessions (id, user_id, digest, created_at, seen_at, expires_at, user_agent)
            VALUES ({session.Id}, {userId}, {Tokens.Digest(clear)}, {at}, {at}, {session.ExpiresAt}, {session.UserAgent})
            """);
        await tx.Journal(Entry.Of("session.begun", session.Id, userId, at, correlation, new { userId }, session.UserAgent));
        return (session, clear);
    }

    /// <returns>Whether it was that person's, and still good.</returns>
    public static async Task<bool> End(Tx tx, string id, string userId, string by, DateTimeOffset at, string correlation)
    {
        if (await tx.Execute($"UPDATE sessions SET ended_at = {at} WHERE id = {id} AND user_id = {userId} AND ended_at IS NULL") == 0) return false;
        await tx.Journal(Entry.Of("session.ended", id, by, at, correlation, new { userId }));
        return true;
    }

    /// <summary>The id of the session behind a cookie; <see langword="null"/>: there is none that is good.</summary>
    public Task<string?> IdOf(string clear, CancellationToken ct) => db.First($"SELECT id FROM sessions WHERE digest = {Tokens.Digest(clear)} AND ended_at IS NULL", r => r.TextOrNull(0), ct);

    /// <summary>Ends the session behind a cookie, whoever's it is.</summary>
    public static async Task EndByCookie(Tx tx, string clear, string by, DateTimeOffset at, string correlation)
    {
        var ended = await tx.First($"UPDATE sessions SET ended_at = {at} WHERE digest = {Tokens.Digest(clear)} AND ended_at IS NULL RETURNING id, user_id", r => (Id: r.Text(0), UserId: r.Text(1)));
        if (ended.Id is not null) await tx.Journal(Entry.Of("session.ended", ended.Id, by, at, correlation, new { userId = ended.UserId }));
    }

    /// <summary>Ends all of a person's sessions but the one behind <paramref name="clear"/>.</summary>
    public static Task<int> EndOthers(Tx tx, string userId, string clear, DateTimeOffset at) =>
        tx.Execute($"UPDATE sessions SET ended_at = {at} WHERE user_id = {userId} AND digest <> {Tokens.Digest(clear)} AND ended_at IS NULL");

    /// <returns>How many were still good.</returns>
    public static Task<int> EndAllOf(Tx tx, string userId, DateTimeOffset at) =>
        tx.Execute($"UPDATE sessions SET ended_at = {at} WHERE user_id = {userId} AND ended_at IS NULL");

    static Sql Select => Sql.Own("SELECT id, user_id, created_at, seen_at, expires_at, ended_at, user_agent FROM sessions");

    static Session Read(Row r) => new(r.Text(0), r.Text(1), r.At(2), r.At(3), r.At(4), r.AtOrNull(5), r.TextOrNull(6));
}
