using System.Runtime.InteropServices;

namespace Plantao.Platform;

/// <summary>This machine's clock. Its time stamps count time as it really passed: through a suspend, and whatever the wall clock is set to.</summary>
/// <remarks>
/// The runtime's own stamps stand still while a machine is suspended, so a lease that ended meanwhile would look fresh after the wake.
/// CLOCK_BOOTTIME of Linux, CLOCK_MONOTONIC_RAW of macOS, the tick count of Windows: all count the suspend. A virtual machine that its host paused has no clock that does.
/// </remarks>
public sealed class MachineTime : TimeProvider
{
    /// <summary>By the numbers of each system; below zero: it has none.</summary>
    static readonly int Clock = OperatingSystem.IsLinux() ? 7 : OperatingSystem.IsMacOS() ? 4 : -1;

    MachineTime() { }

    public static MachineTime Instance { get; } = new();

    /// <summary>Names the time since this machine was started; empty where the system does not tell, and then nothing is known of an earlier process's stamps.</summary>
    public static string Boot { get; } = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    /// <summary>Nanoseconds.</summary>
    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Clock >= 0 && NativeMethods.clock_gettime(Clock, out var time) == 0
        ? (long)time.Seconds * 1_000_000_000 + (long)time.Nanoseconds
        : Environment.TickCount64 * 1_000_000;

    [StructLayout(LayoutKind.Sequential)]
    struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    static class NativeMethods
    {
        [DllImport("libc")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int clock_gettime(int clock, out Timespec time);
    }
}
