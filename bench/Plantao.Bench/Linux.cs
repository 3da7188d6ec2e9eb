using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Plantao.Bench;

/// <summary>The system calls that the kit makes itself. Every figure it reports shares two cores with its target, so it waits on epoll from one thread, as wrk does, and hands nothing to a thread pool.</summary>
static partial class Linux
{
    internal const int WouldBlock = 11, Interrupted = 4;   // EAGAIN, EINTR
    internal const uint Readable = 0x1, Writable = 0x4;    // EPOLLIN, EPOLLOUT
    const int DontWait = 0x40, NoSignal = 0x4000;          // MSG_DONTWAIT, MSG_NOSIGNAL
    const int TimerSlack = 29;                             // PR_SET_TIMERSLACK

    /// <summary>One event of an epoll set. Twelve bytes: the kernel packs it on x86-64, and on no other machine.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct Event
    {
        public uint What;
        public long Key;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Duration
    {
        public long Seconds;
        public long Nanoseconds;

        internal static Duration OfNanoseconds(long ns) => new() { Seconds = ns / 1_000_000_000, Nanoseconds = ns % 1_000_000_000 };
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(int epoll, int operation, int socket, in Event what);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    internal static partial int EpollWait(int epoll, Span<Event> events, int most, in Duration timeout, nint signals);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, Span<byte> into, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, ReadOnlySpan<byte> bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int DataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint value, nuint a, nuint b, nuint c);

    /// <summary>Reads what has arrived, without waiting.</summary>
    /// <returns>How many bytes; 0 when the other side closed; -1 when nothing is there yet; -2 when the connection broke.</returns>
    internal static int Receive(int socket, Span<byte> into) => Answer(Receive(socket, into, into.Length, DontWait));

    /// <inheritdoc cref="Receive(int, Span{byte})"/>
    internal static int Send(int socket, ReadOnlySpan<byte> bytes) => Answer(Send(socket, bytes, bytes.Length, DontWait | NoSignal));

    static int Answer(nint count) => count >= 0 ? (int)count : Marshal.GetLastPInvokeError() == WouldBlock ? -1 : -2;

    /// <summary>Lets this thread wake when it asked to. The kernel otherwise gathers wake-ups within 50 us, which is a tenth of a page's way.</summary>
    internal static void WakePunctually() => _ = ProcessControl(TimerSlack, 1, 0, 0, 0);

    /// <summary>A machine on which the figures of this kit would be wrong is refused.</summary>
    /// <exception cref="PlatformNotSupportedException">Not Linux on x86-64, or a clock that does not count nanoseconds.</exception>
    internal static void Check()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64 || Stopwatch.Frequency != 1_000_000_000)
            throw new PlatformNotSupportedException("The measuring kit runs on Linux x86-64 only (its epoll events are packed as there).");
    }

    /// <summary>The error of the call just made, as an exception that names it.</summary>
    internal static Win32Exception Failed(string call) => new(Marshal.GetLastPInvokeError(), $"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
}
