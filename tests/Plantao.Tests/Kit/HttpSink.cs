using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Plantao.Tests.Kit;

/// <summary>One request as it came over the wire.</summary>
/// <param name="Raw">Every byte, head and body.</param>
public sealed record SunkRequest(string Line, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, byte[] Raw)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? this[string name] =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();
}

/// <summary>A real HTTP/1.1 server on loopback, in bare sockets: it counts connections, keeps the bytes, and answers as told, rightly or not.</summary>
public sealed class HttpSink : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource end = new();
    readonly Task accepting;
    int connections;

    public HttpSink()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = Accept();
    }

    public int Port { get; }

    /// <summary>Such as <c>http://127.0.0.1:45123</c>.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public int Connections => Volatile.Read(ref connections);

    public ConcurrentQueue<SunkRequest> Requests { get; } = new();

    public SunkRequest Last => Requests.Last();

    /// <summary>Writes the answer, byte by byte if it likes. The connection is closed after it.</summary>
    public Func<Stream, CancellationToken, Task> Answer { get; set; } = With(200, "text/plain", "ok");

    /// <summary>A well-formed answer.</summary>
    public static Func<Stream, CancellationToken, Task> With(int status, string? contentType, string body, params string[] headers) => (stream, ct) =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Word\r\n");
        if (contentType is not null) head.Append("Content-Type: ").Append(contentType).Append("\r\n");
        foreach (var header in headers) head.Append(header).Append("\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Length: {bytes.Length}\r\nConnection: close\r\n\r\n");
        return stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head.ToString()), .. bytes], ct).AsTask();
    };

    /// <summary>Bytes as given, then the end of the connection.</summary>
    public static Func<Stream, CancellationToken, Task> Raw(string bytes) => (stream, ct) => stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), ct).AsTask();

    /// <summary>Says nothing until the other side goes away.</summary>
    public static Task Silence(Stream stream, CancellationToken ct) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Interlocked.Increment(ref connections);
                _ = Serve(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await Read(stream) is not { } request) return;
                Requests.Enqueue(request);
                await Answer(stream, end.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The other side went away in the middle, as some tests want.
            }
        }
    }

    async Task<SunkRequest?> Read(NetworkStream stream)
    {
        var raw = new MemoryStream();
        var one = new byte[1];
        while (!Ends(raw, "\r\n\r\n"u8))
        {
            if (await stream.ReadAsync(one, end.Token) == 0) return null;
            raw.Write(one);
        }

        var lines = Encoding.UTF8.GetString(raw.ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair.ElementAtOrDefault(1) ?? "")).ToList();
        var length = headers.Where(header => header.Item1.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Select(header => header.Item2).SingleOrDefault();
        var body = new byte[int.Parse(length ?? "0", CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, end.Token);
        raw.Write(body);
        return new SunkRequest(lines[0], headers, body, raw.ToArray());
    }

    static bool Ends(MemoryStream raw, ReadOnlySpan<byte> with) => raw.GetBuffer().AsSpan(0, (int)raw.Length).EndsWith(with);
}
