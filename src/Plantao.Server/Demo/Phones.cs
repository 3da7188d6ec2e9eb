using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Plantao.Demo;

/// <summary>A message that arrived.</summary>
/// <param name="Kind">As the webhook names it: <c>page.created</c>, <c>notice.created</c>, <c>contact_method.verification</c>.</param>
/// <param name="Why">Why this person; <see langword="null"/> where nobody is asked.</param>
/// <param name="Link">Opens the screen with the button.</param>
sealed record Rang(string Who, DateTimeOffset At, string Id, string Kind, string Title, string? Why, string? Link);

/// <summary>Where the demonstration's people are reached: a receiver of signed webhooks on this machine, standing in for their phones.</summary>
/// <remarks>It shares no code with the sender: it checks each message as Standard Webhooks 1.0 says, and refuses one with a wrong signature or an old time.</remarks>
sealed class Phones : IAsyncDisposable
{
    static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    readonly WebApplication app;
    readonly TimeProvider clock;
    readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    readonly ConcurrentQueue<Rang> rang = new();
    int port;

    Phones(TimeProvider clock)
    {
        this.clock = clock;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        app = builder.Build();
        app.MapPost("/phones/{who}", Take);
    }

    public static async Task<Phones> Start(TimeProvider clock, CancellationToken ct)
    {
        var phones = new Phones(clock);
        await phones.app.StartAsync(ct);
        phones.port = new Uri(phones.app.Urls.First()).Port;
        return phones;
    }

    /// <summary>What arrived and was rightly signed, in order.</summary>
    public IReadOnlyList<Rang> Rang => [.. rang];

    /// <summary>What was refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What every message is signed with.</summary>
    public string Secret => "whsec_" + Convert.ToBase64String(key);

    /// <remarks>By another name than the server's own: it sends no page to itself.</remarks>
    public string Address(string who) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/phones/{who}");

    async Task<IResult> Take(string who, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        if (!Signed(request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(), request.Headers["webhook-signature"].ToString(), body.ToArray()))
        {
            Refused++;
            return Results.Unauthorized();
        }

        body.Position = 0;
        using var message = await JsonDocument.ParseAsync(body, cancellationToken: request.HttpContext.RequestAborted);
        var data = message.RootElement.GetProperty("data");
        var why = data.GetProperty("facts").EnumerateArray().Where(f => f.GetProperty("name").GetString() == "why").Select(f => f.GetProperty("value").GetString()).FirstOrDefault();
        rang.Enqueue(new Rang(who, clock.GetUtcNow(), data.GetProperty("id").GetString()!, message.RootElement.GetProperty("type").GetString()!, data.GetProperty("title").GetString()!, why,
            data.TryGetProperty("answer_url", out var link) ? link.GetString() : null));
        return Results.NoContent();
    }

    bool Signed(string id, string timestamp, string signatures, byte[] body)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return false;
        if ((clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance) return false;
        var expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body])));
        return signatures.Split(' ').Any(given => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), expected));
    }

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
    }
}
