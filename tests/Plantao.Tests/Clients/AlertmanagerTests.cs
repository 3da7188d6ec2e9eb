using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Plantao.Tests.Crash;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Clients;

/// <summary>Debian's Alertmanager, 0.25, as a team runs it: it delivers to the real program, which mails a page to a real SMTP listener.</summary>
[Trait("Kind", "Client")]
public class AlertmanagerTests
{
    [Theory]
    [InlineData("webhook_configs", "- { url: 'URLin/KEY/alertmanager', send_resolved: true }")]
    [InlineData("pagerduty_configs", "- { url: 'URLv2/enqueue', routing_key: 'KEY', severity: critical, description: '{{ .CommonAnnotations.summary }}', send_resolved: true }")]
    public async Task An_alert_becomes_a_page_by_mail_its_link_stops_the_climb_and_its_end_there_is_its_end_here(string receiver, string settings)
    {
        await using var mail = new SmtpSink();
        await using var world = await World.Make(Database.Sqlite, ("carla", TimeSpan.FromMinutes(5)), ("bruno", TimeSpan.FromMinutes(20)));
        var node = await world.Start(Mail(mail));
        await using var alertmanager = await Alertmanager.Start(receiver, settings.Replace("URL", node.Url.AbsoluteUri, StringComparison.Ordinal).Replace("KEY", world.Key, StringComparison.Ordinal));

        await alertmanager.Add("DiskFull", "severity=critical", "instance=db1", "--annotation=summary=The disk of db1 is full");
        await Until.True(() => mail.Mails.Count == 1, TimeSpan.FromSeconds(30), () => "No mail came.\n" + string.Join('\n', node.Log.TakeLast(10)));
        var page = mail.Mails.Single();
        Assert.Equal(["carla@example.org"], page.To);
        Assert.Contains("The disk of db1 is full", page["Subject"], StringComparison.Ordinal);
        Assert.Equal("Climbing", await Climb(world));

        // A mail scanner opens the link before its reader does: nothing happens.
        var link = new Uri(node.Url, Link(page));
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(link, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("Climbing", await Climb(world));
        using var button = new FormUrlEncodedContent([KeyValuePair.Create("answer", "acknowledge")]);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync(link, button, TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal("Acknowledged", await Climb(world));
        var due = await world.Ground.Db.First($"SELECT due_at FROM escalations", r => r.AtOrNull(0), CancellationToken.None);
        Assert.True(due > world.Ground.Clock.GetUtcNow().AddMinutes(20), "The next step was to come after 5 min; now only the acknowledgement itself runs out.");

        await alertmanager.Add("DiskFull", "severity=critical", "instance=db1", "--annotation=summary=The disk of db1 is full", "--end=" + TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        await Until.True(async () => await Status(world) == "Resolved", TimeSpan.FromSeconds(30), async () => "It is " + await Status(world));
        Assert.Equal("Ended", await Climb(world));
        Assert.Single(mail.Mails);
        Assert.Empty(world.Pager.All);
    }

    [Fact]
    public async Task A_Prometheus_that_takes_us_for_its_Alertmanager_repeats_itself_and_pages_once()
    {
        await using var mail = new SmtpSink();
        await using var world = await World.Make(Database.Sqlite, ("carla", TimeSpan.FromMinutes(5)));
        var node = await world.Start(Mail(mail));
        var began = TimeProvider.System.GetUtcNow();

        // As Prometheus sends it while it fires: the same alert, a later end each time.
        for (var evaluation = 0; evaluation < 3; evaluation++)
            Assert.Equal(HttpStatusCode.OK, await Send(node, world.Key, began, began.AddMinutes(4).AddSeconds(15 * evaluation)));
        await Until.True(() => mail.Mails.Count == 1, TimeSpan.FromSeconds(30), () => "No mail came.");
        Assert.Equal(HttpStatusCode.Unauthorized, await Send(node, "no-key-of-ours", began, began.AddMinutes(4)));

        Assert.Equal(HttpStatusCode.OK, await Send(node, world.Key, began, TimeProvider.System.GetUtcNow()));
        await Until.True(async () => await Status(world) == "Resolved", TimeSpan.FromSeconds(30), async () => "It is " + await Status(world));
        await Audit.Rest(world);
        Assert.Equal(1, await world.Ground.Db.First($"SELECT count(*) FROM alerts", r => r.Long(0), CancellationToken.None));
        Assert.Single(mail.Mails);
    }

    static (string, string)[] Mail(SmtpSink sink) =>
    [
        ("PLANTAO_SMTP_SERVER", "127.0.0.1"), ("PLANTAO_SMTP_PORT", sink.Port.ToString(CultureInfo.InvariantCulture)), ("PLANTAO_SMTP_TLS", "None"), ("PLANTAO_SMTP_FROM", "plantao@example.org"),
        Node.ProductLease,
    ];

    static async Task<HttpStatusCode> Send(Node node, string key, DateTimeOffset startsAt, DateTimeOffset endsAt)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Url, "/api/v2/alerts"))
        {
            Content = new StringContent(JsonSerializer.Serialize(new[]
            {
                new { labels = new { alertname = "DiskFull", severity = "critical" }, annotations = new { summary = "The disk is full" }, startsAt, endsAt, generatorURL = "http://prometheus.example/graph" },
            }), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("prometheus:" + key)));
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The path of the page's own link in the plain text.</summary>
    static string Link(SunkMail mail)
    {
        var text = mail.Part(0);
        const string Start = "https://plantao.example/p/";
        var at = text.IndexOf(Start, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        return "/p/" + new string([.. text[(at + Start.Length)..].TakeWhile(char.IsAsciiLetterOrDigit)]);
    }

    static Task<string?> Climb(World world) => world.Ground.Db.First($"SELECT status FROM escalations", r => (string?)r.Text(0), CancellationToken.None);

    static Task<string?> Status(World world) => world.Ground.Db.First($"SELECT status FROM alerts", r => (string?)r.Text(0), CancellationToken.None);
}

/// <summary>An Alertmanager of one test's own.</summary>
sealed class Alertmanager : IAsyncDisposable
{
    readonly Process process;
    readonly string folder;

    Alertmanager(Process process, string folder, Uri url) => (this.process, this.folder, Url) = (process, folder, url);

    public Uri Url { get; }

    /// <param name="receiver">Such as <c>webhook_configs</c>.</param>
    /// <param name="settings">The one entry of its list.</param>
    public static async Task<Alertmanager> Start(string receiver, string settings)
    {
        var program = Installed("prometheus-alertmanager");
        var scratch = Directory.CreateTempSubdirectory("plantao-alertmanager-").FullName;
        var config = Path.Combine(scratch, "alertmanager.yml");
        await File.WriteAllTextAsync(config, $$"""
            route:
              receiver: plantao
              group_by: [alertname]
              group_wait: 0s
              group_interval: 1s
              repeat_interval: 1h
            receivers:
              - name: plantao
                {{receiver}}:
                  {{settings}}
            """);
        var port = Free();
        var started = Process.Start(new ProcessStartInfo(program,
        [
            "--config.file=" + config, "--storage.path=" + Path.Combine(scratch, "data"), $"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error",
        ])
        { RedirectStandardInput = true, UseShellExecute = false })!;
        Keeper.Watch(started.Id);
        var running = new Alertmanager(started, scratch, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));
        using var http = new HttpClient();
        await Until.True(async () =>
        {
            try
            {
                return (await http.GetAsync(new Uri(running.Url, "/-/ready"))).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(20), () => Task.FromResult("Alertmanager does not start."));
        return running;
    }

    /// <summary><c>amtool alert add</c>, as its users do.</summary>
    public async Task Add(params string[] words)
    {
        using var amtool = Process.Start(new ProcessStartInfo(Installed("amtool"), ["--alertmanager.url=" + Url.AbsoluteUri, "alert", "add", .. words]) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await amtool.StandardError.ReadToEndAsync();
        await amtool.WaitForExitAsync();
        Assert.True(amtool.ExitCode == 0, said);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        Keeper.Forget(process.Id);
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    static string Installed(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is not installed. ./test installs Debian's prometheus-alertmanager; run that, or leave these tests out with -trait- Kind=Client.");

    static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
