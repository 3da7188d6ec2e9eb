using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Plantao.Floor;

// The bare floor: the least that a durable endpoint can do. It reads the JSON through, appends the body to a flat log, answers
// when the log is on disk. POST …/empty answers at once. It knows no keys, no alerts and no dedup.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
using var log = new FlatLog(app.Configuration["log"] ?? throw new InvalidOperationException("--log FILE is needed."),
    megabytes: int.Parse(app.Configuration["megabytes"] ?? "256", CultureInfo.InvariantCulture));

app.Run(async context =>
{
    if (context.Request.Method != "POST" || context.Request.Path.Value!.EndsWith("/empty", StringComparison.Ordinal)) return;

    var body = context.Request.BodyReader;
    var read = await body.ReadAsync();
    while (!read.IsCompleted)
    {
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        read = await body.ReadAsync();
    }

    if (!IsJson(read.Buffer))
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }
    var written = log.Append(read.Buffer);
    body.AdvanceTo(read.Buffer.End);
    await written;
});

await app.RunAsync();

static bool IsJson(ReadOnlySequence<byte> body)
{
    try
    {
        var reader = new Utf8JsonReader(body);
        while (reader.Read()) { }
        return reader.BytesConsumed > 0;
    }
    catch (JsonException)   // the sender's fault, and said so with 400
    {
        return false;
    }
}
