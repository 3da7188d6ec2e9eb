using Plantao.People;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>Which way a condition takes: to which service, how bad, how urgent, whose. Pure: what decides a signal and what the screen of routes tries out are this one function.</summary>
/// <param name="Team">Id of whose it is.</param>
/// <param name="Severity">In its team's words, else the source's own.</param>
/// <param name="Rank">0 (gravest) to 3.</param>
public sealed record Way(Routed Routed, Service? Service, Urgency Urgency, string? Team, string? Severity, int Rank)
{
    /// <summary>The ladder that it climbs; <see langword="null"/>: the catch-all.</summary>
    public string? Policy => Routed.Policy ?? Service?.EscalationPolicy;

    /// <param name="word">The source's own word for the severity.</param>
    /// <param name="at">When it came in: outside its support hours a service may be less urgent.</param>
    public static Way Of(Surroundings around, Integration integration, IReadOnlyDictionary<string, string> labels, string? word, DateTimeOffset at)
    {
        var routed = Routing.Take(around.Routes, integration.Name, integration.Service, labels);
        var service = routed.Service is { } to ? around.Services.GetValueOrDefault(to) : null;
        var urgency = Rules(around, integration, routed).HowUrgent(routed.Urgency, word, at);
        var team = service?.TeamId ?? integration.Team;
        var (severity, rank) = around.Severities.Of(routed.Severity, word, Routing.RankOf, team);
        return new(routed, service, urgency, team, severity, rank);
    }

    /// <summary>A person who raises something says how urgent it is, and no table of words knows better.</summary>
    internal static ServiceRules Rules(Surroundings around, Integration integration, Routed routed) => OwnIntegration.IsByHand(integration.Id) ? ServiceRules.None : around.Rules(routed.Service);
}
