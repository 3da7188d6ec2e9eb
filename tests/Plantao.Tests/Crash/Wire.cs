using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Plantao.Tests.Crash;

/// <summary>What lies between a node and its PostgreSQL. It can go dead in such a way that neither end is told, as when a host vanishes (failures.md F5): every connection stays open, and nothing passes.</summary>
public sealed class Wire : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly string socket;
    readonly CancellationTokenSource ending = new();
    readonly ConcurrentBag<Task> pumps = [];
    readonly Task accepting;
    TaskCompletionSource? dead;
    string[]? armed;

    /// <param name="database">A connection string by whose host the database's own socket is found.</param>
    public Wire(string database)
    {
        var there = new NpgsqlConnectionStringBuilder(database);
        socket = Path.Combine(there.Host!, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{there.Port}"));
        listener.Start();
        Database = new NpgsqlConnectionStringBuilder(database) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port }.ConnectionString;
        accepting = Accept();
    }

    /// <summary>The same database, by this way.</summary>
    public string Database { get; }

    public bool Dead => Volatile.Read(ref dead) is not null;

    /// <summary>Goes dead at the moment in which a transaction is to be committed that was shown all of these words by the database. It stays open, with what it locked.</summary>
    public void DieAtCommit(params string[] words) => Volatile.Write(ref armed, words);

    /// <summary>What was connected is told so at last; whoever connects from now on gets through.</summary>
    public void Heal() => Interlocked.Exchange(ref dead, null)?.SetResult();

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Dispose();
        Heal();
        await accepting;
        await Task.WhenAll(pumps);
        ending.Dispose();
    }

    async Task Accept()
    {
        try
        {
            while (true) pumps.Add(Serve(await listener.AcceptSocketAsync(ending.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is taken down.
        }
    }

    async Task Serve(Socket node)
    {
        using (node)
        {
            if (Volatile.Read(ref dead) is { } silence)
            {
                await silence.Task;
                return;
            }

            using var there = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await there.ConnectAsync(new UnixDomainSocketEndPoint(socket));
            var shown = new StringBuilder();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            var both = new[]
            {
                Pump(node, there, said =>
                {
                    lock (shown)
                    {
                        if (said.Contains("BEGIN", StringComparison.Ordinal)) shown.Clear();
                        if (!said.Contains("COMMIT", StringComparison.Ordinal) || Volatile.Read(ref armed) is not { } words) return;
                        var seen = shown.ToString();
                        if (!words.All(word => seen.Contains(word, StringComparison.Ordinal))) return;
                        Volatile.Write(ref armed, null);
                        Volatile.Write(ref dead, new(TaskCreationOptions.RunContinuationsAsynchronously));
                    }
                }, over.Token),
                Pump(there, node, said =>
                {
                    lock (shown) shown.Append(said);
                }, over.Token),
            };
            await Task.WhenAny(both);
            await over.CancelAsync();
            await Task.WhenAll(both);
        }
    }

    async Task Pump(Socket from, Socket to, Action<string> look, CancellationToken over)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReceiveAsync(buffer, over) is > 0 and var read)
            {
                look(Encoding.Latin1.GetString(buffer, 0, read));
                if (Volatile.Read(ref dead) is { } silence)
                {
                    await silence.Task;
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, read), over);
            }

            // An end that closes while the wire is dead is not heard of at the other.
            if (Volatile.Read(ref dead) is { } quiet) await quiet.Task;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (Volatile.Read(ref dead) is { } quiet) await quiet.Task;
        }
    }
}
