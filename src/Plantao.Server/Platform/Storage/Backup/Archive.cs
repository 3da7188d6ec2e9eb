using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Plantao.Platform.Journal;

namespace Plantao.Platform.Storage.Backup;

/// <summary>Takes a backup: one archive format for both databases, online, from one consistent view.</summary>
public static class Archive
{
    /// <summary>What belongs to the house it was taken from: nodes, their leases, the sealer's head (found again from the entries), the list of migrations (in the manifest).</summary>
    internal static readonly IReadOnlySet<string> NotCarried = new HashSet<string>(StringComparer.Ordinal) { "schema_migrations", "journal_head", "leases", "nodes" };

    /// <summary>This program's version, without what a build adds to it.</summary>
    public static string ProgramVersion { get; } =
        (typeof(Archive).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>Writes <paramref name="file"/>: under another name first, to disk, and then under its own. Mode 0600.</summary>
    /// <exception cref="IOException">The file is there already, or cannot be written; nothing is left of it.</exception>
    /// <exception cref="InvalidDataException">There is no schema to back up.</exception>
    public static async Task<Manifest> Write(Db db, string file, DateTimeOffset now, CancellationToken ct)
    {
        file = Path.GetFullPath(file);
        if (File.Exists(file)) throw new IOException($"{file} is there already, and a backup is never written over another. Nothing was changed.");
        var partial = $"{file}.{Guid.NewGuid():N}.partial";
        try
        {
            Manifest manifest;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 128 * 1024 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using (var stream = new FileStream(partial, options))
            {
                manifest = await db.Snapshot(tx => Write(tx, stream, now, ct), ct);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, file, overwrite: false);
            Directories.Flush(Path.GetDirectoryName(file)!);
            return manifest;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    static async Task<Manifest> Write(Tx tx, Stream stream, DateTimeOffset now, CancellationToken ct)
    {
        var migrations = await Migrations.Applied(tx);
        if (migrations.Count == 0) throw new InvalidDataException("This database has no schema: there is nothing to back up.");
        var tables = (await Catalogue.Tables(tx)).Where(t => !NotCarried.Contains(t.Name)).ToList();
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        var written = new List<ManifestTable>(tables.Count);
        foreach (var table in tables)
        {
            var name = $"tables/{table.Name}.ndjson";
            var entry = zip.CreateEntry(name, CompressionLevel.Fastest);
            entry.LastWriteTime = now;
            await using var to = new BufferedStream(entry.Open(), 64 * 1024);
            using var lines = new RowLinesOut(to);
            await tx.Each(table.InOrder(tx.Db.Dialect), row =>
            {
                ct.ThrowIfCancellationRequested();
                lines.Write(row, table.Columns);
            });
            written.Add(new ManifestTable(table.Name, name, [.. table.Columns.Select(c => new ManifestColumn(c.Name, c.Type))], lines.Rows, lines.Digest()));
        }

        var fingerprint = await tx.First($"SELECT value FROM settings WHERE name = 'key_fingerprint'", r => r.Text(0));
        var manifest = new Manifest(Manifest.Current, ProgramVersion, tx.Db.Dialect, now, migrations[^1], migrations, fingerprint,
            await Journals.Head(tx), await Catalogue.Numbers(tx, tables), written);
        var last = zip.CreateEntry(Manifest.FileName, CompressionLevel.Fastest);
        last.LastWriteTime = now;
        await using var json = last.Open();
        await JsonSerializer.SerializeAsync(json, manifest, Json.Compact, ct);
        return manifest;
    }
}

/// <summary>Makes a new or renamed file's place in its folder durable.</summary>
static class Directories
{
    /// <summary>fsync on the folder. Where the file system has none, the file itself is on disk all the same.</summary>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = NativeMethods.open(folder, 0);
        if (handle < 0) return;
        _ = NativeMethods.fsync(handle);
        _ = NativeMethods.close(handle);
    }

    static class NativeMethods
    {
        // .NET opens files alone: a folder's handle has to be asked of the system.
        [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

        [DllImport("libc")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int fsync(int handle);

        [DllImport("libc")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int close(int handle);
    }
}
