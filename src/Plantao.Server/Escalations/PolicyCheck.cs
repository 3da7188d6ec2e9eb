using System.Globalization;
using Plantao.OnCall;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Escalations;

/// <summary>Whether each policy finds somebody at each moment of the next 30 days, whatever its steps leave to each other (V9). Where it does not, only its catch-all is paged.</summary>
sealed class PolicyCheck(Db db, OnCallStore schedules, EscalationStore policies, TimeProvider clock) : IDoctorCheck
{
    public string Name => "policies";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + PolicyGaps.LookAhead;
        var people = (await db.Query($"SELECT name FROM users WHERE status = 'Active'", r => r.Text(0), ct)).ToHashSet(StringComparer.Ordinal);
        var gaps = new Dictionary<string, IReadOnlyList<Gap>>(StringComparer.Ordinal);
        foreach (var (schedule, _, _, _) in await schedules.All(ct))
            if (schedule.Problems().Count == 0) gaps.Add(schedule.Name, Coverage.Gaps(schedule, await schedules.Overrides(schedule.Name, now, until, ct), people.Contains, now, until));

        var all = await policies.Policies(ct);
        var open = all.Select(p => (p.Policy.Name, Gaps: PolicyGaps.Of(p.Policy, name => gaps.GetValueOrDefault(name), now, until))).Where(p => p.Gaps.Count > 0).ToList();
        if (open.Count == 0)
            return Finding.Ok((string.Create(CultureInfo.InvariantCulture, $"{all.Count} escalation policies, each finds somebody for 30 days"), string.Create(CultureInfo.InvariantCulture, $"{all.Count} políticas de escalada, cada uma encontra alguém por 30 dias")));
        Sentence text = (
            string.Join("; ", open.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} finds nobody from {p.Gaps[0].Start:yyyy-MM-dd HH:mm} to {p.Gaps[0].End:yyyy-MM-dd HH:mm} UTC"))),
            string.Join("; ", open.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Name} não encontra ninguém de {p.Gaps[0].Start:yyyy-MM-dd HH:mm} a {p.Gaps[0].End:yyyy-MM-dd HH:mm} UTC"))));
        Sentence next = ("Put somebody in a schedule of it, or name a person as its last step. Until then only its catch-all is paged.", "Coloque alguém em uma escala dela, ou nomeie uma pessoa no último degrau. Até lá só a rede de segurança dela é acionada.");
        return open.Exists(p => p.Gaps[0].Start <= now) ? Finding.Failure(text, next) : Finding.Warning(text, next);
    }
}
