using System.CommandLine;

namespace Plantao.Cli;

/// <summary><c>plantao team</c>.</summary>
static class TeamCommands
{
    public static void Fill(Verbs team)
    {
        var name = new Argument<string>("team") { Description = "A team, by name." };
        var user = new Argument<string>("person") { Description = "A person, by handle." };
        team.Verb("list", "Teams.", [], async it => it.Show(await it.All((cursor, count) => it.Server.Teams(cursor, count, it.Stop)),
            ("NAME", t => t.Name), ("PRIVATE", t => t.Private ? "yes" : "no"), ("TITLE", t => t.Title)));

        var title = new Option<string?>("--title") { Description = "What people see." };
        var isPrivate = new Option<bool>("--private") { Description = "Seen by its members, Admins and Owners alone." };
        team.Verb("make", "A new team.", [name, title, isPrivate], async it =>
        {
            var made = await it.Server.MakeTeam(new(it.Of(name), it.Of(title) ?? it.Of(name), it.Of(isPrivate)), it.Stop);
            return it.Done(made, $"Made {made.Name}. Now put people in: plantao team add {made.Name} PERSON --role Manager");
        });

        var change = new Option<bool?>("--private") { Description = "true or false." };
        team.Verb("change", "Changes its title, or who sees it.", [name, title, change], async it =>
        {
            if (it.Of(title) is null && it.Of(change) is null) throw new UsageException("Change what? Give --title or --private.");
            var changed = await it.Server.ChangeTeam(it.Of(name), new(it.Of(title), it.Of(change)), it.Stop);
            return it.Done(changed, $"Changed {changed.Name}.");
        });

        team.Verb("members", "Who is in it.", [name], async it => it.Show(await it.Server.Members(it.Of(name), it.Stop),
            ("NAME", m => m.Name), ("ROLE", m => m.Role), ("CALLED", m => m.DisplayName)));

        var role = new Option<string>("--role") { Description = "Responder or Manager.", DefaultValueFactory = _ => "Responder" };
        role.AcceptOnlyFromAmong("Responder", "Manager");
        team.Verb("add", "Puts a person in, or changes their role.", [name, user, role], async it =>
        {
            var member = await it.Server.SetMember(it.Of(name), it.Of(user), new(it.Of(role)!), it.Stop);
            return it.Done(member, $"{member.Name} is {member.Role} of {it.Of(name)}.");
        });

        team.Verb("remove", "Takes a person out.", [name, user], async it =>
        {
            await it.Server.RemoveMember(it.Of(name), it.Of(user), it.Stop);
            return it.Done($"{it.Of(user)} is not in {it.Of(name)} any more.");
        });
    }
}
