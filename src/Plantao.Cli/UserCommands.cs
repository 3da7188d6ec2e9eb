using System.CommandLine;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao user</c>.</summary>
static class UserCommands
{
    public static void Fill(Verbs user)
    {
        var name = new Argument<string>("person") { Description = "A person, by handle." };
        user.Verb("list", "People.", [], async it => Show(it, await it.All((cursor, count) => it.Server.Users(cursor, count, it.Stop))));
        user.Verb("show", "One person.", [name], async it =>
        {
            var one = await it.Server.User(it.Of(name), it.Stop);
            return it.InJson ? it.Json(one) : Show(it, [one]);
        });

        var email = new Argument<string>("e-mail") { Description = "Their e-mail address." };
        var called = new Option<string>("--called") { Description = "Their name, as people write it.", Required = true };
        var handle = new Option<string?>("--name") { Description = "Their handle. Default: made of the name." };
        var zone = new Option<string?>("--zone") { Description = "IANA time zone. Default: the organisation's." };
        var language = new Option<string?>("--language") { Description = "en or pt-BR. Default: the organisation's." };
        var role = new Option<string?>("--role") { Description = "Observer, Member (the default), Admin or Owner." };
        role.AcceptOnlyFromAmong("Observer", "Member", "Admin", "Owner");
        user.Verb("invite", "Asks somebody to come. Their code stands alone on standard output.", [email, called, handle, zone, language, role], async it =>
            await Invited(it, await it.Server.Invite(new(it.Of(email), it.Of(called)!, it.Of(handle), it.Of(zone), it.Of(language), it.Of(role)), it.Stop)));
        user.Verb("invite-again", "A new code for somebody who has not come yet.", [name], async it => await Invited(it, await it.Server.InviteAgain(it.Of(name), it.Stop)));

        var code = new Argument<string>("code") { Description = "The code of your invitation." };
        var yourName = new Option<string?>("--called") { Description = "Your name, as people write it." };
        user.Verb("accept", "Takes up an invitation. Your first token stands alone on standard output.", [code, yourName, zone, language], async it =>
        {
            var welcome = await it.Server.AcceptInvitation(new(it.Of(code), it.Of(yourName), it.Of(zone), it.Of(language)), it.Stop);
            return it.Once(welcome, welcome.Token, $"Welcome, {welcome.User.DisplayName}: your handle is {welcome.User.Name}. The token is not shown again: keep it with plantao login.");
        });

        user.Verb("test", "A test page to a person, by every proven contact method.", [name], async it =>
        {
            var sent = await it.Server.TestPage(it.Of(name), it.Stop);
            return it.Done(sent, $"A test page is on its way to {it.Of(name)}: plantao oncall contacts shows when it was answered.");
        });

        var newRole = new Argument<string>("role") { Description = "Observer, Member, Admin or Owner." };
        newRole.AcceptOnlyFromAmong("Observer", "Member", "Admin", "Owner");
        user.Verb("role", "Changes what a person may do anywhere.", [name, newRole], async it =>
        {
            var changed = await it.Server.ChangeRole(it.Of(name), new(it.Of(newRole)), it.Stop);
            return it.Done(changed, $"{changed.Name} is {changed.Role}.");
        });

        user.Verb("erase", "Blanks name, addresses and texts of somebody who was deactivated. It cannot be taken back; the journal's chain stays whole.", [name], async it =>
        {
            await it.Server.Erase(it.Of(name)!, it.Stop);
            return it.Done("Erased.");
        });

        var replace = new Option<string[]>("--replace") { Description = "KEY=PERSON: who takes what names them. Once for each; left out, you are told what there is.", HelpName = "KEY=PERSON" };
        user.Verb("deactivate", "Ends a person's sessions and tokens at once.", [name, replace], async it =>
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var pair in it.Of(replace) ?? [])
            {
                if (pair.LastIndexOf('=') is not (> 0 and var at)) throw new UsageException($"\"{pair}\" is not KEY=PERSON.");
                pairs[pair[..at]] = pair[(at + 1)..];
            }

            var left = await it.Server.Deactivate(it.Of(name), new(pairs), it.Stop);
            return it.Done(left, $"{left.Name} is deactivated: sessions and tokens have ended.");
        });
    }

    static int Show(Errand it, IReadOnlyList<UserView> people) => it.Show(people,
        ("NAME", u => u.Name), ("ROLE", u => u.Role), ("STATUS", u => u.Status), ("ZONE", u => u.Zone), ("E-MAIL", u => u.Email), ("CALLED", u => u.DisplayName));

    static async Task<int> Invited(Errand it, InvitedView invited) =>
        it.Once(invited, invited.Code, $"{invited.User.Name} comes with this code: plantao user accept CODE. One use, until {(await it.Zone()).At(invited.ExpiresAt)}; it is not shown again.");
}
