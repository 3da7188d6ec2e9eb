using System.Runtime.InteropServices;

namespace Plantao.Bench;

/// <summary>One epoll set, used by one thread.</summary>
sealed class Poller : IDisposable
{
    const int Add = 1, Remove = 2, Change = 3;

    readonly int epoll = Linux.EpollCreate(0) is var made and >= 0 ? made : throw Linux.Failed("epoll_create1");
    readonly Linux.Event[] events = new Linux.Event[512];

    public void Watch(int socket, int key) => Control(Add, socket, key, Linux.Readable);

    /// <summary>Asks to hear also when more can be written; <paramref name="writing"/> false takes that back.</summary>
    public void Watch(int socket, int key, bool writing) =>
        Control(Change, socket, key, writing ? Linux.Readable | Linux.Writable : Linux.Readable);

    public void Forget(int socket) => Control(Remove, socket, 0, 0);

    /// <summary>Waits until something happens or <paramref name="nanoseconds"/> have passed.</summary>
    /// <returns>What happened; empty when time ran out. Valid until the next call.</returns>
    public ReadOnlySpan<Linux.Event> Wait(long nanoseconds)
    {
        var count = Linux.EpollWait(epoll, events, events.Length, Linux.Duration.OfNanoseconds(Math.Max(0, nanoseconds)), 0);
        if (count >= 0) return events.AsSpan(0, count);
        return Marshal.GetLastPInvokeError() == Linux.Interrupted ? [] : throw Linux.Failed("epoll_pwait2");
    }

    void Control(int operation, int socket, int key, uint what)
    {
        if (Linux.EpollControl(epoll, operation, socket, new Linux.Event { What = what, Key = key }) != 0)
            throw Linux.Failed("epoll_ctl");
    }

    public void Dispose() => _ = Linux.Close(epoll);
}
