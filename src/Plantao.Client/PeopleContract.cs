namespace Plantao.Client;

/// <summary>A person, as others see them.</summary>
/// <param name="Email">Absent for who may not see it (Observers, tokens of one team).</param>
/// <param name="Role">Observer, Member, Admin or Owner.</param>
/// <param name="Status">Invited, Active or Deactivated.</param>
public sealed record UserView(string Id, string Name, string DisplayName, string? Email, string Zone, string Language, string Role, string Status, DateTimeOffset CreatedAt);

/// <summary>Who is calling.</summary>
/// <param name="Kind">Person, PersonalToken or ServiceToken.</param>
/// <param name="User">Absent for a service token.</param>
/// <param name="Scopes">What this call is good for.</param>
public sealed record MeView(string Kind, string Id, string Name, UserView? User, IReadOnlyList<TeamRoleView> Teams, IReadOnlyList<string> Scopes);

/// <param name="Role">Responder or Manager.</param>
public sealed record TeamRoleView(string TeamId, string Role);

/// <summary>Asks somebody to come.</summary>
/// <param name="Name">The handle; made from <paramref name="DisplayName"/> when absent.</param>
/// <param name="Zone">IANA time zone; the organisation's when absent.</param>
/// <param name="Language"><c>en</c> or <c>pt-BR</c>; the organisation's when absent.</param>
/// <param name="Role">Member when absent. Owner needs an Owner.</param>
public sealed record InviteRequest(string Email, string DisplayName, string? Name = null, string? Zone = null, string? Language = null, string? Role = null);

/// <param name="Code">What the invited person needs. Shown once; one use.</param>
public sealed record InvitedView(UserView User, string Code, DateTimeOffset ExpiresAt);

/// <summary>Takes up an invitation.</summary>
public sealed record AcceptInvitationRequest(string Code, string? DisplayName = null, string? Zone = null, string? Language = null);

/// <param name="Token">A personal token, shown once.</param>
public sealed record WelcomeView(UserView User, string Token, DateTimeOffset TokenExpiresAt);

/// <summary>Changes what is given.</summary>
public sealed record ChangeProfileRequest(string? DisplayName = null, string? Zone = null, string? Language = null);

/// <param name="Role">Observer, Member, Admin or Owner.</param>
public sealed record ChangeRoleRequest(string Role);

/// <summary>Ends somebody's sessions and tokens at once.</summary>
/// <param name="Replacements">For each thing that names them, the name of who takes it.</param>
public sealed record DeactivateRequest(IReadOnlyDictionary<string, string>? Replacements = null);

/// <summary>A team. A private one is there for its members, Admins and Owners alone.</summary>
public sealed record TeamView(string Id, string Name, string Title, bool Private, DateTimeOffset CreatedAt);

/// <param name="Name">Unique: lower-case letters, digits, hyphens.</param>
public sealed record CreateTeamRequest(string Name, string Title, bool Private = false);

public sealed record ChangeTeamRequest(string? Title = null, bool? Private = null);

/// <param name="Role">Responder or Manager.</param>
public sealed record MemberView(string UserId, string Name, string DisplayName, string Role);

/// <param name="Role">Responder or Manager.</param>
public sealed record SetMemberRequest(string Role);

/// <summary>One address on one channel.</summary>
/// <param name="Address">Of a link only what may be shown.</param>
public sealed record ContactMethodView(string Id, string Channel, string Address, bool Verified, DateTimeOffset? VerifiedAt, DateTimeOffset? DisabledAt, string? DisabledWhy);

/// <param name="Channel">email, slack, teams, webhook or ntfy.</param>
/// <summary>How long things are kept.</summary>
/// <param name="PayloadDays">What senders sent, byte for byte. 1 to 395.</param>
/// <param name="HistoryDays">Resolved alerts with their pages and hops, and the digests of what came in. 90 to 3,660.</param>
public sealed record RetentionView(int PayloadDays, int HistoryDays);

/// <param name="Secret">Signs messages to a webhook. Kept sealed, never shown again.</param>
public sealed record AddContactMethodRequest(string Channel, string Address, string? Secret = null);

/// <param name="Code">The six digits that arrived.</param>
public sealed record ProveContactMethodRequest(string Code);

/// <param name="Ids">All of your contact methods, each once, first to last.</param>
public sealed record OrderContactMethodsRequest(IReadOnlyList<string> Ids);

/// <summary>One step of a person's rules.</summary>
/// <param name="Channels">Names of channels, or <c>all</c> alone.</param>
/// <param name="After">Seconds after the page: 0 to 3,600.</param>
public sealed record RuleStepView(IReadOnlyList<string> Channels, int After);

/// <summary>What is told how.</summary>
public sealed record NotificationRulesView(IReadOnlyList<RuleStepView> High, IReadOnlyList<RuleStepView> Low);

/// <summary>What is known of a token after it was shown once.</summary>
/// <param name="Kind">Personal or Service.</param>
public sealed record TokenView(
    string Id, string Kind, string? TeamId, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt);

/// <param name="Scopes">read, alerts, incidents, oncall, runs, flags, comms, releases, definitions, admin. None beyond the caller's own.</param>
/// <param name="Days">1 to 366; absent: 90 for a personal token, 365 for a service token.</param>
public sealed record IssueTokenRequest(string Name, IReadOnlyList<string> Scopes, int? Days = null);

/// <param name="Secret">The token itself. Shown once.</param>
public sealed record IssuedTokenView(TokenView Token, string Secret);

/// <summary>What is known of the address at which a calendar reads one's shifts.</summary>
/// <param name="ReadAt">When a calendar last read it, to the hour; absent: none did yet.</param>
public sealed record CalendarView(DateTimeOffset MadeAt, DateTimeOffset? ReadAt);

/// <param name="Address">The address itself. Shown once.</param>
public sealed record CalendarMadeView(string Address);

/// <summary>A browser that is signed in.</summary>
public sealed record SessionView(string Id, DateTimeOffset CreatedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt, string? UserAgent);

/// <summary>An entry of the journal, as the audit shows it.</summary>
/// <param name="Text">Personal or free text; absent when there was none, or when it was erased.</param>
public sealed record AuditEntryView(long Position, string Id, string Kind, string Subject, string Actor, DateTimeOffset At, string Correlation, System.Text.Json.JsonElement Facts, string? Text);
