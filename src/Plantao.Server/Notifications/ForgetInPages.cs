using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Why somebody was paged may name another; what a page says may name who raised it.</summary>
sealed class ForgetInPages : IForgetPeople
{
    public async Task Forget(Tx tx, User user, string instead)
    {
        var asked = "%person:" + user.Name + "%";
        foreach (var (id, why) in await tx.Query($"SELECT id, why FROM pages WHERE why LIKE {asked}", r => (r.Text(0), r.Text(1))))
            await tx.Execute($"UPDATE pages SET why = {Handles.Replace(why, user.Name, instead)} WHERE id = {id}");
        foreach (var (id, detail) in await tx.Query($"SELECT id, detail FROM hops WHERE detail LIKE {asked}", r => (r.Long(0), r.Text(1))))
            await tx.Execute($"UPDATE hops SET detail = {Handles.Replace(detail, user.Name, instead)} WHERE id = {id}");
        foreach (var (id, facts) in await tx.Query($"SELECT id, facts FROM page_subjects WHERE facts LIKE {"%" + user.Name + "%"}", r => (r.Text(0), r.Text(1))))
            await tx.Execute($"UPDATE page_subjects SET facts = {Handles.ReplaceIn(facts, user.Name, instead)} WHERE id = {id}");
    }
}
