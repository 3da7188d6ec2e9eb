using System.Security.Cryptography;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Every statement about second factors: a secret in an authenticator app, and codes for the day it is lost.</summary>
public sealed class SecondFactors(Db db, Vault vault)
{
    /// <summary>How many recovery codes there are, each good once.</summary>
    public const int Codes = 10;

    const string Alphabet = "23456789abcdefghjkmnpqrstvwxyz";

    /// <summary>Since when a code is asked at sign-in; <see langword="null"/>: none is.</summary>
    public Task<DateTimeOffset?> ProvedAt(string userId, CancellationToken ct) => db.First($"SELECT proved_at FROM second_factors WHERE user_id = {userId}", r => r.AtOrNull(0), ct);

    public async Task<int> CodesLeft(string userId, CancellationToken ct) => (int)await db.First($"SELECT count(*) FROM recovery_codes WHERE user_id = {userId} AND used_at IS NULL", r => r.Long(0), ct);

    /// <summary>The secret that was offered and waits for its first code; <see langword="null"/>: none does.</summary>
    public async Task<byte[]?> Waiting(string userId, CancellationToken ct) =>
        await db.First($"SELECT sealed FROM second_factors WHERE user_id = {userId} AND proved_at IS NULL", r => r.Bytes(0), ct) is { } box ? vault.Open(box, Purpose(userId)) : null;

    /// <summary>The secret that waits to be proved: the one there is, or a new one.</summary>
    public async Task<byte[]> Offer(Tx tx, string userId, DateTimeOffset at)
    {
        if (await tx.First($"SELECT sealed FROM second_factors WHERE user_id = {userId} AND proved_at IS NULL", r => r.Bytes(0)) is { } waiting) return vault.Open(waiting, Purpose(userId));
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretSize);
        await tx.Execute($"INSERT INTO second_factors (user_id, sealed, made_at, last_step) VALUES ({userId}, {vault.Seal(secret, Purpose(userId))}, {at}, 0) ON CONFLICT (user_id) DO NOTHING");
        return secret;
    }

    /// <summary>A code of the secret that was offered came back: from now on one is asked at sign-in.</summary>
    /// <returns>The recovery codes, shown once.</returns>
    public async Task<Ruling<IReadOnlyList<string>>> Prove(Tx tx, string userId, string code, DateTimeOffset at, string correlation)
    {
        var waiting = await tx.First($"SELECT sealed FROM second_factors WHERE user_id = {userId} AND proved_at IS NULL {tx.Db.ForUpdate}", r => r.Bytes(0));
        if (waiting is null) return new Refusal("no-second-factor", "There is no second factor that waits for its code.");
        if (Totp.Match(vault.Open(waiting, Purpose(userId)), code, at, 0) is not { } step) return new Refusal("wrong-code", "This is not the code that the app shows now.", 422);
        await tx.Execute($"UPDATE second_factors SET proved_at = {at}, last_step = {step} WHERE user_id = {userId}");
        await tx.Execute($"DELETE FROM recovery_codes WHERE user_id = {userId}");
        var codes = Enumerable.Range(0, Codes).Select(_ => RandomNumberGenerator.GetString(Alphabet, 10)).ToList();
        foreach (var one in codes) await tx.Execute($"INSERT INTO recovery_codes (user_id, digest) VALUES ({userId}, {Digest(userId, one)})");
        await tx.Journal(Entry.Of("second-factor.set", userId, userId, at, correlation));
        return codes.ConvertAll(one => $"{one[..5]}-{one[5..]}");
    }

    /// <summary>Takes a code of the app, or a recovery code, once.</summary>
    public async Task<bool> Take(Tx tx, string userId, string given, DateTimeOffset at, string correlation)
    {
        var kept = await tx.First($"SELECT sealed, last_step FROM second_factors WHERE user_id = {userId} AND proved_at IS NOT NULL {tx.Db.ForUpdate}", r => (Sealed: r.Bytes(0), Last: r.Long(1)));
        if (kept.Sealed is null) return false;
        if (Totp.Match(vault.Open(kept.Sealed, Purpose(userId)), given, at, kept.Last) is { } step)
        {
            await tx.Execute($"UPDATE second_factors SET last_step = {step} WHERE user_id = {userId}");
            return true;
        }

        var plain = given.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        if (plain.Length != 10 || await tx.Execute($"UPDATE recovery_codes SET used_at = {at} WHERE user_id = {userId} AND digest = {Digest(userId, plain)} AND used_at IS NULL") == 0) return false;
        await tx.Journal(Entry.Of("second-factor.recovery-code-used", userId, userId, at, correlation));
        return true;
    }

    /// <returns>Whether there was one.</returns>
    public static async Task<bool> Remove(Tx tx, string userId, string by, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"DELETE FROM recovery_codes WHERE user_id = {userId}");
        if (await tx.Execute($"DELETE FROM second_factors WHERE user_id = {userId}") == 0) return false;
        await tx.Journal(Entry.Of("second-factor.removed", userId, by, at, correlation));
        return true;
    }

    byte[] Digest(string userId, string code) => vault.Digest(userId + "\n" + code, "recovery-code");

    static string Purpose(string userId) => "second-factor:" + userId;
}
