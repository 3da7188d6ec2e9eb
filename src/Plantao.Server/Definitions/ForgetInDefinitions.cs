using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.Definitions;

/// <summary>Revisions are kept for ever, and the handle of somebody who was erased is not: another stands in its place, the old ones included.</summary>
sealed class ForgetInDefinitions : IForgetPeople
{
    public async Task Forget(Tx tx, User user, string instead)
    {
        // The kinds that name people. What is there now names them no more since they were deactivated, unless somebody wrote it anew.
        foreach (var (kind, name, document, applied) in await tx.Query($"SELECT kind, name, document, applied FROM definitions WHERE kind IN ('schedule', 'escalation-policy')", r => (r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3))))
        {
            var (after, base1) = (Handles.ReplaceIn(document, user.Name, instead), applied is null ? null : Handles.ReplaceIn(applied, user.Name, instead));
            if (after != document || base1 != applied)
                await tx.Execute($"UPDATE definitions SET document = {after}, digest = {Canonical.Digest(after)}, applied = {base1} WHERE kind = {kind} AND name = {name}");
        }

        foreach (var (kind, name, revision, document, reason) in await tx.Query(
            $"SELECT kind, name, revision, document, reason FROM definition_revisions WHERE kind IN ('schedule', 'escalation-policy') OR reason IS NOT NULL", r => (r.Text(0), r.Text(1), r.Long(2), r.Text(3), r.TextOrNull(4))))
        {
            var after = kind is "schedule" or "escalation-policy" ? Handles.ReplaceIn(document, user.Name, instead) : document;
            var said = reason is null ? null : Handles.Replace(Handles.Replace(Handles.Replace(reason, user.Email, instead), user.DisplayName, instead), user.Name, instead);
            if (after != document || said != reason)
                await tx.Execute($"UPDATE definition_revisions SET document = {after}, digest = {Canonical.Digest(after)}, reason = {said} WHERE kind = {kind} AND name = {name} AND revision = {revision}");
        }
    }
}
