using System.Text.Json;
using Plantao.People;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Definitions;

/// <summary>Scales of severities, for the room Services, which lies below this one.</summary>
sealed class ApplySeverities : IApplyDefinition
{
    public string Kind => "severities";

    public Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by) => SeverityStore.Put(
        tx,
        new SeverityScale(name, [.. document.GetProperty("labels").EnumerateArray().Select(l => new SeverityLabel(
            l.GetProperty("label").GetString()!, Rank(l.GetProperty("rank")), l.TryGetProperty("aliases", out var aliases) ? [.. aliases.EnumerateArray().Select(a => a.GetString()!)] : null, l.TryGetProperty("text", out var text) ? text.GetString() : null))]),
        document.TryGetProperty("team", out var team) ? team.GetString() : null,
        revision);

    public Task Remove(Tx tx, string name, Authorship by) => SeverityStore.Remove(tx, name, by.At);

    static int Rank(JsonElement rank) => rank.ValueKind is JsonValueKind.Number ? rank.GetInt32() : int.Parse(rank.GetString()!, System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Services, likewise.</summary>
sealed class ApplyService : IApplyDefinition
{
    public string Kind => "service";

    public async Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by)
    {
        var team = document.TryGetProperty("team", out var named) ? await TeamStore.Find(tx, named.GetString()!) : null;
        var policy = document.TryGetProperty("escalationPolicy", out var p) ? p.GetString() : null;
        await ServiceStore.Put(tx, new ServiceWanted(name, document.GetProperty("title").GetString()!, team?.Id, policy, document.GetRawText()), by.By, by.At, by.Correlation);
    }

    public async Task Remove(Tx tx, string name, Authorship by) => await ServiceStore.Remove(tx, name, by.By, by.At, by.Correlation);
}
