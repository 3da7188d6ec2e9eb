using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Plantao.Notifications.Channels;

/// <summary>How the channels write JSON.</summary>
static class ChannelJson
{
    public const string Type = "application/json; charset=utf-8";

    /// <summary>Accents as they are; &lt;, &gt;, &amp; and quotes escaped, so that no markup of any provider stands in the bytes.</summary>
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static byte[] Bytes(object value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);
}
