using System.Text.Json;
using Plantao.Definitions;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Escalations;

/// <summary>Escalation policies as definitions.</summary>
sealed class ApplyPolicy : IApplyDefinition
{
    public string Kind => "escalation-policy";

    public Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by) =>
        EscalationStore.Put(tx, Read(name, document), document.GetProperty("title").GetString()!, revision);

    public Task Remove(Tx tx, string name, Authorship by) => EscalationStore.Remove(tx, name, by.At);

    /// <summary>A canonical document as a policy.</summary>
    internal static EscalationPolicy Read(string name, JsonElement document) => new(
        name,
        [.. document.GetProperty("steps").EnumerateArray().Select(step => new EscalationStep(
            Targets(step.GetProperty("targets")), SpanText.Parse(step.GetProperty("wait").GetString()!)!.Value, step.TryGetProperty("otherwise", out var otherwise) ? Targets(otherwise) : null))],
        document.TryGetProperty("rounds", out var rounds) ? rounds.ValueKind is JsonValueKind.Number ? rounds.GetInt32() : int.Parse(rounds.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : 3,
        document.TryGetProperty("catchAll", out var catchAll) ? Targets(catchAll) : [],
        document.TryGetProperty("team", out var team) ? team.GetString() : null);

    static IReadOnlyList<EscalationTarget> Targets(JsonElement list) =>
        [.. list.EnumerateArray().Select(t => EscalationTarget.Parse(t.GetString()!) ?? throw new InvalidDataException($"{t} is no target."))];
}
