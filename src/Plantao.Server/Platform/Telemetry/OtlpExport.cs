using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Plantao.Platform.Telemetry;

/// <summary>Sends traces and metrics by OTLP, when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names where. Loss there is no loss here: it never holds anything up.</summary>
/// <remarks><c>OTEL_EXPORTER_OTLP_PROTOCOL</c> is <c>grpc</c> or <c>http/protobuf</c>; unless said, port 4318 means the latter. <c>OTEL_EXPORTER_OTLP_HEADERS</c>, <c>OTEL_TRACES_SAMPLER</c> and the like hold as OpenTelemetry defines them.</remarks>
public sealed class OtlpExport(ServeOptions options, NodeState node, ILogger<OtlpExport> log) : IHostedService, IDisposable
{
    TracerProvider? traces;
    MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.OtlpEndpoint is not { Length: > 0 } endpoint) return Task.CompletedTask;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri))
        {
            log.LogError("OTEL_EXPORTER_OTLP_ENDPOINT is no address: nothing is exported. Everything else goes on");
            return Task.CompletedTask;
        }

        var resource = ResourceBuilder.CreateDefault().AddService(Instruments.Name, serviceVersion: Storage.Backup.Archive.ProgramVersion, serviceInstanceId: node.Node);
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Instruments.Name).AddOtlpExporter(otlp => Set(otlp, uri, "v1/traces")).Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Instruments.Name).AddOtlpExporter((otlp, _) => Set(otlp, uri, "v1/metrics")).Build();
        log.LogInformation("Traces and metrics go to {Host} by OTLP", uri.Authority);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() =>
    {
        traces?.ForceFlush(2000);
        metrics?.ForceFlush(2000);
    }, cancellationToken);

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }

    static void Set(OtlpExporterOptions otlp, Uri uri, string path)
    {
        var http = Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL") is { Length: > 0 } said ? said == "http/protobuf" : uri.Port == 4318;
        otlp.Protocol = http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // An address given in code is taken as it is, so the signal's path is ours to add.
        otlp.Endpoint = http ? new Uri(uri.AbsoluteUri.TrimEnd('/') + "/" + path) : uri;
    }
}
