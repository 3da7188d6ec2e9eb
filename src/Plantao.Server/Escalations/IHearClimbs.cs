using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Hears, in the same transaction, that a climb was acknowledged, opened again or ended. The room of its subject answers.</summary>
public interface IHearClimbs
{
    Task Moved(Tx tx, Escalation climb);

    /// <summary>Takes these subjects for the transaction, and passes over what another one holds: whoever moves a climb holds its subject first.</summary>
    /// <returns>Those that were taken, and those that are not of this room.</returns>
    Task<IReadOnlySet<string>> Take(Tx tx, IReadOnlyList<string> subjects);

    /// <summary>Those of these subjects that are quiet now: nothing of what they stand for may ask anybody.</summary>
    Task<IReadOnlySet<string>> Quiet(Tx tx, IReadOnlyList<string> subjects);
}
