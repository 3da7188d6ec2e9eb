using System.Security.Cryptography;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>What a room above makes to begin with: a service, a schedule, a policy, an integration.</summary>
public interface ISetUpStarter
{
    /// <summary>In the order of registration, in the transaction of setup.</summary>
    /// <param name="publicAddress">How this server is reached from outside, without a slash at the end.</param>
    /// <returns>What to show, by name, such as a <c>curl</c> to copy.</returns>
    Task<IReadOnlyDictionary<string, string>> MakeStarter(Tx tx, User owner, Team team, string publicAddress, string correlation);
}

/// <summary>Says whether first run is over. A room above answers: it knows alerts.</summary>
public interface IKnowFirstRun
{
    Task<bool> Over(CancellationToken ct);
}

/// <summary>What setup is told. Zone, language and address are checked, the rest is made up where it is absent.</summary>
public sealed record SetupWanted(string OwnerEmail, string? OwnerDisplayName, string? OwnerName, string? Organisation, string? Zone, string? Language, string? PublicAddress, KeptPassword? Password = null);

/// <summary>What setup made.</summary>
/// <param name="Token">The Owner's, with all scopes; shown once.</param>
public sealed record SetupMade(User Owner, Team Team, Issued Token, IReadOnlyDictionary<string, string> Starter);

/// <summary>The first run: by a one-time code, or on the machine. Once.</summary>
public sealed class Setup(Db db, Vault vault, TimeProvider clock, ServeOptions options, ContactMethodStore methods, IEnumerable<ISetUpStarter> starters)
{
    /// <summary>How long a code is good.</summary>
    public static TimeSpan CodeLife { get; } = TimeSpan.FromHours(1);

    /// <summary>A code ends with so many wrong ones.</summary>
    public const int CodeTries = 5;

    /// <summary>Where first run goes on in the browser once the Owner is there. A room above serves it: it knows alerts.</summary>
    public const string NextStep = "/first-alert";

    const string Purpose = "setup-code";
    const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Makes a code, and ends any before it. <c>serve</c> calls this on an empty database, and prints it.</summary>
    /// <returns>Such as <c>K7QM-4XPA-9T2C</c>; <see langword="null"/> when setup is done.</returns>
    public static Task<string?> Begin(Db db, Vault vault, TimeProvider clock, CancellationToken ct) => db.Write(async tx =>
    {
        if (await UserStore.Any(tx)) return null;
        var now = clock.GetUtcNow();
        var chance = RandomNumberGenerator.GetString(Alphabet, 12);
        await tx.Execute($"UPDATE setup_codes SET ended_at = {now} WHERE ended_at IS NULL");
        await tx.Execute($"INSERT INTO setup_codes (id, digest, created_at, expires_at, tries) VALUES ({Ids.New("stp", now)}, {vault.Digest(chance, Purpose)}, {now}, {now + CodeLife}, 0)");
        return $"{chance[..4]}-{chance[4..8]}-{chance[8..]}";
    }, ct);

    /// <summary>From outside, with the code.</summary>
    /// <returns>410 once setup is done; 403 for a wrong code, which counts against the one that is good.</returns>
    public Task<Ruling<SetupMade>> ByCode(string code, SetupWanted wanted, string correlation, CancellationToken ct) => db.Write<Ruling<SetupMade>>(async tx =>
    {
        if (await UserStore.Any(tx)) return Done;
        var now = clock.GetUtcNow();
        var kept = await tx.First($"SELECT id, digest, tries FROM setup_codes WHERE ended_at IS NULL AND expires_at > {now} ORDER BY id DESC LIMIT 1 {tx.Db.ForUpdate}", r => (Id: r.Text(0), Digest: r.Bytes(1), Tries: r.Int(2)));
        var given = vault.Digest(code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant(), Purpose);
        if (kept.Id is null || !CryptographicOperations.FixedTimeEquals(kept.Digest, given))
        {
            if (kept.Id is not null)
            {
                DateTimeOffset? ended = kept.Tries + 1 >= CodeTries ? now : null;
                await tx.Execute($"UPDATE setup_codes SET tries = tries + 1, ended_at = {ended} WHERE id = {kept.Id}");
            }

            return new Refusal("wrong-setup-code", "This is not the setup code, or it has ended (one use, 1 hour, 5 tries). On the machine, plantao setup code makes another.", 403);
        }

        var made = await Make(tx, wanted, now, correlation);
        if (made.Allowed) await tx.Execute($"UPDATE setup_codes SET ended_at = {now} WHERE id = {kept.Id}");
        return made;
    }, ct);

    /// <summary>On the machine, where no code is needed: who can open the database may do more than this.</summary>
    public Task<Ruling<SetupMade>> OnMachine(SetupWanted wanted, string correlation, CancellationToken ct) =>
        db.Write(async tx => await UserStore.Any(tx) ? Done : await Make(tx, wanted, clock.GetUtcNow(), correlation), ct);

    internal static Refusal Done { get; } = new("setup-done", "This server has been set up. Ask an Owner for an invitation.", 410);

    async Task<Ruling<SetupMade>> Make(Tx tx, SetupWanted wanted, DateTimeOffset now, string correlation)
    {
        if (EmailAddress.Normal(wanted.OwnerEmail) is not { } email) return new Refusal("bad-email", "The Owner needs an e-mail address.", 400);
        var display = string.IsNullOrWhiteSpace(wanted.OwnerDisplayName) ? email[..email.IndexOf('@')] : wanted.OwnerDisplayName.Trim();
        var organisation = string.IsNullOrWhiteSpace(wanted.Organisation) ? "Our organisation" : wanted.Organisation.Trim();
        if (Line.Fault(organisation, "organisation") is { } bad) return bad;
        var address = (wanted.PublicAddress ?? options.PublicAddress ?? options.Urls.Split(';')[0]).TrimEnd('/');
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length + uri.Fragment.Length + uri.UserInfo.Length > 0)
            return new Refusal("bad-public-address", "The public address begins with https:// (or http://) and has no query.", 400);
        var owner = new User(Ids.New("usr", now), wanted.OwnerName ?? Slug.From(display, "owner"), display, email, wanted.Zone ?? "Etc/UTC", wanted.Language ?? "en",
            OrganisationRole.Owner, UserStatus.Active, now.Stored());
        if (owner.Fault() is { } fault) return fault;

        // Of two that came at once the second waits here, on the other's row, and is told that setup is done.
        if (await tx.Execute($"INSERT INTO settings (name, value) VALUES ('setup_by', {owner.Id}) ON CONFLICT (name) DO NOTHING") == 0) return Done;
        await Organisation.Keep(tx, Organisation.NameSetting, organisation);
        await Organisation.Keep(tx, Organisation.ZoneSetting, owner.Zone);
        await Organisation.Keep(tx, Organisation.LanguageSetting, owner.Language);
        await Organisation.Keep(tx, Organisation.PublicAddressSetting, address);
        await UserStore.Add(tx, owner, owner.Id, correlation);
        if (wanted.Password is { } password) await Passwords.Keep(tx, owner.Id, password, owner.Id, now, correlation);
        await methods.AddVerified(tx, owner.Id, ContactMethod.Email, email, owner.Id, now, correlation);
        var team = new Team(Ids.New("team", now), Slug.From(organisation, "team"), organisation, false, now.Stored());
        await TeamStore.Add(tx, team, owner.Id, correlation);
        await TeamStore.SetMember(tx, team.Id, owner.Id, TeamRole.Manager, owner.Id, now, correlation);
        var token = await TokenStore.Issue(tx, TokenKind.Personal, owner.Id, null, "setup", Scope.All, now, now + ApiToken.Life(TokenKind.Personal), owner.Id, correlation);
        var starter = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var room in starters)
            foreach (var (name, value) in await room.MakeStarter(tx, owner, team, address, correlation)) starter[name] = value;
        await tx.Journal(Entry.Of("setup.done", owner.Id, owner.Id, now, correlation, new { team = team.Id, owner.Zone, owner.Language }, organisation));
        return new SetupMade(owner, team, token, starter);
    }
}
