using System.Globalization;
using Plantao.Platform.Access;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.People;

/// <summary>Whether everybody who may be paged has a contact method that was proven and still works.</summary>
sealed class ReachableCheck(Db db) : IDoctorCheck
{
    public string Name => "people";

    public async Task<Finding> Check(CancellationToken ct)
    {
        var active = await db.Query($"""
            SELECT u.name, u.role, (SELECT count(*) FROM contact_methods m WHERE m.user_id = u.id AND m.verified_at IS NOT NULL AND m.disabled_at IS NULL)
              FROM users u WHERE u.status = {UserStatus.Active} ORDER BY u.name
            """, r => (Name: r.Text(0), Role: r.Name<OrganisationRole>(1), Methods: r.Long(2)), ct);
        var unreachable = active.Where(u => u.Methods == 0 && u.Role is not OrganisationRole.Observer).ToList();
        if (unreachable.Count == 0) return Finding.Ok((string.Create(CultureInfo.InvariantCulture, $"{active.Count} active, everybody who may be paged can be reached"), string.Create(CultureInfo.InvariantCulture, $"{active.Count} ativas, todas que podem ser acionadas são alcançadas")));
        var names = string.Join(", ", unreachable.Take(20).Select(u => u.Name));
        Sentence text = (
            string.Create(CultureInfo.InvariantCulture, $"{unreachable.Count} of {active.Count} cannot be reached: {names}"),
            string.Create(CultureInfo.InvariantCulture, $"{unreachable.Count} de {active.Count} não podem ser alcançadas: {names}"));
        Sentence next = ("Have them prove a contact method: `plantao contact add`, `plantao contact prove`.", "Peça que confirmem um meio de contato: `plantao contact add`, `plantao contact prove`.");
        // The Owners are the last catch-all: behind them is nobody.
        return active.Any(u => u.Role is OrganisationRole.Owner && u.Methods > 0) ? Finding.Warning(text, next)
            : Finding.Failure((text.English + "; no Owner can be, and they are the last catch-all", text.Portuguese + "; nenhum Owner pode, e eles são a última rede de segurança"), next);
    }
}
