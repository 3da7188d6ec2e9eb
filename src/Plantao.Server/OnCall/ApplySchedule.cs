using System.Text.Json;
using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.Platform.Storage;

namespace Plantao.OnCall;

/// <summary>Schedules as definitions: what the document means is judged here.</summary>
sealed class ApplySchedule : IApplyDefinition
{
    /// <summary>The kind, with this room's deeper look.</summary>
    public static IDefinitionKind Definition { get; } = ScheduleKind.Kind.With(document => ScheduleJson.Read(document).Problems.Select(p => (p.Path, p.Message)));

    public string Kind => "schedule";

    public Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by) => OnCallStore.Put(
        tx, name, document.TryGetProperty("title", out var title) && title.GetString() is { } called ? called : name, document.TryGetProperty("team", out var team) ? team.GetString() : null, document.GetRawText(), revision);

    public Task Remove(Tx tx, string name, Authorship by) => OnCallStore.Remove(tx, name, by.At);
}
