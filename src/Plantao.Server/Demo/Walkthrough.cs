using System.Globalization;
using System.Net;
using Plantao.Client;
using Plantao.Platform.Journal;

namespace Plantao.Demo;

/// <summary>One alert from the fault to its end, each stage seen from outside: at the API, at the phones, behind the page's link.</summary>
static class Walkthrough
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <exception cref="NotSeenException">Alert, page, acknowledgement or resolve was not seen.</exception>
    public static async Task Run(World world, Story story, CancellationToken ct)
    {
        story.Say("");
        story.Tell($"FAULT        {World.Fault} is put into the sample service");
        await world.Break(true, ct);

        var alert = await Alert(world, story, ct);
        var first = await Page(world, story, World.Ana, alert.Id, "page, acknowledgement and resolve", ct);
        story.Tell($"             {World.Ana.DisplayName} sleeps");
        var second = await Page(world, story, World.Bruno, alert.Id, "acknowledgement and resolve", ct);
        await Acknowledge(world, story, alert.Id, second, ct);
        await Quiet(world, story, first, second, ct);
        await Resolve(world, story, alert.Id, ct);
        await Look(world, story, alert.Id, ct);
    }

    static async Task<AlertView> Alert(World world, Story story, CancellationToken ct)
    {
        var told = 0;
        var opened = await Seen.Within(Patience, story.Time, async () =>
        {
            told = Diary(world, story, told);
            return (await world.Owner.Get<Part<AlertView>>("/api/v1/alerts?service=" + World.Service, ct)).Items is [var newest, ..] ? newest : null;
        }, ct);
        if (opened is null)
        {
            Diary(world, story, told);
            throw new NotSeenException(
                $"alert NOT SEEN. {(world.Checkout.Said.Any(s => s.Word == "noticed") ? "The sample service noticed its fault" : "The sample service did not notice its fault")}, and {world.Server.Address}/api/v1/alerts showed no alert within {Patience.TotalSeconds:0} s. So page, acknowledgement and resolve were not seen either.");
        }

        // Its answer came back before the alert was decided; its diary may reach us a moment later.
        await Seen.Within(TimeSpan.FromSeconds(1), story.Time, () => Task.FromResult(world.Checkout.Said.FirstOrDefault(s => s.Word == "answered")), ct);
        var trail = await Trail(world, opened.Id, ct);
        story.Tell([.. Posted(world.Checkout.Said.Skip(told), trail.Signals[0]), (opened.OpenedAt, $"ALERT        opened: {opened.Title} ({opened.Status}, severity {opened.Severity}, urgency {opened.Urgency})")]);
        return opened;
    }

    /// <summary>What the service has said of itself, up to the moment when it posts.</summary>
    static int Diary(World world, Story story, int told)
    {
        foreach (var line in world.Checkout.Said.Skip(told))
        {
            if (line.Word is "posting") return told;
            told++;
            if (line.Word is "noticed") story.Tell(line.At, $"NOTICED      by the service's own watch: {line.Rest}");
            if (line.Word is "silent") story.Tell(line.At, $"SILENT       {line.Rest}");
        }

        return told;
    }

    static IEnumerable<(DateTimeOffset At, string What)> Posted(IEnumerable<Said> said, SignalView signal)
    {
        if (signal.ReceivedAt is { } received) yield return (received, $"RECEIVED     signal {signal.Signal}");
        foreach (var line in said)
        {
            if (line.Word is "noticed" or "over") yield return (line.At, $"{line.Word.ToUpperInvariant(),-11}  by the service's own watch: {line.Rest}");
            if (line.Word is "posting") yield return (line.At, $"POSTED       {line.Rest}, in the form of Alertmanager's webhook, version 4");
            if (line.Word is "answered") yield return (line.At, $"ON DISK      before it was answered {line.Rest}");
        }
    }

    static async Task<Rang> Page(World world, Story story, Cast who, string alert, string missing, CancellationToken ct)
    {
        var rang = await Seen.Within(Patience, story.Time, () => Task.FromResult(world.Phones.Rang.FirstOrDefault(r => r.Who == who.Name && r.Kind == "page.created" && r.Link is not null)), ct)
            ?? throw new NotSeenException($"page of {who.DisplayName} NOT SEEN: the alert is open, and this phone did not ring within {Patience.TotalSeconds:0} s. So {missing} were not seen. {world.Server.Address}/api/v1/alerts/{alert}/trail said why until now.");
        var page = (await Trail(world, alert, ct)).Pages.First(p => p.User == who.Name);
        story.Tell(page.CreatedAt, $"PAGE         decided for {who.DisplayName}: {page.Why}");
        story.Tell(rang.At, $"RINGS        phone of {who.DisplayName}: \"{rang.Title}\"; the signature is right");
        return rang;
    }

    static async Task Acknowledge(World world, Story story, string alert, Rang rang, CancellationToken ct)
    {
        const string Missing = " So acknowledgement and resolve were not seen.";
        var (shown, screen) = await world.Server.Open(rang.Link!, null, ct);
        if (shown != 200 || !screen.Contains("value=\"acknowledge\"", StringComparison.Ordinal)) throw new NotSeenException($"acknowledgement NOT SEEN: the page's link answered {shown} and shows no button." + Missing);
        if ((await world.Owner.Get<AlertView>("/api/v1/alerts/" + alert, ct)).Status != "Open") throw new NotSeenException("acknowledgement NOT SEEN: opening the link changed the alert, and only the button may." + Missing);
        story.Tell($"LINK         {World.Bruno.DisplayName} opens the page's link: a screen with a button; nothing is changed by looking");

        var (answered, said) = await world.Server.Open(rang.Link!, "acknowledge", ct);
        if (answered != 200) throw new NotSeenException($"acknowledgement NOT SEEN: the button answered {answered}." + Missing);
        var trail = await Seen.Within(Patience, story.Time, async () => await Trail(world, alert, ct) is { Alert.Status: "Acknowledged", Escalation.Status: "Acknowledged" } there ? there : null, ct)
            ?? throw new NotSeenException($"acknowledgement NOT SEEN: the button answered 200, and the alert is not acknowledged." + Missing);
        story.Tell(trail.Alert.AcknowledgedAt ?? story.Now, $"ACKNOWLEDGED by {World.Bruno.DisplayName}, through the link's button; the screen says: {Said(said)}");
        story.Tell($"STOPPED      the climb: epoch {trail.Escalation!.Epoch}, which makes stale what was sent for the one before");
    }

    /// <summary>Longer than the step would have waited: nobody else may be paged.</summary>
    static async Task Quiet(World world, Story story, Rang first, Rang second, CancellationToken ct)
    {
        var wait = Waits.Short.Secondary + TimeSpan.FromSeconds(0.5);
        var more = await Seen.Within(wait, story.Time, () => Task.FromResult(world.Phones.Rang.FirstOrDefault(r => r.Kind == "page.created" && r.Id != first.Id && r.Id != second.Id)), ct);
        if (more is not null) throw new NotSeenException($"acknowledgement NOT SEEN to stop the climb: the phone of {more.Who} rang after it.");
        story.Tell($"SILENCE      the wait of the step has passed, and {World.Carla.DisplayName} was not paged");
    }

    static async Task Resolve(World world, Story story, string alert, CancellationToken ct)
    {
        var said = world.Checkout.Said.Count;
        story.Tell("FAULT        is taken away");
        await world.Break(false, ct);
        var over = await Seen.Within(Patience, story.Time, async () => await Trail(world, alert, ct) is { Alert.Status: "Resolved" } there ? there : null, ct)
            ?? throw new NotSeenException($"resolve NOT SEEN: the fault is gone, and {world.Server.Address}/api/v1/alerts/{alert} was not resolved within {Patience.TotalSeconds:0} s. Alert, page and acknowledgement were seen.");
        await Seen.Within(TimeSpan.FromSeconds(1), story.Time, () => Task.FromResult(world.Checkout.Said.Skip(said).FirstOrDefault(s => s.Word == "answered")), ct);
        story.Tell([.. Posted(world.Checkout.Said.Skip(said), over.Signals[^1]), (over.Alert.ResolvedAt ?? story.Now, $"RESOLVED     the alert, by its source; the climb is {over.Escalation!.Status.ToLowerInvariant()}")]);
    }

    /// <summary>The record that stays: every hop of every page, and whether the journal's chain is whole.</summary>
    static async Task Look(World world, Story story, string alert, CancellationToken ct)
    {
        story.Say("");
        story.Say("Hops of every page, from " + world.Server.Address + "/api/v1/alerts/" + alert + "/trail:");
        foreach (var page in (await Trail(world, alert, ct)).Pages)
        {
            story.Say($"  page {page.Id} of {page.User}: {page.Why} ({page.Status})");
            DateTimeOffset? before = null;
            foreach (var hop in page.Hops)
            {
                story.Say($"    {story.Clock(hop.At)}  {(before is { } b ? Story.Span(hop.At - b) : ""),9}  {hop.Kind,-11}  {Detail(world, page, hop)}".TrimEnd());
                before = hop.At;
            }
        }

        var verdict = await world.Services.GetRequiredService<Journals>().Verify(anchor: null, ct);
        if (!verdict.Whole) throw new NotSeenException($"the journal's chain is broken at entry {verdict.Position}: {verdict.Why}.");
        story.Say("");
        story.Say($"Journal: {verdict.Position} entries, the chain of hashes is whole.");
        story.Say("Seen: alert, page, acknowledgement, resolve.");
        story.Say("");
        story.Say("Next: ./plantao demo      the same, and you are the one who answers");
        story.Say("      docs/demo.md        what you have just seen, and where its code lies");
        story.Say("      ./plantao serve     in earnest");
    }

    static string Detail(World world, PageView page, HopView hop)
    {
        if (hop.Detail is null || hop.Detail == page.Why) return "";
        var said = world.People.Aggregate(hop.Detail, (text, person) => text.Replace(person.Key, person.Value, StringComparison.Ordinal));
        return hop.Kind == "Accepted" && hop.Status is { } status ? string.Create(CultureInfo.InvariantCulture, $"{said}: {status}") : said;
    }

    static Task<AlertTrailView> Trail(World world, string alert, CancellationToken ct) => world.Owner.Get<AlertTrailView>($"/api/v1/alerts/{alert}/trail", ct);

    /// <summary>What the screen says after the button.</summary>
    static string Said(string html)
    {
        const string Said = "role=\"status\"", Before = "<strong>";
        var at = html.IndexOf(Said, StringComparison.Ordinal) is >= 0 and var status ? html.IndexOf(Before, status, StringComparison.Ordinal) : -1;
        return at < 0 ? "(nothing)" : WebUtility.HtmlDecode(html[(at + Before.Length)..].Split('<')[0]);
    }
}
