using System.Globalization;

namespace Plantao.Platform.Storage;

/// <summary>The operating system's lock on a data folder: the embedded database has one server. It ends with the process, however that ends.</summary>
public sealed class FolderLock : IDisposable
{
    readonly FileStream held;

    FolderLock(FileStream held) => this.held = held;

    /// <exception cref="FolderInUseException">Another process holds it.</exception>
    public static FolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "serve.lock");
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStream file;
        try
        {
            file = new FileStream(path, options);
        }
        catch (IOException fault) when (fault.GetType() == typeof(IOException))
        {
            throw new FolderInUseException($"{Path.GetFullPath(folder)} is in use by another plantao (process {Holder(folder) ?? "unknown"}). The embedded database has one server: stop that one, or give another folder with --data.", fault);
        }

        File.WriteAllText(HolderFile(folder), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        return new FolderLock(file);
    }

    // The file stays: to remove it would let two others each lock a file of their own.
    public void Dispose() => held.Dispose();

    // Beside the lock: whoever does not hold it cannot read it either.
    static string HolderFile(string folder) => Path.Combine(folder, "serve.pid");

    static string? Holder(string folder)
    {
        try
        {
            return File.ReadAllText(HolderFile(folder)).Trim();
        }
        catch (IOException)
        {
            // It only makes the message better.
            return null;
        }
    }
}

/// <summary>Another process serves from this data folder.</summary>
public sealed class FolderInUseException(string message, Exception inner) : Exception(message, inner);
