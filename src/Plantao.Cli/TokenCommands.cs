using System.CommandLine;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao token</c>.</summary>
static class TokenCommands
{
    public static void Fill(Verbs token)
    {
        var team = new Option<string?>("--team") { Description = "A team's, by name, instead of yours." };
        var organisation = new Option<bool>("--organisation") { Description = "The organisation's, instead of yours." };
        token.Verb("list", "Tokens, without their secrets.", [team, organisation], async it =>
        {
            var zone = await it.Zone();
            return it.Show(await it.Server.Tokens(Owner(it, team, organisation), it.Stop),
                ("ID", t => t.Id), ("NAME", t => t.Name), ("SCOPES", t => string.Join(" ", t.Scopes)), ("EXPIRES", t => t.RevokedAt is { } at ? $"revoked {zone.At(at)}" : zone.At(t.ExpiresAt)), ("USED", t => zone.At(t.LastUsedAt) ?? "never"));
        });

        var name = new Argument<string>("name") { Description = "What it is for." };
        var scopes = new Option<string[]>("--scope") { Description = "read, alerts, incidents, oncall, runs, flags, comms, releases, definitions, admin. Once for each, or with commas; none beyond your own.", Required = true };
        var days = new Option<int?>("--days") { Description = "1 to 366. Default: 90, or 365 for a team's or the organisation's." };
        token.Verb("make", "A new token, shown once, alone on standard output.", [name, scopes, days, team, organisation], async it =>
        {
            var wanted = it.Of(scopes)!.SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
            var made = await it.Server.MakeToken(Owner(it, team, organisation), new(it.Of(name), wanted, it.Of(days)), it.Stop);
            var zone = await it.Zone();
            return it.Once(made, made.Secret, $"This is token {made.Token.Id}, good until {zone.At(made.Token.ExpiresAt)}. It is not shown again: keep it now.");
        });

        var id = new Argument<string>("id") { Description = "The token's id." };
        token.Verb("revoke", "Ends a token at once. With --organisation an Admin ends any, whoever's it is.", [id, team, organisation], async it =>
        {
            await it.Server.RevokeToken(Owner(it, team, organisation), it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} is revoked.");
        });
    }

    static PlantaoClient.TokenOwner Owner(Errand it, Option<string?> team, Option<bool> organisation) =>
        it.Of(team) is not null && it.Of(organisation) ? throw new UsageException("Give --team or --organisation, not both.") : new(it.Of(team), it.Of(organisation));
}
