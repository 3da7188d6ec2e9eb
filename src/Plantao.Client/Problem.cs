using System.Text.Json;

namespace Plantao.Client;

/// <summary>Why a call was refused: RFC 9457's members, and ours.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The last part of its type, such as <c>not-found</c>; <c>http-502</c> where the answer was no problem of ours.</param>
/// <param name="Detail">A sentence from the server, for people. Text from outside: clean it before it reaches a terminal.</param>
/// <param name="CorrelationId">Finds the call in the server's log; absent when the answer had none.</param>
/// <param name="RetryAfter">How long the server asks to wait; absent when it does not.</param>
/// <param name="Names">What still names a person who should leave: the key of each, and what it is.</param>
public sealed record Problem(int Status, string Code, string Detail, string? CorrelationId, TimeSpan? RetryAfter, IReadOnlyList<(string Key, string What)> Names)
{
    /// <summary>Whether the server itself wrote it; false: something in between, or another program.</summary>
    public bool Ours => !Code.StartsWith("http-", StringComparison.Ordinal);

    /// <summary>Reads an answer that is no success.</summary>
    internal static Problem Of(HttpResponseMessage answer, byte[] body)
    {
        var status = (int)answer.StatusCode;
        var correlation = answer.Headers.TryGetValues(Headers.CorrelationId, out var given) ? given.FirstOrDefault() : null;
        var wait = answer.Headers.RetryAfter?.Delta;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            try
            {
                using var read = JsonDocument.Parse(body);
                if (read.RootElement is { ValueKind: JsonValueKind.Object } problem)
                {
                    var type = Text(problem, "type");
                    var code = type?.StartsWith("/problems/", StringComparison.Ordinal) == true ? type["/problems/".Length..] : "refused";
                    return new(status, code, Text(problem, "detail") ?? Text(problem, "title") ?? "The server refused it and did not say why.", Text(problem, "correlationId") ?? correlation, wait, [.. Mentions(problem)]);
                }
            }
            catch (JsonException)
            {
                // Not what it says it is: told below as an answer that is not ours.
            }
        }

        return new(status, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http-{status}"), "The answer is none of Plantão's: another program, or a proxy, answers at this address.", correlation, wait, []);
    }

    static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    static IEnumerable<(string, string)> Mentions(JsonElement problem)
    {
        if (!problem.TryGetProperty("names", out var names) || names.ValueKind is not JsonValueKind.Array) yield break;
        foreach (var name in names.EnumerateArray())
            if (name.ValueKind is JsonValueKind.Object && Text(name, "key") is { } key) yield return (key, Text(name, "what") ?? key);
    }
}

/// <summary>The server answered, and refused.</summary>
public sealed class RefusedException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}

/// <summary>No answer of the server came, so it is not known whether a change was made.</summary>
public sealed class ServerAwayException(string message, Exception? cause = null) : Exception(message, cause);
