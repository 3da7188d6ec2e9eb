using System.Net.Http.Json;
using Plantao.Client;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Requirements;

/// <summary>What the stories of the five operations documents have in common: each applies its team's pack as that team would.</summary>
static class Team
{
    /// <summary>Applies a pack through the API.</summary>
    /// <returns>The holes that are left, and a key for each integration of the pack.</returns>
    public static async Task<(IReadOnlyList<string> Holes, IReadOnlyDictionary<string, string> Keys)> Apply(this Night night, string name, params (string Path, string Text)[] files)
    {
        PackRequest pack = new([new("pack.yaml", $"name: {name}\ntitle: {name}\nversion: 1.0.0\n"), .. files.Select(f => new PackFileBody(f.Path, f.Text))]);
        using var answer = await night.Site.Owner.PostAsJsonAsync("/api/v1/packs/apply", pack);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var plan = (await answer.Content.ReadFromJsonAsync<PlanView>())!;
        Assert.True(plan.Applied);

        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var integration in plan.Changes.Where(c => c.Kind == "integration").Select(c => c.Name))
        {
            using var made = await night.Site.Owner.PostAsync($"/api/v1/integrations/{integration}/keys", null);
            keys[integration] = (await made.Content.ReadFromJsonAsync<IntegrationKeyMade>())!.Key;
        }

        return (plan.Holes, keys);
    }

    /// <summary>A schedule around the clock, in which these people take turns of a week from Monday, 21 September 2026, 09:00 UTC.</summary>
    public static (string, string) Rota(string name, params string[] people) =>
        ($"schedules/{name}.yaml", $"zone: Etc/UTC\nlayers:\n  - name: {name}\n    people: [{string.Join(", ", people)}]\n    rotation: weekly\n    handoff: monday 09:00\n    start: 2026-09-14\n    turns_from: 2026-09-21\n");

    /// <summary>A policy of one round.</summary>
    public static (string, string) Ladder(string name, params (string Targets, string Wait)[] steps) =>
        ($"escalation-policies/{name}.yaml", $"title: {name}\nsteps:\n{string.Concat(steps.Select(s => $"  - targets: [{s.Targets}]\n    wait: {s.Wait}\n"))}rounds: 1\n");

    public static (string, string) Service(string name, string policy) => ($"services/{name}.yaml", $"title: {name}\nescalation_policy: {policy}\n");

    public static (string, string) Door(string name, string format, string service, string more = "") => ($"integrations/{name}.yaml", $"title: {name}\nformat: {format}\nservice: {service}\n{more}");
}
