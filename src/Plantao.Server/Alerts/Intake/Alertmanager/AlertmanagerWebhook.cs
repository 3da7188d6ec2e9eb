namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What an Alertmanager sends to a webhook receiver: payload version "4".</summary>
/// <remarks>
/// One reading per alert, its key the alert's fingerprint, its group Alertmanager's group key. A message is repeated as it is every
/// <c>repeat_interval</c>. When it says that the whole group is over, <see cref="Taken.ResolvesGroup"/> names the group: with
/// <c>max_alerts</c> the message may leave out alerts that were sent as firing.
/// </remarks>
public static class AlertmanagerWebhook
{
    /// <returns>202, or 400 with problem+json that names the member; then nothing is taken.</returns>
    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context) =>
        GroupMessage.Take(body, "4", "Grafana's messages (version \"1\") belong to an integration of kind Grafana.", static (_, reading) => reading);
}
