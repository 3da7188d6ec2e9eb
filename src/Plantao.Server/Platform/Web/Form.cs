using Microsoft.Extensions.Primitives;

namespace Plantao.Platform.Web;

/// <summary>What a form sent, by the names of its fields. Bound by an endpoint's parameter.</summary>
/// <remarks>A field that is absent reads as empty: a screen says what is missing, it does not fail.</remarks>
public sealed class Form
{
    readonly IFormCollection? fields;

    Form(IFormCollection? fields) => this.fields = fields;

    /// <summary>The value of a field, trimmed; empty when it is absent. A password is taken by <see cref="Exact"/>.</summary>
    public string this[string field] => Exact(field).Trim();

    /// <summary>The value as it was typed.</summary>
    public string Exact(string field) => fields is not null && fields.TryGetValue(field, out var values) && values is [{ } value, ..] ? value : "";

    /// <summary>The value, or <see langword="null"/> when it is empty.</summary>
    public string? Given(string field) => this[field] is { Length: > 0 } value ? value : null;

    /// <summary>All values of a field that may come several times.</summary>
    public IReadOnlyList<string> All(string field) => fields is not null && fields.TryGetValue(field, out var values) ? [.. ((IEnumerable<string?>)values).OfType<string>().Select(v => v.Trim())] : [];

    /// <summary>Whether a box was ticked.</summary>
    public bool Ticked(string field) => Exact(field).Length > 0;

    /// <summary>The files that came with it, of a form that is sent as <c>multipart/form-data</c>.</summary>
    public IReadOnlyList<IFormFile> Files => fields?.Files is { } files ? [.. files] : [];

    /// <summary>What was typed, to be shown again: everything but passwords and the form's token.</summary>
    public IReadOnlyDictionary<string, string> Typed => fields is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : fields.Where(f => f.Key != FormTokens.Field && !f.Key.Contains("password", StringComparison.OrdinalIgnoreCase)).ToDictionary(f => f.Key, f => ((StringValues)f.Value).ToString(), StringComparer.Ordinal);

    /// <summary>Every field of a form that was sent and can be sent again from another screen.</summary>
    /// <returns><see langword="null"/>: it was no form of ours, or holds a password or a file, which are not written into a screen.</returns>
    public static async Task<IReadOnlyList<KeyValuePair<string, string>>?> Kept(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || (await Read(http)).fields is not { Files.Count: 0 } sent) return null;
        if (sent.Keys.Any(name => name.Contains("password", StringComparison.OrdinalIgnoreCase) || name is "code" or "token" or "secret")) return null;
        return [.. sent.Where(f => f.Key != FormTokens.Field).SelectMany(f => f.Value.Select(value => KeyValuePair.Create(f.Key, value ?? "")))];
    }

    public static async ValueTask<Form> BindAsync(HttpContext http) => await Read(http);

    /// <summary>Read once; a body that is no form is an empty one.</summary>
    /// <exception cref="BadHttpRequestException">It is malformed or too large.</exception>
    public static async Task<Form> Read(HttpContext http)
    {
        try
        {
            return new(http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : null);
        }
        catch (InvalidDataException fault)
        {
            throw new BadHttpRequestException(fault.Message, 400, fault);
        }
    }
}
