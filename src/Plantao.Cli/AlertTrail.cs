using System.Globalization;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary>An alert's way in and out again, for people: one line for each thing that happened, in order.</summary>
static class AlertTrail
{
    sealed record Line(DateTimeOffset At, string Stage, string Text);

    /// <summary>Says it loudly when nobody could be reached or nobody answers.</summary>
    /// <returns>The exit code.</returns>
    public static int Loud(Screen screen, EscalationView? climb)
    {
        if (climb is not { Status: "Unanswered" } and not { Reached: false, Status: "Climbing" or "Told" }) return Exit.Done;
        screen.Note(climb.Reached
            ? "NOBODY HAS ANSWERED: the ladder has ended, and the catch-all is paged until someone does. Answer it with plantao ack, or pass it on."
            : "NOBODY COULD BE REACHED. Answer it with plantao ack, or pass it on to somebody who can be reached.");
        return Exit.Unanswered;
    }

    public static async Task Show(Errand it, AlertTrailView trail)
    {
        var (alert, climb, zone, screen) = (trail.Alert, trail.Escalation, await it.Zone(), it.Screen);
        screen.Line(TerminalText.OneLine(alert.Title));
        foreach (var (name, value) in await Facts(it, alert, climb, zone))
            if (!string.IsNullOrEmpty(value)) screen.Line($"  {name,-13}{TerminalText.OneLine(value)}");
        if (!string.IsNullOrWhiteSpace(alert.Text)) screen.Lines("\n" + alert.Text.TrimEnd());

        screen.Line("");
        screen.Line($"What happened (times in {zone.Info.Id})");
        foreach (var line in (await Lines(it, trail)).OrderBy(line => line.At)) screen.Line($"{zone.At(line.At)}  {line.Stage,-24}{TerminalText.OneLine(line.Text)}".TrimEnd());
    }

    static async Task<IReadOnlyList<(string, string?)>> Facts(Errand it, AlertView alert, EscalationView? climb, Zone zone)
    {
        var status = alert.Status switch
        {
            "Acknowledged" => $"Acknowledged by {await it.Name(alert.AcknowledgedBy)}" + (climb?.AcknowledgedUntil is { } until ? $" until {zone.At(until)}" : ""),
            "Resolved" => $"Resolved by {await it.Name(alert.ResolvedBy)} at {zone.At(alert.ResolvedAt)}",
            _ => alert.Status,
        };
        return
        [
            ("id", alert.Id),
            ("status", status + (alert.Quiet is null ? "" : $", quiet ({alert.Quiet})") + (alert.Flapping ? ", flapping" : "")),
            ("service", alert.Unrouted ? $"{alert.Service ?? "none"} (no route matched)" : alert.Service),
            ("urgency", string.Create(CultureInfo.InvariantCulture, $"{alert.Urgency}, rank {alert.Rank}{(alert.Severity is null ? "" : $" ({alert.Severity})")}")),
            ("escalation", climb is null ? null : string.Create(CultureInfo.InvariantCulture, $"{climb.Status} on {climb.Policy}, step {Math.Min(climb.Step, climb.Steps)} of {climb.Steps}, round {climb.Round} of {climb.Rounds}{(climb.DueAt is { } due ? $", next at {zone.At(due)}" : "")}")),
            ("labels", string.Join(", ", alert.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"))),
            ("signals", string.Create(CultureInfo.InvariantCulture, $"{alert.Signals}, the last at {zone.At(alert.LastSignalAt)}, by {alert.Integration}")),
            ("noticed by", alert.Source == "alert" ? null : alert.Source),
            ("link", alert.Link),
            ("correlation", alert.CorrelationId),
            ("you may", string.Join(", ", alert.Moves)),
        ];
    }

    /// <summary>What happened, in the order of cause and effect: lines of the same instant keep it.</summary>
    static async Task<IReadOnlyList<Line>> Lines(Errand it, AlertTrailView trail)
    {
        var lines = new List<Line>();
        foreach (var signal in trail.Signals)
        {
            if (signal.ReceivedAt is { } received) lines.Add(new(received, "received", $"{signal.Signal}{(signal.CorrelationId is null ? "" : $", correlation {signal.CorrelationId}")}"));
            lines.Add(new(signal.DecidedAt, "decided", $"{signal.Signal}: {signal.Outcome}"));
        }

        // A hop is told once: of the journal only what pages and signals do not say.
        foreach (var entry in trail.Journal)
            lines.Add(new(entry.At, entry.Kind, string.Join(": ", new[] { await it.Name(entry.Actor), entry.Text }.Where(part => !string.IsNullOrEmpty(part)))));
        foreach (var page in trail.Pages)
        {
            foreach (var hop in page.Hops) lines.Add(new(hop.At, Stage(hop.Kind), page.User + await Said(it, page, hop)));
        }

        return lines;
    }

    static string Stage(string kind) => kind switch
    {
        "Decided" => "paged",
        "GaveUp" => "gave up",
        "InDoubt" => "in doubt",
        "FellBack" => "fell back",
        "Reevaluated" => "re-evaluated",
        _ => kind.ToLowerInvariant(),
    };

    static async Task<string> Said(Errand it, PageView page, HopView hop)
    {
        var said = hop.Channel is null ? "" : $" by {hop.Channel}";
        // The server's words begin with the channel, and repeat the id that stands at the end here.
        var detail = hop.Channel is { } channel && hop.Detail?.StartsWith(channel, StringComparison.Ordinal) == true ? hop.Detail[channel.Length..].TrimStart(',', ' ') : hop.Detail;
        if (detail is ['b', 'y', ' ', .. var who]) detail = $"by {await it.Name(who)}";
        if (hop.Kind == "Decided") said += $": {page.Why}";
        else if (!string.IsNullOrEmpty(detail) && detail != hop.ProviderId) said += $": {detail}";
        if (hop.Kind == "Attempted") return said;   // what came of it is the next hop
        if (hop.Status is { } status) said += string.Create(CultureInfo.InvariantCulture, $", answered {status}");
        if (hop.ProviderId is not null) said += $", provider's id {hop.ProviderId}";
        return said;
    }
}
