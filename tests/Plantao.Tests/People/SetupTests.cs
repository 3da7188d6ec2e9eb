using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform.Storage;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

public class SetupTests
{
    static SetupRequest Request(string code) => new(code, "ada@example.org", "Ada Lovelace", Organisation: "Analytical Engines", Zone: "Europe/London", Language: "en", PublicAddress: "https://plantao.example/");

    [Theory, EveryDatabase]
    public async Task The_code_sets_up_once_and_its_token_is_the_owners(Database database)
    {
        await using var site = await TestSite.Start(database, b => b.Services.AddSingleton<ISetUpStarter, Greeting>(), bare: true);
        var code = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);

        var answer = await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!.ToLowerInvariant()));
        var done = (await answer.Content.ReadFromJsonAsync<SetupView>())!;

        Assert.Equal("hello ada-lovelace of analytical-engines at https://plantao.example", done.Starter["greeting"]);
        var me = await site.Http(done.Token).GetFromJsonAsync<MeView>("/api/v1/me");
        Assert.Equal(("Owner", "ada@example.org", "Europe/London"), (me!.User!.Role, me.User.Email, me.User.Zone));
        Assert.Equal("Manager", Assert.Single(me.Teams).Role);
        Assert.Single(await site.Get<ContactMethodStore>().For([done.OwnerId], CancellationToken.None), m => m.Channel == "email");

        Assert.Equal(HttpStatusCode.Gone, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code))).StatusCode);
        Assert.Null(await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task Five_wrong_codes_end_the_right_one(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);
        var code = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);

        for (var i = 0; i < Setup.CodeTries; i++)
            Assert.Equal(HttpStatusCode.Forbidden, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request("AAAA-AAAA-AAAA"))).StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!))).StatusCode);
        Assert.Equal(0, await site.Db.First($"SELECT count(*) FROM users", r => r.Long(0), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task A_code_ends_after_an_hour_and_with_the_next_one(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);
        var first = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);
        var second = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);

        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(first!))).StatusCode);
        site.Clock.Advance(Setup.CodeLife);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(second!))).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task Of_many_who_set_up_at_once_one_does(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);
        var code = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!) with { OwnerEmail = $"ada{i}@example.org", OwnerName = $"ada{i}", Organisation = $"Org {i}" })));

        Assert.Single(answers, a => a.StatusCode is HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.StatusCode is not HttpStatusCode.OK), a => Assert.True(a.StatusCode is HttpStatusCode.Gone or HttpStatusCode.Forbidden));
        Assert.Equal(1, await site.Db.First($"SELECT count(*) FROM users", r => r.Long(0), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task A_detail_that_cannot_be_is_said_and_does_not_use_up_the_code(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);
        var code = await Setup.Begin(site.Db, site.Vault, site.Clock, CancellationToken.None);

        Assert.Equal(HttpStatusCode.BadRequest, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!) with { Zone = "Mars/Olympus" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!) with { PublicAddress = "javascript:alert(1)" })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code!))).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task Without_its_code_setup_says_nothing_and_a_fresh_install_lets_nobody_in(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);

        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(""))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Http(Tokens.New(Tokens.Personal)).GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Http("admin").GetAsync("/api/v1/users")).StatusCode);
    }

    [Theory, EveryDatabase]
    public async Task On_the_machine_no_browser_is_needed_and_the_running_server_knows_at_once(Database database)
    {
        await using var site = await TestSite.Start(database, bare: true);
        var (output, errors) = (new StringWriter(), new StringWriter());

        Assert.Equal(0, await SetupVerb.Run(site.Place.Options, ["code"], output, errors, site.Clock));
        var code = System.Text.RegularExpressions.Regex.Match(output.ToString(), "[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Value;
        Assert.NotEmpty(code);

        Assert.Equal(0, await SetupVerb.Run(site.Place.Options, ["--owner", "ada@example.org", "--name", "Ada", "--zone=Europe/London"], output, errors, site.Clock));
        var token = System.Text.RegularExpressions.Regex.Match(output.ToString(), "plt_p[0-9A-Za-z]{38}", System.Text.RegularExpressions.RegexOptions.NonBacktracking).Value;
        Assert.Equal("Owner", (await site.Http(token).GetFromJsonAsync<MeView>("/api/v1/me"))!.User!.Role);

        Assert.Equal(1, await SetupVerb.Run(site.Place.Options, ["--owner", "eve@example.org"], output, errors, site.Clock));
        Assert.Equal(1, await SetupVerb.Run(site.Place.Options, ["code"], output, errors, site.Clock));
        Assert.Contains("has been set up", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await site.Http().PostAsJsonAsync("/api/v1/setup", Request(code))).StatusCode);
    }

    [Fact]
    public async Task What_the_verb_does_not_understand_it_explains()
    {
        foreach (string[] args in (string[][])[[], ["--owner"], ["--ownr", "a@example.org"], ["code", "please"], ["--owner", "a@example.org", "--owner", "b@example.org"]])
        {
            var errors = new StringWriter();
            Assert.Equal(64, await SetupVerb.Run(new Plantao.Platform.ServeOptions { DataFolder = "/nonexistent" }, args, TextWriter.Null, errors));
            Assert.Contains("plantao setup --owner", errors.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Stands where the higher rooms are.</summary>
    sealed class Greeting : ISetUpStarter
    {
        public Task<IReadOnlyDictionary<string, string>> MakeStarter(Tx tx, User owner, Team team, string publicAddress, string correlation) =>
            Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["greeting"] = $"hello {owner.Name} of {team.Name} at {publicAddress}" });
    }
}
