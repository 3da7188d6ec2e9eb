using System.CommandLine;
using System.Globalization;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao me</c>: the caller.</summary>
static class MeCommands
{
    public static void Fill(Verbs me)
    {
        me.Verb("show", "Who you are here, and what your token is good for.", [], async it =>
        {
            var who = await it.Server.Me(it.Stop);
            if (it.InJson) return it.Json(who);
            it.Screen.Line($"{who.Name} ({who.Kind})");
            if (who.User is { } user) it.Screen.Line($"{user.DisplayName}, {user.Role}, {user.Zone}, {user.Language}");
            it.Screen.Line($"Scopes: {string.Join(", ", who.Scopes)}");
            return Exit.Done;
        });

        var called = new Option<string?>("--called") { Description = "Your name, as people write it." };
        var zone = new Option<string?>("--zone") { Description = "IANA time zone." };
        var language = new Option<string?>("--language") { Description = "en or pt-BR." };
        me.Verb("change", "Changes your profile.", [called, zone, language], async it =>
        {
            if (it.Of(called) is null && it.Of(zone) is null && it.Of(language) is null) throw new UsageException("Change what? Give --called, --zone or --language.");
            var changed = await it.Server.ChangeProfile(new(it.Of(called), it.Of(zone), it.Of(language)), it.Stop);
            return it.Done(changed, $"{changed.DisplayName}, {changed.Zone}, {changed.Language}");
        });

        me.Verb("sessions", "Browsers that are signed in as you.", [], async it =>
        {
            var shown = await it.Zone();
            return it.Show(await it.Server.Sessions(it.Stop), ("ID", s => s.Id), ("SEEN", s => shown.At(s.SeenAt)), ("EXPIRES", s => shown.At(s.ExpiresAt)), ("BROWSER", s => s.UserAgent));
        });

        var id = new Argument<string>("id") { Description = "The session's id." };
        me.Verb("end-session", "Signs a browser out.", [id], async it =>
        {
            await it.Server.EndSession(it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} is signed out.");
        });

        me.Verb("calendar", "The address at which a calendar reads your shifts, without its secret.", [], async it =>
        {
            var zone = await it.Zone();
            var calendar = await it.Server.Calendar(it.Stop);
            return it.Done(calendar, $"Made {zone.At(calendar.MadeAt)}; {(zone.At(calendar.ReadAt) is { } read ? $"last read {read}" : "no calendar has read it yet")}.");
        });

        me.Verb("make-calendar", "A calendar's address, shown once, alone on standard output. The one before is good no more.", [], async it =>
        {
            var made = await it.Server.MakeCalendar(it.Stop);
            return it.Once(made, made.Address, "Add it in your calendar as a calendar from an address (URL). It is not shown again: keep it now.");
        });

        me.Verb("end-calendar", "Ends the calendar's address.", [], async it =>
        {
            await it.Server.EndCalendar(it.Stop);
            return it.Done("The address has ended. Calendars that read it see nothing new.");
        });

        me.Verb("rules", "How you are told, by urgency.", [], async it => Show(it, await it.Server.NotificationRules(it.Stop)));

        var urgency = new Argument<string>("urgency") { Description = "high or low." };
        urgency.AcceptOnlyFromAmong("high", "low");
        var steps = new Argument<string[]>("step") { Description = "CHANNEL[,CHANNEL…]@SECONDS after the page, such as slack,email@0 all@300.", Arity = ArgumentArity.OneOrMore };
        me.Verb("set-rules", "Changes how you are told.", [urgency, steps], async it => Show(it, await it.Server.ChangeNotificationRules(it.Of(urgency), [.. it.Of(steps).Select(Step)], it.Stop)));
    }

    static RuleStepView Step(string typed) =>
        typed.Split('@') is [{ Length: > 0 } channels, var after] && int.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new(channels.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), seconds)
            : throw new UsageException($"\"{typed}\" is no step. Write channels and the seconds after the page: slack,email@0");

    static int Show(Errand it, NotificationRulesView rules)
    {
        if (it.InJson) return it.Json(rules);
        var rows = rules.High.Select(step => (Urgency: "high", Step: step)).Concat(rules.Low.Select(step => (Urgency: "low", Step: step))).ToList();
        return it.Show(rows, ("URGENCY", r => r.Urgency), ("AFTER", r => string.Create(CultureInfo.InvariantCulture, $"{r.Step.After} s")), ("CHANNELS", r => string.Join(", ", r.Step.Channels)));
    }
}
