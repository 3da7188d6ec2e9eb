using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plantao.Definitions;

/// <summary>The one way in which a definition is written as JSON, so that the same meaning has the same digest.</summary>
/// <remarks>Members in the order of the kind's fields, free keys by ordinal order, no blanks, spans as <c>1m30s</c>, letters unescaped.</remarks>
public static class Canonical
{
    static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };   // stored and hashed, never put into HTML as it is

    internal static string Write(JsonNode document) => document.ToJsonString(Writing);

    /// <summary>SHA-256 over the UTF-8 of a canonical document, in lower-case hex.</summary>
    public static string Digest(string document) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document)));
}
