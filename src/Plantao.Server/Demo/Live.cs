using Plantao.Client;

namespace Plantao.Demo;

/// <summary>The same world, and a person at the other end: it says what happens until it is stopped.</summary>
static class Live
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static async Task Run(World world, Story story, CancellationToken ct)
    {
        story.Say("");
        story.Tell($"FAULT        {World.Fault} is put into the sample service; in some seconds the phone of {World.Ana.DisplayName} rings");
        await world.Break(true, ct);
        var (said, rang) = (world.Checkout.Said.Count, world.Phones.Rang.Count);
        var stood = new Dictionary<string, string>(StringComparer.Ordinal);
        var explained = false;
        while (world.Checkout.Lives)
        {
            foreach (var line in world.Checkout.Said.Skip(said))
            {
                said++;
                story.Tell(line.At, $"{line.Word.ToUpperInvariant(),-11}  the service: {line.Rest}");
            }

            foreach (var alert in (await world.Owner.Get<Part<AlertView>>("/api/v1/alerts", ct)).Items)
            {
                if (stood.GetValueOrDefault(alert.Id) == alert.Status) continue;
                stood[alert.Id] = alert.Status;
                story.Tell($"ALERT        {alert.Title} is {alert.Status.ToLowerInvariant()}{(alert.Status == "Acknowledged" ? " by " + world.People.GetValueOrDefault(alert.AcknowledgedBy ?? "", "somebody") : "")}");
            }

            foreach (var message in world.Phones.Rang.Skip(rang))
            {
                rang++;
                story.Tell(message.At, $"RINGS        phone of {message.Who}: \"{message.Title}\"{(message.Why is null ? "" : $" ({message.Why})")}");
                if (message.Link is not null) story.Say("                                    answer it here: " + message.Link);
                if (!explained) Explain(world, story);
                explained = true;
            }

            await Task.Delay(Pause, story.Time, ct);
        }

        throw new NotSeenException("The sample service ended. It said: " + world.Checkout.Errors);
    }

    static void Explain(World world, Story story) => story.Say($$$"""

        Open the link above in a browser and press the button: the climb stops. If nobody does, the next person is paged.
        The screens come later; until then this page, the API and the command line are its face.

          take the fault away, so that the alert resolves:
            curl -X DELETE {{{world.Target.Address}}}/faults/{{{World.Fault}}}
          put it in again:
            curl -X POST {{{world.Target.Address}}}/faults/{{{World.Fault}}}
          raise an alert of your own, as Prometheus would:
            curl {{{world.Server.Address}}}/in/{{{world.Key}}}/api/v2/alerts -H 'Content-Type: application/json' \
              -d '[{"labels":{"alertname":"DiskFull","severity":"page"},"annotations":{"summary":"The disk is full"}}]'
          look at the alerts:
            curl -H 'Authorization: Bearer {{{world.OwnerToken}}}' {{{world.Server.Address}}}/api/v1/alerts

        Ctrl+C ends it all and removes its data.

        """);
}
