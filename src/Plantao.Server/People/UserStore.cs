using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Every statement about users. What changes something takes the transaction and writes its entry of the journal.</summary>
public sealed class UserStore(Db db)
{
    public Task<User?> Find(string id, CancellationToken ct) => db.First<User>($"{Select} WHERE id = {id}", Read, ct);

    /// <summary>By id or by name: definitions and people on the command line say names.</summary>
    public Task<User?> Named(string idOrName, CancellationToken ct) => db.First<User>($"{Select} WHERE id = {idOrName} OR name = {idOrName}", Read, ct);

    public Task<IReadOnlyList<User>> Named(IReadOnlyList<string> names, CancellationToken ct) => db.Query($"{Select} WHERE name {db.In(names)}", Read, ct);

    /// <summary>In the order of names, after <paramref name="after"/>.</summary>
    public Task<IReadOnlyList<User>> List(string after, int count, CancellationToken ct) =>
        db.Query($"{Select} WHERE name > {after} ORDER BY name LIMIT {count}", Read, ct);

    /// <summary>Everybody who can be put in somewhere, by name.</summary>
    public Task<IReadOnlyList<User>> Active(CancellationToken ct) => db.Query($"{Select} WHERE status = {UserStatus.Active} ORDER BY name", Read, ct);

    public static Task<User?> Find(Tx tx, string id) => tx.First<User>($"{Select} WHERE id = {id} {tx.Db.ForUpdate}", Read);

    public static Task<User?> Named(Tx tx, string idOrName) => tx.First<User>($"{Select} WHERE id = {idOrName} OR name = {idOrName}", Read);

    public static Task<IReadOnlyList<User>> Named(Tx tx, IReadOnlyList<string> names) => tx.Query($"{Select} WHERE name {tx.Db.In(names)}", Read);

    public static Task<IReadOnlyList<User>> Find(Tx tx, IReadOnlyList<string> ids) => tx.Query($"{Select} WHERE id {tx.Db.In(ids)}", Read);

    public static Task<User?> WithEmail(Tx tx, string email) => tx.First<User>($"{Select} WHERE email = {email}", Read);

    public Task<User?> WithEmail(string email, CancellationToken ct) => db.First<User>($"{Select} WHERE email = {email}", Read, ct);

    /// <inheritdoc cref="Any(Tx)"/>
    public async Task<bool> Any(CancellationToken ct) => await db.First($"SELECT 1 FROM users LIMIT 1", r => r.Long(0), ct) != 0;

    /// <summary>What the organisation calls itself.</summary>
    public async Task<string> OrganisationName(CancellationToken ct) => await db.First($"SELECT value FROM settings WHERE name = {Organisation.NameSetting}", r => r.TextOrNull(0), ct) ?? "";

    /// <summary>Whether there is anybody yet: without anybody, setup has not been done.</summary>
    public static async Task<bool> Any(Tx tx) => await tx.First($"SELECT 1 FROM users LIMIT 1", r => r.Long(0)) != 0;

    /// <summary>The active Owners: whom the last catch-all pages.</summary>
    public static Task<IReadOnlyList<string>> OwnerIds(Tx tx) =>
        tx.Query($"SELECT id FROM users WHERE role = {OrganisationRole.Owner} AND status = {UserStatus.Active} ORDER BY created_at, id", r => r.Text(0));

    /// <summary>Active owners, locked: the last one cannot leave.</summary>
    public static async Task<int> Owners(Tx tx) => (await tx.Query($"SELECT id FROM users WHERE role = {OrganisationRole.Owner} AND status = {UserStatus.Active} {tx.Db.ForUpdate}", r => r.Text(0))).Count;

    /// <returns>Whether name and e-mail address were free.</returns>
    public static async Task<bool> Add(Tx tx, User user, string by, string correlation)
    {
        if (await tx.Execute($"""
            INSERT INTO users (id, name, display_name, email, zone, language, role, status, created_at)
            VALUES ({user.Id}, {user.Name}, {user.DisplayName}, {user.Email}, {user.Zone}, {user.Language}, {user.Role}, {user.Status}, {user.CreatedAt})
            ON CONFLICT DO NOTHING
            """) == 0) return false;
        await tx.Journal(Entry.Of(user.Status is UserStatus.Invited ? "user.invited" : "user.created", user.Id, by, user.CreatedAt, correlation,
            new { user.Role, user.Status, user.Zone, user.Language }, $"{user.Name}: {user.DisplayName} <{user.Email}>"));
        return true;
    }

    /// <summary>Saves what differs; the entry says which fields changed, never the personal ones' values.</summary>
    /// <returns>Whether anything did.</returns>
    public static async Task<bool> Change(Tx tx, User before, User after, string by, DateTimeOffset at, string correlation)
    {
        var personal = new List<string>();
        if (before.DisplayName != after.DisplayName) personal.Add("displayName");
        if (before.Zone != after.Zone) personal.Add("zone");
        if (before.Language != after.Language) personal.Add("language");
        if (before == after) return false;
        await tx.Execute($"""
            UPDATE users SET display_name = {after.DisplayName}, zone = {after.Zone}, language = {after.Language}, role = {after.Role}, status = {after.Status}
             WHERE id = {after.Id}
            """);
        if (personal.Count > 0)
            await tx.Journal(Entry.Of("user.changed", after.Id, by, at, correlation, new { fields = personal, after.Zone, after.Language }, before.DisplayName == after.DisplayName ? null : after.DisplayName));
        if (before.Role != after.Role)
            await tx.Journal(Entry.Of("user.role-changed", after.Id, by, at, correlation, new { from = before.Role, to = after.Role }));
        if (before.Status != after.Status)
            await tx.Journal(Entry.Of(after.Status is UserStatus.Deactivated ? "user.deactivated" : "user.activated", after.Id, by, at, correlation));
        return true;
    }

    static Sql Select => Sql.Own("SELECT id, name, display_name, email, zone, language, role, status, created_at FROM users");

    static User Read(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Text(4), r.Text(5), Enum.Parse<OrganisationRole>(r.Text(6)), Enum.Parse<UserStatus>(r.Text(7)), r.At(8));
}
