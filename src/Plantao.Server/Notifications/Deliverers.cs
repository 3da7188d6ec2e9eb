using Plantao.Notifications.Channels;

namespace Plantao.Notifications;

/// <summary>One worker for each channel: one that hangs holds up no other. Where two have one name, the last registered stands.</summary>
public sealed class Deliverers(IEnumerable<IChannel> channels, IServiceProvider provider) : IHostedService
{
    /// <summary>A delivery worker for each channel.</summary>
    public IReadOnlyList<DeliveryWorker> Workers { get; } =
        [.. channels.GroupBy(c => c.Name, StringComparer.Ordinal).Select(g => ActivatorUtilities.CreateInstance<DeliveryWorker>(provider, g.Last()))];

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(Workers.Select(w => w.StartAsync(cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(Workers.Select(w => w.StopAsync(cancellationToken)));
}
