using System.CommandLine;
using System.Globalization;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao alert</c>, and the short <c>ack</c> and <c>resolve</c>.</summary>
static class AlertCommands
{
    static Argument<string> Id => new("id") { Description = "The alert's id, alr_…" };

    public static void Acknowledge(Verbs ack)
    {
        var id = Id;
        ack.Itself([id], it => Acknowledge(it, it.Of(id)));
    }

    public static void Resolve(Verbs resolve)
    {
        var id = Id;
        resolve.Itself([id], it => Resolve(it, it.Of(id)));
    }

    public static void Fill(Verbs alert)
    {
        var id = Id;

        var status = new Option<string>("--status") { Description = "unresolved, open, acknowledged, resolved or any.", DefaultValueFactory = _ => "unresolved" };
        status.AcceptOnlyFromAmong("unresolved", "open", "acknowledged", "resolved", "any");
        var ofService = new Option<string?>("--service") { Description = "Of this service only." };
        var limit = new Option<int>("--limit") { Description = "The most to list.", DefaultValueFactory = _ => 50 };
        alert.Verb("list", "Alerts, newest first.", [status, ofService, limit], async it =>
        {
            var wanted = it.Of(status) is "any" ? null : it.Of(status);
            var zone = await it.Zone();
            return it.Show(await it.All((cursor, count) => it.Server.Alerts(wanted, it.Of(ofService), null, cursor, count, it.Stop), it.Of(limit)),
                ("ID", a => a.Id), ("STATUS", a => a.Quiet is null ? a.Status : a.Status + ", quiet"), ("URGENCY", a => a.Urgency), ("SERVICE", a => a.Service), ("OPENED", a => zone.At(a.OpenedAt)), ("TITLE", a => a.Title));
        });

        alert.Verb("show", "One alert, and its way hop by hop: received, decided, paged, attempted, accepted, answered.", [id], async it =>
        {
            var trail = await it.Server.Trail(it.Of(id), it.Stop);
            if (it.InJson) it.Json(trail);
            else await AlertTrail.Show(it, trail);
            return AlertTrail.Loud(it.Screen, trail.Escalation);
        });

        var title = new Argument<string>("title") { Description = "What is wrong, in a line." };
        var service = new Option<string>("--service") { Description = "On which service.", Required = true };
        var text = new Option<string?>("--text") { Description = "More about it." };
        var urgency = new Option<string?>("--urgency") { Description = "high (the default) climbs, low only tells." };
        urgency.AcceptOnlyFromAmong("high", "low");
        var severity = new Option<string?>("--severity") { Description = "A word of the team's severity policy." };
        alert.Verb("raise", "Raises an alert by hand.", [title, service, text, urgency, severity], async it =>
        {
            var raised = await it.Server.Raise(new(it.Of(title), it.Of(text), it.Of(service)!, it.Of(urgency), it.Of(severity)), it.Stop);
            return it.Done(raised, $"Raised: it is on disk as {raised.Signal}, and pages now. See it with: plantao alert list --service {it.Of(service)}");
        });

        alert.Verb("ack", "\"I have it\": stops the climb for the alert and its group.", [id], it => Acknowledge(it, it.Of(id)));
        alert.Verb("resolve", "Resolves it.", [id], it => Resolve(it, it.Of(id)));

        alert.Verb("reopen", "Opens it again, within 24 hours.", [id], async it =>
        {
            var opened = await it.Server.Reopen(it.Of(id), it.Stop);
            return it.Done(opened, $"Open again: {opened.Title}");
        });

        var minutes = new Option<double>("--minutes") { Description = "For how long: 15 to 1440.", Required = true };
        alert.Verb("snooze", "An acknowledgement with its own end.", [id, minutes], async it =>
        {
            var climb = await it.Server.Snooze(it.Of(id), new(it.Of(minutes)), it.Stop);
            return it.Done(climb, $"Snoozed until {(await it.Zone()).At(climb.AcknowledgedUntil)}. It pages again then, unless it is resolved.");
        });

        alert.Verb("escalate", "Takes the next step now.", [id], async it => await Climbing(it, await it.Server.Escalate(it.Of(id), it.Stop), "Escalated"));

        var to = new Option<string?>("--to") { Description = "A person, by handle." };
        var policy = new Option<string?>("--policy") { Description = "An escalation policy, by name." };
        alert.Verb("pass-on", "Passes it on to a person or a policy.", [id, to, policy], async it =>
        {
            if (it.Of(to) is null == it.Of(policy) is null) throw new UsageException("Pass it on to whom? Give --to PERSON or --policy NAME, one of the two.");
            return await Climbing(it, await it.Server.PassOn(it.Of(id), new(it.Of(to), it.Of(policy)), it.Stop), $"Passed on to {it.Of(to) ?? it.Of(policy)}");
        });
    }

    static async Task<int> Acknowledge(Errand it, string id)
    {
        var climb = await it.Server.Acknowledge(id, it.Stop);
        return it.Done(climb, climb.AcknowledgedUntil is { } until && !it.InJson ? $"You have it. Nobody else is paged until {(await it.Zone()).At(until)}." : "You have it. Nobody else is paged.");
    }

    static async Task<int> Resolve(Errand it, string id)
    {
        var resolved = await it.Server.Resolve(id, it.Stop);
        return it.Done(resolved, $"Resolved: {resolved.Title}");
    }

    static async Task<int> Climbing(Errand it, EscalationView climb, string what)
    {
        var due = climb.DueAt is { } at && !it.InJson ? $" It goes on at {(await it.Zone()).At(at)} unless somebody answers." : "";
        it.Done(climb, string.Create(CultureInfo.InvariantCulture, $"{what}.{due}"));
        return AlertTrail.Loud(it.Screen, climb);
    }
}
