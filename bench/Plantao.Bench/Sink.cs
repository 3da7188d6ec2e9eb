using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Plantao.Bench;

/// <summary>A webhook receiver on a thread of its own: it notes when the page about each numbered alert first arrived whole, and answers 200.</summary>
sealed class Sink : IDisposable
{
    static readonly byte[] Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly Dictionary<int, Guest> guests = [];
    readonly Poller poller = new();
    readonly byte[] marker;
    readonly long[] arrivals;
    readonly int[] times;
    readonly TextWriter? lines;
    readonly Thread thread;
    volatile bool closing;
    long requests;

    sealed class Guest(Socket socket)
    {
        public readonly Socket Socket = socket;
        public byte[] Inbox = new byte[8192];
        public int Filled;
    }

    /// <param name="run">The run whose markers are looked for.</param>
    /// <param name="most">The number of the last alert that can come, plus one.</param>
    /// <param name="lines">Where each delivery is written down, with its key.</param>
    public Sink(int port, string run, int most, TextWriter? lines = null)
    {
        this.lines = lines;
        marker = Encoding.ASCII.GetBytes(Marker.Of(run));
        arrivals = new long[most];
        times = new int[most];
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(512);
        poller.Watch((int)listener.Handle, 0);
        thread = new Thread(Serve) { IsBackground = true, Name = "sink" };
        thread.Start();
    }

    /// <summary>Deliveries received, whatever they were about.</summary>
    public long Requests => Volatile.Read(ref requests);

    /// <summary>When the alert of this number was first paged, on the clock of <see cref="Stopwatch"/>; 0: not yet.</summary>
    public long ArrivedAt(int number) => Volatile.Read(ref arrivals[number]);

    /// <summary>How many deliveries were about the alert of this number.</summary>
    public int TimesPaged(int number) => Volatile.Read(ref times[number]);

    void Serve()
    {
        Linux.WakePunctually();
        while (!closing)
        {
            foreach (ref readonly var what in poller.Wait(50_000_000))
            {
                if (what.Key == 0) Welcome();
                else if (guests.TryGetValue((int)what.Key, out var guest)) Hear((int)what.Key, guest);
            }
        }
    }

    void Welcome()
    {
        var socket = listener.Accept();
        socket.NoDelay = true;
        guests[(int)socket.Handle] = new Guest(socket);
        poller.Watch((int)socket.Handle, (int)socket.Handle);
    }

    void Hear(int handle, Guest guest)
    {
        if (guest.Filled == guest.Inbox.Length) Array.Resize(ref guest.Inbox, guest.Inbox.Length * 2);
        var count = Linux.Receive(handle, guest.Inbox.AsSpan(guest.Filled));
        if (count == -1) return;
        if (count is 0 or -2)
        {
            poller.Forget(handle);
            guests.Remove(handle);
            guest.Socket.Dispose();
            return;
        }

        guest.Filled += count;
        while (Frame.Read(guest.Inbox.AsSpan(0, guest.Filled)) is { } request)
        {
            var now = Stopwatch.GetTimestamp();
            Note(guest.Inbox.AsSpan(0, request.BodyAt), guest.Inbox.AsSpan(request.BodyAt, request.Length - request.BodyAt), now);
            _ = Linux.Send(handle, Ok);
            guest.Inbox.AsSpan(request.Length, guest.Filled - request.Length).CopyTo(guest.Inbox);
            guest.Filled -= request.Length;
        }
    }

    void Note(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, long now)
    {
        Volatile.Write(ref requests, requests + 1);
        HashSet<int>? several = null;
        var previous = -1;
        for (int at; (at = body.IndexOf(marker)) >= 0;)
        {
            body = body[(at + marker.Length)..];
            if (body.Length < Marker.Digits || !Utf8Parser.TryParse(body[..Marker.Digits], out int number, out _) || number >= arrivals.Length) continue;
            if (number == previous) continue;
            if (previous >= 0 && !(several ??= [previous]).Add(number)) continue;
            previous = number;
            if (arrivals[number] == 0) Volatile.Write(ref arrivals[number], now);
            Volatile.Write(ref times[number], times[number] + 1);
            lines?.Write(string.Create(CultureInfo.InvariantCulture, $"{number} {Key(head)}\n"));
        }
    }

    /// <summary>What a receiver knows a repeat by: the <c>webhook-id</c> of Standard Webhooks.</summary>
    static string Key(ReadOnlySpan<byte> head)
    {
        const string Name = "webhook-id:";
        return Encoding.Latin1.GetString(head).Split("\r\n").FirstOrDefault(line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)) is { } found ? found[Name.Length..].Trim() : "-";
    }

    public void Dispose()
    {
        closing = true;
        thread.Join();
        foreach (var guest in guests.Values) guest.Socket.Dispose();
        listener.Dispose();
        poller.Dispose();
    }
}
