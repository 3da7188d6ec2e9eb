using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What Alertmanager answers, byte for byte. It has two shapes of error: an object from its framework, a bare string from itself.</summary>
static class AlertmanagerAnswers
{
    internal static IntakeAnswer Ok { get; } = new(200, null, default);

    /// <summary>The framework's shape: what is wrong with the request's form.</summary>
    internal static IntakeAnswer Form(int status, int code, string message) =>
        new(status, "application/json", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"code\":{code},\"message\":{Json(message)}}}")));

    /// <summary>Alertmanager's own shape: what is wrong with the alerts. Go's encoder ends it with a line feed.</summary>
    internal static IntakeAnswer Meaning(string message) => new(400, "application/json", Encoding.UTF8.GetBytes(Json(message) + "\n"));

    /// <summary>As Go's encoder writes a string: it escapes what would matter inside HTML.</summary>
    static string Json(string text) => '"' + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()
        .Replace("<", "\\u003c", StringComparison.Ordinal)
        .Replace(">", "\\u003e", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal) + '"';

    /// <summary>As Go's <c>%q</c> writes a string.</summary>
    internal static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var next in text)
        {
            _ = next switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                < ' ' or '\x7F' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)next:x2}"),
                _ => quoted.Append(next),
            };
        }
        return quoted.Append('"').ToString();
    }
}
