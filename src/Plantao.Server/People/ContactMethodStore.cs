using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Every statement about contact methods and the codes that prove them.</summary>
public sealed class ContactMethodStore(Db db, Vault vault)
{
    /// <summary>How long a code is good.</summary>
    public static TimeSpan CodeLife { get; } = TimeSpan.FromMinutes(10);

    /// <summary>A code ends after so many wrong ones.</summary>
    public const int CodeTries = 5;

    /// <summary>Between two codes to one address.</summary>
    public static TimeSpan CodePause { get; } = TimeSpan.FromSeconds(30);

    /// <summary>All of a person's, in their order, proven or not.</summary>
    public Task<IReadOnlyList<ContactMethod>> Of(string userId, CancellationToken ct) => db.Query($"{Select} WHERE user_id = {userId} ORDER BY position, id", Read, ct);

    public Task<IReadOnlyList<ContactMethod>> Of(Tx tx, string userId) => tx.Query($"{Select} WHERE user_id = {userId} ORDER BY position, id", Read);

    /// <summary>Where these people can be reached now: proven and in use, each person's in their order.</summary>
    public Task<IReadOnlyList<ContactMethod>> For(IReadOnlyList<string> userIds, CancellationToken ct) =>
        db.Query($"{Select} WHERE user_id {db.In(userIds)} AND verified_at IS NOT NULL AND disabled_at IS NULL ORDER BY user_id, position, id", Read, ct);

    /// <inheritdoc cref="For(IReadOnlyList{string}, CancellationToken)"/>
    public Task<IReadOnlyList<ContactMethod>> For(Tx tx, IReadOnlyList<string> userIds) =>
        tx.Query($"{Select} WHERE user_id {tx.Db.In(userIds)} AND verified_at IS NOT NULL AND disabled_at IS NULL ORDER BY user_id, position, id", Read);

    public Task<IReadOnlyList<ContactMethod>> Find(Tx tx, IReadOnlyList<string> ids) => tx.Query($"{Select} WHERE id {tx.Db.In(ids)}", Read);

    public Task<ContactMethod?> Look(string id, CancellationToken ct) => db.First<ContactMethod>($"{Select} WHERE id = {id}", Read, ct);

    public Task<ContactMethod?> Find(Tx tx, string id) => tx.First<ContactMethod>($"{Select} WHERE id = {id} {tx.Db.ForUpdate}", Read);

    /// <summary>One that needs no code: the account's e-mail, proven by setup or by the invitation.</summary>
    public async Task<ContactMethod> AddVerified(Tx tx, string userId, string channel, string address, string by, DateTimeOffset at, string correlation)
    {
        // Where the invitation was mailed it is there, unproven, since then.
        if ((await Of(tx, userId)).FirstOrDefault(m => m.Channel == channel && m.Address == address) is not { } there) return (await Add(tx, userId, channel, address, null, at, by, at, correlation)).Value;
        await tx.Execute($"UPDATE contact_methods SET verified_at = {at}, disabled_at = NULL, disabled_why = NULL WHERE id = {there.Id}");
        await tx.Journal(Entry.Of("contact-method.proven", userId, by, at, correlation, new { contactMethodId = there.Id, channel }));
        return there with { VerifiedAt = at, DisabledAt = null, DisabledWhy = null };
    }

    /// <summary>One that waits for its code.</summary>
    public Task<Ruling<ContactMethod>> Add(Tx tx, string userId, string channel, string address, string? secret, string by, DateTimeOffset at, string correlation) =>
        Add(tx, userId, channel, address, secret, null, by, at, correlation);

    async Task<Ruling<ContactMethod>> Add(Tx tx, string userId, string channel, string address, string? secret, DateTimeOffset? verifiedAt, string by, DateTimeOffset at, string correlation)
    {
        var there = await Of(tx, userId);
        if (there.Count >= ContactMethod.Most) return new Refusal("too-many", $"Nobody has more than {ContactMethod.Most} contact methods. Remove one first.");

        var method = new ContactMethod(Ids.New("cm", at), userId, channel, address, secret, there.Count == 0 ? 0 : there[^1].Position + 1, verifiedAt, null, null);
        var whole = channel == ContactMethod.Email ? null : vault.Seal(JsonSerializer.Serialize(new Whole(address, secret), Json.Compact), "contact:" + method.Id);
        if (await tx.Execute($"""
            INSERT INTO contact_methods (id, user_id, channel, address, digest, sealed, position, created_at, verified_at)
            VALUES ({method.Id}, {userId}, {channel}, {method.Shown}, {vault.Digest(address, "contact-address")}, {whole}, {method.Position}, {at}, {verifiedAt})
            ON CONFLICT DO NOTHING
            """) == 0) return new Refusal("already-there", "This contact method is there already.");
        await tx.Journal(Entry.Of("contact-method.added", userId, by, at, correlation, new { contactMethodId = method.Id, channel, verified = verifiedAt is not null }, method.Shown));
        return method;
    }

    /// <summary>Makes a code for a method and ends the one before.</summary>
    /// <returns>Six digits; or that the last one went out a moment ago.</returns>
    public async Task<Ruling<string>> NewCode(Tx tx, ContactMethod method, DateTimeOffset now)
    {
        var sentAt = await tx.First($"SELECT sent_at FROM contact_codes WHERE contact_method_id = {method.Id}", r => r.AtOrNull(0));
        if (sentAt is not null && now < sentAt + CodePause) return new Refusal("too-soon", "A code went out a moment ago. Wait 30 seconds for another.", 429);
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        await tx.Execute($"""
            INSERT INTO contact_codes (contact_method_id, digest, expires_at, tries, sent_at)
            VALUES ({method.Id}, {vault.Digest(method.Id + ":" + code, "contact-code")}, {now + CodeLife}, 0, {now})
            ON CONFLICT (contact_method_id) DO UPDATE SET digest = excluded.digest, expires_at = excluded.expires_at, tries = 0, sent_at = excluded.sent_at
            """);
        return code;
    }

    /// <summary>Takes the code that came back.</summary>
    /// <returns>The proven method; or a refusal, which counts as a try: commit it.</returns>
    public async Task<Ruling<ContactMethod>> Prove(Tx tx, ContactMethod method, string code, string by, DateTimeOffset now, string correlation)
    {
        var kept = await tx.First($"SELECT digest, expires_at, tries FROM contact_codes WHERE contact_method_id = {method.Id} {tx.Db.ForUpdate}", r => (Digest: r.Bytes(0), ExpiresAt: r.At(1), Tries: r.Int(2)));
        if (kept.Digest is null || kept.ExpiresAt <= now || kept.Tries >= CodeTries)
            return new Refusal("code-ended", "There is no code that is still good. Ask for another.");
        if (!CryptographicOperations.FixedTimeEquals(kept.Digest, vault.Digest(method.Id + ":" + code.Trim(), "contact-code")))
        {
            await tx.Execute($"UPDATE contact_codes SET tries = tries + 1 WHERE contact_method_id = {method.Id}");
            return new Refusal("wrong-code", "This is not the code that was sent.");
        }

        await tx.Execute($"DELETE FROM contact_codes WHERE contact_method_id = {method.Id}");
        await tx.Execute($"UPDATE contact_methods SET verified_at = {now}, disabled_at = NULL, disabled_why = NULL WHERE id = {method.Id}");
        await tx.Journal(Entry.Of("contact-method.proven", method.UserId, by, now, correlation, new { contactMethodId = method.Id, method.Channel }));
        return method with { VerifiedAt = now, DisabledAt = null, DisabledWhy = null };
    }

    /// <summary>Puts one out of use because its provider refuses the address. Proving it again puts it back.</summary>
    public static async Task Disable(Tx tx, string id, string why, DateTimeOffset at, string correlation)
    {
        var userId = await tx.First($"UPDATE contact_methods SET disabled_at = {at}, disabled_why = {why} WHERE id = {id} AND disabled_at IS NULL RETURNING user_id", r => r.Text(0));
        if (userId is not null) await tx.Journal(Entry.Of("contact-method.disabled", userId, "plantao", at, correlation, new { contactMethodId = id }, why));
    }

    public static async Task Remove(Tx tx, ContactMethod method, string by, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"DELETE FROM contact_codes WHERE contact_method_id = {method.Id}");
        await tx.Execute($"DELETE FROM contact_methods WHERE id = {method.Id}");
        await tx.Journal(Entry.Of("contact-method.removed", method.UserId, by, at, correlation, new { contactMethodId = method.Id, method.Channel }));
    }

    /// <summary>Puts a person's methods into this order.</summary>
    /// <param name="ids">All of them, each once.</param>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    public async Task<Refusal?> Order(Tx tx, string userId, IReadOnlyList<string> ids, string by, DateTimeOffset at, string correlation)
    {
        var there = await Of(tx, userId);
        if (!there.Select(m => m.Id).Order(StringComparer.Ordinal).SequenceEqual(ids.Order(StringComparer.Ordinal), StringComparer.Ordinal))
            return new Refusal("not-an-order", "The order names each of your contact methods once.", 400);
        for (var i = 0; i < ids.Count; i++) await tx.Execute($"UPDATE contact_methods SET position = {i} WHERE id = {ids[i]}");
        await tx.Journal(Entry.Of("contact-method.ordered", userId, by, at, correlation, new { order = ids }));
        return null;
    }

    static Sql Select => Sql.Own("SELECT id, user_id, channel, address, sealed, position, verified_at, disabled_at, disabled_why FROM contact_methods");

    ContactMethod Read(Row r)
    {
        var whole = r.BytesOrNull(4) is { } box ? JsonSerializer.Deserialize<Whole>(vault.OpenText(box, "contact:" + r.Text(0)), Json.Compact) : null;
        return new(r.Text(0), r.Text(1), r.Text(2), whole?.Address ?? r.Text(3), whole?.Secret, r.Int(5), r.AtOrNull(6), r.AtOrNull(7), r.TextOrNull(8));
    }

    sealed record Whole(string Address, string? Secret);
}
