using System.CommandLine;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao oncall</c>.</summary>
static class OnCallCommands
{
    public static void Fill(Verbs oncall)
    {
        var schedule = new Argument<string>("schedule") { Description = "A schedule, by name." };
        var time = new Argument<string>("time") { Description = "2026-09-21T10:00:00+01:00, or 2026-09-21 10:00 or 10:00 in your zone." };
        oncall.Verb("now", "Who is on call now, on every schedule.", [], it => Show(it, null));
        oncall.Verb("at", "Who is on call at an instant.", [time], async it => await Show(it, await it.Instant(it.Of(time))));

        var days = new Option<int>("--days") { Description = "How old an answered test page may be: 1 to 366.", DefaultValueFactory = _ => 30 };
        oncall.Verb("contacts", "Everybody whom schedules and policies name. Ends with 2 while one of them is not ready.", [days], async it =>
        {
            var zone = await it.Zone();
            var contacts = await it.Server.Contacts(it.Of(days), it.Stop);
            var shown = it.Show(contacts,
                ("PERSON", c => c.Name), ("STATE", c => c.State), ("BY", c => string.Join(", ", c.Channels)), ("TESTED", c => zone.At(c.TestedAt)), ("NAMED BY", c => string.Join(", ", c.NamedBy)));
            return shown is Exit.Done && contacts.Any(c => c.State != "Ready") ? Exit.Unanswered : shown;
        });

        var person = new Option<string?>("--person") { Description = "Of this person only, by handle." };
        var count = new Option<int>("--count") { Description = "How many: 1 to 100.", DefaultValueFactory = _ => 5 };
        oncall.Verb("next", "The shifts that begin next.", [schedule, person, count], async it =>
        {
            var zone = await it.Zone();
            return it.Show(await it.Server.NextShifts(it.Of(schedule), it.Of(person), it.Of(count), it.Stop),
                ("PERSON", s => s.Person), ("FROM", s => zone.At(s.Start)), ("UNTIL", s => zone.At(s.End)), ("BECAUSE", s => s.Because));
        });

        var showFrom = new Option<string?>("--from") { Description = "Default: now." };
        var showUntil = new Option<string?>("--until") { Description = "Default: 30 days later." };
        oncall.Verb("show", "A schedule: shifts, gaps, overrides.", [schedule, showFrom, showUntil], async it =>
        {
            var zone = await it.Zone();
            var shown = await it.Server.Schedule(it.Of(schedule), await it.Instant(it.Of(showFrom)), await it.Instant(it.Of(showUntil)), it.Stop);
            if (it.InJson) return it.Json(shown);
            var spans = shown.Shifts.Select(s => (s.Start, s.End, Who: s.Person, s.Because))
                .Concat(shown.Gaps.Select(g => (g.Start, g.End, Who: "nobody", Because: "gap")))
                .Concat(shown.Overrides.Where(o => !shown.Shifts.Any(s => s.Because == "override " + o.Id)).Select(o => (Start: o.From, End: o.Until, Who: o.Person, Because: $"override {o.Id}, without effect")))
                .OrderBy(span => span.Start).ToList();
            return it.Show(spans, ("FROM", s => zone.At(s.Start)), ("UNTIL", s => zone.At(s.End)), ("PERSON", s => s.Who), ("BECAUSE", s => s.Because));
        });

        var who = new Option<string>("--person") { Description = "Who takes it, by handle.", Required = true };
        var from = new Option<string>("--from") { Description = "When it begins.", Required = true };
        var until = new Option<string>("--until") { Description = "When it ends.", Required = true };
        var replaces = new Option<string?>("--replaces") { Description = "Only where this person would be on call." };
        oncall.Verb("override", "Puts a person in for a span.", [schedule, who, from, until, replaces], async it =>
        {
            var start = (await it.Instant(it.Of(from)))!.Value;
            var end = (await it.Instant(it.Of(until)))!.Value;
            var made = await it.Server.Override(it.Of(schedule), new(it.Of(who)!, start, end, it.Of(replaces)), it.Stop);
            var zone = await it.Zone();
            return it.Done(made, $"{made.Id}: {made.Person} is on call on {it.Of(schedule)} from {zone.At(made.From)} until {zone.At(made.Until)}.");
        });

        var id = new Argument<string>("id") { Description = "The override's id, ovr_…" };
        oncall.Verb("end-override", "Ends an override.", [schedule, id], async it =>
        {
            await it.Server.EndOverride(it.Of(schedule), it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} has ended.");
        });
    }

    static async Task<int> Show(Errand it, DateTimeOffset? at)
    {
        var zone = await it.Zone();
        return it.Show(await it.Server.OnCall(at, it.Stop),
            ("SCHEDULE", s => s.Schedule), ("PERSON", s => s.Person ?? "nobody"), ("UNTIL", s => zone.At(s.Until)), ("NEXT", s => s.Next), ("BECAUSE", s => s.Because ?? "gap"));
    }
}
