using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

public class PeopleStoryTests
{
    [Theory, EveryDatabase]
    public async Task Somebody_is_invited_comes_and_works(Database database)
    {
        await using var site = await TestSite.Start(database);

        var invited = await Read<InvitedView>(await site.Owner.PostAsJsonAsync("/api/v1/users", new InviteRequest("Ana@Example.org", "Ana Luísa", Zone: "America/Sao_Paulo", Language: "pt-BR")));
        Assert.Equal(("ana-luisa", "ana@example.org", "Invited"), (invited.User.Name, invited.User.Email, invited.User.Status));

        var welcome = await Read<WelcomeView>(await site.Http().PostAsJsonAsync("/api/v1/invitations/acceptance", new AcceptInvitationRequest(invited.Code)));
        var me = await site.Http(welcome.Token).GetFromJsonAsync<MeView>("/api/v1/me");
        Assert.Equal(("Active", "America/Sao_Paulo", "pt-BR"), (me!.User!.Status, me.User.Zone, me.User.Language));
        Assert.Single(await site.Get<ContactMethodStore>().For([invited.User.Id], CancellationToken.None), m => m is { Channel: "email", Address: "ana@example.org" });

        var again = await site.Http().PostAsJsonAsync("/api/v1/invitations/acceptance", new AcceptInvitationRequest(invited.Code));
        Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task An_invitation_ends_after_seven_days_and_with_the_next_one(Database database)
    {
        await using var site = await TestSite.Start(database);
        var first = await Read<InvitedView>(await site.Owner.PostAsJsonAsync("/api/v1/users", new InviteRequest("ana@example.org", "Ana")));
        var second = await Read<InvitedView>(await site.Owner.PostAsync("/api/v1/users/ana/invitation", null));

        Assert.Equal(HttpStatusCode.Gone, (await site.Http().PostAsJsonAsync("/api/v1/invitations/acceptance", new AcceptInvitationRequest(first.Code))).StatusCode);
        site.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(HttpStatusCode.Gone, (await site.Http().PostAsJsonAsync("/api/v1/invitations/acceptance", new AcceptInvitationRequest(second.Code))).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task A_withdrawn_right_an_ended_token_and_a_deactivated_person_are_dead_at_the_next_request(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (id, token) = await site.Person("grace", OrganisationRole.Admin);
        var cookie = (await site.Db.Write(tx => SessionStore.Begin(tx, id, "browser", site.Clock.GetUtcNow(), "test"), CancellationToken.None)).Clear;
        Assert.Equal(HttpStatusCode.OK, await Status(site, "/api/v1/audit", token));
        Assert.Equal(HttpStatusCode.OK, await Status(site, "/api/v1/audit", cookie: cookie));

        await Ok(await site.Owner.PutAsJsonAsync("/api/v1/users/grace/role", new ChangeRoleRequest("Member")));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(site, "/api/v1/audit", token));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(site, "/api/v1/audit", cookie: cookie));

        await Ok(await site.Owner.PostAsJsonAsync("/api/v1/users/grace/deactivation", new DeactivateRequest()));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(site, "/api/v1/me", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(site, "/api/v1/me", cookie: cookie));
    }

    [Theory, EveryDatabase]
    public async Task A_token_ends_by_its_time_by_its_owner_or_by_an_admin(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (_, token) = await site.Person("grace");
        var grace = site.Http(token);
        var shortLived = await Read<IssuedTokenView>(await grace.PostAsJsonAsync("/api/v1/me/tokens", new IssueTokenRequest("laptop", ["read"], Days: 1)));
        var leaked = await Read<IssuedTokenView>(await grace.PostAsJsonAsync("/api/v1/me/tokens", new IssueTokenRequest("script", ["read", "alerts"])));
        Assert.Equal(HttpStatusCode.OK, await Status(site, "/api/v1/users", shortLived.Secret));
        Assert.Equal(site.Clock.GetUtcNow().AddDays(90), leaked.Token.ExpiresAt);

        site.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(site, "/api/v1/users", shortLived.Secret));
        await Ok(await site.Owner.DeleteAsync($"/api/v1/tokens/{leaked.Token.Id}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(site, "/api/v1/users", leaked.Secret));
    }

    [Theory, EveryDatabase]
    public async Task A_token_cannot_make_one_that_may_more_than_itself(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (_, token) = await site.Person("grace", scopes: Scope.Admin | Scope.Read);

        var refused = await site.Http(token).PostAsJsonAsync("/api/v1/me/tokens", new IssueTokenRequest("more", ["alerts"]));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("/problems/beyond-own-scopes", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Theory, EveryDatabase]
    public async Task The_last_use_of_a_token_is_written_once_a_minute(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (id, token) = await site.Person("grace");
        async Task<DateTimeOffset?> LastUse() => (await site.Get<TokenStore>().Of(id, CancellationToken.None)).Single().LastUsedAt;

        await Status(site, "/api/v1/me", token);
        site.Clock.Advance(TimeSpan.FromSeconds(59));
        await Status(site, "/api/v1/me", token);
        Assert.Equal(FakeClock.Start, await LastUse());

        site.Clock.Advance(TimeSpan.FromSeconds(1));
        await Status(site, "/api/v1/me", token);
        Assert.Equal(FakeClock.Start.AddMinutes(1), await LastUse());
    }

    [Theory, EveryDatabase]
    public async Task A_cookie_changes_nothing_when_another_site_sends_it_along(Database database)
    {
        await using var site = await TestSite.Start(database);
        var cookie = (await site.Db.Write(tx => SessionStore.Begin(tx, site.OwnerId, "browser", site.Clock.GetUtcNow(), "test"), CancellationToken.None)).Clear;
        async Task<HttpStatusCode> Patch(string header, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me") { Content = JsonContent.Create(new ChangeProfileRequest(Zone: "Europe/Paris")) };
            request.Headers.Add("Cookie", $"{Session.Cookie}={cookie}");
            request.Headers.Add(header, value);
            return (await site.Http().SendAsync(request)).StatusCode;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await Patch("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(HttpStatusCode.Forbidden, await Patch("Sec-Fetch-Site", "same-site"));
        Assert.Equal(HttpStatusCode.Forbidden, await Patch("Origin", "https://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await Patch("Origin", "null"));
        Assert.Equal(HttpStatusCode.OK, await Patch("Sec-Fetch-Site", "same-origin"));
        Assert.Equal(HttpStatusCode.OK, await Patch("Origin", "http://localhost"));
    }

    [Theory, EveryDatabase]
    public async Task The_last_owner_can_neither_leave_nor_step_down(Database database)
    {
        await using var site = await TestSite.Start(database);

        Assert.Equal(HttpStatusCode.Conflict, (await site.Owner.PutAsJsonAsync("/api/v1/users/owner/role", new ChangeRoleRequest("Admin"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await site.Owner.PostAsJsonAsync("/api/v1/users/owner/deactivation", new DeactivateRequest())).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task Of_two_owners_who_put_each_other_down_at_once_one_stays(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (_, token) = await site.Person("second", OrganisationRole.Owner);
        var second = site.Http(token);

        await Task.WhenAll(
            site.Owner.PutAsJsonAsync("/api/v1/users/second/role", new ChangeRoleRequest("Member")),
            second.PutAsJsonAsync("/api/v1/users/owner/role", new ChangeRoleRequest("Member")));

        Assert.Equal(1, await site.Db.Write(UserStore.Owners, CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task Who_leaves_hands_over_what_names_them_first(Database database)
    {
        var rota = new Rota();
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<INamePeople>(rota));
        var (_, token) = await site.Person("grace");
        await site.Person("ada");

        var refused = await site.Owner.PostAsJsonAsync("/api/v1/users/grace/deactivation", new DeactivateRequest());
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("schedule/checkout", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("names")[0].GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.OK, await Status(site, "/api/v1/me", token));

        await Ok(await site.Owner.PostAsJsonAsync("/api/v1/users/grace/deactivation", new DeactivateRequest(new Dictionary<string, string> { ["schedule/checkout"] = "ada" })));
        Assert.Equal("ada", rota.OnCall);
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(site, "/api/v1/me", token));
    }

    [Theory, EveryDatabase]
    public async Task A_contact_method_counts_once_its_code_came_back(Database database)
    {
        var codes = new Postbox();
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<ISendCode>(codes));
        const string address = "https://hooks.example/services/T0/B0/secretsecret";
        var added = await Read<ContactMethodView>(await site.Owner.PostAsJsonAsync("/api/v1/me/contact-methods", new AddContactMethodRequest("slack", address, "whsec")));
        Assert.Equal(("hooks.example/…cret", false), (added.Address, added.Verified));
        Assert.DoesNotContain(await Usable(), m => m.Channel == "slack");

        var wrong = codes.Code == "000000" ? "000001" : "000000";
        Assert.Equal(HttpStatusCode.Conflict, (await site.Owner.PostAsJsonAsync($"/api/v1/me/contact-methods/{added.Id}/proof", new ProveContactMethodRequest(wrong))).StatusCode);
        await Ok(await site.Owner.PostAsJsonAsync($"/api/v1/me/contact-methods/{added.Id}/proof", new ProveContactMethodRequest(codes.Code)));

        Assert.Contains(await Usable(), m => m.Address == address && m.Secret == "whsec");
        Assert.Null(await site.Db.First($"SELECT 1 FROM contact_methods WHERE address LIKE '%secretsecret%'", r => r.TextOrNull(0), CancellationToken.None));

        Task<IReadOnlyList<ContactMethod>> Usable() => site.Get<ContactMethodStore>().For([site.OwnerId], CancellationToken.None);
    }

    [Theory, EveryDatabase]
    public async Task Five_wrong_codes_end_the_right_one_and_another_comes_after_a_pause(Database database)
    {
        var codes = new Postbox();
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<ISendCode>(codes));
        var added = await Read<ContactMethodView>(await site.Owner.PostAsJsonAsync("/api/v1/me/contact-methods", new AddContactMethodRequest("ntfy", "https://ntfy.example/topic")));
        async Task<HttpStatusCode> Prove(string code) => (await site.Owner.PostAsJsonAsync($"/api/v1/me/contact-methods/{added.Id}/proof", new ProveContactMethodRequest(code))).StatusCode;
        async Task<HttpStatusCode> Send() => (await site.Owner.PostAsync($"/api/v1/me/contact-methods/{added.Id}/code", null)).StatusCode;

        var right = codes.Code;
        for (var i = 0; i < ContactMethodStore.CodeTries; i++) Assert.Equal(HttpStatusCode.Conflict, await Prove("wrong!"));
        Assert.Equal(HttpStatusCode.Conflict, await Prove(right));

        Assert.Equal(HttpStatusCode.TooManyRequests, await Send());
        site.Clock.Advance(ContactMethodStore.CodePause);
        Assert.Equal(HttpStatusCode.Accepted, await Send());
        Assert.Equal(HttpStatusCode.OK, await Prove(codes.Code));
    }

    [Theory, EveryDatabase]
    public async Task Without_a_channel_a_contact_method_is_refused_rather_than_never_proven(Database database)
    {
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<ISendCode, NoChannels>());

        var refused = await site.Owner.PostAsJsonAsync("/api/v1/me/contact-methods", new AddContactMethodRequest("slack", "https://hooks.example/x"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task The_accounts_e_mail_stays_and_the_order_is_the_persons(Database database)
    {
        var codes = new Postbox();
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<ISendCode>(codes));
        var added = await Read<ContactMethodView>(await site.Owner.PostAsJsonAsync("/api/v1/me/contact-methods", new AddContactMethodRequest("ntfy", "https://ntfy.example/topic")));
        var mail = (await site.Owner.GetFromJsonAsync<List<ContactMethodView>>("/api/v1/me/contact-methods"))!.Single(m => m.Channel == "email");

        var ordered = await Read<List<ContactMethodView>>(await site.Owner.PutAsJsonAsync("/api/v1/me/contact-methods/order", new OrderContactMethodsRequest([added.Id, mail.Id])));
        Assert.Equal(["ntfy", "email"], ordered.Select(m => m.Channel));
        Assert.Equal(HttpStatusCode.Conflict, (await site.Owner.DeleteAsync($"/api/v1/me/contact-methods/{mail.Id}")).StatusCode);
        await Ok(await site.Owner.DeleteAsync($"/api/v1/me/contact-methods/{added.Id}"));
    }

    [Theory, EveryDatabase]
    public async Task Own_rules_hold_and_the_default_holds_until_then(Database database)
    {
        await using var site = await TestSite.Start(database);
        Assert.Equal(3, (await site.Owner.GetFromJsonAsync<NotificationRulesView>("/api/v1/me/notification-rules"))!.High.Count);

        await Ok(await site.Owner.PutAsJsonAsync("/api/v1/me/notification-rules/high", new[] { new RuleStepView(["email"], 0), new RuleStepView(["all"], 120) }));
        var steps = await site.Db.Write(tx => site.Get<NotificationRuleStore>().For(tx, site.OwnerId, Urgency.High), CancellationToken.None);

        Assert.Equal([(0, "email"), (120, "email")], steps.Select(s => ((int)s.After.TotalSeconds, string.Join(',', s.Channels!))));
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Owner.PutAsJsonAsync("/api/v1/me/notification-rules/high", Array.Empty<RuleStepView>())).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task A_list_is_read_in_parts(Database database)
    {
        await using var site = await TestSite.Start(database);
        foreach (var name in new[] { "cy", "al", "bo" }) await site.Person(name);

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var part = (await site.Owner.GetFromJsonAsync<Part<UserView>>($"/api/v1/users?limit=2{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}"))!;
            Assert.InRange(part.Items.Count, 1, 2);
            names.AddRange(part.Items.Select(u => u.Name));
            cursor = part.Next;
        }
        while (cursor is not null);

        Assert.Equal(["al", "bo", "cy", "owner"], names);
    }

    [Theory, EveryDatabase]
    public async Task Every_change_stands_in_the_audit_without_personal_data_in_its_facts(Database database)
    {
        await using var site = await TestSite.Start(database);
        await Read<InvitedView>(await site.Owner.PostAsJsonAsync("/api/v1/users", new InviteRequest("ana@example.org", "Ana Canary")));
        await Read<TeamView>(await site.Owner.PostAsJsonAsync("/api/v1/teams", new CreateTeamRequest("checkout", "Checkout")));
        await Ok(await site.Owner.PutAsJsonAsync("/api/v1/teams/checkout/members/ana-canary", new SetMemberRequest("Responder")));
        await site.Work();

        var audit = (await site.Owner.GetFromJsonAsync<Part<AuditEntryView>>($"/api/v1/audit?actor={site.OwnerId}"))!.Items;

        // All of one millisecond, in which ids of tests that run beside this one mix: their order is not the point here.
        Assert.Equal(["invitation.issued", "team.created", "team.member-set", "user.invited"], audit.Select(e => e.Kind).Order(StringComparer.Ordinal));
        Assert.All(audit, e => Assert.DoesNotContain("canary", e.Facts.GetRawText(), StringComparison.OrdinalIgnoreCase));
        Assert.All(audit, e => Assert.DoesNotContain("@example", e.Facts.GetRawText(), StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Ana Canary", audit.Single(e => e.Kind == "user.invited").Text);
        Assert.True((await site.Get<Journals>().Verify(null, CancellationToken.None)).Whole);
    }

    [Theory, EveryDatabase]
    public async Task No_secret_lies_in_the_database_or_the_log(Database database)
    {
        await using var site = await TestSite.Start(database);
        var issued = await Read<IssuedTokenView>(await site.Owner.PostAsJsonAsync("/api/v1/me/tokens", new IssueTokenRequest("laptop", ["read"])));
        await Status(site, "/api/v1/users", issued.Secret);

        var journal = await site.Db.Query($"SELECT facts FROM journal UNION ALL SELECT text FROM journal_texts", r => r.Text(0), CancellationToken.None);
        Assert.DoesNotContain(journal, text => text.Contains(issued.Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(site.Log.Lines, line => line.Contains(issued.Secret, StringComparison.Ordinal));
        Assert.Equal(1, await site.Db.First($"SELECT count(*) FROM api_tokens WHERE digest = {Tokens.Digest(issued.Secret)}", r => r.Long(0), CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"email":"no","displayName":"Ana"}""")]
    [InlineData("""{"email":"ana@example.org","displayName":""}""")]
    [InlineData("""{"email":"ana@example.org","displayName":"A\u0000na"}""")]
    [InlineData("""{"email":"ana@example.org","displayName":"Ana","zone":"Mars/Olympus"}""")]
    [InlineData("""{"email":"ana@example.org","displayName":"Ana","language":"xx"}""")]
    [InlineData("""{"email":"ana@example.org","displayName":"Ana","name":"Not a slug"}""")]
    [InlineData("""{"email":"ana@example.org","displayName":"Ana","role":"King"}""")]
    [InlineData("""{"email":null,"displayName":"Ana"}""")]
    [InlineData("""{"displayName":"Ana"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    [Trait("Kind", "Sqlite")]
    public async Task What_cannot_be_a_person_is_refused_with_a_problem(string body)
    {
        await using var site = await TestSite.Start(Database.Sqlite);

        var refused = await site.Owner.PostAsync("/api/v1/users", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
    }

    [Theory, EveryDatabase]
    public async Task A_nul_in_a_query_is_no_fault_of_ours(Database database)
    {
        await using var site = await TestSite.Start(database);

        Assert.NotEqual(HttpStatusCode.InternalServerError, (await site.Owner.GetAsync("/api/v1/users?cursor=%00")).StatusCode);
    }

    static async Task<T> Read<T>(HttpResponseMessage response)
    {
        await Ok(response);
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    static async Task Ok(HttpResponseMessage response) =>
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");

    static async Task<HttpStatusCode> Status(TestSite site, string path, string? token = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookie is not null) request.Headers.Add("Cookie", $"{Session.Cookie}={cookie}");
        using var http = site.Http(token);
        return (await http.SendAsync(request)).StatusCode;
    }

    /// <summary>Stands where the channels are: keeps the code that would have gone out.</summary>
    sealed class Postbox : ISendCode
    {
        public string Code { get; private set; } = "";

        public Ruling<string> Address(string channel, string typed) => typed;

        public Task Send(Tx tx, ContactMethod to, string code, string language)
        {
            Code = code;
            return Task.CompletedTask;
        }
    }

    /// <summary>Stands where the schedules are: one turn, which grace has.</summary>
    sealed class Rota : INamePeople
    {
        public string OnCall { get; private set; } = "grace";

        public Task<IReadOnlyList<Mention>> Mentions(Tx tx, User user) =>
            Task.FromResult<IReadOnlyList<Mention>>(user.Name == OnCall ? [new("schedule/checkout", "Turn on checkout")] : []);

        public Task Replace(Tx tx, string key, User user, User replacement, string by, DateTimeOffset at, string correlation)
        {
            OnCall = replacement.Name;
            return Task.CompletedTask;
        }
    }
}
