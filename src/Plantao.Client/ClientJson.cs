using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Plantao.Client;

/// <summary>How the wire contract is read and written. Generated when it is built: a verb of the command line spends no start time on looking types up.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]   // null is written: the server takes a member that is left out for a mistake
[JsonSerializable(typeof(PackRequest))]
[JsonSerializable(typeof(LintView))]
[JsonSerializable(typeof(PlanView))]
[JsonSerializable(typeof(IReadOnlyList<PackFileBody>))]
[JsonSerializable(typeof(IReadOnlyList<DefinitionView>))]
[JsonSerializable(typeof(DefinitionRequest))]
[JsonSerializable(typeof(IReadOnlyList<SecretView>))]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(IReadOnlyList<RevisionView>))]
[JsonSerializable(typeof(IReadOnlyList<SelfTestView>))]
[JsonSerializable(typeof(Part<AlertView>))]
[JsonSerializable(typeof(IReadOnlyList<AlertView>))]
[JsonSerializable(typeof(AlertTrailView))]
[JsonSerializable(typeof(SnoozeRequest))]
[JsonSerializable(typeof(PassOnRequest))]
[JsonSerializable(typeof(RaiseRequest))]
[JsonSerializable(typeof(RaisedView))]
[JsonSerializable(typeof(SilenceRequest))]
[JsonSerializable(typeof(IReadOnlyList<SilenceView>))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(IReadOnlyList<MaintenanceView>))]
[JsonSerializable(typeof(IntegrationRequest))]
[JsonSerializable(typeof(IReadOnlyList<IntegrationView>))]
[JsonSerializable(typeof(IntegrationKeyMade))]
[JsonSerializable(typeof(SigningSecretsRequest))]
[JsonSerializable(typeof(IReadOnlyList<RefusalView>))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterView>))]
[JsonSerializable(typeof(IReadOnlyList<OnCallView>))]
[JsonSerializable(typeof(IReadOnlyList<ContactView>))]
[JsonSerializable(typeof(TestPageView))]
[JsonSerializable(typeof(IReadOnlyList<ShiftView>))]
[JsonSerializable(typeof(ScheduleView))]
[JsonSerializable(typeof(OverrideRequest))]
[JsonSerializable(typeof(MeView))]
[JsonSerializable(typeof(Part<UserView>))]
[JsonSerializable(typeof(IReadOnlyList<UserView>))]
[JsonSerializable(typeof(ChangeProfileRequest))]
[JsonSerializable(typeof(ChangeRoleRequest))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(InvitedView))]
[JsonSerializable(typeof(AcceptInvitationRequest))]
[JsonSerializable(typeof(WelcomeView))]
[JsonSerializable(typeof(DeactivateRequest))]
[JsonSerializable(typeof(RetentionView))]
[JsonSerializable(typeof(Part<TeamView>))]
[JsonSerializable(typeof(IReadOnlyList<TeamView>))]
[JsonSerializable(typeof(CreateTeamRequest))]
[JsonSerializable(typeof(ChangeTeamRequest))]
[JsonSerializable(typeof(IReadOnlyList<MemberView>))]
[JsonSerializable(typeof(SetMemberRequest))]
[JsonSerializable(typeof(IReadOnlyList<ContactMethodView>))]
[JsonSerializable(typeof(AddContactMethodRequest))]
[JsonSerializable(typeof(ProveContactMethodRequest))]
[JsonSerializable(typeof(OrderContactMethodsRequest))]
[JsonSerializable(typeof(NotificationRulesView))]
[JsonSerializable(typeof(IReadOnlyList<TokenView>))]
[JsonSerializable(typeof(IssueTokenRequest))]
[JsonSerializable(typeof(IssuedTokenView))]
[JsonSerializable(typeof(CalendarView))]
[JsonSerializable(typeof(CalendarMadeView))]
[JsonSerializable(typeof(IReadOnlyList<SessionView>))]
[JsonSerializable(typeof(Part<AuditEntryView>))]
[JsonSerializable(typeof(IReadOnlyList<AuditEntryView>))]
[JsonSerializable(typeof(Part<ServiceView>))]
[JsonSerializable(typeof(IReadOnlyList<ServiceView>))]
[JsonSerializable(typeof(SetupRequest))]
[JsonSerializable(typeof(SetupView))]
public sealed partial class ClientJson : JsonSerializerContext
{
    static readonly Lazy<ClientJson> OnLines = new(() => new ClientJson(new JsonSerializerOptions(Default!.Options)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,   // it goes to a terminal or a file, never into HTML
        TypeInfoResolver = null,
    }));

    /// <summary>How <typeparamref name="T"/> is read and written.</summary>
    /// <exception cref="InvalidOperationException">It is no part of the contract: it has no line above.</exception>
    public static JsonTypeInfo<T> Of<T>() => Of<T>(Default);

    /// <summary>The same, written over several lines for people to read, and without what is absent.</summary>
    /// <inheritdoc cref="Of{T}()" path="/exception"/>
    public static JsonTypeInfo<T> Indented<T>() => Of<T>(OnLines.Value);

    static JsonTypeInfo<T> Of<T>(ClientJson context) => (JsonTypeInfo<T>?)context.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} is not in ClientJson.");
}
