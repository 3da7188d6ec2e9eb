using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Sends the codes that prove contact methods: People asks, the channels carry them.</summary>
public sealed class SendCode(IEnumerable<IChannel> channels, Notices notices, TimeProvider clock) : ISendCode
{
    public Ruling<string> Address(string channel, string typed) =>
        channels.FirstOrDefault(c => c.Name == channel) is { } found
            ? found.Address(typed)
            : new Refusal("unknown-channel", $"There is no channel {channel} here; there are {string.Join(", ", channels.Select(c => c.Name))}.", 400);

    public Task Send(Tx tx, ContactMethod to, string code, string language) => notices.Send(
        tx, MessageKind.Verification, to.UserId, to.Channel, to.Id, NoticeTexts.Title(language, "notice.code", code), NoticeTexts.Title(language, "notice.code.text"), null, 1, Ids.New("cor", clock.GetUtcNow()), clock.GetUtcNow());
}
