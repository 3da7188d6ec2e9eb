using System.Security.Cryptography;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Finds the person or token behind a call. Reads the database each time, in one query: what was withdrawn is dead at the next request (failures.md K3).</summary>
public sealed class TokenIdentify(Db db, TimeProvider clock, ILogger<TokenIdentify> log) : IIdentify
{
    /// <summary>How exactly the last use is known: writing it at each call would cost each call a commit.</summary>
    static readonly TimeSpan LastUseStep = TimeSpan.FromMinutes(1);

    public async ValueTask<Caller> Identify(HttpContext http, CancellationToken ct)
    {
        var header = http.Request.Headers.Authorization.ToString();
        char kind;
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Tokens.Formed(header[7..].Trim(), out kind) && kind is Tokens.Personal or Tokens.Service ? await ByToken(header[7..].Trim(), ct) : Caller.Nobody;

        return http.Request.Cookies.TryGetValue(Session.Cookie, out var cookie) && Tokens.Formed(cookie, out kind) && kind is Tokens.Session
            ? await BySession(cookie, ct)
            : Caller.Nobody;
    }

    async Task<Caller> ByToken(string clear, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var digest = Tokens.Digest(clear);
        var found = await db.First($"""
            SELECT t.id, t.kind, t.team_id, t.name, t.scopes, t.last_used_at, t.digest, u.id, u.name, u.role,
                   (SELECT string_agg(m.team_id || '=' || m.role, ',') FROM team_members m WHERE m.user_id = t.user_id)
              FROM api_tokens t LEFT JOIN users u ON u.id = t.user_id
             WHERE t.digest = {digest} AND t.revoked_at IS NULL AND t.expires_at > {now}
               AND (t.kind = {TokenKind.Service} OR u.status = {UserStatus.Active})
            """, r => new Found(r.Text(0), Enum.Parse<TokenKind>(r.Text(1)), r.TextOrNull(2), r.Text(3), Enum.Parse<Scope>(r.Text(4)), r.AtOrNull(5), r.Bytes(6),
                r.TextOrNull(7), r.TextOrNull(8), r.TextOrNull(9), r.TextOrNull(10)), ct);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Digest, digest)) return Caller.Nobody;
        if (found.LastAt is null || now - found.LastAt >= LastUseStep)
            await Note(found.Id, tx => tx.Execute($"UPDATE api_tokens SET last_used_at = {now} WHERE id = {found.Id}"), ct);

        return found.Kind switch
        {
            TokenKind.Personal => new Caller(CallerKind.PersonalToken, found.UserId!, found.UserName!, found.UserId, Enum.Parse<OrganisationRole>(found.Role!), TeamsOf(found.Teams), found.Scopes),
            // A team's token acts as a Manager of that team and as nobody elsewhere; the organisation's as an Admin, within their scopes.
            TokenKind.Service => new Caller(CallerKind.ServiceToken, "token:" + found.Id, found.Name, null,
                found.TeamId is null ? OrganisationRole.Admin : OrganisationRole.Observer,
                found.TeamId is null ? Caller.Nobody.Teams : new Dictionary<string, TeamRole>(StringComparer.Ordinal) { [found.TeamId] = TeamRole.Manager },
                found.Scopes, found.TeamId),
        };
    }

    async Task<Caller> BySession(string clear, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var digest = Tokens.Digest(clear);
        var found = await db.First($"""
            SELECT s.id, s.seen_at, s.digest, u.id, u.name, u.role,
                   (SELECT string_agg(m.team_id || '=' || m.role, ',') FROM team_members m WHERE m.user_id = s.user_id)
              FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.digest = {digest} AND s.ended_at IS NULL AND s.expires_at > {now} AND u.status = {UserStatus.Active}
            """, r => new Found(r.Text(0), TokenKind.Personal, null, "", Scope.All, r.At(1), r.Bytes(2), r.Text(3), r.Text(4), r.Text(5), r.TextOrNull(6)), ct);
        if (found is null || !CryptographicOperations.FixedTimeEquals(found.Digest, digest)) return Caller.Nobody;
        if (now - found.LastAt >= LastUseStep)
            await Note(found.Id, tx => tx.Execute($"UPDATE sessions SET seen_at = {now} WHERE id = {found.Id}"), ct);
        return new Caller(CallerKind.Person, found.UserId!, found.UserName!, found.UserId, Enum.Parse<OrganisationRole>(found.Role!), TeamsOf(found.Teams), Scope.All);
    }

    /// <summary>Who a personal token lets in; <see cref="Caller.Nobody"/> when it does not.</summary>
    public async Task<Caller> Personal(string token, CancellationToken ct) => Tokens.Formed(token, out var kind) && kind is Tokens.Personal ? await ByToken(token, ct) : Caller.Nobody;

    async Task Note(string id, Func<Tx, Task> write, CancellationToken ct)
    {
        try
        {
            await db.Write(write, ct);
        }
        catch (DatabaseUnavailableException fault)
        {
            // Who can still read shall read: the time of last use is told, nothing is decided on it.
            log.LogWarning(fault, "The last use of {Credential} was not noted; the call goes on", id);
        }
    }

    static Dictionary<string, TeamRole> TeamsOf(string? joined) =>
        joined?.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => Enum.Parse<TeamRole>(pair[1]), StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    sealed record Found(string Id, TokenKind Kind, string? TeamId, string Name, Scope Scopes, DateTimeOffset? LastAt, byte[] Digest, string? UserId, string? UserName, string? Role, string? Teams);
}
