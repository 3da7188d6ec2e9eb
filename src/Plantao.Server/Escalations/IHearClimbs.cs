using Plantao.Platform.Storage;

namespace Plantao.Escalations;

/// <summary>Hears, in the same transaction, that a climb was acknowledged, opened again or ended. The room of its subject answers.</summary>
public interface IHearClimbs
{
    Task Moved(Tx tx, Escalation climb);
}
