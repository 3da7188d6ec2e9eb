namespace Plantao.Platform.Access;

/// <summary>What an endpoint asks for. An endpoint that names none does not start.</summary>
public enum Right
{
    /// <summary>Anybody, without signing in. The written list of these is checked by a test.</summary>
    Open,

    /// <summary>Whoever holds a key of an integration; the endpoint checks it itself, in its own dialect.</summary>
    Intake,

    /// <summary>Whoever holds a link that is good for one thing (a page, an invitation, a new password, a calendar); the endpoint checks it itself.</summary>
    AnswerPage,

    /// <summary>Whoever holds the one-time setup code; the endpoint checks it itself, and answers 410 once setup is done.</summary>
    Setup,

    /// <summary>Every signed-in person: own profile, contact methods, rules, tokens.</summary>
    OwnAccount,

    ReadAlerts,

    /// <summary>Acknowledge, resolve, snooze, escalate, pass on.</summary>
    WorkAlerts,

    /// <summary>Raise an alert by hand.</summary>
    RaiseAlerts,

    /// <summary>Silences and maintenance.</summary>
    Quiet,

    ReadOnCall,

    /// <summary>Overrides.</summary>
    ChangeOnCall,

    ReadDefinitions,

    ChangeDefinitions,

    /// <summary>Integrations and their keys.</summary>
    ManageIntegrations,

    ReadPeople,

    ManagePeople,

    ManageTeams,

    ReadAudit,

    /// <summary>Channels, secrets, backup, doctor.</summary>
    Administer,

    /// <summary>Owners, retention, the encryption key.</summary>
    Own,
}

/// <summary>Owner, Admin, Member, Observer: what somebody may do anywhere.</summary>
public enum OrganisationRole { Observer, Member, Admin, Owner }

/// <summary>Responder, Manager: what somebody may do for one team.</summary>
public enum TeamRole { Responder, Manager }

/// <summary>What a caller is.</summary>
public enum CallerKind
{
    /// <summary>Nobody: no credentials, or none that hold.</summary>
    Nobody,

    /// <summary>A signed-in person.</summary>
    Person,

    /// <summary>A personal token: that person's rights within its scopes.</summary>
    PersonalToken,

    /// <summary>A team's or the organisation's token.</summary>
    ServiceToken,
}

/// <summary>What a token is good for. A session has them all.</summary>
[Flags]
public enum Scope
{
    None = 0,
    Read = 1,
    Alerts = 2,
    Incidents = 4,
    OnCall = 8,
    Runs = 16,
    Flags = 32,
    Comms = 64,
    Releases = 128,
    Definitions = 256,
    Admin = 512,
    All = 1023,
}

/// <summary>Who calls.</summary>
/// <param name="Id">A user's id, or <c>token:…</c>: what the journal names as actor.</param>
/// <param name="UserId">The person behind it, when there is one.</param>
/// <param name="Teams">Ids of teams and the role there.</param>
/// <param name="TeamId">A service token of one team acts for that team alone.</param>
public sealed record Caller(
    CallerKind Kind,
    string Id,
    string Name,
    string? UserId,
    OrganisationRole Role,
    IReadOnlyDictionary<string, TeamRole> Teams,
    Scope Scopes,
    string? TeamId = null)
{
    public static Caller Nobody { get; } = new(CallerKind.Nobody, "nobody", "nobody", null, OrganisationRole.Observer, new Dictionary<string, TeamRole>(StringComparer.Ordinal), Scope.None);

    /// <summary>Whether this caller may do such a thing at all, for some team or for all.</summary>
    public bool May(Right right) => Kind is CallerKind.Nobody
        ? right is Right.Open or Right.Intake or Right.AnswerPage or Right.Setup
        : Allowed(right, anyTeam: true, team: null);

    /// <summary>Whether this caller may do it to a thing of <paramref name="team"/>; <see langword="null"/>: a thing of no team.</summary>
    public bool May(Right right, string? team) => Kind is not CallerKind.Nobody && Allowed(right, anyTeam: false, team);

    bool Allowed(Right right, bool anyTeam, string? team)
    {
        if ((Scopes & NeededScope(right)) == Scope.None && NeededScope(right) != Scope.None) return false;
        return right switch
        {
            Right.Open or Right.Intake or Right.AnswerPage or Right.Setup => true,
            Right.OwnAccount => UserId is not null,
            Right.ReadAlerts or Right.ReadOnCall or Right.ReadDefinitions or Right.ReadPeople => true,
            // A member acts on what they were paged for (the room looks that up) and raises alerts; responders on all of their team.
            Right.WorkAlerts => Role is OrganisationRole.Admin or OrganisationRole.Owner || Has(TeamRole.Responder, anyTeam, team) || (anyTeam && Role is OrganisationRole.Member),
            Right.RaiseAlerts => Role is not OrganisationRole.Observer || Has(TeamRole.Responder, anyTeam, team),
            Right.Quiet or Right.ChangeOnCall => Role is OrganisationRole.Admin or OrganisationRole.Owner || Has(TeamRole.Responder, anyTeam, team),
            Right.ChangeDefinitions or Right.ManageIntegrations or Right.ManageTeams => Role is OrganisationRole.Admin or OrganisationRole.Owner || Has(TeamRole.Manager, anyTeam, team),
            Right.ReadAudit or Right.ManagePeople or Right.Administer => Role is OrganisationRole.Admin or OrganisationRole.Owner,
            Right.Own => Role is OrganisationRole.Owner,
        };
    }

    bool Has(TeamRole atLeast, bool anyTeam, string? team)
    {
        if (TeamId is not null && !anyTeam && team != TeamId) return false;
        return anyTeam
            ? Teams.Values.Any(role => role >= atLeast)
            : team is not null && Teams.TryGetValue(team, out var held) && held >= atLeast;
    }

    static Scope NeededScope(Right right) => right switch
    {
        Right.Open or Right.Intake or Right.AnswerPage or Right.Setup => Scope.None,
        Right.ReadAlerts or Right.ReadOnCall or Right.ReadDefinitions or Right.ReadPeople => Scope.Read | Scope.Alerts | Scope.OnCall | Scope.Definitions | Scope.Admin,
        Right.WorkAlerts or Right.RaiseAlerts or Right.Quiet => Scope.Alerts,
        Right.ChangeOnCall => Scope.OnCall,
        Right.ChangeDefinitions or Right.ManageIntegrations => Scope.Definitions,
        Right.OwnAccount or Right.ManagePeople or Right.ManageTeams or Right.ReadAudit or Right.Administer or Right.Own => Scope.Admin,
    };
}

/// <summary>Says who calls. People answers; Platform only asks.</summary>
public interface IIdentify
{
    /// <summary>The caller behind a bearer token or a session, or <see cref="Caller.Nobody"/>. Compares digests in constant time.</summary>
    ValueTask<Caller> Identify(HttpContext http, CancellationToken ct);
}

/// <summary>The right that an endpoint declared.</summary>
public sealed record NeededRight(Right Right);

public static class AccessEndpoints
{
    /// <summary>Declares what the endpoint asks for. Checked before it runs: 401 for nobody, 403 for somebody who may not.</summary>
    public static TBuilder Needs<TBuilder>(this TBuilder builder, Right right) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new NeededRight(right)));
        return builder;
    }

    /// <summary>The files of an unpublished build are served by a fallback of the framework's own, which takes no metadata. It knows stylesheets and icons only.</summary>
    internal static bool IsStaticFile(Endpoint endpoint) => endpoint.DisplayName == "Fallback {**path:file}";

    /// <summary>Endpoints that declare no right. There is none: a test looks, since to look builds every endpoint; and what slipped through is not served (<see cref="AccessMiddleware"/>): deny by default.</summary>
    internal static IReadOnlyList<string?> WithoutRight(IEnumerable<EndpointDataSource> sources) =>
        [.. sources.SelectMany(s => s.Endpoints).Where(e => e.Metadata.GetMetadata<NeededRight>() is null && !IsStaticFile(e)).Select(e => e.DisplayName)];
}
