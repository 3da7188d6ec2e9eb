using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Plantao.Platform;

/// <summary>How our own JSON is written: camelCase names, enums by name, instants in RFC 3339, nothing indented.</summary>
public static class Json
{
    /// <summary>For storage: text as it is (never put into HTML without encoding).</summary>
    public static JsonSerializerOptions Compact { get; } = Make();

    static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            MaxDepth = 32,
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
