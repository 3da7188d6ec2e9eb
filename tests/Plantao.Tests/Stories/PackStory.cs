using System.Net.Http.Json;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Stories;

/// <summary>Definitions as files: planned, applied, edited on the web, drifted, settled, exported.</summary>
public class PackStory
{
    static readonly PackFileBody Head = new("pack.yaml", "name: night\ntitle: Night\nversion: 1.0.0\n");

    static PackFileBody Policy(string wait) => new("escalation-policies/checkout.yaml", $"title: Checkout\nsteps:\n  - targets: [person:ada]\n    wait: {wait}\n");

    static readonly PackFileBody Service = new("services/checkout.yaml", "title: Checkout\nescalation_policy: checkout\n");

    static readonly PackFileBody Door = new("integrations/am.yaml", "title: Alertmanager\nformat: alertmanager\nservice: checkout\n");

    static async Task<PlanView> Send(Night night, string what, PackRequest pack)
    {
        using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/" + what, pack);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<PlanView>())!;
    }

    [Theory, EveryDatabase]
    public async Task A_pack_is_planned_applied_and_pages(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        PackRequest pack = new([Head, Policy("5m"), Service, Door]);

        var plan = await Send(night, "plan", pack);
        Assert.False(plan.Applied);
        Assert.All(plan.Changes, c => Assert.Equal("Create", c.Change));
        Assert.Empty(await night.Site.Owner.GetFromJsonAsync<List<DefinitionView>>("/api/v1/definitions") ?? []);

        Assert.True((await Send(night, "apply", pack)).Applied);
        Assert.All((await Send(night, "apply", pack)).Changes, c => Assert.Equal("Unchanged", c.Change));

        var key = await night.Site.Owner.PostAsync("/api/v1/integrations/am/keys", null);
        var made = await key.Content.ReadFromJsonAsync<IntegrationKeyMade>();
        await night.Fire("CheckoutDown", key: made!.Key);
        Assert.Equal(["ada"], await night.Paged());
    }

    [Theory, EveryDatabase]
    public async Task An_edit_on_the_web_works_at_once_and_stops_the_next_apply_until_somebody_decides(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await Send(night, "apply", new([Head, Policy("5m"), Service]));

        using var edit = await night.Site.Owner.PutAsJsonAsync("/api/v1/definitions/escalation-policy/checkout", new DefinitionRequest(Policy("7m").Text, "too hasty at night"));
        Assert.True((await edit.Content.ReadFromJsonAsync<DefinitionView>())!.Drifted);

        var stopped = await Send(night, "apply", new([Head, Policy("9m"), Service]));
        Assert.True(stopped.Stopped);
        Assert.False(stopped.Applied);
        var drift = Assert.Single(stopped.Changes, c => c.Change == "Drift");
        Assert.Contains("+    wait: 9m", drift.Difference, StringComparison.Ordinal);
        Assert.Contains("+    wait: 7m", drift.WebDifference, StringComparison.Ordinal);

        var exported = await night.Site.Owner.GetFromJsonAsync<List<PackFileBody>>("/api/v1/packs/night/export");
        Assert.Contains(exported!, f => f.Path == "escalation-policies/checkout.yaml" && f.Text.Contains("wait: 7m", StringComparison.Ordinal));

        Assert.True((await Send(night, "apply", new([Head, Policy("9m"), Service], Take: "file"))).Applied);
        var revisions = await night.Site.Owner.GetFromJsonAsync<List<RevisionView>>("/api/v1/definitions/escalation-policy/checkout/revisions");
        Assert.Equal([3, 2, 1], revisions!.Select(r => r.Revision));
        Assert.Equal("too hasty at night", revisions![1].Reason);
    }

    [Theory, EveryDatabase]
    public async Task What_does_not_exist_here_is_a_hole_and_no_reason_to_refuse_the_rest(Database database)
    {
        await using var night = await Night.Start(database);
        var plan = await Send(night, "apply", new([Head, Policy("5m"), Service]));
        Assert.True(plan.Applied);
        Assert.Contains("person ada does not exist here", Assert.Single(plan.Holes), StringComparison.Ordinal);
    }

    [Theory, EveryDatabase]
    public async Task Removing_needs_prune(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        await Send(night, "apply", new([Head, Policy("5m"), Service]));
        Assert.Contains((await Send(night, "apply", new([Head, Policy("5m")]))).Changes, c => c.Change == "Left");
        Assert.Contains((await Send(night, "apply", new([Head, Policy("5m")], Prune: true))).Changes, c => c.Change == "Remove");
        Assert.DoesNotContain(await night.Site.Owner.GetFromJsonAsync<List<DefinitionView>>("/api/v1/definitions") ?? [], d => d.Kind == "service");
    }
}
