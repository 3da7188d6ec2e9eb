using System.Globalization;
using System.Text;
using Plantao.Alerts;
using Plantao.Escalations;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Web;
using Plantao.Services;

namespace Plantao.Home;

/// <summary>Something that was found.</summary>
/// <param name="Path">Its screen; <see langword="null"/>: it has none.</param>
/// <param name="Facts">What tells it from others of a like name: its handle, its team.</param>
public sealed record Found(string Title, string? Path, IReadOnlyList<string> Facts);

/// <summary>What was found of one kind.</summary>
/// <param name="Key">Names the kind, in <see cref="HomeTexts"/>.</param>
/// <param name="More">There are more than are shown.</param>
public sealed record FoundKind(string Key, string Icon, IReadOnlyList<Found> Things, bool More);

/// <summary>What was found everywhere.</summary>
public sealed record SearchResult(string Text, IReadOnlyList<(Alert Alert, AlertText Text)> Alerts, bool MoreAlerts, IReadOnlyList<FoundKind> Kinds)
{
    public bool Any => Alerts.Count > 0 || Kinds.Count > 0;
}

/// <summary>Looks for a text in everything that the caller may know of: alerts, services, people, schedules, policies, integrations, screens.</summary>
sealed class SearchDesk(
    AlertDesk alerts, ServiceStore services, UserStore users, OnCallStore schedules, EscalationStore escalations, IntegrationStore integrations, TeamStore teams, Places places)
{
    const int Shown = 10;

    /// <summary>The longest text that is looked for.</summary>
    public const int Longest = 200;

    public async Task<SearchResult> Find(string text, Call call, Viewer viewer, CancellationToken ct)
    {
        text = text.Trim() is { Length: <= Longest } given ? given : text.Trim()[..Longest];
        if (text.Length == 0) return new("", [], false, []);
        var caller = call.Caller;
        var found = caller.May(Right.ReadAlerts) ? await alerts.Search(call, text, Shown + 1, ct) : [];
        var kinds = new List<FoundKind>();
        // A place is asked for by its name in either language: whoever reads Portuguese may have the English word in mind.
        Add("kind.screens", "right", viewer.Places.Where(line => Fits(text, line.Label) || Fits(text, line.Entry.Id)).Select(line => new Found(line.Label, line.Entry.Path, [])));
        if (caller.May(Right.ReadDefinitions)) Add("kind.services", "release", (await AllServices(caller, ct)).Where(s => Fits(text, s.Title) || Fits(text, s.Name))
            .Select(s => new Found(s.Title, places.Of(s.Name, "services", "service") ?? "/alerts?service=" + Uri.EscapeDataString(s.Name), [s.Name])));
        if (caller.May(Right.ReadPeople)) Add("kind.people", "user", (await AllUsers(ct)).Where(u => Fits(text, u.DisplayName) || Fits(text, u.Name) || (caller.May(Right.ManagePeople) && Fits(text, u.Email)))
            .Select(u => new Found(u.DisplayName, places.Of(u.Id, "people", "users"), [u.Name])));
        if (caller.May(Right.ReadOnCall)) Add("kind.schedules", "oncall", (await OnCallEndpoints.Visible(call, schedules, teams, ct)).Where(s => Fits(text, s.Title) || Fits(text, s.Schedule.Name))
            .Select(s => new Found(s.Title, places.Of(s.Schedule.Name, "on-call", "schedules"), [s.Schedule.Name])));
        if (caller.May(Right.ReadDefinitions))
        {
            var hidden = (await AlertEndpoints.Hidden(call, teams, ct)).ToHashSet(StringComparer.Ordinal);
            Add("kind.policies", "escalate", (await escalations.Policies(ct)).Where(p => (p.Policy.Team is null || !hidden.Contains(p.Policy.Team)) && (Fits(text, p.Title) || Fits(text, p.Policy.Name)))
                .Select(p => new Found(p.Title, places.Of(p.Policy.Name, "policies", "escalation-policies"), [p.Policy.Name])));
            Add("kind.integrations", "link", (await integrations.All(ct)).Where(i => (i.Team is null || !hidden.Contains(i.Team)) && (Fits(text, i.Title) || Fits(text, i.Name)))
                .Select(i => new Found(i.Title, places.Of(i.Name, "integrations"), [i.Name, i.Format])));
        }

        return new(text, [.. found.Take(Shown)], found.Count > Shown, kinds);

        void Add(string key, string icon, IEnumerable<Found> things)
        {
            var some = things.Take(Shown + 1).ToList();
            if (some.Count > 0) kinds.Add(new(key, icon, [.. some.Take(Shown)], some.Count > Shown));
        }
    }

    async Task<IReadOnlyList<Service>> AllServices(Caller caller, CancellationToken ct)
    {
        var all = new List<Service>();
        while (await services.List(caller, null, all.Count == 0 ? "" : all[^1].Name, Listing.Most, ct) is { Count: > 0 } part) all.AddRange(part);
        return all;
    }

    async Task<IReadOnlyList<User>> AllUsers(CancellationToken ct)
    {
        var all = new List<User>();
        while (await users.List(all.Count == 0 ? "" : all[^1].Name, Listing.Most, ct) is { Count: > 0 } part) all.AddRange(part);
        return [.. all.Where(u => u.Status is UserStatus.Active or UserStatus.Invited)];
    }

    /// <summary>Whether a name holds the text, whatever the case and the accents: nobody types a cedilla at three in the morning.</summary>
    internal static bool Fits(string text, string name) => Bare(name).Contains(Bare(text), StringComparison.OrdinalIgnoreCase);

    static string Bare(string text) => string.Concat(text.Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.NonSpacingMark));
}
