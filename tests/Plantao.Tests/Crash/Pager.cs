using System.Text.Json;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>A page as it reached somebody.</summary>
/// <param name="Id">The <c>webhook-id</c>: the same over every copy of one delivery.</param>
/// <param name="Repeat">The mark that a copy of it may have come before.</param>
/// <param name="AnswerPath">Where its buttons are, without the host.</param>
public sealed record Paged(string Id, string Who, string Kind, string Title, bool Repeat, string? AnswerPath, DateTimeOffset At);

/// <summary>A webhook that outlives every server, and writes down each page.</summary>
public sealed class Pager : IAsyncDisposable
{
    readonly HttpSink sink = new();
    readonly List<Paged> all = [];
    readonly Lock gate = new();

    public Pager()
    {
        var ok = HttpSink.With(200, "text/plain", "ok");
        sink.Answer = async (stream, ct) =>
        {
            Take();
            if (Delay > TimeSpan.Zero) await Task.Delay(Delay, TimeProvider.System, ct);
            await ok(stream, ct);
        };
    }

    public string Url => sink.Url;

    /// <summary>How long it takes to answer once it has written the page down.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>All that came, in the order in which it came.</summary>
    public IReadOnlyList<Paged> All
    {
        get
        {
            lock (gate) return [.. all];
        }
    }

    /// <summary>What came after the first <paramref name="seen"/>.</summary>
    public IReadOnlyList<Paged> After(int seen)
    {
        lock (gate) return all.GetRange(seen, all.Count - seen);
    }

    public ValueTask DisposeAsync() => sink.DisposeAsync();

    void Take()
    {
        lock (gate)
        {
            while (sink.Requests.TryDequeue(out var request))
            {
                using var body = JsonDocument.Parse(request.Body);
                var data = body.RootElement.GetProperty("data");
                var answer = data.TryGetProperty("answer_url", out var url) && url.GetString() is { } link ? new Uri(link).AbsolutePath : null;
                all.Add(new Paged(
                    request["webhook-id"]!, request.Line.Split(' ')[1].Trim('/'), body.RootElement.GetProperty("type").GetString()!, data.GetProperty("title").GetString()!,
                    data.GetProperty("repeat").GetBoolean(), answer, TimeProvider.System.GetUtcNow()));
            }
        }
    }
}
