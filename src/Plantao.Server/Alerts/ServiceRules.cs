using System.Text.Json;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>What a service's definition says of the urgency of its alerts (design §15, Urgency). Pure.</summary>
public sealed class ServiceRules
{
    readonly Dictionary<string, Urgency> words = new(StringComparer.OrdinalIgnoreCase);
    readonly Urgency? otherwise;
    readonly SupportHours? hours;
    readonly Urgency? outside;

    ServiceRules() { }

    ServiceRules(JsonElement doc)
    {
        Text = doc.TryGetProperty("text", out var text) ? text.GetString() : null;
        if (doc.TryGetProperty("urgency", out var urgency))
        {
            if (urgency.TryGetProperty("words", out var declared))
                foreach (var word in declared.EnumerateObject()) words[word.Name] = Of(word.Value.GetString())!.Value;
            otherwise = urgency.TryGetProperty("otherwise", out var other) ? Of(other.GetString()) : Urgency.High;
        }

        if (!doc.TryGetProperty("supportHours", out var support)) return;
        hours = SupportHours.Of(support.GetProperty("zone").GetString()!, [.. support.GetProperty("times").EnumerateArray().Select(t => t.GetString()!)]);
        outside = support.TryGetProperty("outside", out var said) ? Of(said.GetString()) : Urgency.Low;
        Raises = hours is not null && support.TryGetProperty("raise", out var raise) && raise.ValueKind is JsonValueKind.True;
    }

    /// <summary>Of a service whose definition says nothing, and of none.</summary>
    public static ServiceRules None { get; } = new();

    /// <summary>Reads them from a service's document.</summary>
    public static ServiceRules Of(Service service)
    {
        using var doc = JsonDocument.Parse(service.Doc);
        return new(doc.RootElement);
    }

    /// <summary>What it does, for who is paged at night and has never seen it.</summary>
    public string? Text { get; }

    /// <summary>Whether what is open at low urgency becomes high when the support hours begin.</summary>
    public bool Raises { get; }

    /// <summary>How urgent a condition is: the route's word, else the service's for what opens outside its support hours, else the meaning of the source's own word.</summary>
    /// <param name="routed">What the route says.</param>
    /// <param name="word">The source's own word for the severity. A whole word, whatever its case (design §3 rule 14).</param>
    public Urgency HowUrgent(Urgency? routed, string? word, DateTimeOffset at)
    {
        if (routed is { } said) return said;
        if (hours is not null && outside is { } then && !hours.Open(at)) return then;
        return word is not null && words.TryGetValue(word, out var meant) ? meant : otherwise ?? Routing.FromWord(word);
    }

    /// <summary>Whether the support hours hold.</summary>
    public bool AtWork(DateTimeOffset at) => hours?.Open(at) ?? true;

    /// <summary>When the support hours begin next, after an instant; <see langword="null"/>: never, for there are none.</summary>
    public DateTimeOffset? NextBegin(DateTimeOffset after) => hours?.NextBegin(after);

    /// <summary><c>unchanged</c> is none of the two.</summary>
    static Urgency? Of(string? word) => word switch { "high" => Urgency.High, "low" => Urgency.Low, _ => null };
}
