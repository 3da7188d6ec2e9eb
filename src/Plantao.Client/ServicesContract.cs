using System.Text.Json;

namespace Plantao.Client;

/// <summary>What can break.</summary>
/// <param name="Team">The name of whose it is; absent: nobody's.</param>
/// <param name="EscalationPolicy">The name of the policy that its alerts climb.</param>
/// <param name="Revision">Rises with each change of its definition.</param>
public sealed record ServiceView(string Id, string Name, string Title, string? Team, string? EscalationPolicy, long Revision, JsonElement Definition);
