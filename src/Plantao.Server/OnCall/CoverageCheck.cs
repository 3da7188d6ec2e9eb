using System.Globalization;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.OnCall;

/// <summary>Whether somebody is on call for the next 30 days, on every schedule that anybody stands in. A turn of somebody who is not here is a gap too.</summary>
sealed class CoverageCheck(Db db, OnCallStore store, TimeProvider clock) : IDoctorCheck
{
    static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    public string Name => "coverage";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + Ahead;
        var people = (await db.Query($"SELECT name FROM users WHERE status = 'Active'", r => r.Text(0), ct)).ToHashSet(StringComparer.Ordinal);
        var schedules = await store.All(ct);
        var gaps = new List<(string Schedule, Gap First, int Count)>();
        var asked = schedules.Where(s => Coverage.Asked(s.Schedule)).ToList();
        foreach (var (schedule, _, _, _) in asked)
        {
            var overrides = await store.Overrides(schedule.Name, now, until, ct);
            var open = Coverage.Gaps(schedule, overrides, people.Contains, now, until);
            if (open.Count > 0) gaps.Add((schedule.Name, open[0], open.Count));
        }

        if (gaps.Count == 0)
            return Finding.Ok(asked.Count == schedules.Count
                ? (string.Create(CultureInfo.InvariantCulture, $"{schedules.Count} schedules, no gap within 30 days"), string.Create(CultureInfo.InvariantCulture, $"{schedules.Count} escalas, nenhuma lacuna em 30 dias"))
                : (string.Create(CultureInfo.InvariantCulture, $"{asked.Count} schedules, no gap within 30 days; {schedules.Count - asked.Count} more have nobody yet"), string.Create(CultureInfo.InvariantCulture, $"{asked.Count} escalas, nenhuma lacuna em 30 dias; outras {schedules.Count - asked.Count} ainda não têm ninguém")));
        Sentence text = (
            string.Join("; ", gaps.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Schedule}: {g.Count} {(g.Count == 1 ? "gap" : "gaps, the first")} {g.First.Start:yyyy-MM-dd HH:mm} to {g.First.End:yyyy-MM-dd HH:mm} UTC"))),
            string.Join("; ", gaps.Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Schedule}: {g.Count} {(g.Count == 1 ? "lacuna," : "lacunas, a primeira")} de {g.First.Start:yyyy-MM-dd HH:mm} a {g.First.End:yyyy-MM-dd HH:mm} UTC"))));
        Sentence next = ("Put somebody in: `plantao oncall override`, or change the schedule. Until then a page passes to the next step at once.", "Coloque alguém: `plantao oncall override`, ou mude a escala. Até lá um acionamento passa na hora ao próximo degrau.");
        return gaps.Any(g => g.First.Start <= now) ? Finding.Failure(("nobody is on call now: " + text.English, "ninguém está de plantão agora: " + text.Portuguese), next) : Finding.Warning(text, next);
    }
}
