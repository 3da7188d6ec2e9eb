using System.IO.Compression;
using System.Text;
using Plantao.Platform;

namespace Plantao.Definitions;

/// <summary>A pack as one text: its files one after the other, each under a line <c>=== services/checkout.yaml</c>. What is pasted, and what a plan hands on to be applied.</summary>
public static class PackText
{
    /// <summary>In characters, and in bytes of an uploaded archive's content. A larger pack is applied by the command line.</summary>
    public const int Largest = 2 * 1024 * 1024;

    const string Head = "=== ";

    public static Refusal TooLarge { get; } = new("pack-too-large", "A pack for the browser has 2 MiB at most. Use plantao apply for a larger one.", 413);

    public static string Write(IEnumerable<PackFile> files)
    {
        var text = new StringBuilder();
        foreach (var file in files) text.Append(Head).Append(file.Path).Append('\n').Append(file.Text).Append(file.Text.EndsWith('\n') ? "" : "\n");
        return text.ToString();
    }

    /// <summary>The files of a text. What stands before the first heading belongs to none, and is a file without a place: the reader of packs says so.</summary>
    public static IReadOnlyList<PackFile> Read(string text)
    {
        var files = new List<PackFile>();
        var (path, lines) = ("", new StringBuilder());
        foreach (var line in text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n'))
        {
            if (line.StartsWith(Head, StringComparison.Ordinal))
            {
                Keep();
                path = line[Head.Length..].Trim();
            }
            else lines.Append(line).Append('\n');
        }

        Keep();
        return files;

        void Keep()
        {
            if (path.Length > 0 || lines.ToString().Trim().Length > 0) files.Add(new(path, lines.ToString().TrimEnd('\n') + "\n"));
            lines.Clear();
        }
    }

    /// <summary>The files of a form: an archive, or files of a folder. No path of theirs is opened here; each is a name to sort by.</summary>
    /// <returns>Refused: too large, too many, no archive, no UTF-8.</returns>
    public static async Task<Ruling<IReadOnlyList<PackFile>>> Read(IReadOnlyList<IFormFile> uploaded, CancellationToken ct)
    {
        if (uploaded.Sum(f => f.Length) > Largest || uploaded.Count > PackFolder.MostFiles) return TooLarge;
        var files = new List<PackFile>();
        var left = Largest;
        try
        {
            foreach (var file in uploaded)
            {
                await using var stream = file.OpenReadStream();
                if (file.FileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
                {
                    // From memory, since a form's own stream takes a seek before its beginning ill: a file shorter than an archive's end would fail the request.
                    var bytes = new MemoryStream();
                    await stream.CopyToAsync(bytes, ct);
                    bytes.Position = 0;
                    using var archive = new ZipArchive(bytes, ZipArchiveMode.Read);
                    if (archive.Entries.Count > PackFolder.MostFiles) return TooLarge;
                    foreach (var entry in archive.Entries.Where(e => Wanted(e.FullName)))
                    {
                        await using var inner = await entry.OpenAsync(ct);
                        if (await Text(inner) is not { } packed) return TooLarge;
                        files.Add(new(entry.FullName, packed));
                    }
                }
                else if (Wanted(file.FileName))
                {
                    if (await Text(stream) is not { } plain) return TooLarge;
                    files.Add(new(file.FileName, plain));
                }
            }
        }
        catch (InvalidDataException)
        {
            return new Refusal("pack-unreadable", "This is not a zip archive that can be read.", 422);
        }
        catch (DecoderFallbackException)
        {
            return new Refusal("pack-unreadable", "A file in it is not UTF-8.", 422);
        }

        return Rooted(files);

        // Read no further than is allowed, whatever an archive says of its sizes.
        async Task<string?> Text(Stream stream)
        {
            var buffer = new byte[left + 1];
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
            if (length > left) return null;
            left -= length;
            return Strict.GetString(buffer, 0, length);
        }
    }

    static bool Wanted(string path) => path.EndsWith(".yaml", StringComparison.Ordinal) && !path.Split('/').Any(part => part.StartsWith('.'));

    /// <summary>Below the folder in which <c>pack.yaml</c> lies: an archive and a browser both name it.</summary>
    static List<PackFile> Rooted(List<PackFile> files)
    {
        var head = files.Where(f => f.Path == PackHead.File || f.Path.EndsWith("/" + PackHead.File, StringComparison.Ordinal)).OrderBy(f => f.Path.Length).FirstOrDefault();
        var root = head is null ? "" : head.Path[..^PackHead.File.Length];
        return [.. files.Where(f => f.Path.StartsWith(root, StringComparison.Ordinal)).Select(f => f with { Path = f.Path[root.Length..] })];
    }

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
