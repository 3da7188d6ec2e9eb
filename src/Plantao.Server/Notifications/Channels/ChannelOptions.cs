using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels;

/// <summary>What the channels know of this installation.</summary>
public sealed record ChannelOptions
{
    /// <summary>The host of our public address, such as <c>plantao.example.org</c>: in message ids, and in the hop header by which we know our own.</summary>
    public required string Host { get; init; }

    /// <summary>Where addresses that people typed may lead. Public by default; loopback for demo and tests.</summary>
    public EgressPolicy Policy { get; init; } = EgressPolicy.Public;

    /// <summary>Hosts of Slack's incoming webhooks. A server that speaks the same (Mattermost) may be added.</summary>
    public IReadOnlyList<string> SlackHosts { get; init; } = ["hooks.slack.com", "hooks.slack-gov.com"];

    /// <summary>Domains under which Microsoft serves Teams Workflows (outbound-channels.md §2).</summary>
    public IReadOnlyList<string> TeamsDomains { get; init; } = ["logic.azure.com", "logic.azure.us", "api.powerautomate.com", "api.powerplatform.com"];

    /// <summary>Whether plain http may be used: only where the policy leads inside the house, since what we send holds links that are secrets.</summary>
    public bool AllowsPlainHttp => Policy.AllowLoopback || Policy.AllowPrivate;
}

/// <summary>The header that marks what we send, so that it is known when it comes back as an alert (failures.md D11).</summary>
public static class Hop
{
    /// <summary>Carries the host of the installation that sent it.</summary>
    public const string Header = "X-Plantao-Hop";

    /// <summary>Whether a message that came in is one that we sent.</summary>
    /// <param name="value">The header's value; <see langword="null"/> when there is none.</param>
    public static bool IsOurs(string? value, string host) =>
        value is not null && value.Split(',', StringSplitOptions.TrimEntries).Contains(host, StringComparer.OrdinalIgnoreCase);
}
