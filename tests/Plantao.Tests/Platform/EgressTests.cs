using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Plantao.Platform.Egress;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class EgressTests
{
    static readonly EgressPolicy Loopback = new() { AllowLoopback = true };

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    static EgressClient Client(TimeSpan? deadline = null, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null, Action<EgressPeer>? seen = null) =>
        new(new EgressOptions { Deadline = deadline ?? TimeSpan.FromSeconds(5) }, TimeProvider.System, resolve, seen);

    static Task<EgressOutcome> Post(EgressClient client, string url, EgressPolicy? policy = null) =>
        client.Post(new Uri(url), "{}"u8.ToArray(), "application/json", [], policy ?? EgressPolicy.Public, Ct);

    /// <summary>Spellings of this machine and of other places nobody should be sent to. PORT is the port of a listener that counts.</summary>
    public static TheoryData<string> Spellings { get; } =
    [
        // Loopback, plain and in every numeral system a resolver accepts.
        "http://127.0.0.1:PORT/", "http://127.0.0.2:PORT/", "http://127.255.255.254:PORT/", "http://127.1:PORT/", "http://127.0.1:PORT/",
        "http://2130706433:PORT/", "http://0x7f000001:PORT/", "http://0x7f.0x0.0x0.0x1:PORT/", "http://0x7f.1:PORT/", "http://0X7F.0.0.1:PORT/",
        "http://017700000001:PORT/", "http://0177.0.0.1:PORT/", "http://0177.0.0.01:PORT/", "http://00000177.0.0.1:PORT/", "http://127.0.0.01:PORT/",
        "http://localhost:PORT/", "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://foo.localhost:PORT/", "http://127.0.0.1.:PORT/",
        "http://0.0.0.0:PORT/", "http://0:PORT/", "http://0x0:PORT/", "http://00.00.00.00:PORT/",
        // IPv6, mapped, compatible, translated, NAT64, 6to4, Teredo.
        "http://[::1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[0000::0001]:PORT/", "http://[::]:PORT/", "http://[::ffff:127.0.0.1]:PORT/",
        "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/", "http://[::127.0.0.1]:PORT/", "http://[::ffff:0:127.0.0.1]:PORT/",
        "http://[64:ff9b::7f00:1]:PORT/", "http://[64:ff9b::127.0.0.1]:PORT/", "http://[64:ff9b:1::7f00:1]:PORT/", "http://[2002:7f00:1::]:PORT/",
        "http://[2001:0:7f00:1::]:PORT/", "http://[::ffff:0.0.0.0]:PORT/", "http://[64:ff9b::a9fe:a9fe]:PORT/",
        // Link-local and metadata.
        "http://169.254.169.254:PORT/latest/meta-data/", "http://2852039166:PORT/", "http://0xa9fea9fe:PORT/", "http://0251.0376.0251.0376:PORT/",
        "http://[fe80::1]:PORT/", "http://[fd00:ec2::254]:PORT/", "http://100.100.100.200:PORT/", "http://168.63.129.16:PORT/", "http://192.0.0.192:PORT/",
        "http://[::ffff:169.254.169.254]:PORT/",
        // Private, shared, and what answers nobody.
        "http://10.0.0.1:PORT/", "http://172.16.0.1:PORT/", "http://172.31.255.254:PORT/", "http://192.168.0.1:PORT/", "http://100.64.0.1:PORT/",
        "http://[fc00::1]:PORT/", "http://[fd12:3456::1]:PORT/", "http://[fec0::1]:PORT/", "http://224.0.0.1:PORT/", "http://239.255.255.250:PORT/",
        "http://255.255.255.255:PORT/", "http://240.0.0.1:PORT/", "http://192.0.2.1:PORT/", "http://198.18.0.1:PORT/", "http://203.0.113.7:PORT/",
        "http://[ff02::1]:PORT/", "http://[2001:db8::1]:PORT/", "http://[100::1]:PORT/", "http://[5f00::1]:PORT/",
        // Digits of other scripts, dots of other scripts, credentials that look like a host.
        "http://①②⑦.⓪.⓪.①:PORT/", "http://１２７.０.０.１:PORT/", "http://127。0。0。1:PORT/", "http://127．0．0．1:PORT/", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/",
        "http://example.org@127.0.0.1:PORT/", "http://example.org:80@127.0.0.1:PORT/", "http://example.org%40127.0.0.1:PORT/", "http://127.0.0.1:PORT@127.0.0.1:PORT/",
        "https://127.0.0.1:PORT/", "https://[::ffff:127.0.0.1]:PORT/", "http://127.0.0.1:PORT/#@example.org", "http://127.0.0.1:PORT?@example.org/",
        "http://127.0.0.1:PORT\\@example.org/", "http:\\\\127.0.0.1:PORT/", "http:127.0.0.1:PORT/", "http://%31%32%37.0.0.1:PORT/", "  http://127.0.0.1:PORT/",
    ];

    [Theory, MemberData(nameof(Spellings))]
    public async Task No_spelling_reaches_this_machine(string spelling)
    {
        await using var listener = new HttpSink();
        // Resolves what a system resolver may: numerals that are no literal to us, and any name, to this machine.
        using var client = Client(TimeSpan.FromSeconds(2), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.IPv6Loopback]));

        if (Uri.TryCreate(spelling.Replace("PORT", listener.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), UriKind.Absolute, out var url))
        {
            var outcome = await client.Post(url, "{}"u8.ToArray(), "application/json", [], EgressPolicy.Public, Ct);

            Assert.Equal(EgressFaultKind.Refused, Assert.IsType<EgressFault>(outcome).Kind);
        }

        Assert.Equal(0, listener.Connections);
    }

    [Fact]
    public void There_are_at_least_eighty_spellings() => Assert.True(Spellings.Count >= 80, $"{Spellings.Count}");

    [Theory]
    [InlineData("file:///etc/passwd"), InlineData("gopher://127.0.0.1/"), InlineData("ftp://example.org/"), InlineData("unix:/run/x.sock"), InlineData("javascript:alert(1)")]
    [InlineData("http://example.org:22/"), InlineData("http://example.org:25/"), InlineData("http://example.org:6379/"), InlineData("https://user:secret@example.org/")]
    public void Other_schemes_other_protocols_and_credentials_are_refused_unresolved(string url) => Assert.False(EgressClient.Check(new Uri(url)).Allowed);

    [Theory]
    [InlineData("8.8.8.8"), InlineData("1.1.1.1"), InlineData("2606:4700::1111"), InlineData("::ffff:8.8.8.8"), InlineData("64:ff9b::808:808"), InlineData("172.32.0.1"), InlineData("100.128.0.1")]
    public void Public_addresses_are_allowed(string address) => Assert.True(EgressClient.Check(IPAddress.Parse(address), EgressPolicy.Public).Allowed);

    [Theory]
    [InlineData("::ffff:10.0.0.1", AddressClass.Private), InlineData("::ffff:127.0.0.1", AddressClass.Loopback), InlineData("::ffff:169.254.169.254", AddressClass.LinkLocal), InlineData("::ffff:224.0.0.1", AddressClass.Forbidden)]
    [InlineData("64:ff9b::127.0.0.1", AddressClass.Loopback), InlineData("64:ff9b::8.8.8.8", AddressClass.Public), InlineData("::ffff:0:10.0.0.1", AddressClass.Private), InlineData("::8.8.8.8", AddressClass.Forbidden)]
    [InlineData("fe80::1%2", AddressClass.LinkLocal), InlineData("100.64.0.1", AddressClass.Private), InlineData("100.100.100.200", AddressClass.LinkLocal), InlineData("2002:808:808::", AddressClass.Forbidden)]
    public void An_address_that_carries_another_is_judged_by_what_it_carries(string address, AddressClass expected) => Assert.Equal(expected, AddressTable.Of(IPAddress.Parse(address)));

    [Fact]
    public void Each_tick_allows_its_own_kind_and_no_other()
    {
        AddressClass[] Allowed(EgressPolicy policy) => [.. Enum.GetValues<AddressClass>().Where(policy.Allows)];

        Assert.Equal([AddressClass.Public], Allowed(EgressPolicy.Public));
        Assert.Equal([AddressClass.Public, AddressClass.Private], Allowed(new EgressPolicy { AllowPrivate = true }));
        Assert.Equal([AddressClass.Public, AddressClass.Loopback], Allowed(Loopback));
        Assert.Equal([AddressClass.Public, AddressClass.LinkLocal], Allowed(new EgressPolicy { AllowLinkLocal = true }));
    }

    [Fact]
    public async Task A_name_that_was_public_when_it_was_typed_cannot_turn_to_this_machine()
    {
        await using var listener = new HttpSink();
        var asked = 0;
        using var client = Client(resolve: (_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Parse("93.184.216.34") : IPAddress.Loopback]));

        Assert.Single(await client.Resolve("rebind.test", 80, EgressPolicy.Public, Ct));
        var outcome = await Post(client, $"http://rebind.test:{listener.Port}/");

        Assert.Equal(EgressFaultKind.Refused, Assert.IsType<EgressFault>(outcome).Kind);
        Assert.Equal(2, asked);
        Assert.Equal(0, listener.Connections);
    }

    [Fact]
    public async Task A_name_with_a_public_and_a_forbidden_address_is_left_with_the_public_one()
    {
        using var client = Client(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")]));

        Assert.Equal([IPAddress.Parse("8.8.8.8")], await client.Resolve("mixed.test", 443, EgressPolicy.Public, Ct));
    }

    [Fact]
    public async Task A_connection_opened_under_one_policy_serves_no_other()
    {
        await using var listener = new HttpSink { Answer = HttpSink.Raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") };
        using var client = Client();

        Assert.IsType<EgressAnswer>(await Post(client, listener.Url, Loopback));
        Assert.IsType<EgressFault>(await Post(client, listener.Url));

        Assert.Equal(1, listener.Connections);
        Assert.Single(listener.Requests);
    }

    [Fact]
    public async Task The_proxy_variables_of_the_environment_are_not_followed()
    {
        await using var proxy = new HttpSink();
        await using var target = new HttpSink();
        Environment.SetEnvironmentVariable("http_proxy", proxy.Url);
        try
        {
            using var client = Client();
            Assert.IsType<EgressAnswer>(await Post(client, target.Url, Loopback));
        }
        finally
        {
            Environment.SetEnvironmentVariable("http_proxy", null);
        }

        Assert.Equal((0, 1), (proxy.Connections, target.Connections));
    }

    [Theory]
    [InlineData(301), InlineData(302), InlineData(303), InlineData(307), InlineData(308)]
    public async Task A_redirect_is_an_answer_and_is_not_followed(int status)
    {
        await using var inside = new HttpSink();
        await using var outside = new HttpSink { Answer = HttpSink.With(status, null, "", "Location: " + inside.Url) };
        using var client = Client();

        Assert.Equal(status, Assert.IsType<EgressAnswer>(await Post(client, outside.Url, Loopback)).Status);
        Assert.Equal(0, inside.Connections);
    }

    [Fact]
    public async Task Cookies_are_not_kept_and_nothing_else_goes_along()
    {
        await using var sink = new HttpSink { Answer = HttpSink.With(200, "text/plain", "ok", "Set-Cookie: a=b") };
        using var client = Client();
        await Post(client, sink.Url, Loopback);
        await Post(client, sink.Url, Loopback);

        Assert.Equal(["Host", "User-Agent", "Content-Type", "Content-Length"], sink.Last.Headers.Select(header => header.Name), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_gigabyte_is_read_for_64_KiB()
    {
        long written = 0;
        await using var sink = new HttpSink
        {
            Answer = async (stream, ct) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), ct);
                var block = new byte[64 * 1024];
                for (; written < 1L << 30; written += block.Length) await stream.WriteAsync(block, ct);
            },
        };
        using var client = Client();

        var answer = Assert.IsType<EgressAnswer>(await Post(client, sink.Url, Loopback));

        Assert.True(answer.Truncated);
        Assert.Equal(64 * 1024, answer.Body.Length);
        Assert.InRange(written, 0, 32 << 20);   // what fits into the buffers of the sockets
    }

    [Fact]
    public async Task One_byte_at_a_time_ends_at_the_deadline_in_doubt()
    {
        await using var sink = new HttpSink
        {
            Answer = async (stream, ct) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"u8.ToArray(), ct);
                while (true)
                {
                    await stream.WriteAsync("o"u8.ToArray(), ct);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
                }
            },
        };
        using var client = Client(TimeSpan.FromMilliseconds(400));
        var watch = Stopwatch.StartNew();

        var fault = Assert.IsType<EgressFault>(await Post(client, sink.Url, Loopback));

        Assert.Equal((EgressFaultKind.Timeout, true, 200), (fault.Kind, fault.InDoubt, fault.Status));
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task A_black_hole_ends_at_the_deadline()
    {
        await using var sink = new HttpSink { Answer = HttpSink.Silence };
        using var client = Client(TimeSpan.FromMilliseconds(300));

        var fault = Assert.IsType<EgressFault>(await Post(client, sink.Url, Loopback));

        Assert.Equal((EgressFaultKind.Timeout, true), (fault.Kind, fault.InDoubt));
    }

    [Fact]
    public async Task A_resolver_that_hangs_ends_at_the_deadline_with_nothing_sent()
    {
        using var client = Client(TimeSpan.FromMilliseconds(200), (_, _) => new TaskCompletionSource<IPAddress[]>().Task);

        var fault = Assert.IsType<EgressFault>(await Post(client, "http://hang.test/"));

        Assert.Equal((EgressFaultKind.Timeout, false), (fault.Kind, fault.InDoubt));
    }

    [Fact]
    public async Task A_reset_an_answer_cut_short_and_no_HTTP_at_all_are_broken()
    {
        await using var sink = new HttpSink();
        using var client = Client();
        foreach (var bytes in (string[])["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":", "220 smtp.example.org ESMTP\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"])
        {
            sink.Answer = HttpSink.Raw(bytes);

            var fault = Assert.IsType<EgressFault>(await Post(client, sink.Url, Loopback));

            Assert.Equal((EgressFaultKind.Broken, true), (fault.Kind, fault.InDoubt));
        }
    }

    [Fact]
    public async Task Nobody_listening_no_name_and_no_TLS_are_told_apart_and_are_not_in_doubt()
    {
        await using var sink = new HttpSink { Answer = HttpSink.Raw("") };
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        using var client = Client(resolve: (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        async Task<(EgressFaultKind, bool)> Outcome(string url) => Assert.IsType<EgressFault>(await Post(client, url, Loopback)) is var fault ? (fault.Kind, fault.InDoubt) : default;

        Assert.Equal((EgressFaultKind.Unreachable, false), await Outcome($"http://127.0.0.1:{port}/"));
        Assert.Equal((EgressFaultKind.Unresolved, false), await Outcome("http://nowhere.test/"));
    }

    [Fact]
    public async Task Plain_HTTP_behind_https_is_a_failure_of_TLS()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync(Ct);
            await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), Ct);
            await socket.ReceiveAsync(new byte[1024], Ct);
        }, Ct);
        using var client = Client();

        var fault = Assert.IsType<EgressFault>(await Post(client, $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", Loopback));

        Assert.Equal((EgressFaultKind.Tls, false), (fault.Kind, fault.InDoubt));
        await answering;
    }

    [Fact]
    public async Task A_caller_who_goes_away_ends_the_call()
    {
        await using var sink = new HttpSink { Answer = HttpSink.Silence };
        using var client = Client();
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.Post(new Uri(sink.Url), [], "text/plain", [], Loopback, gone.Token));
    }

    [Fact]
    public async Task A_header_with_a_line_break_never_leaves()
    {
        await using var sink = new HttpSink();
        using var client = Client();

        await Assert.ThrowsAsync<ArgumentException>(() =>
            client.Post(new Uri(sink.Url), [], "text/plain", [("X-Correlation-ID", "a\r\nX-Evil: 1")], Loopback, Ct));
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task Every_peer_is_reported_allowed_or_not()
    {
        await using var sink = new HttpSink();
        var peers = new List<EgressPeer>();
        using var client = Client(seen: peers.Add);

        await Post(client, sink.Url, Loopback);
        await Post(client, "http://10.1.2.3/");

        Assert.Equal(
            [("127.0.0.1", sink.Port, AddressClass.Loopback, true), ("10.1.2.3", 80, AddressClass.Private, false)],
            peers.Select(peer => (peer.Host, peer.Port, peer.Class, peer.Allowed)));
    }
}
