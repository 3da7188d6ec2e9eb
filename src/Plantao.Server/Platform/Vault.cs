using System.Security.Cryptography;
using System.Text;
using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>Seals what must not lie in the database in clear: AES-256-GCM with the key of the installation, which lies outside it.</summary>
public sealed class Vault : IDisposable
{
    const int NonceSize = 12;
    const int TagSize = 16;

    readonly AesGcm cipher;
    readonly byte[] key;

    public Vault(byte[] key)
    {
        if (key.Length != 32) throw new ArgumentException("The encryption key is 32 bytes.", nameof(key));
        this.key = key;
        cipher = new AesGcm(key, TagSize);
        Fingerprint = Convert.ToHexStringLower(SHA256.HashData([.. "plantao key fingerprint"u8, .. key]))[..16];
    }

    /// <summary>Names the key without telling it: 16 hex digits. Printed with a backup.</summary>
    public string Fingerprint { get; }

    /// <summary>Opens the key file beside the data, or makes one on a first run; takes <c>PLANTAO_KEY</c> (base64) instead when it is set.</summary>
    /// <param name="mayMake">Whether the database is still without a key.</param>
    /// <exception cref="KeyRefusedException">The file is gone, or holds no key.</exception>
    public static Vault Open(string dataFolder, string? given, bool mayMake)
    {
        if (!string.IsNullOrEmpty(given)) return new Vault(Convert.FromBase64String(given));
        var path = Path.Combine(dataFolder, "plantao.key");
        if (File.Exists(path))
        {
            try
            {
                return new Vault(Convert.FromBase64String(File.ReadAllText(path).Trim()));
            }
            catch (Exception fault) when (fault is FormatException or ArgumentException)
            {
                throw new KeyRefusedException($"{path} holds no encryption key (32 bytes in base64). Put the right file back; nothing was changed.", fault);
            }
        }

        if (!mayMake)
            throw new KeyRefusedException($"The encryption key {path} is missing, and the database was sealed with one. Put the file back, or give it as PLANTAO_KEY; nothing was changed.");
        var made = RandomNumberGenerator.GetBytes(32);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(path, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(made) + "\n"));
            file.Flush(flushToDisk: true);
        }

        return new Vault(made);
    }

    /// <summary>Remembers this key in a new database, or refuses another than the one it was sealed with.</summary>
    /// <exception cref="KeyRefusedException">It was sealed with another key.</exception>
    public async Task Prove(Db db, CancellationToken ct)
    {
        var known = await db.Write(async tx =>
        {
            await tx.Execute($"INSERT INTO settings (name, value) VALUES ('key_fingerprint', {Fingerprint}) ON CONFLICT (name) DO NOTHING");
            return await tx.First($"SELECT value FROM settings WHERE name = 'key_fingerprint'", r => r.Text(0));
        }, ct);
        if (known != Fingerprint)
            throw new KeyRefusedException($"This database was sealed with the key {known}, and the key here is {Fingerprint}. Put the right key back; nothing was changed.");
    }

    /// <summary>Nonce, text and tag. <paramref name="purpose"/> is bound in: what was sealed for one thing cannot be passed off as another.</summary>
    public byte[] Seal(ReadOnlySpan<byte> clear, string purpose)
    {
        var box = new byte[NonceSize + clear.Length + TagSize];
        var nonce = box.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        // One AesGcm may not be used by several threads at once.
        lock (cipher) cipher.Encrypt(nonce, clear, box.AsSpan(NonceSize, clear.Length), box.AsSpan(NonceSize + clear.Length), Encoding.UTF8.GetBytes(purpose));
        return box;
    }

    /// <exception cref="CryptographicException">It was changed, or sealed for something else or with another key.</exception>
    public byte[] Open(ReadOnlySpan<byte> box, string purpose)
    {
        var clear = new byte[box.Length - NonceSize - TagSize];
        lock (cipher) cipher.Decrypt(box[..NonceSize], box[NonceSize..^TagSize], box[^TagSize..], clear, Encoding.UTF8.GetBytes(purpose));
        return clear;
    }

    public byte[] Seal(string clear, string purpose) => Seal(Encoding.UTF8.GetBytes(clear), purpose);

    public string OpenText(ReadOnlySpan<byte> box, string purpose) => Encoding.UTF8.GetString(Open(box, purpose));

    /// <summary>A keyed digest, for look-ups of short secrets (codes): without the key it cannot be tried out.</summary>
    public byte[] Digest(string text, string purpose) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(purpose + "\n" + text));

    public void Dispose() => cipher.Dispose();
}

/// <summary>The encryption key is absent, unreadable, or another than the database was sealed with: the program does not start.</summary>
public sealed class KeyRefusedException(string message, Exception? inner = null) : Exception(message, inner);
