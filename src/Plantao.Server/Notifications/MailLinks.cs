using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Mails what lets somebody in: an invitation, a link for a new password.</summary>
sealed class MailLinks(IEnumerable<IChannel> channels, Notices notices) : IMailLinks
{
    public bool Possible => channels.Any(c => c.Name == ContactMethod.Email && c is not MailNotSetUp);

    public Task Send(Tx tx, ContactMethod to, MailedLink kind, string link, DateTimeOffset until, User user, DateTimeOffset now, string correlation)
    {
        var key = kind switch { MailedLink.Invitation => "mail.invitation", MailedLink.PasswordReset => "mail.reset" };
        // As a code it goes to an address that is not proven yet, and is said to nobody else.
        return notices.Send(tx, MessageKind.Verification, to.UserId, to.Channel, to.Id, NoticeTexts.Title(user.Language, key), NoticeTexts.Title(user.Language, key + ".text", LocalTimes.Clock(until, user.Zone)) + "\n\n" + link, null, 1, correlation, now);
    }
}
