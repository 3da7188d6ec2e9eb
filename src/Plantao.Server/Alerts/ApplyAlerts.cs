using System.Globalization;
using System.Text.Json;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>Routes as definitions.</summary>
sealed class ApplyRoute : IApplyDefinition
{
    public string Kind => "route";

    public Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by) => RouteStore.Put(tx, new Route(
        name,
        Text(document, "team"),
        document.TryGetProperty("position", out var position) ? Number(position) : 100,
        [.. document.GetProperty("rules").EnumerateArray().Select(r => new RouteRule(
            [.. r.GetProperty("match").EnumerateArray().Select(m => m.GetString()!)], Text(r, "service"), Text(r, "severity"),
            Text(r, "urgency") switch { "high" => Urgency.High, "low" => Urgency.Low, _ => null }, Text(r, "escalationPolicy"),
            r.TryGetProperty("groupBy", out var by1) ? [.. by1.EnumerateArray().Select(l => l.GetString()!)] : null,
            r.TryGetProperty("continue", out var more) && (more.ValueKind is JsonValueKind.True || more.ValueKind is JsonValueKind.String && more.GetString() == "true"),
            Text(r, "title")))]), revision);

    public Task Remove(Tx tx, string name, Authorship by) => RouteStore.Remove(tx, name, by.At);

    internal static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static int Number(JsonElement value) => value.ValueKind is JsonValueKind.Number ? value.GetInt32() : int.Parse(value.GetString()!, CultureInfo.InvariantCulture);
}

/// <summary>Integrations as definitions. Their keys are rows, made through the API or the CLI.</summary>
sealed class ApplyIntegration : IApplyDefinition
{
    public string Kind => "integration";

    public async Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by)
    {
        var before = await IntegrationStore.ByName(tx, name);
        var team = ApplyRoute.Text(document, "team") is { } named ? await TeamStore.Find(tx, named) : null;
        var service = ApplyRoute.Text(document, "service");
        if (team is null && service is not null && await Services.ServiceStore.Find(tx, service) is { TeamId: { } owner }) team = await TeamStore.Find(tx, owner);
        var heartbeat = document.TryGetProperty("heartbeat", out var beat) ? beat : (JsonElement?)null;
        SignatureScheme? scheme = document.TryGetProperty("signature", out var signature)
            ? Enum.Parse<SignatureScheme>(signature.GetProperty("scheme").GetString()!.Replace("-", "", StringComparison.Ordinal), ignoreCase: true)
            : null;
        await IntegrationStore.Put(tx, new Integration(
            before?.Id ?? Ids.New("int", by.At), name, document.GetProperty("title").GetString()!, service, team?.Id, document.GetProperty("format").GetString()!,
            document.TryGetProperty("mapping", out var mapping) ? Mapping(mapping) : null,
            scheme,
            document.TryGetProperty("lenientSeverity", out var lenient) && lenient.ValueKind is JsonValueKind.True,
            Span(heartbeat, "period"), Span(heartbeat, "grace"), Span(document, "resolveAfter"), Span(document, "resolveTimeout"),
            scheme is null ? null : [.. signature.GetProperty("secrets").EnumerateArray().Select(s => s.GetString()!)],
            scheme is null ? null : ApplyRoute.Text(signature, "header")), revision, by.At);
    }

    public Task Remove(Tx tx, string name, Authorship by) => IntegrationStore.Remove(tx, name, by.At);

    static TimeSpan? Span(JsonElement? from, string name) => from is { } f && ApplyRoute.Text(f, name) is { } text ? SpanText.Parse(text) : null;

    /// <summary>The mapping as the reader of generic messages takes it; kept apart from the document, which is gone after this.</summary>
    static JsonElement Mapping(JsonElement mapping) => mapping.Clone();
}
