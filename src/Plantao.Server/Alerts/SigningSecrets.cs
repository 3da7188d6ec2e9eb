using Plantao.Alerts.Intake.Signatures;
using Plantao.Platform;

namespace Plantao.Alerts;

/// <summary>The secrets that sign an integration's messages: those that its definition names, else those set for it alone.</summary>
/// <remarks>A name without a value is a hole: no message passes by it, and without any value none passes at all.</remarks>
static class SigningSecrets
{
    /// <summary>The values that are good now: several while one replaces the other.</summary>
    public static async Task<IReadOnlyList<string>> Active(Secrets secrets, Integration integration, CancellationToken ct)
    {
        if (integration.SecretNames is not { Count: > 0 } names)
            return (await secrets.Find(IntakeDesk.SigningSecret(integration.Id), ct))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var active = new List<string>(names.Count);
        foreach (var name in names)
            if (await secrets.Find(name, ct) is { } value) active.Add(value);
        return active;
    }

    /// <summary>A request's headers by the names that the scheme knows, the signature's from where this sender puts it.</summary>
    public static Func<string, string?> Headers(IHeaderDictionary headers, Integration integration)
    {
        var own = integration is { SignatureHeader: not null, Signature: { } scheme } ? WebhookSignature.HeaderOf(scheme) : null;
        return name => headers.TryGetValue(string.Equals(name, own, StringComparison.OrdinalIgnoreCase) ? integration.SignatureHeader! : name, out var value) ? value.ToString() : null;
    }
}
