using System.IO.Compression;
using Plantao.Platform.Storage;
using Plantao.Platform.Storage.Backup;

namespace Plantao.Platform.Verbs;

/// <summary><c>plantao restore FILE</c>: into an empty database of either kind.</summary>
public static class RestoreVerb
{
    const string Usage = $"""
        plantao restore FILE [--accept-broken-journal]
            fills an empty database, SQLite or PostgreSQL, whichever the archive came from: all of it or nothing.
            Counts, digests and the journal's chain are proved before it is kept. It is paused afterwards: `plantao resume`.
        {MachineLine.Common}
        Exit codes: 0 done, 1 not done (nothing was kept), 64 not understood.
        """;

    /// <param name="args">What follows <c>restore</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        var given = MachineLine.Take(args, [], ["--accept-broken-journal"], out var rest, out var fault);
        if (fault is not null || rest is not [var file] || file.StartsWith('-')) return await MachineLine.Explain(Usage, rest, output, errors, fault);
        try
        {
            if (!File.Exists(file)) throw new InvalidDataException($"There is no file {file}.");
            var sealedWith = Sealed(file);
            var here = KeyHere(options);
            if (here is not null && sealedWith is not null && here != sealedWith)
                throw new KeyRefusedException($"The archive was sealed with the key {sealedWith}, and the key here is {here}. Put the right key into the data folder, or give it as PLANTAO_KEY. Nothing was changed.");

            using var folder = options.Database is null ? FolderLock.Take(options.DataFolder) : null;
            await using var db = options.OpenDatabase();
            var restored = await Restore.From(file, db, TimeProvider.System.GetUtcNow(), given.ContainsKey("--accept-broken-journal"), note: true, ct);
            var manifest = restored.Manifest;
            await output.WriteLineAsync($"Restored {manifest.Tables.Count} tables, {manifest.Rows} rows, taken {manifest.TakenAt:yyyy-MM-dd HH:mm:ss}Z from {manifest.Database} by program {manifest.Program}, into {db.Dialect}");
            await output.WriteLineAsync(restored.Journal.Whole
                ? $"Journal whole: {restored.Journal.Position} entries, head {restored.Journal.Head}"
                : $"JOURNAL BROKEN at position {restored.Journal.Position}: {restored.Journal.Why}. Accepted as you said.");
            if (here is null && sealedWith is not null)
                await output.WriteLineAsync($"Put the encryption key {sealedWith} at {Path.Combine(options.DataFolder, "plantao.key")} (or give it as PLANTAO_KEY): without it the server does not start.");
            await output.WriteLineAsync("The database is paused: it sends and runs nothing. Start the server, look round, and run `plantao resume`.");
            return 0;
        }
        catch (Exception reason) when (MachineLine.Expected(reason))
        {
            await errors.WriteLineAsync("Not restored. " + reason.Message);
            return 1;
        }
    }

    static string? Sealed(string file)
    {
        using var zip = ZipFile.OpenRead(file);
        return Manifest.Of(zip).KeyFingerprint;
    }

    static string? KeyHere(ServeOptions options)
    {
        if (string.IsNullOrEmpty(options.Key) && !File.Exists(Path.Combine(options.DataFolder, "plantao.key"))) return null;
        using var vault = Vault.Open(options.DataFolder, options.Key, mayMake: false);
        return vault.Fingerprint;
    }
}
