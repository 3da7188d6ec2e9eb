using System.Diagnostics;
using System.Globalization;
using Plantao.Platform.Storage.Backup;

namespace Plantao.Platform.Verbs;

/// <summary><c>plantao backup FILE</c>: online, beside a running server, and without changing anything.</summary>
public static class BackupVerb
{
    const string Usage = $"""
        plantao backup FILE
            makes one consistent archive of the whole database; servers go on meanwhile. FILE must not be there yet.
            It holds no encryption key: keep the key file elsewhere. The key's fingerprint is printed.
        {MachineLine.Common}
        Exit codes: 0 done, 1 not done (nothing is left of it), 64 not understood.
        """;

    /// <param name="args">What follows <c>backup</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (args is not [var file] || file.StartsWith('-')) return await MachineLine.Explain(Usage, args, output, errors);
        try
        {
            var watch = Stopwatch.StartNew();
            await using var db = MachineLine.OpenExisting(options);
            var manifest = await Archive.Write(db, file, TimeProvider.System.GetUtcNow(), ct);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Backup {file}: {manifest.Tables.Count} tables, {manifest.Rows} rows, {new FileInfo(file).Length} bytes, {watch.Elapsed.TotalSeconds:0.0} s"));
            await output.WriteLineAsync($"Schema {manifest.Schema}, program {manifest.Program}");
            await output.WriteLineAsync($"Journal head {manifest.Head}");
            await output.WriteLineAsync($"Encryption key {manifest.KeyFingerprint ?? "(none yet)"}: it is not in the archive, and nothing sealed can be read without it");
            return 0;
        }
        catch (Exception fault) when (MachineLine.Expected(fault))
        {
            await errors.WriteLineAsync("The backup was not made. " + fault.Message);
            return 1;
        }
    }
}
