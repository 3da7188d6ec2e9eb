using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>An alert raised by hand says by whom; a silence says why in somebody's words.</summary>
sealed class ForgetInAlerts : IForgetPeople
{
    public async Task Forget(Tx tx, User user, string instead)
    {
        foreach (var (id, labels) in await tx.Query($"SELECT alert_id, labels FROM alert_texts WHERE labels LIKE {"%\"raised_by\":\"" + user.Name + "\"%"}", r => (r.Text(0), r.Text(1))))
            await tx.Execute($"UPDATE alert_texts SET labels = {Handles.ReplaceIn(labels, user.Name, instead)} WHERE alert_id = {id}");
        await tx.Execute($"UPDATE silences SET comment = '' WHERE made_by = {user.Id}");
        await tx.Execute($"UPDATE maintenance SET comment = '' WHERE made_by = {user.Id}");
    }
}
