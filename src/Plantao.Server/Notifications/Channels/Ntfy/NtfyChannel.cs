using System.Text;
using System.Text.Json;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Egress;

namespace Plantao.Notifications.Channels.Ntfy;

/// <summary>Push through ntfy, the public server or one's own. The topic is as good as a password: who knows it reads along.</summary>
/// <remarks>outbound-channels.md §8, published as JSON so that no text stands in a header.</remarks>
public sealed class NtfyChannel(EgressClient egress, ChannelOptions options, TimeProvider clock) : IChannel
{
    public string Name => "ntfy";

    /// <summary>Server and topic, as in <c>https://ntfy.sh/our-topic</c>.</summary>
    public Ruling<string> Address(string typed)
    {
        var url = WebAddress.Check(typed, options);
        if (!url.Allowed) return url.Refusal;
        return url.Value.Query.Length == 0 && Topic(url.Value) is not null
            ? url.Value.AbsoluteUri
            : new Refusal("address-not-valid", "Give the server and one topic, such as https://ntfy.sh/our-topic. A topic has up to 64 letters, digits, - and _. Nothing was saved.", 400);
    }

    public async Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        if (Address(message.Address) is { Allowed: false, Refusal: var refusal }) return new Answer.GiveUp(refusal.Message, AddressIsDead: true);

        var url = new Uri(message.Address);
        List<(string, string)> headers = [(Headers.CorrelationId, Plain.Token(message.CorrelationId)), (Hop.Header, options.Host)];
        if (message.Secret is { Length: > 0 } token) headers.Add(("Authorization", "Bearer " + Plain.Token(token)));
        var outcome = await egress.Post(new Uri(url, "."), Body(message, Topic(url)!), ChannelJson.Type, headers, options.Policy, ct);

        return outcome is EgressAnswer { Status: 200, Truncated: false } answer && Id(answer.Body) is { } id
            ? new Answer.Accepted(id, 200)
            : Explicit.Failure(outcome, clock.GetUtcNow());
    }

    internal static byte[] Body(Outgoing message, string topic)
    {
        var texts = ChannelTexts.For(message.Language);
        var answer = WebAddress.Link(message.AnswerUrl);
        var details = WebAddress.Link(message.DetailsUrl);

        var text = new StringBuilder();
        if (message.Repeat) text.Append(texts.Copy).Append('\n');
        if (Plain.Lines(message.Text, 2000) is { Length: > 0 } said) text.Append(said).Append('\n');
        foreach (var (name, value) in message.Facts.Take(40)) text.Append(Plain.Line(TrailTexts.FactName(message.Language, name), 100)).Append(": ").Append(Plain.Line(value, 300)).Append('\n');
        if (message.ShortCode is { } code) text.Append(texts.Code).Append(' ').Append(Plain.Line(code, 20)).Append('\n');
        text.Append(texts.FooterOf(message));

        // Plain links: an action that calls by itself would answer from a lock screen in a pocket.
        var actions = new List<object>();
        if (answer is not null) actions.Add(new { action = "view", label = texts.AnswerButton, url = answer });
        if (details is not null) actions.Add(new { action = "view", label = texts.DetailsLink, url = details });

        return ChannelJson.Bytes(new
        {
            topic,
            title = Plain.Line($"{texts.Name(message.Kind)}: {Plain.Line(message.Title, 500)}", 250),
            message = Plain.Encode(text.ToString(), 4000, static rune => rune.ToString(), Encoding.UTF8.GetByteCount),   // above 4,096 bytes it becomes an attachment
            priority = Priority(message),
            click = answer ?? details,
            actions,
        });
    }

    /// <summary>5 wakes, 3 tells. A test sounds like the page it stands for.</summary>
    static int Priority(Outgoing message) => message.Kind switch
    {
        MessageKind.Page or MessageKind.Test => message.Rank <= 1 ? 5 : 4,
        MessageKind.Notice => message.Rank <= 2 ? 3 : 2,
        MessageKind.Verification => 3,
    };

    static string? Topic(Uri url) =>
        url.AbsolutePath.Split('/')[^1] is { Length: > 0 and <= 64 } topic && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? topic : null;

    static string? Id(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind is JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String
                && json.RootElement.TryGetProperty("event", out var sort) && sort.ValueKind is JsonValueKind.String && sort.ValueEquals("message")
                ? Plain.Line(id.GetString(), 100) is { Length: > 0 } given ? given : null
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
