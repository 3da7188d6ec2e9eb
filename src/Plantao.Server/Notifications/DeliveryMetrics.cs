using System.Diagnostics.Metrics;
using Plantao.Notifications.Channels;

namespace Plantao.Notifications;

/// <summary>What is counted of sending.</summary>
public sealed class DeliveryMetrics
{
    readonly Counter<long> attempts;
    readonly Counter<long> lost;
    readonly Histogram<double> seconds;

    public DeliveryMetrics(Meter meter)
    {
        attempts = meter.CreateCounter<long>("plantao_delivery_attempts_total", description: "Tries to send, by channel and outcome.");
        lost = meter.CreateCounter<long>("plantao_delivery_leases_lost_total", description: "Deliveries whose lease ended before their outcome was written.");
        seconds = meter.CreateHistogram<double>("plantao_delivery_seconds", unit: "s", description: "How long a channel took to answer.");
    }

    public void Sent(string channel, Answer answer, TimeSpan took)
    {
        var outcome = answer switch
        {
            Answer.Accepted => "accepted",
            Answer.TryAgain => "try_again",
            Answer.GiveUp => "gave_up",
            _ => throw new ArgumentOutOfRangeException(nameof(answer)),
        };
        attempts.Add(1, new("channel", channel), new KeyValuePair<string, object?>("outcome", outcome));
        seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("channel", channel));
    }

    public void LeaseLost(string channel) => lost.Add(1, new KeyValuePair<string, object?>("channel", channel));
}
