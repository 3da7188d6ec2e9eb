using System.IO.Compression;
using System.Text.Json;

namespace Plantao.Platform.Storage.Backup;

/// <summary>What an archive says of itself: <c>manifest.json</c> in the zip, beside one file of rows per table.</summary>
/// <param name="Format">Always <see cref="Current"/>.</param>
/// <param name="Program">The version that wrote it.</param>
/// <param name="Database">Which database it was taken from; it can be restored into either.</param>
/// <param name="Schema">The newest of <paramref name="Migrations"/>.</param>
/// <param name="Migrations">Those that the database had: a restore makes exactly this schema first, and then applies what is newer.</param>
/// <param name="KeyFingerprint">Names the encryption key that the secrets inside were sealed with, without telling it. The key itself is never in an archive.</param>
/// <param name="Head">The journal's last position and its hash, as <c>journal verify --head</c> takes it.</param>
/// <param name="Numbers">The last number that each counting table gave, so that none is given twice.</param>
public sealed record Manifest(
    string Format, string Program, Dialect Database, DateTimeOffset TakenAt, int Schema, IReadOnlyList<int> Migrations,
    string? KeyFingerprint, string Head, IReadOnlyDictionary<string, long> Numbers, IReadOnlyList<ManifestTable> Tables)
{
    public const string Current = "plantao-backup/1";
    public const string FileName = "manifest.json";

    public long Rows => Tables.Sum(t => t.Rows);

    /// <summary>Reads it from the zip.</summary>
    /// <exception cref="InvalidDataException">This is no archive of ours, or one of a form that this program does not know.</exception>
    public static Manifest Of(ZipArchive zip)
    {
        var entry = zip.GetEntry(FileName) ?? throw new InvalidDataException("This is no backup of Plantão: it has no manifest.json. A backup that was cut off has none either.");
        try
        {
            using var stream = entry.Open();
            var manifest = JsonSerializer.Deserialize<Manifest>(stream, Json.Compact);
            return manifest is { Format: Current, Tables: not null, Migrations: not null, Numbers: not null, Head: not null }
                ? manifest
                : throw new InvalidDataException($"The archive has the form '{manifest?.Format}', and this program reads {Current}. Use the program that wrote it.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException("The manifest of the archive cannot be read: " + fault.Message, fault);
        }
    }
}

/// <summary>One table of an archive.</summary>
/// <param name="File">Its file in the zip: one JSON array per line and row, values in the order of <paramref name="Columns"/>.</param>
/// <param name="Sha256">Of the file, in hex. The order of rows is the same on both databases, and so is the digest.</param>
public sealed record ManifestTable(string Name, string File, IReadOnlyList<ManifestColumn> Columns, long Rows, string Sha256);

/// <summary>One column. Long is a JSON number, Text a string, Bytes a string in base64; each may be null.</summary>
public sealed record ManifestColumn(string Name, ColumnType Type);
