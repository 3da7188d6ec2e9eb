using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Plantao.Floor;

/// <summary>A file whose blocks are all written beforehand, so that an fdatasync moves data and no metadata. One thread syncs; all that came while it did go with the next sync.</summary>
/// <remarks>It begins again at its start when it is full: nobody reads it.</remarks>
sealed partial class FlatLog : IDisposable
{
    readonly SafeFileHandle file;
    readonly long size;
    readonly Lock gate = new();
    readonly SemaphoreSlim more = new(0);
    readonly Thread thread;
    Group filling = new(), spare = new();
    bool closing;

    sealed class Group
    {
        public byte[] Bytes = new byte[1 << 20];
        public int Length;
        public TaskCompletionSource Written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public FlatLog(string path, int megabytes)
    {
        file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        size = (long)megabytes << 20;
        var zeroes = new byte[1 << 20];
        for (long at = 0; at < size; at += zeroes.Length) RandomAccess.Write(file, zeroes, at);
        RandomAccess.FlushToDisk(file);
        thread = new Thread(Sync) { IsBackground = true, Name = "log" };
        thread.Start();
    }

    /// <summary>Copies the bytes at once; the task ends when they are on disk.</summary>
    public Task Append(ReadOnlySequence<byte> bytes)
    {
        var length = (int)bytes.Length;
        lock (gate)
        {
            var group = filling;
            while (group.Length + length > group.Bytes.Length) Array.Resize(ref group.Bytes, group.Bytes.Length * 2);
            bytes.CopyTo(group.Bytes.AsSpan(group.Length));
            if (group.Length == 0) more.Release();
            group.Length += length;
            return group.Written.Task;
        }
    }

    void Sync()
    {
        long at = 0;
        while (true)
        {
            more.Wait();
            Group group;
            lock (gate)
            {
                if (closing) return;
                (group, filling) = (filling, spare);
            }

            if (at + group.Length > size) at = 0;
            RandomAccess.Write(file, group.Bytes.AsSpan(0, group.Length), at);
            at += group.Length;
            if (DataSync(file) != 0)
                group.Written.SetException(new Win32Exception(Marshal.GetLastPInvokeError(), "The log could not be synced; what waited for it was not acknowledged."));
            else
                group.Written.SetResult();

            group.Length = 0;
            group.Written = new(TaskCreationOptions.RunContinuationsAsynchronously);
            spare = group;
        }
    }

    public void Dispose()
    {
        lock (gate) closing = true;
        more.Release();
        thread.Join();
        file.Dispose();
        more.Dispose();
    }

    // RandomAccess.FlushToDisk is fsync, which also writes the file's time.
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(SafeFileHandle file);
}
