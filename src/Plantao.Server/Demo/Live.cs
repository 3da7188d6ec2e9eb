using Plantao.Client;

namespace Plantao.Demo;

/// <summary>The same world, and a person at the other end: it says what happens until it is stopped.</summary>
static class Live
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static async Task Run(World world, Story story, CancellationToken ct)
    {
        var link = await world.Visit(ct);
        story.Say("");
        story.Tell($"FAULT        {World.Fault} is put into the sample service; in some seconds the phone of {World.Ana.DisplayName} rings");
        await world.Break(true, ct);
        var (said, rang) = (world.Checkout.Said.Count, world.Phones.Rang.Count);
        var stood = new Dictionary<string, string>(StringComparer.Ordinal);
        var guided = new HashSet<string>(StringComparer.Ordinal);
        var explained = false;
        while (world.Checkout.Lives)
        {
            // What follows is looked at before what it follows from, so that nothing is told before its cause.
            var news = new List<(DateTimeOffset At, string What, Action? Then)>();
            foreach (var message in world.Phones.Rang.Skip(rang))
            {
                rang++;
                Action? explain = explained ? null : () => Explain(world, story, link);
                explained = true;
                news.Add((message.At, $"RINGS        phone of {message.Who}: \"{message.Title}\"{(message.Why is null ? "" : $" ({message.Why})")}", explain));
            }

            foreach (var alert in (await world.Owner.Get<Part<AlertView>>("/api/v1/alerts", ct)).Items)
            {
                if (stood.GetValueOrDefault(alert.Id) == alert.Status) continue;
                // Opened again, it has no time of its own: it is told as it is seen.
                var at = alert.Status switch { "Acknowledged" => alert.AcknowledgedAt, "Resolved" => alert.ResolvedAt, _ => stood.ContainsKey(alert.Id) ? null : alert.OpenedAt } ?? story.Now;
                stood[alert.Id] = alert.Status;
                Action? guide = alert.Status != "Open" && guided.Add(alert.Status) ? () => Guide(world, story, alert) : null;
                news.Add((at, $"ALERT        {alert.Title} is {alert.Status.ToLowerInvariant()}{(alert.Status == "Acknowledged" ? " by " + world.People.GetValueOrDefault(alert.AcknowledgedBy ?? "", "somebody") : "")}", guide));
            }

            foreach (var line in world.Checkout.Said.Skip(said))
            {
                said++;
                news.Add((line.At, $"{line.Word.ToUpperInvariant(),-11}  the service: {line.Rest}", null));
            }

            foreach (var (at, what, then) in news.OrderBy(n => n.At))
            {
                story.Tell(at, what);
                then?.Invoke();
            }

            await Task.Delay(Pause, story.Time, ct);
        }

        throw new NotSeenException("The sample service ended. It said: " + world.Checkout.Errors);
    }

    static void Explain(World world, Story story, string link) => story.Say($$$"""

        You are {{{World.Ana.DisplayName}}}, it is night, and your phone rings. Open this in a browser on this machine (it signs you in, once):

            {{{link}}}

        Press Acknowledge: the climb stops. If nobody does within 2 min, {{{World.Bruno.DisplayName}}} is paged, and then {{{World.Carla.DisplayName}}}.
        What happens meanwhile is told here. Ctrl+C ends it all and removes its data.

        """);

    /// <summary>What to do next, said once for each state that is reached.</summary>
    static void Guide(World world, Story story, AlertView alert)
    {
        if (alert.Status == "Acknowledged") story.Say($$$"""

            The climb stopped. Now mend it, and its monitor says so by itself:

                curl -X DELETE {{{world.Target.Address}}}/faults/{{{World.Fault}}}

            or press Resolve on the alert's screen.

        """);
        else story.Say($$$"""

            It is over. Read what happened: who was paged, how, and what came of it, hop by hop:

                {{{world.Server.Address}}}/alerts/{{{alert.Id}}}

            Then look at who is on call and at Plantão itself:   {{{world.Server.Address}}}/
            at everything that was done, and by whom:            {{{world.Server.Address}}}/audit
            Break it again:                                      curl -X POST {{{world.Target.Address}}}/faults/{{{World.Fault}}}
            Raise an alert of your own, as Prometheus would:
                curl {{{world.Server.Address}}}/in/{{{world.Key}}}/api/v2/alerts -H 'Content-Type: application/json' \
                  -d '[{"labels":{"alertname":"DiskFull","severity":"page"},"annotations":{"summary":"The disk is full"}}]'
            Ask by the API:
                curl -H 'Authorization: Bearer {{{world.OwnerToken}}}' {{{world.Server.Address}}}/api/v1/alerts

            In earnest: ./plantao serve, and docs/install.md. Ctrl+C ends this.

        """);
    }
}
