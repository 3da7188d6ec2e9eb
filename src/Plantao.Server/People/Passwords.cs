using System.Security.Cryptography;
using System.Text;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Passwords: kept as PBKDF2-HMAC-SHA512, 210 000 rounds and 16 random bytes of salt (OWASP Password Storage Cheat Sheet), never in clear.</summary>
/// <remarks>Two are worked out at a time: a flood of sign-ins takes no more than that of the machine, and pages go on.</remarks>
public sealed class Passwords(Db db, TimeProvider clock) : IDisposable
{
    /// <summary>NIST SP 800-63B, 3.1.1.2: length is what counts; no rules of composition.</summary>
    public const int Shortest = 12, Longest = 200;

    const int Rounds = 210_000;
    const int Size = 32;

    readonly SemaphoreSlim desk = new(2, 2);

    /// <summary>Why this is no password for that person, or <see langword="null"/>.</summary>
    public static Refusal? Fault(string password, string email)
    {
        if (password.Length is < Shortest or > Longest) return new("bad-password", $"A password has {Shortest} to {Longest} characters.", 422);
        var name = email[..Math.Max(0, email.IndexOf('@', StringComparison.Ordinal))];
        return password.Distinct().Count() < 5 || (name.Length > 3 && password.Replace(name, "", StringComparison.OrdinalIgnoreCase).Length < Shortest / 2)
            ? new("easy-password", "This password is easy to guess: it repeats itself, or is little more than your address.", 422)
            : null;
    }

    /// <summary>What is kept of it. Made before the transaction that keeps it: it takes a tenth of a second.</summary>
    public async Task<KeptPassword> Make(string password, CancellationToken ct)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new(salt, await Digest(password, salt, Rounds, ct), Rounds);
    }

    public static async Task Keep(Tx tx, string userId, KeptPassword kept, string by, DateTimeOffset at, string correlation)
    {
        await tx.Execute($"""
            INSERT INTO passwords (user_id, salt, digest, rounds, changed_at) VALUES ({userId}, {kept.Salt}, {kept.Digest}, {kept.Rounds}, {at})
            ON CONFLICT (user_id) DO UPDATE SET salt = excluded.salt, digest = excluded.digest, rounds = excluded.rounds, changed_at = excluded.changed_at
            """);
        await tx.Journal(Entry.Of("password.changed", userId, by, at, correlation));
    }

    /// <summary>When it was set; <see langword="null"/>: there is none.</summary>
    public Task<DateTimeOffset?> SetAt(string userId, CancellationToken ct) => db.First($"SELECT changed_at FROM passwords WHERE user_id = {userId}", r => r.AtOrNull(0), ct);

    /// <summary>Whether it is that person's. As slow where there is no such person or no password, so that the time tells nothing.</summary>
    public async Task<bool> Holds(string? userId, string password, CancellationToken ct)
    {
        var kept = userId is null ? null : await db.First($"SELECT salt, digest, rounds FROM passwords WHERE user_id = {userId}", r => new KeptPassword(r.Bytes(0), r.Bytes(1), r.Int(2)), ct);
        if (password.Length > Longest) return false;
        var given = await Digest(password, kept?.Salt ?? new byte[16], kept?.Rounds ?? Rounds, ct);
        return kept is not null && CryptographicOperations.FixedTimeEquals(given, kept.Digest);
    }

    public void Dispose() => desk.Dispose();

    async Task<byte[]> Digest(string password, byte[] salt, int rounds, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            await desk.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new DatabaseUnavailableException("Too many sign in at once. Nothing was done; try again in a moment.");
        }

        try
        {
            // Composed forms, so that the same keys give the same password on every keyboard (RFC 8265, OpaqueString).
            return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC)), salt, rounds, HashAlgorithmName.SHA512, Size), ct);
        }
        finally
        {
            desk.Release();
        }
    }
}

/// <summary>What is kept of a password.</summary>
public sealed record KeptPassword(byte[] Salt, byte[] Digest, int Rounds);
