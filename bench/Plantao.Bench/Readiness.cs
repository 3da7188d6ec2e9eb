using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Plantao.Bench;

/// <summary>Asks a program that is starting until it says that it is ready.</summary>
static class Readiness
{
    /// <summary>Asks again and again, half a millisecond after each no.</summary>
    /// <param name="gone">Told true when the program has ended: asking on is in vain.</param>
    /// <returns>Whether it answered 200 within <paramref name="most"/>.</returns>
    public static bool Wait(Uri url, TimeSpan most, Func<bool> gone)
    {
        var request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\n\r\n");
        using var rest = new Poller();
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < most && !gone())
        {
            if (Asked(url, request)) return true;
            _ = rest.Wait(500_000);
        }
        return false;
    }

    static bool Asked(Uri url, byte[] request)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 2000 };
            socket.Connect(IPAddress.Loopback, url.Port);
            _ = socket.Send(request);
            var inbox = new byte[512];
            var count = socket.Receive(inbox);
            return inbox.AsSpan(0, count).StartsWith("HTTP/1.1 200"u8) || inbox.AsSpan(0, count).StartsWith("HTTP/1.0 200"u8);
        }
        catch (SocketException)   // not listening yet, which is what we wait for
        {
            return false;
        }
    }
}

/// <summary>Waits until a target is ready.</summary>
static class WaitVerb
{
    public static int Run(Arguments arguments)
    {
        var url = LoadVerb.Url(arguments.Needed("ready"));
        var most = arguments.Seconds("seconds", 20);
        arguments.NoOther();
        if (Readiness.Wait(url, most, gone: () => false)) return 0;

        Console.Error.WriteLine($"{url} did not answer 200 within {most.TotalSeconds} s.");
        return 1;
    }
}
