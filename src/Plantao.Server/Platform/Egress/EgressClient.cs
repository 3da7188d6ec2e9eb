using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Plantao.Platform.Egress;

/// <summary>The only way out over HTTP, and the only check of an address for the rest.</summary>
/// <remarks>
/// An address is judged after the name was resolved and by the very connection that is then opened, so neither a spelling nor a name
/// that changes its mind between check and use (DNS rebinding) leads anywhere else. No proxy, redirect, cookie, credential or decompression.
/// Safe for any number of callers at once. failures.md E3 and J4.
/// </remarks>
public sealed class EgressClient : IDisposable
{
    /// <summary>Ports that speak other protocols, which a forged line could command. The list of the Fetch standard, section 2.9, and common stores.</summary>
    static readonly FrozenSet<int> OtherProtocols = new[]
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123,
        135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995,
        1433, 1521, 1719, 1720, 1723, 2049, 2375, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679,
        6697, 10080, 11211, 27017,
    }.ToFrozenSet();

    /// <summary>One address that swallows packets must not use up the time of the others.</summary>
    static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(3);

    readonly EgressOptions options;
    readonly TimeProvider clock;
    readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;
    readonly Action<EgressPeer> seen;
    readonly Lock gate = new();
    readonly Dictionary<EgressPolicy, HttpMessageInvoker> ways = [];   // at most one per combination of the three ticks

    /// <param name="resolve">Finds the addresses of a name; the system's resolver when left out.</param>
    /// <param name="seen">Told of each address that was judged.</param>
    public EgressClient(
        EgressOptions options,
        TimeProvider clock,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null,
        Action<EgressPeer>? seen = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Deadline, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Deadline, TimeSpan.FromMinutes(2), nameof(options));
        (this.options, this.clock) = (options, clock);
        this.resolve = resolve ?? (static (host, ct) => Dns.GetHostAddressesAsync(host, ct));
        this.seen = seen ?? (static _ => { });
    }

    /// <summary>Judges one address.</summary>
    public static Ruling<IPAddress> Check(IPAddress address, EgressPolicy policy) =>
        AddressTable.Of(address) is var @class && policy.Allows(@class)
            ? address
            : new Refusal("address-not-allowed", $"{address} is {Describe(@class)}: nothing was sent. {Remedy(@class)}", 400);

    /// <summary>Judges a URL before it is stored or used: http or https, a host, no credentials, no port of another protocol. Resolves nothing.</summary>
    public static Ruling<Uri> Check(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            return new Refusal("url-not-allowed", "Only http and https addresses can be called. Nothing was sent.", 400);
        if (url.Host.Length == 0)
            return new Refusal("url-not-allowed", "The address names no host. Nothing was sent.", 400);
        if (url.UserInfo.Length > 0)
            return new Refusal("url-not-allowed", "A user name or password in the address is not used. Remove it, and store the credential beside the address.", 400);
        if (OtherProtocols.Contains(url.Port))
            return new Refusal("url-not-allowed", $"Port {url.Port} belongs to another protocol. Nothing was sent.", 400);
        return url;
    }

    /// <summary>Posts once. See <see cref="Send"/>.</summary>
    public Task<EgressOutcome> Post(
        Uri url, byte[] content, string contentType, IEnumerable<(string Name, string Value)> headers, EgressPolicy policy, CancellationToken ct) =>
        Send(HttpMethod.Post, url, content, contentType, headers, policy, ct);

    /// <summary>Calls once, within the deadline, without following a redirect.</summary>
    /// <param name="contentType">Such as <c>application/json; charset=utf-8</c>; needed with <paramref name="content"/>.</param>
    /// <returns>Never throws for what the other side does.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> ended.</exception>
    /// <exception cref="ArgumentException">A header holds a control character: the caller did not encode it.</exception>
    public async Task<EgressOutcome> Send(
        HttpMethod method, Uri url, byte[]? content, string? contentType, IEnumerable<(string Name, string Value)> headers, EgressPolicy policy, CancellationToken ct)
    {
        var check = Check(url);
        if (!check.Allowed) return new EgressFault(EgressFaultKind.Refused, check.Refusal.Message);

        using var request = new HttpRequestMessage(method, url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        var body = content is null ? null : new Leaving(content);
        if (body is not null) body.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType!);
        request.Content = body;
        request.Headers.TryAddWithoutValidation("User-Agent", "Plantao");
        foreach (var (name, value) in headers)
        {
            if (value.AsSpan().ContainsAnyInRange('\0', '\u001f')) throw new ArgumentException($"The header {name} holds a control character.", nameof(headers));
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var deadline = new CancellationTokenSource(options.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        int? status = null;
        bool Begun() => body is null || body.Begun || status is not null;
        try
        {
            using var response = await Way(policy).SendAsync(request, either.Token);
            status = (int)response.StatusCode;
            var (bytes, truncated) = await Read(response.Content, either.Token);
            return new EgressAnswer(status.Value, Flat(response), bytes, truncated);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new EgressFault(EgressFaultKind.Timeout, $"{url.Host} did not answer within {options.Deadline.TotalSeconds:0.###} s.", Begun(), status);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            return Fault(e, url.Host, Begun(), status);
        }
    }

    /// <summary>Finds the addresses of a host that the policy allows, in the resolver's order.</summary>
    /// <exception cref="EgressRefusedException">There are addresses, and none is allowed.</exception>
    /// <exception cref="SocketException">There is no such name, or no resolver.</exception>
    public async Task<IReadOnlyList<IPAddress>> Resolve(string host, int port, EgressPolicy policy, CancellationToken ct)
    {
        var literal = host.Trim('[', ']');
        // A resolver may sit in a blocking call: the wait ends with the token, whatever it does.
        IPAddress[] found = IPAddress.TryParse(literal, out var address) ? [address] : await resolve(host, ct).WaitAsync(ct);
        var allowed = new List<IPAddress>(found.Length);
        string? why = null;
        foreach (var each in found)
        {
            var ruling = Check(each, policy);
            seen(new EgressPeer(host, each, port, AddressTable.Of(each), ruling.Allowed));
            if (ruling.Allowed) allowed.Add(each);
            else why ??= ruling.Refusal.Message;
        }

        if (allowed.Count > 0) return allowed;
        throw why is null ? new SocketException((int)SocketError.HostNotFound) : new EgressRefusedException($"{host}: {why}");
    }

    /// <summary>Opens a TCP connection for another protocol (mail, SQL), under the same table.</summary>
    /// <exception cref="EgressRefusedException">No address of the host is allowed.</exception>
    /// <exception cref="SocketException">No name, or nothing listens there.</exception>
    public async Task<Stream> Connect(string host, int port, EgressPolicy policy, CancellationToken ct)
    {
        SocketException? last = null;
        foreach (var address in await Resolve(host, port, policy, ct))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = new CancellationTokenSource(PerAddress, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), either.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                last = e as SocketException ?? new SocketException((int)SocketError.TimedOut);
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var way in ways.Values) way.Dispose();
            ways.Clear();
        }
    }

    HttpMessageInvoker Way(EgressPolicy policy)
    {
        lock (gate)
        {
            if (!ways.TryGetValue(policy, out var way)) ways.Add(policy, way = new HttpMessageInvoker(Handler(policy), disposeHandler: true));
            return way;
        }
    }

    SocketsHttpHandler Handler(EgressPolicy policy) => new()
    {
        ConnectCallback = async (context, ct) => await Connect(context.DnsEndPoint.Host, context.DnsEndPoint.Port, policy, ct),
        ConnectTimeout = options.Deadline,
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        MaxResponseDrainSize = 0,                                  // a gigabyte is not drained to save a connection
        MaxResponseHeadersLength = 64,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),        // a name that moved is followed
        EnableMultipleHttp2Connections = true,
    };

    async Task<(byte[] Body, bool Truncated)> Read(HttpContent content, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        var buffer = ArrayPool<byte>.Shared.Rent(options.MaxAnswer + 1);
        try
        {
            var length = 0;
            while (length <= options.MaxAnswer)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length, options.MaxAnswer + 1 - length), ct);
                if (read == 0) return (buffer[..length], false);
                length += read;
            }

            return (buffer[..options.MaxAnswer], true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static Dictionary<string, string> Flat(HttpResponseMessage response)
    {
        var flat = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated) flat[name] = string.Join(", ", values);
        foreach (var (name, values) in response.Content.Headers.NonValidated) flat[name] = string.Join(", ", values);
        return flat;
    }

    static EgressFault Fault(Exception e, string host, bool begun, int? status)
    {
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case EgressRefusedException:
                    return new(EgressFaultKind.Refused, inner.Message);
                case AuthenticationException:
                    return new(EgressFaultKind.Tls, $"{host} has no certificate that this machine trusts, or speaks no TLS.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery }:
                    return new(EgressFaultKind.Unresolved, $"The name {host} has no address.");
                case SocketException socket when !begun:
                    return new(EgressFaultKind.Unreachable, $"No connection to {host}: {socket.SocketErrorCode}.");
            }
        }

        return e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? new(EgressFaultKind.Tls, $"No TLS session with {host}.")
            : new(begun ? EgressFaultKind.Broken : EgressFaultKind.Unreachable, $"{host} broke off the answer, or it is no HTTP.", begun, status);
    }

    static string Describe(AddressClass @class) => @class switch
    {
        AddressClass.Public => "a public address",
        AddressClass.Private => "a private address",
        AddressClass.Loopback => "this machine",
        AddressClass.LinkLocal => "a link-local or metadata address",
        AddressClass.Forbidden => "no address that answers",
    };

    static string Remedy(AddressClass @class) => @class switch
    {
        AddressClass.Private => "An Admin can allow private addresses for one connection or relay.",
        AddressClass.Loopback or AddressClass.LinkLocal => "Only the server's configuration can allow it.",
        AddressClass.Public or AddressClass.Forbidden => "Use a public address.",
    };

    /// <summary>Content that knows whether it began to leave.</summary>
    sealed class Leaving(byte[] bytes) : HttpContent
    {
        public bool Begun { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Begun = true;
            return stream.WriteAsync(bytes, cancellationToken).AsTask();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes.Length;
            return true;
        }
    }
}
