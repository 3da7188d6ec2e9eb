using System.Globalization;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Webhook;

/// <summary>A signed webhook to anybody's endpoint: Standard Webhooks 1.0.</summary>
/// <remarks>outbound-channels.md §11. <c>webhook-id</c> is the delivery's id, the same over every repeat.</remarks>
public sealed class WebhookChannel(EgressClient egress, ChannelOptions options, TimeProvider clock) : IChannel
{
    /// <summary>Bytes that receivers are told to take.</summary>
    const int Most = 20 * 1024;

    public string Name => "webhook";

    public Ruling<string> Address(string typed)
    {
        var url = WebAddress.Check(typed, options);
        if (!url.Allowed) return url.Refusal;
        return url.Value.IdnHost.Equals(options.Host, StringComparison.OrdinalIgnoreCase)
            ? new Refusal("address-not-valid", "This address is our own: a page would come back as an alert. Nothing was saved.", 400)
            : url.Value.AbsoluteUri;
    }

    public async Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        if (Address(message.Address) is { Allowed: false, Refusal: var refusal }) return new Answer.GiveUp(refusal.Message, AddressIsDead: true);
        if (WebhookSignature.Keys(message.Secret) is not { Count: > 0 } keys)
            return new Answer.GiveUp("The webhook has no signing secret that can be read: nothing was sent. Make a new one for this contact method.", AddressIsDead: true);

        var now = clock.GetUtcNow();
        var at = now.ToUnixTimeSeconds();
        var body = Body(message);
        var outcome = await egress.Post(
            new Uri(message.Address), body, ChannelJson.Type,
            [
                ("webhook-id", Id(message)),
                ("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture)),
                ("webhook-signature", WebhookSignature.Of(Id(message), at, body, keys)),
                (Headers.CorrelationId, Plain.Token(message.CorrelationId)),
                (Hop.Header, options.Host),
            ],
            options.Policy, ct);

        return outcome is EgressAnswer { Status: >= 200 and < 300 } answer && Explicit.Lie(answer) is null
            ? new Answer.Accepted(null, answer.Status)
            : Explicit.Failure(outcome, clock.GetUtcNow());
    }

    /// <summary>A dot would end the id in what is signed.</summary>
    static string Id(Outgoing message) => Plain.Token(message.Id).Replace('.', '_');

    /// <summary>The same bytes over every try of a delivery, save the repeat mark.</summary>
    internal static byte[] Body(Outgoing message)
    {
        // Everything else is bounded, and fits without text and facts.
        int text = 8000, facts = 40;
        while (true)
        {
            var bytes = ChannelJson.Bytes(new
            {
                type = message.Kind switch
                {
                    MessageKind.Page => "page.created",
                    MessageKind.Notice => "notice.created",
                    MessageKind.Verification => "contact_method.verification",
                    MessageKind.Test => "test.created",
                },
                timestamp = message.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                data = new
                {
                    id = Id(message),
                    title = Plain.Line(message.Title, 1024),
                    text = message.Text is null ? null : Plain.Lines(message.Text, text),
                    rank = message.Rank,
                    facts = message.Facts.Take(facts).Select(fact => new { name = Plain.Line(fact.Name, 100), value = Plain.Line(fact.Value, 1000) }).ToArray(),
                    repeat = message.Repeat,
                    answer_url = WebAddress.Link(message.AnswerUrl),
                    details_url = WebAddress.Link(message.DetailsUrl),
                    short_code = message.ShortCode is null ? null : Plain.Line(message.ShortCode, 20),
                    thread = Plain.Line(message.ThreadKey, 200),
                    first = message.First,
                    language = ChannelTexts.For(message.Language).Language,
                    correlation_id = Plain.Line(message.CorrelationId, 200),
                },
            });
            if (bytes.Length <= Most || facts == 0) return bytes;
            if (text > 100) text /= 2;
            else facts /= 2;
        }
    }
}
