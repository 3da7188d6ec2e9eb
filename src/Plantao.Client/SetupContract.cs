namespace Plantao.Client;

/// <summary>Sets a new installation up. Once.</summary>
/// <param name="Code">The one-time code that <c>serve</c> printed, or <c>plantao setup code</c>.</param>
/// <param name="Zone">IANA time zone, such as <c>America/Sao_Paulo</c>.</param>
/// <param name="Language"><c>en</c> or <c>pt-BR</c>.</param>
/// <param name="PublicAddress">How this server is reached from outside: links in messages begin with it. Absent: where it listens.</param>
public sealed record SetupRequest(
    string Code, string OwnerEmail, string? OwnerDisplayName = null, string? OwnerName = null, string? Organisation = null, string? Zone = null, string? Language = null, string? PublicAddress = null);

/// <param name="Token">The Owner's token, with all scopes. Shown once.</param>
/// <param name="Starter">What was made to begin with, by name: the address of an integration, a <c>curl</c> to copy.</param>
public sealed record SetupView(string OwnerId, string OwnerName, string Team, string Token, DateTimeOffset TokenExpiresAt, IReadOnlyDictionary<string, string> Starter);
