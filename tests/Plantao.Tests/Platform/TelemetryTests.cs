using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Telemetry;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class TelemetryTests
{
    [Fact]
    public void Counters_gauges_and_histograms_are_written_as_Prometheus_reads_them()
    {
        using var meter = Instruments.MakeMeter();
        using var text = new PrometheusText(meter);
        var sent = meter.CreateCounter<long>("plantao.messages.sent", null, "Messages sent\nby channel");
        var wait = meter.CreateHistogram("plantao.wait", "s", "How long it took", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        var waiting = 3;
        meter.CreateObservableGauge("plantao.waiting", () => waiting, "By", "What waits");
        sent.Add(2, new KeyValuePair<string, object?>("channel", "e\"m\\a\nil"));
        sent.Add(1, new KeyValuePair<string, object?>("channel", "e\"m\\a\nil"));
        foreach (var seconds in (double[])[0.05, 0.1, 0.5, 7]) wait.Record(seconds);

        var lines = text.Write().Split('\n');

        Assert.Equal(
        [
            @"# HELP plantao_messages_sent_total Messages sent\nby channel",
            "# TYPE plantao_messages_sent_total counter",
            """plantao_messages_sent_total{channel="e\"m\\a\nil"} 3""",
            "# HELP plantao_wait_seconds How long it took",
            "# TYPE plantao_wait_seconds histogram",
            """plantao_wait_seconds_bucket{le="0.1"} 2""",
            """plantao_wait_seconds_bucket{le="1"} 3""",
            """plantao_wait_seconds_bucket{le="+Inf"} 4""",
            "plantao_wait_seconds_sum 7.65",
            "plantao_wait_seconds_count 4",
            "# HELP plantao_waiting_bytes What waits",
            "# TYPE plantao_waiting_bytes gauge",
            "plantao_waiting_bytes 3",
        ], lines[..13]);
        waiting = 0;
        Assert.Contains("\nplantao_waiting_bytes 0\n", text.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge()
    {
        using var meter = Instruments.MakeMeter();
        using var text = new PrometheusText(meter);
        var open = meter.CreateUpDownCounter<int>("plantao.open");
        open.Add(3);
        open.Add(-1);

        Assert.Contains("# TYPE plantao_open gauge\nplantao_open 2\n", text.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_counter_that_has_counted_nothing_says_so()
    {
        using var meter = Instruments.MakeMeter();
        using var text = new PrometheusText(meter);
        meter.CreateCounter<long>("plantao.lost");

        Assert.Contains("\nplantao_lost_total 0\n", text.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_from_outside_cannot_fill_the_memory_and_a_gauge_that_fails_hides_no_other()
    {
        using var meter = Instruments.MakeMeter();
        using var text = new PrometheusText(meter);
        var counter = meter.CreateCounter<long>("plantao.seen");
        meter.CreateObservableGauge("plantao.broken", new Func<long>(() => throw new InvalidOperationException("away")));
        meter.CreateObservableGauge("plantao.works", () => 1);
        for (var i = 0; i < 5000; i++) counter.Add(1, new KeyValuePair<string, object?>("who", i));

        var written = text.Write();

        Assert.InRange(written.Split('\n').Count(l => l.StartsWith("plantao_seen_total{", StringComparison.Ordinal)), 900, 1000);
        Assert.Contains("\nplantao_works 1\n", written, StringComparison.Ordinal);
        Assert.DoesNotContain("plantao_metrics_dropped_total 0", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Measuring_a_known_series_allocates_nothing()
    {
        using var meter = Instruments.MakeMeter();
        using var text = new PrometheusText(meter);
        var counter = meter.CreateCounter<long>("plantao.hot");
        void Measure() => counter.Add(1, new KeyValuePair<string, object?>("channel", "email"));
        for (var i = 0; i < 100; i++) Measure();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Measure();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public async Task Metrics_are_for_administrators_unless_the_server_was_started_open()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, member) = await site.Person("ada");

        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Http().GetAsync(Metrics)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Http(member).GetAsync(Metrics)).StatusCode);
        var answer = await site.Owner.GetAsync(Metrics);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var text = await answer.Content.ReadAsStringAsync();

        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Matches(new Regex("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{[^}]*\\})? (-?[0-9.eE+-]+|NaN|[+-]Inf))$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture), line));
        foreach (var name in (string[])["process_resident_memory_bytes", "process_cpu_seconds_total", "dotnet_gc_collections_total", "dotnet_threadpool_threads", "plantao_paused", "plantao_database_durable"])
            Assert.Contains($"# TYPE {name} ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_started_open_shows_its_metrics_to_anybody()
    {
        await using var premises = await Database.Sqlite.Open();
        await using var app = App.Build(new ServeOptions { Urls = "http://127.0.0.1:0", MetricsOpen = true, DataFolder = Path.GetTempPath() }, premises.Ground);

        var endpoint = ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).Single(e => e.DisplayName?.Contains("/metrics", StringComparison.Ordinal) == true);

        Assert.Equal(Right.Open, endpoint.Metadata.GetMetadata<NeededRight>()!.Right);
    }

    [Fact]
    public async Task Traces_and_metrics_leave_by_OTLP_where_that_is_configured()
    {
        var seen = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            seen[http.Request.Path] = Encoding.Latin1.GetString(body.ToArray());
        });
        await collector.StartAsync();
        var address = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Environment.SetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        await using var site = await TestSite.Start(Database.Sqlite);
        using var export = new OtlpExport(site.Place.Options with { OtlpEndpoint = address }, site.Get<NodeState>(), NullLogger<OtlpExport>.Instance);

        await export.StartAsync(default);
        await site.Owner.GetAsync(new Uri("/api/v1/teams/secret-name", UriKind.Relative));
        await export.StopAsync(default);

        Assert.Contains("GET /api/v1/teams/{team}", seen["/v1/traces"], StringComparison.Ordinal);
        Assert.DoesNotContain("secret-name", seen["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("process.resident.memory", seen["/v1/metrics"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_joins_the_trace_of_its_caller()
    {
        var ended = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var site = await TestSite.Start(Database.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        await site.Http().SendAsync(request);

        var span = Assert.Single(ended, a => a.TraceId.ToHexString() == "0af7651916cd43dd8448eb211c80319c");
        Assert.Equal("b7ad6b7169203331", span.ParentSpanId.ToHexString());
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
    }

    [Theory]
    [InlineData("two\nlines", "two\\nlines")]
    [InlineData("\r\u001b[31mred\u001b[0m", "\\u000d\\u001b[31mred\\u001b[0m")]
    [InlineData("left\u202eright\u2028next\u0085", "left\\u202eright\\u2028next\\u0085")]
    [InlineData("Plantão às 3 h", "Plantão às 3 h")]
    public void A_log_entry_is_one_line_whatever_is_in_it(string text, string written)
    {
        var line = new StringBuilder();
        LineFormatter.Escape(line, text);

        Assert.Equal(written, line.ToString());
    }

    static Uri Metrics { get; } = new("/metrics", UriKind.Relative);
}
