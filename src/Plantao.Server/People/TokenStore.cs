using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Whose rights a token carries. Stored by name.</summary>
public enum TokenKind
{
    /// <summary>A person's, within its scopes. 90 days unless said.</summary>
    Personal,

    /// <summary>A team's, or the organisation's. 1 year unless said.</summary>
    Service,
}

/// <summary>What is known of a token after it was shown once.</summary>
/// <param name="TeamId"><see langword="null"/> on a service token: the organisation's.</param>
public sealed record ApiToken(
    string Id, TokenKind Kind, string? UserId, string? TeamId, string Name, Scope Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>How long a token lives unless said.</summary>
    public static TimeSpan Life(TokenKind kind) => kind switch
    {
        TokenKind.Personal => TimeSpan.FromDays(90),
        TokenKind.Service => TimeSpan.FromDays(365),
    };
}

/// <summary>A token and, this once, what lets in.</summary>
public sealed record Issued(ApiToken Token, string Clear);

/// <summary>Every statement about API tokens.</summary>
public sealed class TokenStore(Db db)
{
    /// <summary>A person's own, newest first.</summary>
    public Task<IReadOnlyList<ApiToken>> Of(string userId, CancellationToken ct) =>
        db.Query($"{Select} WHERE user_id = {userId} ORDER BY created_at DESC, id DESC", Read, ct);

    /// <summary>Service tokens of a team; <see langword="null"/>: of the organisation.</summary>
    public Task<IReadOnlyList<ApiToken>> OfTeam(string? teamId, CancellationToken ct) => teamId is null
        ? db.Query($"{Select} WHERE kind = {TokenKind.Service} AND team_id IS NULL ORDER BY created_at DESC, id DESC", Read, ct)
        : db.Query($"{Select} WHERE kind = {TokenKind.Service} AND team_id = {teamId} ORDER BY created_at DESC, id DESC", Read, ct);

    public static Task<ApiToken?> Find(Tx tx, string id) => tx.First<ApiToken>($"{Select} WHERE id = {id}", Read);

    /// <summary>Makes one. What comes back in clear is kept nowhere.</summary>
    public static async Task<Issued> Issue(
        Tx tx, TokenKind kind, string? userId, string? teamId, string name, Scope scopes, DateTimeOffset at, DateTimeOffset expiresAt, string by, string correlation)
    {
        var clear = Tokens.New(kind switch { TokenKind.Personal => Tokens.Personal, TokenKind.Service => Tokens.Service });
        var token = new ApiToken(Ids.New("tok", at), kind, userId, teamId, name, scopes, at, expiresAt.Stored(), null, null);
        await tx.Execute($"""
            INSERT INTO api_tokens (id, kind, user_id, team_id, name, digest, scopes, created_at, expires_at)
            VALUES ({token.Id}, {kind}, {userId}, {teamId}, {name}, {Tokens.Digest(clear)}, {scopes}, {at}, {token.ExpiresAt})
            """);
        await tx.Journal(Entry.Of("token.issued", token.Id, by, at, correlation, new { kind, userId, teamId, scopes, expiresAt = token.ExpiresAt }, name));
        return new Issued(token, clear);
    }

    /// <returns>Whether it was still good.</returns>
    public static async Task<bool> Revoke(Tx tx, string id, string by, DateTimeOffset at, string correlation)
    {
        if (await tx.Execute($"UPDATE api_tokens SET revoked_at = {at} WHERE id = {id} AND revoked_at IS NULL") == 0) return false;
        await tx.Journal(Entry.Of("token.revoked", id, by, at, correlation));
        return true;
    }

    /// <returns>How many were still good.</returns>
    public static Task<int> RevokeAllOf(Tx tx, string userId, DateTimeOffset at) =>
        tx.Execute($"UPDATE api_tokens SET revoked_at = {at} WHERE user_id = {userId} AND revoked_at IS NULL");

    static Sql Select => Sql.Own("SELECT id, kind, user_id, team_id, name, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_tokens");

    static ApiToken Read(Row r) => new(
        r.Text(0), Enum.Parse<TokenKind>(r.Text(1)), r.TextOrNull(2), r.TextOrNull(3), r.Text(4), Enum.Parse<Scope>(r.Text(5)), r.At(6), r.At(7), r.AtOrNull(8), r.AtOrNull(9));
}
