using System.Text.Json.Nodes;
using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Where escalation policies name somebody who leaves, and how another is asked instead.</summary>
/// <remarks>A climb under way keeps its copy: who has left is passed there like anybody who cannot be reached.</remarks>
sealed class PeopleInPolicies(DefinitionStore definitions, EscalationStore store) : INamePeople, IForgetPeople
{
    const string Kind = "escalation-policy", Of = Kind + "/";

    public async Task<IReadOnlyList<Mention>> Mentions(Tx tx, User user)
    {
        var mentions = new List<Mention>();
        foreach (var policy in await DefinitionStore.OfKind(tx, Kind))
        {
            var places = Lists(JsonNode.Parse(policy.Document)!.AsObject()).Where(list => list.Targets.Any(target => Is(target, user))).Select(list => list.Place).Distinct(StringComparer.Ordinal).ToList();
            if (places.Count > 0) mentions.Add(new(Of + policy.Key.Name, $"escalation policy {policy.Key.Name}: {string.Join(", ", places)}"));
        }

        return mentions;
    }

    public Task Replace(Tx tx, string key, User user, User replacement, string by, DateTimeOffset at, string correlation) => definitions.Edit(tx, new(Kind, key[Of.Length..]), document =>
    {
        var instead = Target(replacement);
        foreach (var (_, targets) in Lists(document))
            for (var i = targets.Count - 1; i >= 0; i--)
                if (!Is(targets[i], user)) continue;
                // A target stands once in its list.
                else if (targets.Any(target => target!.GetValue<string>() == instead)) targets.RemoveAt(i);
                else targets[i] = instead;
        return true;
    }, new Authorship(by, at, correlation, "somebody left and another is asked instead"));

    /// <summary>Policies that are gone, and the copies that climbs keep.</summary>
    public Task Forget(Tx tx, User user, string instead) => store.Rename(tx, user.Name, instead);

    static IEnumerable<(string Place, JsonArray Targets)> Lists(JsonObject policy)
    {
        var number = 0;
        foreach (var step in policy["steps"]!.AsArray().Select(step => step!.AsObject()))
        {
            number++;
            foreach (var name in (string[])["targets", "otherwise"])
                if (step[name] is JsonArray targets) yield return (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"step {number}"), targets);
        }

        if (policy["catchAll"] is JsonArray last) yield return ("catch-all", last);
    }

    static string Target(User user) => new EscalationTarget(TargetKind.Person, user.Name).ToString();

    static bool Is(JsonNode? target, User user) => target!.GetValue<string>() == Target(user);
}
