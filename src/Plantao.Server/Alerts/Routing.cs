using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Plantao.Alerts.Intake;
using Plantao.Escalations;
using Plantao.People;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>One rule of a route: what matches, and where it takes the alert. What it leaves out, a later rule or the integration says.</summary>
/// <param name="Match">Matchers as Alertmanager writes them, <c>severity=~"page|critical"</c>; all must hold; none: everything.</param>
/// <param name="Continue">Later rules may still fill in what this one leaves out.</param>
/// <param name="Title">What it is for: shown under "why paged".</param>
public sealed record RouteRule(
    IReadOnlyList<string> Match, string? Service = null, string? Severity = null, Urgency? Urgency = null, string? EscalationPolicy = null, IReadOnlyList<string>? GroupBy = null, bool Continue = false, string? Title = null)
{
    IReadOnlyList<Matcher>? matchers;

    [JsonIgnore]
    public IReadOnlyList<Matcher> Matchers => matchers ??= [.. Match.SelectMany(Matcher.ParseList)];
}

/// <summary>Ordered rules of one definition. Definitions are asked in the order of their position, then name.</summary>
public sealed record Route(string Name, string? Team, int Position, IReadOnlyList<RouteRule> Rules);

/// <summary>Where an alert goes.</summary>
/// <param name="Trace">Which rules took it, for "why paged": phrases of <see cref="AlertTexts"/>, one a line.</param>
public sealed record Routed(string? Service, string? Severity, Urgency? Urgency, string? Policy, IReadOnlyList<string>? GroupBy, bool Unrouted, string Trace);

/// <summary>Takes an alert to a service, a severity, an urgency and an escalation policy. Pure.</summary>
public static class Routing
{
    /// <summary>By default alerts of one service and one <c>alertname</c> climb as one.</summary>
    public static IReadOnlyList<string> DefaultGroupBy { get; } = ["alertname"];

    public static Routed Take(IReadOnlyList<Route> routes, string integration, string? integrationService, IReadOnlyDictionary<string, string> labels)
    {
        string? service = null, severity = null, policy = null;
        Urgency? urgency = null;
        IReadOnlyList<string>? groupBy = null;
        var trace = new List<string>();
        foreach (var route in routes)
        {
            for (var i = 0; i < route.Rules.Count; i++)
            {
                var rule = route.Rules[i];
                if (!Matches(rule, integration, labels)) continue;
                trace.Add(rule.Title is null ? AlertTexts.All.Keep("routed.rule", route.Name, AlertTexts.Number(i + 1)) : AlertTexts.All.Keep("routed.titled", route.Name, AlertTexts.Number(i + 1), rule.Title));
                service ??= rule.Service;
                severity ??= rule.Severity;
                urgency ??= rule.Urgency;
                policy ??= rule.EscalationPolicy;
                groupBy ??= rule.GroupBy;
                if (!rule.Continue) return Done();
            }
        }

        return Done();

        Routed Done()
        {
            var matched = trace.Count > 0;
            if (service is null && integrationService is not null) trace.Add(AlertTexts.All.Keep("routed.integration", integration));
            var to = service ?? integrationService;
            if (to is null && policy is null) trace.Add(AlertTexts.All.Keep("routed.catch-all"));
            return new Routed(to, severity, urgency, policy, groupBy, to is null && policy is null && !matched, string.Join('\n', trace));
        }
    }

    /// <summary>Whether a rule takes what came through this integration with these labels.</summary>
    public static bool Matches(RouteRule rule, string integration, IReadOnlyDictionary<string, string> labels) => rule.Matchers.All(m => m.Name == "integration" ? m.Matches(integration) : m.Matches(labels));

    /// <summary>How loud the source's own word is: warning, info, P4 and P5 are low; everything else, an unknown word and none are high. Whole tokens only.</summary>
    public static Urgency FromWord(string? word) => word?.ToLowerInvariant() switch
    {
        "warning" or "warn" or "info" or "informational" or "notice" or "debug" or "p4" or "p5" or "low" or "ok" => Urgency.Low,
        _ => Urgency.High,
    };

    /// <summary>The global rank of the source's own word, for ordering. Rank 0 is given by a team's scale alone.</summary>
    public static int RankOf(string? word) => word?.ToLowerInvariant() switch
    {
        "critical" or "page" or "emergency" or "fatal" or "p1" => 1,
        "warning" or "warn" or "info" or "informational" or "notice" or "debug" or "p4" or "p5" or "low" => 3,
        _ => 2,
    };

    /// <summary>The source's own group. Its name may hold what no row may, so a digest stands for it.</summary>
    public static string SourceGroup(string name) => "source " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    /// <summary>The group that an alert joins: the source's own, else the values of the labels to group by; <see langword="null"/>: it stands alone.</summary>
    public static string? GroupKey(Reading reading, IReadOnlyList<string>? groupBy, IReadOnlyDictionary<string, string> labels)
    {
        if (reading.GroupKey is { Length: > 0 } own) return SourceGroup(own);
        var by = groupBy ?? DefaultGroupBy;
        if (by is ["..."]) return "labels " + string.Join('\u001f', labels.Select(l => l.Key + "=" + l.Value));
        if (by.Count == 0) return "all";
        return by.Any(name => labels.GetValueOrDefault(name, "").Length > 0) ? "by " + string.Join('\u001f', by.Select(name => name + "=" + labels.GetValueOrDefault(name, ""))) : null;
    }
}
