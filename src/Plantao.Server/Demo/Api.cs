using System.Text;
using System.Text.Json;
using Plantao.Platform.Egress;

namespace Plantao.Demo;

/// <summary>Calls over loopback, as any client would make them: nothing is seen that the server does not show.</summary>
sealed class Api(EgressClient egress, string address, string? token = null)
{
    static readonly EgressPolicy Loopback = new() { AllowLoopback = true };

    public string Address => address;

    public Api As(string token) => new(egress, address, token);

    public Api At(string address) => new(egress, address);

    public Task<T> Get<T>(string path, CancellationToken ct) => Send<T>(HttpMethod.Get, path, null, ct);

    public Task<T> Post<T>(string path, object body, CancellationToken ct) => Send<T>(HttpMethod.Post, path, body, ct);

    public Task Put(string path, object body, CancellationToken ct) => Call(HttpMethod.Put, path, body, ct);

    /// <summary>Calls, for what it does alone.</summary>
    /// <exception cref="NotSeenException">It did not answer with a 2xx.</exception>
    public async Task<byte[]> Call(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        var outcome = await egress.Send(method, new Uri(address + path), body is null ? null : JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web), body is null ? null : "application/json",
            token is null ? [] : [("Authorization", "Bearer " + token)], Loopback, ct);
        return outcome switch
        {
            EgressAnswer { Status: >= 200 and < 300, Truncated: false } answer => answer.Body,
            EgressAnswer answer => throw new NotSeenException($"{method} {address}{path} answered {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}"),
            EgressFault fault => throw new NotSeenException($"{method} {address}{path} has no answer: {fault.Why}"),
            _ => throw new InvalidOperationException("An outgoing call has an answer or a fault."),
        };
    }

    /// <summary>Opens a link as a browser does; with <paramref name="button"/>, presses that.</summary>
    public async Task<(int Status, string Html)> Open(string link, string? button, CancellationToken ct)
    {
        var outcome = button is null
            ? await egress.Send(HttpMethod.Get, new Uri(link), null, null, [("Accept", "text/html")], Loopback, ct)
            : await egress.Post(new Uri(link), Encoding.ASCII.GetBytes("answer=" + button), "application/x-www-form-urlencoded", [("Accept", "text/html")], Loopback, ct);
        return outcome is EgressAnswer answer ? (answer.Status, Encoding.UTF8.GetString(answer.Body)) : (0, ((EgressFault)outcome).Why);
    }

    async Task<T> Send<T>(HttpMethod method, string path, object? body, CancellationToken ct) =>
        JsonSerializer.Deserialize<T>(await Call(method, path, body, ct), JsonSerializerOptions.Web) ?? throw new NotSeenException($"{method} {address}{path} answered nothing.");
}
