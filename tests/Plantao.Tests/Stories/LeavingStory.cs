using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Stories;

/// <summary>Somebody leaves: what names them is listed, others take it, and nothing is left to nobody (design §15, First run).</summary>
public class LeavingStory
{
    static readonly PackRequest Pack = new(
    [
        new("pack.yaml", "name: night\ntitle: Night\nversion: 1.0.0\n"),
        new("schedules/checkout.yaml", "zone: Etc/UTC\nlayers:\n  - name: primary\n    people: [ada, grace, ada]\n    rotation: daily\n    start: 2026-09-21\n  - name: nights\n    people: [grace]\n    start: 2027-01-01\n"),
        new("escalation-policies/checkout.yaml", "title: Checkout\nsteps:\n  - targets: [schedule:checkout]\n    wait: 5m\n  - targets: [person:ada, person:linus]\n    otherwise: [person:ada]\n    wait: 5m\ncatch_all: [person:ada]\n"),
        new("escalation-policies/other.yaml", "title: Other\nsteps:\n  - targets: [person:grace]\n    wait: 5m\n"),
        new("services/checkout.yaml", "title: Checkout\nescalation_policy: checkout\n"),
        new("integrations/am.yaml", "title: Alertmanager\nformat: alertmanager\nservice: checkout\n"),
    ]);

    static async Task<(Night Night, string Key, string OverrideId)> Start(Database database)
    {
        var night = await Night.Start(database);
        foreach (var name in new[] { "ada", "grace", "linus" }) await night.Person(name);
        using var applied = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", Pack);
        Assert.True(applied.IsSuccessStatusCode, await applied.Content.ReadAsStringAsync());
        using var made = await night.Site.Owner.PostAsync("/api/v1/integrations/am/keys", null);
        var now = night.Site.Clock.GetUtcNow();
        using var put = await night.Site.Owner.PostAsJsonAsync("/api/v1/schedules/checkout/overrides", new OverrideRequest("ada", now.AddDays(1), now.AddDays(2)));
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        return (night, (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key, (await put.Content.ReadFromJsonAsync<OverrideView>())!.Id);
    }

    static Task<HttpResponseMessage> Deactivate(Night night, params (string Key, string Person)[] replacements) =>
        night.Site.Owner.PostAsJsonAsync("/api/v1/users/ada/deactivation", new DeactivateRequest(replacements.ToDictionary(r => r.Key, r => r.Person)));

    [Theory, EveryDatabase]
    public async Task What_names_somebody_is_listed_and_nothing_is_changed_until_each_has_another(Database database)
    {
        var (night, key, put) = await Start(database);
        await using var _ = night;
        using var refused = await Deactivate(night);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(
            ["escalation-policy/checkout: escalation policy checkout: step 2, catch-all", $"override/{put}: override on schedule checkout: on call 2026-09-22 09:00 to 2026-09-23 09:00 UTC", "schedule/checkout: schedule checkout: takes turns in primary"],
            problem.GetProperty("names").EnumerateArray().Select(n => $"{n.GetProperty("key").GetString()}: {n.GetProperty("what").GetString()}").Order(StringComparer.Ordinal));

        using var half = await Deactivate(night, ("schedule/checkout", "grace"), ("override/" + put, "linus"));
        Assert.Equal(HttpStatusCode.Conflict, half.StatusCode);
        using var nobody = await Deactivate(night, ("schedule/checkout", "grace"), ("override/" + put, "ada"), ("escalation-policy/checkout", "linus"));
        Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
        await night.Fire("Down", key: key);
        Assert.Equal(["ada"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task Others_take_the_turns_the_steps_and_the_overrides_and_are_paged(Database database)
    {
        var (night, key, put) = await Start(database);
        await using var _ = night;
        using var left = await Deactivate(night, ("schedule/checkout", "grace"), ("override/" + put, "linus"), ("escalation-policy/checkout", "linus"));
        Assert.True(left.IsSuccessStatusCode, await left.Content.ReadAsStringAsync());

        var definitions = (await night.Site.Owner.GetFromJsonAsync<List<DefinitionView>>("/api/v1/definitions"))!;
        Assert.DoesNotContain(definitions, d => d.Yaml.Contains("ada", StringComparison.Ordinal));
        var schedule = definitions.Single(d => d.Kind == "schedule");
        Assert.True(schedule.Drifted);
        Assert.Equal(["grace", "grace", "grace"], schedule.Document.GetProperty("layers")[0].GetProperty("people").EnumerateArray().Select(p => p.GetString()));
        // Nobody stands twice in one list.
        Assert.Equal(["person:linus"], definitions.Single(d => d is { Kind: "escalation-policy", Name: "checkout" }).Document.GetProperty("steps")[1].GetProperty("targets").EnumerateArray().Select(p => p.GetString()));
        Assert.False(definitions.Single(d => d.Name == "other").Drifted);

        await night.Fire("Down", key: key);
        Assert.Equal(["grace"], await night.Paged());
        await night.Pass(TimeSpan.FromMinutes(5));
        Assert.Contains("linus", await night.Paged());
        var tomorrow = (await night.Site.Owner.GetFromJsonAsync<List<OnCallView>>("/api/v1/oncall?at=2026-09-22T12:00:00Z"))!;
        Assert.Equal("linus", Assert.Single(tomorrow).Person);
    }

    [Theory, EveryDatabase]
    public async Task An_override_that_would_put_somebody_in_for_themselves_ends(Database database)
    {
        var (night, _, put) = await Start(database);
        await using var __ = night;
        var now = night.Site.Clock.GetUtcNow();
        using var swapped = await night.Site.Owner.PostAsJsonAsync("/api/v1/schedules/checkout/overrides", new OverrideRequest("linus", now.AddDays(3), now.AddDays(4), "ada"));
        Assert.True(swapped.IsSuccessStatusCode, await swapped.Content.ReadAsStringAsync());
        var instead = (await swapped.Content.ReadFromJsonAsync<OverrideView>())!.Id;
        using var left = await Deactivate(night, ("schedule/checkout", "linus"), ("override/" + put, "grace"), ("override/" + instead, "linus"), ("escalation-policy/checkout", "grace"));
        Assert.True(left.IsSuccessStatusCode, await left.Content.ReadAsStringAsync());
        Assert.Equal(0, await night.Site.Db.Write(tx => tx.Count($"SELECT count(*) FROM overrides WHERE id = {instead} AND ended_at IS NULL"), CancellationToken.None));
    }
}
