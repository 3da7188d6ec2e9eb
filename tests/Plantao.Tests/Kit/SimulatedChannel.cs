using System.Collections.Concurrent;
using Plantao.Notifications.Channels;
using Plantao.Platform;

namespace Plantao.Tests.Kit;

/// <summary>A provider that a test plays: it keeps what it was sent and answers as told.</summary>
public sealed class SimulatedChannel(string name) : IChannel
{
    readonly ConcurrentQueue<Outgoing> sent = new();

    public string Name => name;

    /// <summary>How it answers. Accepts unless told otherwise.</summary>
    public Func<Outgoing, Answer> Answers { get; set; } = message => new Answer.Accepted("provider-" + message.Id, 200);

    /// <summary>All that was tried, in order.</summary>
    public IReadOnlyList<Outgoing> Tried => [.. sent];

    public IReadOnlyList<Outgoing> Pages => [.. sent.Where(m => m.Kind is MessageKind.Page)];

    public Ruling<string> Address(string typed) => typed;

    public Task<Answer> Send(Outgoing message, CancellationToken ct)
    {
        sent.Enqueue(message);
        return Task.FromResult(Answers(message));
    }

    /// <summary>To whom pages went since the last call, as handles: <c>ada@example.org</c> is <c>ada</c>.</summary>
    public IReadOnlyList<string> Since(ref int seen)
    {
        var all = Pages;
        var fresh = all.Skip(seen).Select(m => m.Address.Split('@')[0]).ToList();
        seen = all.Count;
        return fresh;
    }
}
