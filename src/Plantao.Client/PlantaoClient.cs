using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Plantao.Client;

/// <summary>The API of one server, typed. Every method throws <see cref="RefusedException"/> when the server refuses, <see cref="ServerAwayException"/> when no answer of it comes.</summary>
/// <remarks>Follows no redirect, so that a token goes to the address it was given for and to no other. Never repeats a call by itself. May be used by several threads at once.</remarks>
public sealed class PlantaoClient : IDisposable
{
    /// <summary>More than any answer of ours.</summary>
    const int LargestAnswer = 64 << 20;

    readonly HttpClient http;

    /// <param name="server">Where it is, with a path if it stands below one.</param>
    /// <param name="token">A personal or a service token; absent: calls as nobody.</param>
    /// <param name="handler">Carries the calls instead of the network; stays the caller's.</param>
    /// <param name="patience">How long to wait for an answer. Default 30 s.</param>
    /// <exception cref="ArgumentException">The token cannot be one: it holds a character that no header may.</exception>
    public PlantaoClient(Uri server, string? token, HttpMessageHandler? handler = null, TimeSpan? patience = null)
    {
        Server = server.AbsoluteUri.EndsWith('/') ? server : new Uri(server.AbsoluteUri + "/");
        if (token is not null && !token.All(c => c is > ' ' and <= '~')) throw new ArgumentException("This is no token: it holds a blank or a character that is not plain ASCII.", nameof(token));
        http = new HttpClient(handler ?? Network(Server), disposeHandler: handler is null) { BaseAddress = Server, Timeout = patience ?? TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = LargestAnswer };
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.Add(Headers.CorrelationId, Correlation);
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Ends with a slash.</summary>
    public Uri Server { get; }

    /// <summary>Sent with every call, to find it in the server's log even when no answer came.</summary>
    public string Correlation { get; } = Guid.NewGuid().ToString("N");

    // Alerts

    /// <param name="status">open, acknowledged, resolved or unresolved; absent: any.</param>
    public Task<Part<AlertView>> Alerts(string? status, string? service, string? group, string? cursor, int limit, CancellationToken ct) =>
        Get<Part<AlertView>>("alerts" + Query(("status", status), ("service", service), ("group", group), ("cursor", cursor), ("limit", Number(limit))), ct);

    public Task<AlertView> Alert(string id, CancellationToken ct) => Get<AlertView>($"alerts/{Part(id)}", ct);

    public Task<AlertTrailView> Trail(string id, CancellationToken ct) => Get<AlertTrailView>($"alerts/{Part(id)}/trail", ct);

    public Task<RaisedView> Raise(RaiseRequest alert, CancellationToken ct) => Send<RaiseRequest, RaisedView>(HttpMethod.Post, "alerts", alert, ct);

    public Task<EscalationView> Acknowledge(string id, CancellationToken ct) => Send<EscalationView>(HttpMethod.Put, $"alerts/{Part(id)}/acknowledgement", ct);

    public Task<AlertView> Resolve(string id, CancellationToken ct) => Send<AlertView>(HttpMethod.Put, $"alerts/{Part(id)}/resolution", ct);

    public Task<AlertView> Reopen(string id, CancellationToken ct) => Send<AlertView>(HttpMethod.Delete, $"alerts/{Part(id)}/resolution", ct);

    public Task<EscalationView> Snooze(string id, SnoozeRequest snooze, CancellationToken ct) => Send<SnoozeRequest, EscalationView>(HttpMethod.Put, $"alerts/{Part(id)}/snooze", snooze, ct);

    public Task<EscalationView> Escalate(string id, CancellationToken ct) => Send<EscalationView>(HttpMethod.Post, $"alerts/{Part(id)}/escalation", ct);

    public Task<EscalationView> PassOn(string id, PassOnRequest to, CancellationToken ct) => Send<PassOnRequest, EscalationView>(HttpMethod.Put, $"alerts/{Part(id)}/assignee", to, ct);

    public Task<IReadOnlyList<DeadLetterView>> DeadLetters(CancellationToken ct) => Get<IReadOnlyList<DeadLetterView>>("dead-letters", ct);

    public Task Replay(string signal, CancellationToken ct) => Send(HttpMethod.Post, $"dead-letters/{Part(signal)}/replay", ct);

    // Quiet

    public Task<IReadOnlyList<SilenceView>> Silences(bool ended, CancellationToken ct) => Get<IReadOnlyList<SilenceView>>("silences" + Query(("ended", ended ? "true" : null)), ct);

    public Task<SilenceView> MakeSilence(SilenceRequest silence, CancellationToken ct) => Send<SilenceRequest, SilenceView>(HttpMethod.Post, "silences", silence, ct);

    public Task EndSilence(string id, CancellationToken ct) => Send(HttpMethod.Delete, $"silences/{Part(id)}", ct);

    public Task<IReadOnlyList<MaintenanceView>> Maintenance(bool ended, CancellationToken ct) => Get<IReadOnlyList<MaintenanceView>>("maintenance" + Query(("ended", ended ? "true" : null)), ct);

    public Task<MaintenanceView> MakeMaintenance(MaintenanceRequest maintenance, CancellationToken ct) => Send<MaintenanceRequest, MaintenanceView>(HttpMethod.Post, "maintenance", maintenance, ct);

    public Task EndMaintenance(string id, CancellationToken ct) => Send(HttpMethod.Delete, $"maintenance/{Part(id)}", ct);

    // Integrations

    public Task<IReadOnlyList<IntegrationView>> Integrations(CancellationToken ct) => Get<IReadOnlyList<IntegrationView>>("integrations", ct);

    public Task<IntegrationView> MakeIntegration(IntegrationRequest integration, CancellationToken ct) => Send<IntegrationRequest, IntegrationView>(HttpMethod.Post, "integrations", integration, ct);

    public Task<IntegrationKeyMade> MakeKey(string integration, CancellationToken ct) => Send<IntegrationKeyMade>(HttpMethod.Post, $"integrations/{Part(integration)}/keys", ct);

    public Task RevokeKey(string integration, string key, CancellationToken ct) => Send(HttpMethod.Delete, $"integrations/{Part(integration)}/keys/{Part(key)}", ct);

    public Task SetSigningSecrets(string integration, SigningSecretsRequest secrets, CancellationToken ct) => Send(HttpMethod.Put, $"integrations/{Part(integration)}/signing-secrets", secrets, ct);

    public Task<IReadOnlyList<RefusalView>> Refusals(string integration, CancellationToken ct) => Get<IReadOnlyList<RefusalView>>($"integrations/{Part(integration)}/refusals", ct);

    // Secrets

    public Task<IReadOnlyList<SecretView>> Secrets(CancellationToken ct) => Get<IReadOnlyList<SecretView>>("secrets", ct);

    public Task KeepSecret(string name, SecretRequest secret, CancellationToken ct) => Send(HttpMethod.Put, $"secrets/{Part(name)}", secret, ct);

    public Task ForgetSecret(string name, CancellationToken ct) => Send(HttpMethod.Delete, $"secrets/{Part(name)}", ct);

    // On call

    /// <param name="at">Absent: now.</param>
    public Task<IReadOnlyList<OnCallView>> OnCall(DateTimeOffset? at, CancellationToken ct) => Get<IReadOnlyList<OnCallView>>("oncall" + Query(("at", Instant(at))), ct);

    /// <param name="days">How old an answered test page may be: 1 to 366.</param>
    public Task<IReadOnlyList<ContactView>> Contacts(int days, CancellationToken ct) => Get<IReadOnlyList<ContactView>>("oncall/contacts" + Query(("days", Number(days))), ct);

    /// <param name="user">Absent: yourself.</param>
    public Task<TestPageView> TestPage(string? user, CancellationToken ct) => Send<TestPageView>(HttpMethod.Post, user is null ? "me/test-page" : $"users/{Part(user)}/test-page", ct);

    /// <param name="count">1 to 100.</param>
    public Task<IReadOnlyList<ShiftView>> NextShifts(string schedule, string? person, int count, CancellationToken ct) =>
        Get<IReadOnlyList<ShiftView>>($"schedules/{Part(schedule)}/next" + Query(("person", person), ("count", Number(count))), ct);

    public Task<ScheduleView> Schedule(string schedule, DateTimeOffset? from, DateTimeOffset? until, CancellationToken ct) =>
        Get<ScheduleView>($"schedules/{Part(schedule)}" + Query(("from", Instant(from)), ("until", Instant(until))), ct);

    public Task<OverrideView> Override(string schedule, OverrideRequest wanted, CancellationToken ct) => Send<OverrideRequest, OverrideView>(HttpMethod.Post, $"schedules/{Part(schedule)}/overrides", wanted, ct);

    public Task EndOverride(string schedule, string id, CancellationToken ct) => Send(HttpMethod.Delete, $"schedules/{Part(schedule)}/overrides/{Part(id)}", ct);

    // Services

    public Task<Part<ServiceView>> Services(string? team, string? cursor, int limit, CancellationToken ct) =>
        Get<Part<ServiceView>>("services" + Query(("team", team), ("cursor", cursor), ("limit", Number(limit))), ct);

    public Task<ServiceView> Service(string name, CancellationToken ct) => Get<ServiceView>($"services/{Part(name)}", ct);

    // People

    public Task<MeView> Me(CancellationToken ct) => Get<MeView>("me", ct);

    public Task<UserView> ChangeProfile(ChangeProfileRequest wanted, CancellationToken ct) => Send<ChangeProfileRequest, UserView>(HttpMethod.Patch, "me", wanted, ct);

    public Task<Part<UserView>> Users(string? cursor, int limit, CancellationToken ct) => Get<Part<UserView>>("users" + Query(("cursor", cursor), ("limit", Number(limit))), ct);

    /// <param name="user">Handle or id.</param>
    public Task<UserView> User(string user, CancellationToken ct) => Get<UserView>($"users/{Part(user)}", ct);

    public Task<InvitedView> Invite(InviteRequest wanted, CancellationToken ct) => Send<InviteRequest, InvitedView>(HttpMethod.Post, "users", wanted, ct);

    public Task<InvitedView> InviteAgain(string user, CancellationToken ct) => Send<InvitedView>(HttpMethod.Post, $"users/{Part(user)}/invitation", ct);

    public Task<WelcomeView> AcceptInvitation(AcceptInvitationRequest wanted, CancellationToken ct) => Send<AcceptInvitationRequest, WelcomeView>(HttpMethod.Post, "invitations/acceptance", wanted, ct);

    public Task<UserView> ChangeRole(string user, ChangeRoleRequest role, CancellationToken ct) => Send<ChangeRoleRequest, UserView>(HttpMethod.Put, $"users/{Part(user)}/role", role, ct);

    /// <summary>Blanks name, addresses and texts of somebody who was deactivated. Cannot be taken back.</summary>
    public Task Erase(string user, CancellationToken ct) => Send(HttpMethod.Post, $"users/{Part(user)}/erasure", ct);

    public Task<RetentionView> Retention(CancellationToken ct) => Get<RetentionView>("retention", ct);

    public Task<RetentionView> SetRetention(RetentionView wanted, CancellationToken ct) => Send<RetentionView, RetentionView>(HttpMethod.Put, "retention", wanted, ct);

    public Task<UserView> Deactivate(string user, DeactivateRequest wanted, CancellationToken ct) => Send<DeactivateRequest, UserView>(HttpMethod.Post, $"users/{Part(user)}/deactivation", wanted, ct);

    public Task<Part<TeamView>> Teams(string? cursor, int limit, CancellationToken ct) => Get<Part<TeamView>>("teams" + Query(("cursor", cursor), ("limit", Number(limit))), ct);

    public Task<TeamView> MakeTeam(CreateTeamRequest wanted, CancellationToken ct) => Send<CreateTeamRequest, TeamView>(HttpMethod.Post, "teams", wanted, ct);

    public Task<TeamView> ChangeTeam(string team, ChangeTeamRequest wanted, CancellationToken ct) => Send<ChangeTeamRequest, TeamView>(HttpMethod.Patch, $"teams/{Part(team)}", wanted, ct);

    public Task<IReadOnlyList<MemberView>> Members(string team, CancellationToken ct) => Get<IReadOnlyList<MemberView>>($"teams/{Part(team)}/members", ct);

    public Task<MemberView> SetMember(string team, string user, SetMemberRequest role, CancellationToken ct) => Send<SetMemberRequest, MemberView>(HttpMethod.Put, $"teams/{Part(team)}/members/{Part(user)}", role, ct);

    public Task RemoveMember(string team, string user, CancellationToken ct) => Send(HttpMethod.Delete, $"teams/{Part(team)}/members/{Part(user)}", ct);

    // Contact methods and rules

    public Task<IReadOnlyList<ContactMethodView>> ContactMethods(CancellationToken ct) => Get<IReadOnlyList<ContactMethodView>>("me/contact-methods", ct);

    public Task<ContactMethodView> AddContactMethod(AddContactMethodRequest wanted, CancellationToken ct) => Send<AddContactMethodRequest, ContactMethodView>(HttpMethod.Post, "me/contact-methods", wanted, ct);

    public Task SendContactCode(string id, CancellationToken ct) => Send(HttpMethod.Post, $"me/contact-methods/{Part(id)}/code", ct);

    public Task<ContactMethodView> ProveContactMethod(string id, ProveContactMethodRequest code, CancellationToken ct) =>
        Send<ProveContactMethodRequest, ContactMethodView>(HttpMethod.Post, $"me/contact-methods/{Part(id)}/proof", code, ct);

    public Task<IReadOnlyList<ContactMethodView>> OrderContactMethods(OrderContactMethodsRequest order, CancellationToken ct) =>
        Send<OrderContactMethodsRequest, IReadOnlyList<ContactMethodView>>(HttpMethod.Put, "me/contact-methods/order", order, ct);

    public Task RemoveContactMethod(string id, CancellationToken ct) => Send(HttpMethod.Delete, $"me/contact-methods/{Part(id)}", ct);

    public Task<NotificationRulesView> NotificationRules(CancellationToken ct) => Get<NotificationRulesView>("me/notification-rules", ct);

    /// <param name="urgency">high or low.</param>
    public Task<NotificationRulesView> ChangeNotificationRules(string urgency, IReadOnlyList<RuleStepView> steps, CancellationToken ct) =>
        Send<IReadOnlyList<RuleStepView>, NotificationRulesView>(HttpMethod.Put, $"me/notification-rules/{Part(urgency)}", steps, ct);

    // Tokens and sessions

    public Task<IReadOnlyList<TokenView>> Tokens(TokenOwner of, CancellationToken ct) => Get<IReadOnlyList<TokenView>>(Place(of), ct);

    public Task<IssuedTokenView> MakeToken(TokenOwner of, IssueTokenRequest wanted, CancellationToken ct) => Send<IssueTokenRequest, IssuedTokenView>(HttpMethod.Post, Place(of), wanted, ct);

    public Task RevokeToken(TokenOwner of, string id, CancellationToken ct) => Send(HttpMethod.Delete, $"{Place(of)}/{Part(id)}", ct);

    public Task<IReadOnlyList<SessionView>> Sessions(CancellationToken ct) => Get<IReadOnlyList<SessionView>>("me/sessions", ct);

    public Task<CalendarView> Calendar(CancellationToken ct) => Get<CalendarView>("me/calendar", ct);

    /// <summary>Makes the address of one's calendar; the one before is good no more.</summary>
    public Task<CalendarMadeView> MakeCalendar(CancellationToken ct) => Send<CalendarMadeView>(HttpMethod.Post, "me/calendar", ct);

    public Task EndCalendar(CancellationToken ct) => Send(HttpMethod.Delete, "me/calendar", ct);

    public Task EndSession(string id, CancellationToken ct) => Send(HttpMethod.Delete, $"me/sessions/{Part(id)}", ct);

    // Audit, setup

    public Task<Part<AuditEntryView>> Audit(string? actor, string? kind, string? cursor, int limit, CancellationToken ct) =>
        Get<Part<AuditEntryView>>("audit" + Query(("actor", actor), ("kind", kind), ("cursor", cursor), ("limit", Number(limit))), ct);

    // Definitions

    public Task<LintView> LintPack(PackRequest pack, CancellationToken ct) => Send<PackRequest, LintView>(HttpMethod.Post, "packs/lint", pack, ct);

    public Task<PlanView> PlanPack(PackRequest pack, CancellationToken ct) => Send<PackRequest, PlanView>(HttpMethod.Post, "packs/plan", pack, ct);

    public Task<PlanView> ApplyPack(PackRequest pack, CancellationToken ct) => Send<PackRequest, PlanView>(HttpMethod.Post, "packs/apply", pack, ct);

    public Task<IReadOnlyList<PackFileBody>> ExportPack(string pack, CancellationToken ct) => Get<IReadOnlyList<PackFileBody>>($"packs/{Part(pack)}/export", ct);

    public Task<IReadOnlyList<DefinitionView>> Definitions(string? kind, CancellationToken ct) => Get<IReadOnlyList<DefinitionView>>("definitions" + Query(("kind", kind)), ct);

    public Task<DefinitionView> Definition(string kind, string name, CancellationToken ct) => Get<DefinitionView>($"definitions/{Part(kind)}/{Part(name)}", ct);

    public Task<IReadOnlyList<RevisionView>> Revisions(string kind, string name, CancellationToken ct) => Get<IReadOnlyList<RevisionView>>($"definitions/{Part(kind)}/{Part(name)}/revisions", ct);

    public Task<DefinitionView> PutDefinition(string kind, string name, DefinitionRequest wanted, CancellationToken ct) =>
        Send<DefinitionRequest, DefinitionView>(HttpMethod.Put, $"definitions/{Part(kind)}/{Part(name)}", wanted, ct);

    public Task<IReadOnlyList<SelfTestView>> SelfTest(CancellationToken ct) => Get<IReadOnlyList<SelfTestView>>("selftest", ct);

    public Task<SetupView> SetUp(SetupRequest wanted, CancellationToken ct) => Send<SetupRequest, SetupView>(HttpMethod.Post, "setup", wanted, ct);

    public void Dispose() => http.Dispose();

    /// <summary>Whose tokens: the caller's own, a team's, or the organisation's.</summary>
    /// <param name="Team">Name or id; absent with <paramref name="Organisation"/> false: the caller's own.</param>
    public sealed record TokenOwner(string? Team = null, bool Organisation = false);

    static string Place(TokenOwner of) => of.Organisation ? "tokens" : of.Team is { } team ? $"teams/{Part(team)}/tokens" : "me/tokens";

    Task<TAnswer> Get<TAnswer>(string path, CancellationToken ct) => Send<TAnswer>(HttpMethod.Get, path, ct);

    async Task<TAnswer> Send<TAnswer>(HttpMethod method, string path, CancellationToken ct) => Read<TAnswer>(await Answer(method, path, null, ct));

    async Task<TAnswer> Send<TWanted, TAnswer>(HttpMethod method, string path, TWanted wanted, CancellationToken ct) => Read<TAnswer>(await Answer(method, path, Body(wanted), ct));

    Task Send(HttpMethod method, string path, CancellationToken ct) => Answer(method, path, null, ct);

    Task Send<TWanted>(HttpMethod method, string path, TWanted wanted, CancellationToken ct) => Answer(method, path, Body(wanted), ct);

    /// <summary>The body of a success. Only an explicit success is one.</summary>
    async Task<byte[]> Answer(HttpMethod method, string path, HttpContent? content, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(method, "api/v1/" + path) { Content = content };
            using var answer = await http.SendAsync(request, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            if (answer.IsSuccessStatusCode) return body;
            var problem = Problem.Of(answer, body);
            throw !problem.Ours && problem.Status is 502 or 503 or 504
                ? new ServerAwayException($"Something before {Server} answered {Number(problem.Status)}: it does not reach the server.")
                : new RefusedException(problem);
        }
        catch (HttpRequestException fault)
        {
            throw new ServerAwayException($"{Server} cannot be reached: {fault.Message}", fault);
        }
        catch (TaskCanceledException fault) when (!ct.IsCancellationRequested)
        {
            throw new ServerAwayException(string.Create(CultureInfo.InvariantCulture, $"{Server} did not answer within {http.Timeout.TotalSeconds:0.#} s: it may have done it or not."), fault);
        }
    }

    TAnswer Read<TAnswer>(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ClientJson.Of<TAnswer>()) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new ServerAwayException($"What {Server} answered cannot be read: this is not Plantão, or one of another version.", fault);
        }
    }

    static ByteArrayContent Body<TWanted>(TWanted wanted)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(wanted, ClientJson.Of<TWanted>()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>One segment of a path: what somebody typed leads to that thing and to nothing beside it.</summary>
    /// <exception cref="ArgumentException">It is empty, or a way up.</exception>
    static string Part(string typed) => typed is "" or "." or ".." ? throw new ArgumentException($"\"{typed}\" names nothing.", nameof(typed)) : Uri.EscapeDataString(typed);

    static string Query(params ReadOnlySpan<(string Name, string? Value)> wanted)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in wanted)
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return query.ToString();
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string? Instant(DateTimeOffset? at) => at?.ToString("O", CultureInfo.InvariantCulture);

    [SuppressMessage("Reliability", "CA2000", Justification = "HttpClient disposes it.")]
    static SocketsHttpHandler Network(Uri server) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !server.IsLoopback,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };
}
